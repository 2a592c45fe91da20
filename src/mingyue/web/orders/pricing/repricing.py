"""What past quotes would have cost by another tariff: frozen contents and numbers come in, totals go out. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mingyue.phrases import Phrase
from mingyue.web.orders.names import TwoNames
from mingyue.web.orders.pricing.numbers import Numbers
from mingyue.web.orders.pricing.prices import Needs, Wish, price, why_not_price

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A past quote: its content, and which of its options is priced anew."""

    number: str
    content: Json
    option: int = 0


@dataclass(frozen=True, slots=True)
class Repriced:
    """before_fen: what the quote says. after_fen: None where the other tariff has no price; then reasons say why."""

    number: str
    content: Json
    option: Json
    before_fen: int
    after_fen: int | None
    reasons: tuple[Phrase, ...] = ()

    @property
    def difference_fen(self) -> int | None:
        """What it would cost more."""
        return None if self.after_fen is None else self.after_fen - self.before_fen

    @property
    def percent(self) -> float | None:
        """The same in percent of what it said."""
        return (
            None if self.difference_fen is None or not self.before_fen else 100 * self.difference_fen / self.before_fen
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """Each quote, and the sums of those that have a price in both tariffs."""

    quotes: tuple[Repriced, ...]

    @property
    def counted(self) -> list[Repriced]:
        """Those that are in the sums."""
        return [each for each in self.quotes if each.after_fen is not None]

    @property
    def before_fen(self) -> int:
        """As quoted."""
        return sum(each.before_fen for each in self.counted)

    @property
    def after_fen(self) -> int:
        """By the other tariff."""
        return sum(each.after_fen or 0 for each in self.counted)

    @property
    def difference_fen(self) -> int:
        """What all of them would cost more."""
        return self.after_fen - self.before_fen


def preview_of(asked: Iterable[Asked], numbers: Numbers) -> Preview:
    """Those whose contents say what a part takes; a quote older than that cannot be priced anew."""
    return Preview(tuple(_repriced(each, numbers) for each in asked if "needs" in each.content["options"][each.option]))


def _repriced(asked: Asked, numbers: Numbers) -> Repriced:
    option = asked.content["options"][asked.option]
    needs = Needs(option["machine"]["profile"], option["resin"]["profile"], *_bands(option["needs"]))
    service = option["service_class"]
    wish = Wish(option["quantity"], option["inspection"], option["tolerance_um"], service["id"])
    before_fen: int = option["total_fen"]
    if reasons := why_not_price(numbers, needs, wish):
        return Repriced(asked.number, asked.content, option, before_fen, None, tuple(reasons))
    class_name = TwoNames(service["name"], service["name_zh"])
    after = price(numbers, needs, wish, kind=asked.content["customer"]["kind"], class_name=class_name)
    return Repriced(asked.number, asked.content, option, before_fen, after.total_fen)


def _bands(needs: Json) -> Iterable[tuple[float, float]]:
    for name in ("printing_s", "handling_s", "resin_mm3"):
        low, high = needs[name]
        yield low, high
