"""The options of a quote come in; out come rows by which they are told apart: of each, only what is not the same in all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mingyue.phrases import say
from mingyue.web.orders.pricing.prices import INSPECTION_NAMES
from mingyue.web.orders.templatetags.promised import kept, named
from mingyue.web.records.language import in_current_language

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """An option, and in the reader's words what sets it apart."""

    option: Json
    apart: tuple[str, ...]

    @property
    def each_fen(self) -> int:
        """Of one piece, with tax, to the nearest fen: for comparing, nobody pays it."""
        count: int = self.option["quantity"]
        return (2 * int(self.option["total_fen"]) + count) // (2 * count)


def told_apart(options: Sequence[Json]) -> list[Row]:
    """A row for each option, in their order."""
    columns = [
        [told(option) for option in options]
        for differs, told in _TOLD
        if len({differs(option) for option in options}) > 1
    ]
    return [Row(option, tuple(column[place] for column in columns)) for place, option in enumerate(options)]


def _service(option: Json) -> str:
    service = option["service_class"]
    days = in_current_language(say("{days} working days", days=service["lead_days"]))
    return f"{named(service)} · {days}"


def _quantity(option: Json) -> str:
    return in_current_language(say("Quantity {count}", count=option["quantity"]))


def _machine(option: Json) -> str:
    return str(option["machine"]["name"])


def _resin(option: Json) -> str:
    return named(option["resin"])


def _layer(option: Json) -> str:
    return f"{option['layer_um']:g} µm"


def _turn(option: Json) -> str:
    return str(option.get("rotation"))


def _lying(option: Json) -> str:
    return kept(option["lying"]) if option.get("lying") else ""


def _inspection(option: Json) -> str:
    return in_current_language(INSPECTION_NAMES[option["inspection"]])


def _tolerance(option: Json) -> str:
    return f"±{option['tolerance_um']} µm"


_Told = Callable[[Json], str]
# By what two options differ, and what is told of it. How a part lies is told with its height, which whole layers make a
# little more or less: only another turn is another way of lying.
_TOLD: tuple[tuple[_Told, _Told], ...] = (
    (_quantity, _quantity),
    (_machine, _machine),
    (_resin, _resin),
    (_layer, _layer),
    (_turn, _lying),
    (_inspection, _inspection),
    (_tolerance, _tolerance),
    (_service, _service),
)
