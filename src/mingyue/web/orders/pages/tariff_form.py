"""The numbers of a tariff as a manager types them: yuan and percent, one field for each name that the facility has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone

from mingyue.phrases import Phrase, say
from mingyue.web.facilities.bridge import profile_of
from mingyue.web.facilities.models import Facility
from mingyue.web.orders.models import Order
from mingyue.web.orders.names import TwoNames
from mingyue.web.orders.pricing.numbers import ALL, CANCELLABLE, INSPECTIONS, TAXED, complete
from mingyue.web.orders.pricing.prices import INSPECTION_NAMES, KIND_NAMES
from mingyue.web.records.forms import HouseForm
from mingyue.web.records.language import current_language, in_current_language, said

AMOUNTS = {
    "setup_fen": say("Setting up, once"),
    "cleaning_fen": say("Cleaning of each part"),
    "handling_hour_fen": say("Hour of work by hand"),
    "minimum_fen": say("Smallest order"),
}
LIMITS = {
    "valid_days": say("A quote counts for days"),
    "payment_days": say("Days to pay an invoice"),
    "review_above_fen": say("A person looks above, ¥"),
    "review_above_quantity": say("A person looks above, parts"),
    "review_above_hours": say("A person looks above, machine hours"),
}
# By a number that the manager chooses: typed as lines of two numbers.
LISTED = {
    "tolerance_per_mille": say("Tolerance: half-width in µm, percent"),
    "rebate_per_mille": say("Rebate: from how many parts on, percent less"),
}
GROUPS = {
    "machine_hour_fen": say("Hour of a machine"),
    "resin_ml_fen": say("Millilitre of a resin"),
    "inspection_fen": say("Inspection of each part"),
    "class_per_mille": say("Service class"),
    "kind_per_mille": say("Kind of organisation"),
    "tax_per_mille": say("Tax"),
    "cancel_due_per_mille": say("Due when it is cancelled"),
}
TAX_NAMES = {
    "setup": say("Setting up"),
    "machine": say("Machine"),
    "resin": say("Resin"),
    "cleaning": say("Cleaning"),
    "inspection": say("Inspection"),
    "handling": say("Work by hand"),
    "minimum": say("Up to the smallest order"),
}
_START: dict[str, Any] = {
    "inspection_fen": dict.fromkeys(INSPECTIONS, 0),
    "tolerance_per_mille": {"25": ALL},
    "tax_per_mille": dict.fromkeys(TAXED, 60),
    "valid_days": 14,
    "review_above_fen": 50_000_00,
    "review_above_quantity": 100,
    "review_above_hours": 100,
    "cancel_due_per_mille": {"accepted": 0, "scheduled": 100, "making": ALL},
}
_MAY_MISS = {"machine_hour_fen", "resin_ml_fen", "class_per_mille", "kind_per_mille"}


def names_of(facility: Facility) -> dict[str, dict[str, str]]:
    """By number of a tariff: what it is named by, and what people call that."""
    machines = sorted(set(facility.machines.exclude(profile="").values_list("profile", flat=True)))
    classes = facility.service_classes.order_by("position", "name")
    return {
        "machine_hour_fen": {name: _class_of_machine(name) for name in machines},
        "resin_ml_fen": {one.profile: TwoNames(one.name, one.name_zh) for one in facility.resins.order_by("name")},
        "inspection_fen": dict(INSPECTION_NAMES),
        "class_per_mille": {str(one.pk): TwoNames(one.name, one.name_zh) for one in classes},
        "kind_per_mille": dict(KIND_NAMES),
        "tax_per_mille": dict(TAX_NAMES),
        "cancel_due_per_mille": {name: Order.State(name).label for name in CANCELLABLE},
    }


def _class_of_machine(profile: str) -> str:
    """As the engine calls it; a class that it knows no more, by its name."""
    known = profile_of(profile)
    return TwoNames(str(known.title), known.title.zh) if known else profile


class PublishForm(HouseForm):
    """From when a draft counts, in the facility's time; from now on where nothing is said. version: of the draft as read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    valid_from = forms.DateTimeField(
        label=said("Valid from"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )  # fmt: skip

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["valid_from"].help_text = in_current_language(
            say("In the time of {zone}. Left empty, it counts from now on.", zone=zone)
        )

    def full_clean(self) -> None:
        """What is typed is meant in the facility's zone."""
        with timezone.override(self.zone):
            super().full_clean()


