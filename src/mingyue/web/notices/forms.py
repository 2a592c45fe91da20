"""What owners type about webhooks, and everybody about the notices that they want."""

from __future__ import annotations

from typing import Any

from django import forms

from mingyue.web.notices.models import Group
from mingyue.web.notices.rules import LONGEST_URL
from mingyue.web.records.forms import HouseForm
from mingyue.web.records.language import said


class KindsField(forms.CharField):
    """Kinds of events with spaces, commas or lines between; none: all."""

    def clean(self, value: Any) -> Any:
        """As a list."""
        return str(super().clean(value)).replace(",", " ").split()


class WebhookForm(HouseForm):
    """An address, and what it wants to hear of."""

    url = forms.CharField(label=said("Address"), max_length=LONGEST_URL, widget=forms.URLInput)
    kinds = KindsField(
        label=said("Kinds of events"), max_length=2400, required=False,
        help_text=said("Such as order.billed, or quote.* for all that happens to quotes. Left empty, all."),
    )  # fmt: skip


class ChangeForm(WebhookForm):
    """The same, and whether anything is sent."""

    active = forms.BooleanField(label=said("Active"), required=False)


class SinceForm(HouseForm):
    """From when on everything is sent once more."""

    since = forms.DateTimeField(
        label=said("Since (UTC)"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )


class WishesForm(HouseForm):
    """Of which groups somebody wants to hear, and where."""

    on_page = forms.MultipleChoiceField(label=said("In the page"), choices=Group.choices, required=False)
    by_mail = forms.MultipleChoiceField(label=said("By e-mail"), choices=Group.choices, required=False)
