"""What a customer wants a price for: finished checks and wishes become the options of one quote."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any, TypeVar

from mingyue.client.deals import ServiceClass, Tariff
from mingyue.client.things import Check, Part
from mingyue.errors import BadInputError
from mingyue.phrases import say

T = TypeVar("T", str, int)


def several(said: T | Sequence[T]) -> list[T]:
    """One or some, as some."""
    return [said] if isinstance(said, str | int) else list(said)


def checks_of(part: Part, *, facility: str = "") -> list[Check]:
    """Checks of the newest revision that know what it takes, at one facility, by its slug or where it was asked first.

    Those by which something fails are left out where others are there: they would have the facility look at all options.
    """
    found = [check for check in part.newest.checks if check.state in ("running", "done") and check.estimate]
    place = facility or next((check.machine["facility_slug"] for check in found), "")
    found = [check for check in found if check.machine["facility_slug"] == place]
    if not found:
        raise BadInputError(
            say("{part} has no finished check to ask a price for.", part=part.name),
            remedy=say("Wait for its checks, or ask for one on a machine of that facility."),
        )
    return [check for check in found if check.verdict != "fails"] or found


def options_of(
    checks: Sequence[Check], *, tariff: Tariff, classes: Sequence[ServiceClass], wanted: Sequence[str],
    quantities: Sequence[int], inspections: Sequence[str], tolerances_um: Sequence[int],
) -> list[dict[str, Any]]:  # fmt: skip
    """One for each combination. Unsaid: the service class that the facility names first, and its widest tolerance."""
    priced = [one for one in classes if one.id in tariff.numbers["class_per_mille"]]
    chosen = [_class(name, priced) for name in wanted] or priced[:1]
    widths = list(tolerances_um) or [max(map(int, tariff.numbers["tolerance_per_mille"]))]
    return [
        {
            "check": check.id, "service_class": each.id, "quantity": quantity, "inspection": inspection,
            "tolerance_um": width,
        }
        for check, each, quantity, inspection, width in product(checks, chosen, quantities, inspections, widths)
    ]  # fmt: skip


def _class(name: str, classes: Sequence[ServiceClass]) -> ServiceClass:
    """By id or name, in either language."""
    for one in classes:
        if name in {one.id, one.name_zh} or name.casefold() == one.name.casefold():
            return one
    raise BadInputError(
        say("The facility has no service class named {name}.", name=name),
        remedy=say("Choose one of these: {names}.", names=", ".join(one.name for one in classes)),
    )
