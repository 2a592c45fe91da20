"""The numbers of a tariff as JSON says them, in whole fen and per mille, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from mingyue.phrases import Phrase, say

INSPECTIONS = ("visual", "dimensional", "full")
TAXED = ("setup", "machine", "resin", "cleaning", "inspection", "handling", "minimum")
CANCELLABLE = ("accepted", "scheduled", "making")  # states of an order
ALL = 1000  # per mille
PAYMENT_DAYS = 30  # by which invoices are due where nothing else is said

_MOST_FEN = 100_000_000_00  # a hundred million yuan: whoever types more has mistyped
_MOST_TIMES = 10 * ALL
_MOST_DAYS = 366
_MOST_QUANTITY = 100_000
_MOST_HOURS = 10_000
_MOST_NAMES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What a facility asks for. Factors are per mille of the list price: 1000 leaves it as it is.

    machine_hour_fen, resin_ml_fen: by the engine's names. class_per_mille: by id of a service class.
    tolerance_per_mille: by half-width in µm. kind_per_mille: by kind of organisation; one not named pays the list price.
    rebate_per_mille: by the quantity from which on parts cost so much less. tax_per_mille: by kind of line.
    cancel_due_per_mille: what is due of the total, by the state in which an order is cancelled.
    review_above: a person looks at what passes one of these. payment_days: after an invoice's date it is due.
    """

    setup_fen: int
    machine_hour_fen: Mapping[str, int]
    resin_ml_fen: Mapping[str, int]
    cleaning_fen: int
    inspection_fen: Mapping[str, int]
    handling_hour_fen: int
    minimum_fen: int
    rebate_per_mille: Mapping[str, int]
    kind_per_mille: Mapping[str, int]
    class_per_mille: Mapping[str, int]
    tolerance_per_mille: Mapping[str, int]
    tax_per_mille: Mapping[str, int]
    valid_days: int
    review_above_fen: int
    review_above_quantity: int
    review_above_hours: int
    cancel_due_per_mille: Mapping[str, int]
    payment_days: int = PAYMENT_DAYS

    @property
    def rebates(self) -> list[tuple[int, int]]:
        """(from quantity, per mille less), from the smallest quantity on."""
        return sorted((int(start), less) for start, less in self.rebate_per_mille.items())


def read(said: Mapping[str, Any]) -> Numbers:
    """The numbers that JSON says, which `faults_of` found to be right."""
    told = complete(said)
    return Numbers(**{name: told[name] for name in FIELDS})


def complete(said: Mapping[str, Any]) -> dict[str, Any]:
    """With what counts where a tariff of before says nothing."""
    return {"payment_days": PAYMENT_DAYS, **said}


def as_json(numbers: Numbers) -> dict[str, Any]:
    """The same as JSON."""
    return asdict(numbers)


@dataclass(frozen=True, slots=True)
class _Whole:
    """A whole number between bounds."""

    most: int
    least: int = 0

    def fault(self, value: Any) -> Phrase | None:
        if isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most:
            return None
        return say("It takes a whole number from {least:,} to {most:,}.", least=self.least, most=self.most)


@dataclass(frozen=True, slots=True)
class _Named:
    """Whole numbers by name. exactly: the names that there must be; counted: the names are whole numbers themselves."""

    number: _Whole
    exactly: tuple[str, ...] = ()
    counted: _Whole | None = None
    some: bool = False

    def fault(self, value: Any) -> Phrase | None:
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            return say("It takes numbers by name.")
        if self.exactly and set(value) != set(self.exactly):
            return say("It takes one number for each of: {names}.", names=", ".join(self.exactly))
        if len(value) > _MOST_NAMES or (self.some and not value):
            return say("It takes from 1 to {most} numbers.", most=_MOST_NAMES)
        if self.counted and (fault := _first(self.counted.fault(_count(name)) for name in value)):
            return fault
        return _first(self.number.fault(each) for each in value.values())


def _first(faults: Any) -> Phrase | None:
    return next((fault for fault in faults if fault), None)


def _count(name: str) -> int | None:
    """The number that a name is, in its only spelling."""
    return int(name) if name.isascii() and name.isdigit() and str(int(name)) == name else None


_FEN = _Whole(_MOST_FEN)
_TIMES = _Whole(_MOST_TIMES)
_SHARE = _Whole(ALL)
FIELDS: dict[str, _Whole | _Named] = {
    "setup_fen": _FEN,
    "machine_hour_fen": _Named(_FEN, some=True),
    "resin_ml_fen": _Named(_FEN, some=True),
    "cleaning_fen": _FEN,
    "inspection_fen": _Named(_FEN, exactly=INSPECTIONS),
    "handling_hour_fen": _FEN,
    "minimum_fen": _FEN,
    # A part that costs nothing more would make any number of them free.
    "rebate_per_mille": _Named(_Whole(ALL - 1), counted=_Whole(_MOST_QUANTITY, 2)),
    "kind_per_mille": _Named(_TIMES),
    "class_per_mille": _Named(_TIMES, some=True),
    "tolerance_per_mille": _Named(_TIMES, counted=_Whole(1000, 1), some=True),
    "tax_per_mille": _Named(_SHARE, exactly=TAXED),
    "valid_days": _Whole(_MOST_DAYS, 1),
    "review_above_fen": _FEN,
    "review_above_quantity": _Whole(_MOST_QUANTITY, 1),
    "review_above_hours": _Whole(_MOST_HOURS, 1),
    "cancel_due_per_mille": _Named(_SHARE, exactly=CANCELLABLE),
    "payment_days": _Whole(_MOST_DAYS, 1),
}


def faults_of(said: Mapping[str, Any]) -> dict[str, Phrase]:
    """What is wrong, by field; nothing where `read` may be called."""
    told = complete(said)
    faults = {name: fault for name, shape in FIELDS.items() if (fault := shape.fault(told.get(name)))}
    faults |= {name: say("A tariff has no such number.") for name in said if name not in FIELDS}
    if not faults:
        faults |= _faults_together(read(said))
    return faults


def _faults_together(numbers: Numbers) -> dict[str, Phrase]:
    """What is wrong with numbers that are each right."""
    faults = {}
    less = [share for _, share in numbers.rebates]
    if less != sorted(less):
        faults["rebate_per_mille"] = say("A larger quantity has no smaller rebate.")
    # Where the machine's time grows below the minimum, it takes the place of the line that tops up to it. Were that one
    # taxed higher, more time would cost less.
    taxes = dict(numbers.tax_per_mille)
    if taxes.pop("minimum") > min(taxes.values()):
        faults["tax_per_mille"] = say("What is added up to the minimum is taxed no higher than any other line.")
    due = [numbers.cancel_due_per_mille[state] for state in CANCELLABLE]
    if due != sorted(due):
        faults["cancel_due_per_mille"] = say("Cancelling later costs no less.")
    return faults
