"""Form fields in our clothes: `{% load fields %}{% fields form %}` or, one by one, `{% field form.name %}`."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

register = template.Library()

TICKS = (forms.CheckboxInput,)
CHOICES = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@register.inclusion_tag("_fields.html", name="fields")
def all_fields(form: forms.BaseForm) -> dict[str, Any]:
    """What is wrong with the form as a whole, then its fields, each with its label, help and errors."""
    return {"form": form}


@register.inclusion_tag("_field.html", name="field")
def one_field(field: BoundField) -> dict[str, Any]:
    """One field. Label, help and errors are tied to it, so that a screen reader tells them."""
    widget = field.field.widget
    kind = "tick" if isinstance(widget, TICKS) else "choices" if isinstance(widget, CHOICES) else "line"
    return {"field": field, "kind": kind, "required": field.field.required}


@register.filter
def dressed(field: BoundField) -> SafeString:
    """The control itself, as Bootstrap styles it. A placeholder that only repeats the label is left out."""
    widget = field.field.widget
    if str(field.label).lower() in str(widget.attrs.get("placeholder", "")).lower():
        widget.attrs.pop("placeholder", None)
    invalid = "is-invalid" if field.errors else ""
    names = [widget.attrs.get("class", ""), _class_of(widget), invalid]
    return field.as_widget(attrs={"class": " ".join(name for name in names if name)})


def _class_of(widget: forms.Widget) -> str:
    if isinstance(widget, TICKS):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"
