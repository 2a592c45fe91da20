"""What a part costs: tariff, estimate and wishes become lines that add up to the total, to the fen.

A price never falls where quantity, time or resin grow and all else stays:
- Each line is a whole number that rounds something which does not fall.
- A rebate is for the parts from its quantity on, as a tax on income is for what lies above a threshold: one part more
  always adds to the price. Were it for all parts, the tenth part could cost less than nothing.
- Tax is rounded once, over everything, and then divided over the lines.

Time is the middle of the engine's band. Over many orders a facility that asks for the middle is paid for the hours which
it works; with the upper end every customer would pay for the estimate's doubt. What is promised about dates is another
matter: whoever plans takes the upper end.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mingyue.phrases import Phrase, say
from mingyue.web.orders.pricing.dividing import apportioned, divided, rounded
from mingyue.web.orders.pricing.numbers import ALL, Numbers
from mingyue.web.records.kept_phrases import as_json, from_json

Band = tuple[float, float]

INSPECTION_NAMES = {
    "visual": say("by eye"),
    "dimensional": say("measured where it matters"),
    "full": say("measured throughout"),
}
KIND_NAMES = {
    "institute": say("Institute"),
    "university": say("University"),
    "company": say("Company"),
    "hospital": say("Hospital"),
    "investor": say("Investor"),
    "authority": say("Authority"),
}
_S_PER_H = 3600
_MM3_PER_ML = 1000


@dataclass(frozen=True, slots=True)
class Needs:
    """What one part takes, as the engine estimates it: lowest and highest. machine, resin: the engine's names."""

    machine: str
    resin: str
    printing_s: Band
    handling_s: Band
    resin_mm3: Band


@dataclass(frozen=True, slots=True)
class Wish:
    """What a customer chooses. service_class: its id; tolerance_um: half-width."""

    quantity: int
    inspection: str
    tolerance_um: int
    service_class: str


@dataclass(frozen=True, slots=True)
class Line:
    """quantity · unit price = amount for what a tariff prices; tax is not in the amount. unit: line, hour, ml or part."""

    kind: str
    quantity_milli: int
    unit: str
    unit_price_fen: int
    amount_fen: int
    tax_per_mille: int
    reason: str  # a phrase; what a person wrote is none
    tax_fen: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """Its lines add up to the total, to the fen."""

    lines: tuple[Line, ...]

    @property
    def net_fen(self) -> int:
        """Without tax."""
        return sum(line.amount_fen for line in self.lines)

    @property
    def tax_fen(self) -> int:
        """Of all lines."""
        return sum(line.tax_fen for line in self.lines)

    @property
    def total_fen(self) -> int:
        """What is to be paid."""
        return self.net_fen + self.tax_fen

    @property
    def by_rate(self) -> dict[int, tuple[int, int]]:
        """Rate per mille → net and tax; none of them is negative."""
        return {
            rate: (sum(line.amount_fen for line in group), sum(line.tax_fen for line in group))
            for rate, group in _grouped(self.lines).items()
        }


def why_not_price(numbers: Numbers, needs: Needs, wish: Wish, *, most_quantity: int = 100_000) -> list[Phrase]:
    """Why this tariff has no price for this."""
    reasons = []
    if needs.machine not in numbers.machine_hour_fen:
        reasons.append(say("The tariff has no price for this machine."))
    if needs.resin not in numbers.resin_ml_fen:
        reasons.append(say("The tariff has no price for this resin."))
    if not 1 <= wish.quantity <= most_quantity:
        reasons.append(say("A quantity is from 1 to {most:,}.", most=most_quantity))
    if wish.inspection not in numbers.inspection_fen:
        reasons.append(say("There is no inspection named {name}.", name=wish.inspection))
    if str(wish.tolerance_um) not in numbers.tolerance_per_mille:
        reasons.append(say("The tariff has no price for a tolerance of ±{within} µm.", within=wish.tolerance_um))
    if wish.service_class not in numbers.class_per_mille:
        reasons.append(say("The tariff has no price for this service class."))
    return reasons


