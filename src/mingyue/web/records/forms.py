"""Two forms on one page share no id."""

from __future__ import annotations

from typing import Any

from django import forms


class HouseForm(forms.Form):
    """A form whose fields are named after it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}-%s")
        super().__init__(*args, **kwargs)
