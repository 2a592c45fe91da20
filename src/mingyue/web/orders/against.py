"""Two quotes' contents side by side: option against option, line against line, what each adds to the difference. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Pair = tuple[Json | None, Json | None]


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line of the old option and its like in the new one; one of the two may be missing. Amounts are before tax."""

    was: Json | None
    now: Json | None

    @property
    def difference_fen(self) -> int:
        """What it adds to the new price, before tax."""
        return _of(self.now, "amount_fen") - _of(self.was, "amount_fen")


@dataclass(frozen=True, slots=True)
class OptionChange:
    """An option and what it became; one of the two may be missing."""

    was: Json | None
    now: Json | None
    lines: tuple[LineChange, ...]

    @property
    def difference_fen(self) -> int:
        """With tax; only where there are both."""
        return _of(self.now, "total_fen") - _of(self.was, "total_fen")

    @property
    def tax_difference_fen(self) -> int:
        """Of all lines."""
        return _of(self.now, "tax_fen") - _of(self.was, "tax_fen")

    @property
    def option(self) -> Json:
        """The new one, where there is one."""
        return self.now or self.was or {}


def compared(was: Json, now: Json) -> list[OptionChange]:
    """Each option of both contents once: those that ask the same beside each other, in the order of the new quote."""
    return [
        OptionChange(old, new, tuple(LineChange(*pair) for pair in _paired(_lines(old), _lines(new), _kind)))
        for old, new in _paired(was["options"], now["options"], asked)
    ]


def asked(option: Json) -> Hashable:
    """What was asked for in an option: two that say the same here differ in what they are made of, and in price."""
    return (
        option["machine"]["id"], option["resin"]["id"], option["layer_um"], tuple(option.get("rotation") or ()),
        option["quantity"], option["inspection"], option["tolerance_um"], option["service_class"]["id"],
    )  # fmt: skip


def _kind(line: Json) -> Hashable:
    return line["kind"], line["tax_per_mille"]


def _paired(was: Sequence[Json], now: Sequence[Json], alike: Callable[[Json], Hashable]) -> Iterator[Pair]:
    """Each of both once: the new ones in their order, each with the first old one like it; then the old ones left."""
    left: dict[Hashable, list[Json]] = defaultdict(list)
    for old in was:
        left[alike(old)].append(old)
    for new in now:
        like = left[alike(new)]
        yield (like.pop(0) if like else None), new
    for rest in left.values():
        for old in rest:
            yield old, None


def _lines(option: Json | None) -> list[Json]:
    return option["lines"] if option else []


def _of(row: Json | None, name: str) -> int:
    return int(row[name]) if row else 0