def price(numbers: Numbers, needs: Needs, wish: Wish, *, kind: str, class_name: str) -> Price:
    """The price of a wish that `why_not_price` has nothing against.

    kind: of the customer's organisation. class_name: of the service class, in both languages.
    """
    listed = list(_listed(numbers, needs, wish))
    lines = [line.line for line in listed]
    nets = {rate: sum(line.amount_fen for line in group) for rate, group in _grouped(lines).items()}
    for adjust in (
        _rebate(numbers, listed, wish.quantity),
        _factor("tolerance", numbers.tolerance_per_mille[str(wish.tolerance_um)]),
        _factor("organisation", numbers.kind_per_mille.get(kind, ALL)),
        _factor("class", numbers.class_per_mille[wish.service_class]),
    ):
        lines += adjust.lines(nets, _Said(wish, kind, class_name))
        nets = adjust.after(nets)
    lines += _topped_up(numbers, sum(nets.values()))
    return Price(tuple(taxed([line for line in lines if line.amount_fen])))


def middle_hours(needs: Needs, quantity: int) -> float:
    """The machine's hours, by the middle of the band."""
    return _middle(needs.printing_s) * quantity / _S_PER_H


# --- what the tariff lists ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Listed:
    """A line at list price; per_part_milli: what each part adds to its quantity, None where it is for all of them."""

    line: Line
    per_part_milli: int | None


def _listed(numbers: Numbers, needs: Needs, wish: Wish) -> Iterator[_Listed]:
    count = wish.quantity
    taxes = numbers.tax_per_mille
    hours, hands = _milli(needs.printing_s, _S_PER_H), _milli(needs.handling_s, _S_PER_H)
    resin = _milli(needs.resin_mm3, _MM3_PER_ML)
    yield _Listed(
        Line("setup", ALL, "line", numbers.setup_fen, numbers.setup_fen, taxes["setup"],
             say("Setting up, once")), None,
    )  # fmt: skip
    for kind, unit, price_fen, each, reason in (
        ("machine", "hour", numbers.machine_hour_fen[needs.machine], hours, say(
            "{count:,} × {each:.3f} h on the machine: the middle of {low:.3f} to {high:.3f} h",
            count=count, each=hours / ALL, low=needs.printing_s[0] / _S_PER_H, high=needs.printing_s[1] / _S_PER_H,
        )),
        ("resin", "ml", numbers.resin_ml_fen[needs.resin], resin, say(
            "{count:,} × {each:.3f} ml of resin, losses included", count=count, each=resin / ALL
        )),
        ("cleaning", "part", numbers.cleaning_fen, ALL, say("Cleaning of each part")),
        ("inspection", "part", numbers.inspection_fen[wish.inspection], ALL, say(
            "Inspection of each part, {how}", how=INSPECTION_NAMES[wish.inspection]
        )),
        ("handling", "hour", numbers.handling_hour_fen, hands, say(
            "{count:,} × {each:.3f} h of work by hand: the middle of {low:.3f} to {high:.3f} h",
            count=count, each=hands / ALL, low=needs.handling_s[0] / _S_PER_H, high=needs.handling_s[1] / _S_PER_H,
        )),
    ):  # fmt: skip
        amount = rounded(price_fen * each * count, ALL)
        yield _Listed(Line(kind, each * count, unit, price_fen, amount, taxes[kind], reason), each)


def _middle(band: Band) -> float:
    return (band[0] + band[1]) / 2


def _milli(band: Band, per_unit: int) -> int:
    """The middle of a band in thousandths of a unit, rounded up: what a line says is what it is reckoned with."""
    return math.ceil(_middle(band) * ALL / per_unit)


# --- what changes it ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Said:
    wish: Wish
    kind: str
    class_name: str


@dataclass(frozen=True, slots=True)
class _Adjustment:
    """What becomes of the net of each rate: what it is given, or a factor per mille."""

    kind: str
    factor: int = ALL
    given: Mapping[int, int] | None = None

    def after(self, nets: Mapping[int, int]) -> dict[int, int]:
        return {
            rate: rounded(net * self.factor, ALL) if self.given is None else self.given[rate]
            for rate, net in nets.items()
        }

    def lines(self, nets: Mapping[int, int], said: _Said) -> Iterator[Line]:
        """One for each rate that it changes."""
        for rate, after in self.after(nets).items():
            change = after - nets[rate]
            percent = self._percent(change, nets[rate])
            yield Line(self.kind, ALL, "line", change, change, rate, _reason(self.kind, percent, rate / 10, said))

    def _percent(self, change: int, net: int) -> float:
        """A factor as the tariff says it, which a change of some fen comes near only; what was given, as it came out."""
        if self.given is None:
            return (self.factor - ALL) / 10
        return 100 * change / net if net else 0.0


