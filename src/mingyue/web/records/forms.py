"""How our forms look: Bootstrap's classes, and ids that two forms on one page do not share."""

from __future__ import annotations

from typing import Any

from django import forms


class HouseForm(forms.Form):
    """A form as this house draws them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}-%s")
        super().__init__(*args, **kwargs)
        for one in self.fields.values():
            one.widget.attrs.setdefault("class", _class_of(one.widget))


def _class_of(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.RadioSelect):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"