class TariffForm(HouseForm):
    """All numbers. A mapping's fields are named field__name. version: of the draft that was read; 0 where there is none."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self, *args: Any, facility: Facility, numbers: Mapping[str, Any] | None, version: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, initial={"version": version}, **kwargs)
        told = complete(numbers or _START)
        self._names = names_of(facility)
        for field, label in AMOUNTS.items():
            self._add(field, label, told.get(field))
        for field, names in self._names.items():
            for name, called in names.items():
                self._add(f"{field}__{name}", called, told.get(field, {}).get(name), required=field not in _MAY_MISS)
        for field, label in LISTED.items():
            lines = [f"{start} {share / 10:g}" for start, share in told.get(field, {}).items()]
            self.fields[field] = forms.CharField(
                label=in_current_language(label), initial="\n".join(lines), required=False,
                widget=forms.Textarea(attrs={"rows": 4}),
            )  # fmt: skip
        for field, label in LIMITS.items():
            self._add(field, label, told.get(field))

    def _add(self, name: str, label: str, number: int | None, *, required: bool = True) -> None:
        scale = _scale(name)
        self.fields[name] = forms.DecimalField(
            label=in_current_language(label) if isinstance(label, Phrase) else _own(label),
            decimal_places={1: 0, 10: 1, 100: 2}[scale], max_digits=14, min_value=Decimal(0), required=required,
            initial=None if number is None else Decimal(number) / scale,
        )  # fmt: skip

    def groups(self) -> Iterator[tuple[Phrase, list[BoundField]]]:
        """What stands together."""
        yield say("Amounts"), [self[field] for field in AMOUNTS]
        for field, title in GROUPS.items():
            yield title, [self[f"{field}__{name}"] for name in self._names[field]]
        yield say("Tolerance and rebate"), [self[field] for field in LISTED]
        yield say("Limits"), [self[field] for field in LIMITS]

    def clean(self) -> dict[str, Any]:
        """Lines of two numbers, read."""
        cleaned = super().clean() or {}
        for field in LISTED:
            try:
                cleaned[field] = dict(_pair(line) for line in cleaned.get(field, "").splitlines() if line.strip())
            except (ValueError, OverflowError):
                self.add_error(field, said("Each line takes two numbers, such as 25 100."))
        return cleaned

    def numbers(self) -> dict[str, Any]:
        """As a tariff keeps them, in whole fen and per mille; once the form is valid."""
        told: dict[str, Any] = {field: self._whole(field) for field in (*AMOUNTS, *LIMITS)}
        for field, names in self._names.items():
            found = {name: self._whole(f"{field}__{name}") for name in names}
            told[field] = {name: number for name, number in found.items() if number is not None}
        return told | {field: self.cleaned_data[field] for field in LISTED}

    def field_of(self, number: str) -> str | None:
        """The field that shows what is wrong with a number of the tariff; None for the whole form."""
        return number if number in self.fields else None

    def _whole(self, name: str) -> int | None:
        value = self.cleaned_data.get(name)
        return None if value is None else int(value * _scale(name))


def _own(label: str) -> str:
    return label.zh if isinstance(label, TwoNames) and current_language() == "zh" else str(label)


def _scale(name: str) -> int:
    number = name.partition("__")[0]
    return 100 if number.endswith("_fen") else 10 if number.endswith("_per_mille") else 1


def _pair(line: str) -> tuple[str, int]:
    name, share = line.split()
    return str(int(name)), round(float(share) * 10)


# --- as posted ----------------------------------------------------------------------------------------------------


def posted(facility: Facility, numbers: Mapping[str, Any]) -> Iterator[tuple[Phrase, list[tuple[str, str]]]]:
    """Title, and what each costs, for whoever reads prices."""
    names, numbers = names_of(facility), complete(numbers)
    yield say("Amounts"), [(label, shown(field, numbers[field])) for field, label in AMOUNTS.items()]
    for field, title in GROUPS.items():
        told, known = numbers[field], names[field]
        # What the facility no longer has is posted by the name that the tariff gave it, after the others.
        order: list[str] = [name for name in known if name in told] + sorted(set(told) - set(known))
        yield title, [(known.get(name, name), shown(field, told[name])) for name in order]
    widths = sorted(numbers["tolerance_per_mille"].items(), key=lambda pair: int(pair[0]))
    yield say("Tolerance"), [(f"±{width} µm", shown("tolerance_per_mille", share)) for width, share in widths]
    starts = sorted(numbers["rebate_per_mille"].items(), key=lambda pair: int(pair[0]))
    yield (
        say("Rebate on each part"),
        [(say("from part {count:,} on", count=int(start)), f"−{share / 10:g} %") for start, share in starts],
    )
    yield say("Limits"), [(label, f"{numbers[field] / _scale(field):,.0f}") for field, label in LIMITS.items()]


def shown(field: str, number: int) -> str:
    """With its unit."""
    if field.endswith("_fen"):
        return f"¥{number // 100:,}.{number % 100:02d}"
    return f"{number / 10:g} %"