def _reason(kind: str, percent: float, tax: float, said: _Said) -> Phrase:
    if kind == "rebate":
        return say("Rebate on quantity: {percent:+.1f} % of what is taxed at {tax:g} %", percent=percent, tax=tax)
    if kind == "tolerance":
        return say(
            "Tolerance of ±{within} µm: {percent:+.1f} % of what is taxed at {tax:g} %",
            within=said.wish.tolerance_um, percent=percent, tax=tax,
        )  # fmt: skip
    name = KIND_NAMES.get(said.kind, said.kind) if kind == "organisation" else said.class_name
    return say("{name}: {percent:+.1f} % of what is taxed at {tax:g} %", name=name, percent=percent, tax=tax)


def _factor(kind: str, per_mille: int) -> _Adjustment:
    return _Adjustment(kind, per_mille)


def _rebate(numbers: Numbers, listed: Sequence[_Listed], quantity: int) -> _Adjustment:
    """Each part at its own rebate."""
    paid = paid_parts_milli(numbers, quantity)
    nets: dict[int, int] = {}
    for each in listed:
        line = each.line
        amount = line.amount_fen
        if each.per_part_milli is not None:
            amount = rounded(line.unit_price_fen * each.per_part_milli * paid, ALL * ALL)
        nets[line.tax_per_mille] = nets.get(line.tax_per_mille, 0) + amount
    return _Adjustment("rebate", given=nets)


def paid_parts_milli(numbers: Numbers, quantity: int) -> int:
    """How many parts are paid for, in thousandths: each counts as much as its rebate leaves of it."""
    paid, start, less = 0, 1, 0
    for begins, next_less in [*numbers.rebates, (quantity + 1, 0)]:
        end = min(begins, quantity + 1)
        paid += max(end - start, 0) * (ALL - less)
        start, less = max(start, end), next_less
    return paid


def _topped_up(numbers: Numbers, net: int) -> Iterator[Line]:
    """The line up to the minimum, where there is need of one."""
    missing = numbers.minimum_fen - net
    if missing > 0:
        yield Line(
            "minimum", ALL, "line", missing, missing, numbers.tax_per_mille["minimum"],
            say("Up to the smallest order, before tax"),
        )  # fmt: skip


# --- tax ----------------------------------------------------------------------------------------------------------


def _grouped(lines: Sequence[Line]) -> dict[int, list[Line]]:
    groups: dict[int, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.tax_per_mille, []).append(line)
    return groups


def taxed(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines with their tax: rounded once, divided over the rates, and within each over its lines."""
    groups = _grouped(lines)
    exact = [rate * sum(line.amount_fen for line in group) for rate, group in groups.items()]
    of_rates = apportioned(rounded(sum(exact), ALL), exact, ALL)
    taxes = {
        rate: iter(apportioned(tax, [rate * line.amount_fen for line in group], ALL))
        for (rate, group), tax in zip(groups.items(), of_rates, strict=True)
    }
    for line in lines:
        yield replace(line, tax_fen=next(taxes[line.tax_per_mille]))


def split(amount_fen: int, left: Mapping[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """An amount, tax included, out of what is left by rate: in proportion, never more than there is, to the fen."""
    rates = list(left)
    pieces = divided(amount_fen, [number for rate in rates for number in left[rate]])
    return {rate: (pieces[2 * place], pieces[2 * place + 1]) for place, rate in enumerate(rates)}


def line_as_json(line: Line) -> dict[str, Any]:
    """The line, its reason with template and values."""
    return {
        "kind": line.kind, "quantity_milli": line.quantity_milli, "unit": line.unit,
        "unit_price_fen": line.unit_price_fen, "amount_fen": line.amount_fen, "tax_per_mille": line.tax_per_mille,
        "tax_fen": line.tax_fen, "reason": as_json(line.reason),
    }  # fmt: skip


def line_from_json(said: dict[str, Any]) -> Line:
    """The line that `line_as_json` kept."""
    return Line(**said | {"reason": from_json(said["reason"])})
