"""What hangs together through the layers: one pass upwards, of which only the latest layer is kept.

Each component of a layer joins the things that reach up to it. A thing with no component in the newest layer is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.components import Components, Overlaps, joined

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.int32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Things:
    """t things. first, last: (t,) layers; boxes_px: (t, 4); volume_px: (t,) pixels of all layers; points_px: (t, 2) u and v
    of a place in the first layer; outside: (t,) whether it reaches the border of the picture; widest_px: (t,) the largest
    area of a component of it; first_px: (t,) its area in the first layer.
    """

    first: Ints
    last: Ints
    boxes_px: Places
    volume_px: Ints
    points_px: Floats
    outside: Flags
    widest_px: Ints

    def __len__(self) -> int:
        return len(self.first)

    def only(self, chosen: Flags | Ints) -> Things:
        """Those alone."""
        return Things(
            self.first[chosen], self.last[chosen], self.boxes_px[chosen], self.volume_px[chosen],
            self.points_px[chosen], self.outside[chosen], self.widest_px[chosen],
        )  # fmt: skip

    def joined_by(self, groups: Places, count: int) -> Things:
        """`count` things, each made of those of its group. groups: (t,) 0 … count − 1, none left out."""
        order = np.lexsort((self.first, groups))
        starts = np.searchsorted(groups[order], np.arange(count))
        low = np.minimum.reduceat(self.boxes_px[order, :2], starts, axis=0)
        high = np.maximum.reduceat(self.boxes_px[order, 2:], starts, axis=0)
        return Things(
            first=self.first[order][starts],
            last=np.maximum.reduceat(self.last[order], starts),
            boxes_px=np.concatenate([low, high], axis=1),
            volume_px=np.add.reduceat(self.volume_px[order], starts),
            points_px=self.points_px[order][starts],
            outside=np.logical_or.reduceat(self.outside[order], starts),
            widest_px=np.maximum.reduceat(self.widest_px[order], starts),
        )


def things_of(parts: Components, layer: int, points_px: Floats) -> Things:
    """The components of a layer, each a thing of its own."""
    boxes, lit = parts.boxes_px, parts.lit_px
    at_border = (boxes[:, :2] == 0).any(axis=1) | (boxes[:, 2] == parts.runs.rows) | (boxes[:, 3] == parts.runs.columns)
    at = np.full(parts.count, layer, dtype=np.int64)
    return Things(at, at, boxes, lit, points_px, at_border, lit)


def all_of(many: Sequence[Things]) -> Things:
    """One after the other."""
    return Things(*(
        np.concatenate([getattr(things, name) for things in many])
        for name in ("first", "last", "boxes_px", "volume_px", "points_px", "outside", "widest_px")
    ))  # fmt: skip


@dataclass(slots=True)
class Growth:
    """All things so far. owners: (components of the latest layer,) which of `growing` each belongs to."""

    growing: Things | None = None
    owners: Places = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    over: list[Things] = field(default_factory=list)

    def add(self, new: Things, overlaps: Overlaps) -> None:
        """Go up a layer. overlaps: between the components of the layer before and those of this one."""
        before = self.growing
        if before is None:
            self.growing, self.owners = new, np.arange(len(new), dtype=np.int32)
            return
        pairs = overlaps.pairs.copy()
        pairs[:, 0] = self.owners[pairs[:, 0]]
        pairs[:, 1] += len(before)
        firsts = joined(len(before) + len(new), pairs)
        names, groups = np.unique(firsts, return_inverse=True)
        together = all_of([before, new]).joined_by(groups.astype(np.int32), len(names)) if len(names) else new
        goes_on = np.zeros(len(names), dtype=np.bool_)
        goes_on[groups[len(before) :]] = True
        self.over.append(together.only(~goes_on))
        places = np.cumsum(goes_on) - 1
        self.growing, self.owners = together.only(goes_on), places[groups[len(before) :]].astype(np.int32)

    def ended(self) -> list[Things]:
        """All that is over, and has anything in it."""
        return [things for things in self.over if len(things)]
