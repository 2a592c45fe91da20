"""What managers and operators type."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from mingyue.phrases import say
from mingyue.web.facilities.bridge import profiles
from mingyue.web.facilities.models import Machine
from mingyue.web.records.forms import HouseForm
from mingyue.web.records.language import current_language, in_current_language, said


class FacilityForm(HouseForm):
    """What is told about a facility. version: the one that was read."""

    name = forms.CharField(label=said("Name"), min_length=2, max_length=120)
    name_zh = forms.CharField(label=said("Name in Chinese"), max_length=120, required=False)
    about = forms.CharField(label=said("What it does"), max_length=4000, required=False, widget=forms.Textarea)
    about_zh = forms.CharField(
        label=said("What it does, in Chinese"), max_length=4000, required=False, widget=forms.Textarea
    )
    zone = forms.CharField(label=said("Time zone"), max_length=40, initial="Asia/Shanghai")
    is_open = forms.BooleanField(label=said("Open to everyone"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, initial=1)


class MachineForm(HouseForm):
    """A new machine."""

    name = forms.CharField(label=said("Name"), max_length=80)
    profile = forms.ChoiceField(label=said("Class of machine"), required=False)
    serial = forms.CharField(label=said("Serial number"), max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zh = current_language() == "zh"
        known = [(name, one.title.zh if zh else one.title.en) for name, one in profiles().items()]
        self.fields["profile"].choices = [("", in_current_language(say("Prints nothing"))), *known]  # type: ignore[attr-defined]


class StateForm(HouseForm):
    """How a machine is. version: the one that was read."""

    state = forms.ChoiceField(label=said("State"), choices=Machine.State.choices)
    note = forms.CharField(label=said("Note"), max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class DowntimeForm(HouseForm):
    """When a machine is down, in the facility's zone."""

    starts_at = forms.DateTimeField(
        label=said("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    ends_at = forms.DateTimeField(
        label=said("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    why = forms.CharField(label=said("Why"), max_length=200)

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)

    def clean(self) -> dict[str, Any]:
        """The two moments as the facility's clock shows them; Django read them in UTC."""
        cleaned = super().clean() or {}
        for name in ("starts_at", "ends_at"):
            if name in cleaned:
                cleaned[name] = cleaned[name].replace(tzinfo=self.zone)
        return cleaned


class HoursForm(HouseForm):
    """The staffed hours of a week, one line a span: a weekday from 1 (Monday), opens, closes."""

    week = forms.CharField(
        label=said("Staffed hours"),
        help_text=said("One line for each span: weekday from 1 (Monday) to 7, opens, closes; such as 1 09:00 17:30."),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
    )
