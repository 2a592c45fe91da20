"""What a quote says, for ever: plain JSON made of rows as they are now, and the digest that proves it unchanged.

number currency valid_days asked_at      customer provider facility part tariff: ids and names; sides see parties.py
payment_days: by which invoices are due; not in quotes of before
review: why a person must look           cancel_due_per_mille: by state of the order
follows: id, number and revision of the quote of an earlier revision that was asked for once more; not in others
part: its confidentiality too, as it was when the quote was asked
options: number check machine resin layer_um rotation lying placement quantity inspection tolerance_um service_class
         verdict settled findings needs lines rates net_fen tax_fen total_fen

Nobody reads it raw but who checks the digest: what a side is shown is `shown_to`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mingyue.phrases import Phrase, say
from mingyue.web.facilities.models import Facility, ServiceClass
from mingyue.web.orders.models import Message, Quote, Tariff
from mingyue.web.orders.names import TwoNames, both_names
from mingyue.web.orders.pricing.numbers import ALL, Numbers
from mingyue.web.orders.pricing.prices import (
    Line,
    Needs,
    Price,
    Wish,
    line_as_json,
    line_from_json,
    middle_hours,
    price,
    taxed,
)
from mingyue.web.parts.lying import lying_in_height
from mingyue.web.parts.models import Check, Part
from mingyue.web.records.kept_phrases import as_json

Json = dict[str, Any]
_MOST_FINDINGS = 20  # that a quote names; the check has all of them
_NEEDS = ("printing_s", "handling_s", "resin_mm3")  # of one part; by them another tariff can price the same


@dataclass(frozen=True, slots=True)
class Option:
    """One way of making the part that is asked for."""

    check: Check
    wish: Wish
    service_class: ServiceClass


@dataclass(frozen=True, slots=True)
class Change:
    """Another amount for a line, before tax, and why; lines are counted from 0 in an option."""

    option: int
    line: int
    amount_fen: int
    why: str


def needs_of(check: Check) -> Needs:
    """What a part takes, by the estimate of a check that is done."""
    taken = check.estimate or {}
    printing, handling, resin = (tuple(taken[name]) for name in ("printing_s", "handling_s", "resin_mm3"))
    return Needs(check.machine.profile, check.resin.profile, printing, handling, resin)


def content_of(
    options: Sequence[Option], *, number: str, parties: Json, facility: Facility, tariff: Tariff, numbers: Numbers,
    at: datetime, follows: Quote | None = None,
) -> Json:  # fmt: skip
    """All of it. Every option has a price in this tariff. parties: what both sides are called now, see parties.py.

    follows: what is asked for once more, of a later revision.
    """
    revision = options[0].check.revision
    priced = [
        price(
            numbers, needs_of(each.check), each.wish, kind=parties["customer"]["kind"],
            class_name=TwoNames(each.service_class.name, each.service_class.name_zh),
        )
        for each in options
    ]  # fmt: skip
    return {
        "number": number,
        "currency": tariff.currency,
        "valid_days": numbers.valid_days,
        "payment_days": numbers.payment_days,
        "asked_at": at.isoformat(),
        **parties,
        "facility": {"id": str(facility.pk), **both_names(facility)},
        "part": {
            "id": str(revision.part_id), "name": revision.part.name, "revision": revision.number,
            "file_name": revision.file_name, "sha256": revision.blob.digest,
            "confidentiality": revision.part.confidentiality,
        },
        "tariff": {"id": str(tariff.pk), "number": tariff.number},
        "review": [as_json(reason) for reason in why_review(options, priced, numbers)],
        "cancel_due_per_mille": dict(numbers.cancel_due_per_mille),
        "options": [
            _option(place, each, found) for place, (each, found) in enumerate(zip(options, priced, strict=True))
        ],
        **({} if follows is None else {"follows": _followed(follows)}),
    }  # fmt: skip


def _followed(quote: Quote) -> Json:
    return {"id": str(quote.pk), "number": quote.number, "revision": quote.content["part"]["revision"]}


def lying_of(check: Check) -> Phrase:
    """How the part lies in a check that is done, in words."""
    layers = (check.looked or {}).get("layers", 0)
    return lying_in_height(check.rotation, layers=layers, layer_um=check.layer_um)


def _option(place: int, option: Option, found: Price) -> Json:
    check, wish = option.check, option.wish
    return {
        "number": place,
        "check": str(check.pk),
        "machine": {"id": str(check.machine_id), "name": check.machine.name, "profile": check.machine.profile},
        "resin": {"id": str(check.resin_id), "profile": check.resin.profile, **both_names(check.resin)},
        "layer_um": check.layer_um,
        "rotation": check.rotation,
        "lying": as_json(lying_of(check)),
        "placement": (check.looked or {}).get("placement"),
        "quantity": wish.quantity,
        "inspection": wish.inspection,
        "tolerance_um": wish.tolerance_um,
        "service_class": {
            "id": str(option.service_class.pk), "lead_days": option.service_class.lead_days,
            **both_names(option.service_class),
        },
        "verdict": check.verdict,
        "settled": check.state == Check.State.DONE,
        "findings": [
            {name: finding.get(name) for name in ("title", "message", "remedy", "severity")}
            for finding in check.findings[:_MOST_FINDINGS]
        ],
        "needs": {name: list(getattr(needs_of(check), name)) for name in _NEEDS},
        **_priced(found),
    }  # fmt: skip


def _priced(found: Price) -> Json:
    return {
        "lines": [line_as_json(line) for line in found.lines],
        "rates": [[rate, net, tax] for rate, (net, tax) in found.by_rate.items()],
        "net_fen": found.net_fen,
        "tax_fen": found.tax_fen,
        "total_fen": found.total_fen,
    }


# --- what is shown of it ------------------------------------------------------------------------------------------


def confidentiality_of(content: Json) -> str:
    """The part's, when the quote was asked. Where a quote does not say, the strictest counts."""
    said: str = content["part"].get("confidentiality", Part.Confidentiality.CONTROLLED.value)
    return said


def shown_to(content: Json, *, side: str, confidentiality: str, ordered: bool = False) -> Json:
    """The content as one side may see it. side: of `Message.Side`; ordered: whether an order came of the quote.

    Of a controlled part the facility is told what it needs for an answer: which kinds of findings there are, what it takes
    and what it costs. Where findings lie, how the part lies, which file it is, it learns with the order. Kept from it is
    null, so that the shape stays; `withheld` says that the digest is of more than this.
    """
    if side == Message.Side.CUSTOMER or ordered or confidentiality != Part.Confidentiality.CONTROLLED:
        return content
    part = content["part"] | dict.fromkeys(("file_name", "sha256"))
    return content | {"part": part, "options": [_outline(each) for each in content["options"]], "withheld": True}


def _outline(option: Json) -> Json:
    findings = [each | dict.fromkeys(("message", "remedy")) for each in option["findings"]]
    return option | dict.fromkeys(("placement", "rotation", "lying")) | {"findings": findings}


# --- why a person looks, and what they change ---------------------------------------------------------------------


def why_review(options: Sequence[Option], priced: Sequence[Price], numbers: Numbers) -> list[Phrase]:
    """Why a person must look before this is offered."""
    reasons = []
    if any(each.check.verdict == "fails" for each in options):
        reasons.append(say("By the check something will fail."))
    if any(found.total_fen > numbers.review_above_fen for found in priced):
        reasons.append(say("The price is above what is offered without a person's look."))
    if any(each.wish.quantity > numbers.review_above_quantity for each in options):
        reasons.append(say("The quantity is above what is offered without a person's look."))
    hours = (middle_hours(needs_of(each.check), each.wish.quantity) for each in options)
    if any(taken > numbers.review_above_hours for taken in hours):
        reasons.append(say("The machine's time is above what is offered without a person's look."))
    return reasons


def why_not_changed(content: Json, changes: Sequence[Change]) -> list[Phrase]:
    """Why these lines cannot become so."""
    reasons = []
    for change in changes:
        options = content["options"]
        if not (0 <= change.option < len(options) and 0 <= change.line < len(options[change.option]["lines"])):
            reasons.append(say("There is no such line."))
        if not change.why.strip():
            reasons.append(say("Say why the line changes; the customer reads it."))
    if not reasons:
        after = [_changed_price(option, changes) for option in content["options"]]
        if any(net < 0 for found in after for net, _ in found.by_rate.values()):
            reasons.append(say("What is taxed at one rate is not less than nothing together."))
    return reasons


def changed(content: Json, changes: Sequence[Change], *, number: str) -> Json:
    """Another content in which some lines have another amount; their tax and all sums follow."""
    options = [option | _changed_option(option, changes) for option in content["options"]]
    return content | {"number": number, "review": [], "options": options}


def _changed_option(option: Json, changes: Sequence[Change]) -> Json:
    priced = _priced(_changed_price(option, changes))
    for line, before in zip(priced["lines"], option["lines"], strict=True):
        line.update({"changed": before["changed"]} if "changed" in before else {})
    for change in changes:
        if change.option == option["number"]:
            before = option["lines"][change.line]
            note = {"amount_fen": before["amount_fen"], "why": change.why.strip()[:300]}
            priced["lines"][change.line]["changed"] = note
    return priced


def _changed_price(option: Json, changes: Sequence[Change]) -> Price:
    amounts = {change.line: change.amount_fen for change in changes if change.option == option["number"]}
    lines = [_line(said) for said in option["lines"]]
    for place, amount in amounts.items():
        lines[place] = replace(lines[place], quantity_milli=ALL, unit="line", unit_price_fen=amount, amount_fen=amount)
    return Price(tuple(taxed(lines)))


def _line(said: Json) -> Line:
    return line_from_json({name: value for name, value in said.items() if name != "changed"})


def digest_of(content: Json) -> str:
    """SHA-256 of the content, in the one way of writing it down."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
