"""Places in single layers become places in the part: what touches in a layer or from layer to layer is one thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.components import joined
from mingyue.printing.kernels.compiled import entry

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Spots:
    """Places where a rule takes notice. s of them, in the order of layers.

    layers: (s,) int32; boxes_px: (s, 4) int32 first row, first column, row after, column after; measured: (s,); points_px:
    (s, 2) u and v; marks: (s,) int32, what else the rule wants to know.
    """

    layers: Places
    boxes_px: Places
    measured: Floats
    points_px: Floats
    marks: Places

    def __len__(self) -> int:
        return len(self.layers)

    def only(self, chosen: NDArray[np.bool_] | Ints) -> Spots:
        """Those alone."""
        return Spots(
            self.layers[chosen],
            self.boxes_px[chosen],
            self.measured[chosen],
            self.points_px[chosen],
            self.marks[chosen],
        )


def spots(layer: int, boxes_px: Places, measured: Floats, points_px: Floats, marks: Places | int = 0) -> Spots:
    """The spots of one layer."""
    count = len(boxes_px)
    return Spots(
        np.full(count, layer, dtype=np.int32),
        boxes_px.reshape(-1, 4).astype(np.int32),
        np.asarray(measured, dtype=np.float64),
        points_px.reshape(-1, 2),
        np.broadcast_to(np.asarray(marks, dtype=np.int32), (count,)),
    )


def gathered(many: Sequence[Spots]) -> Spots:
    """All of them, in the order of layers."""
    if not many:
        return spots(0, np.empty((0, 4), dtype=np.int32), np.empty(0), np.empty((0, 2)))
    parts = [(one.layers, one.boxes_px, one.measured, one.points_px, one.marks) for one in many]
    layers, boxes, measured, points, marks = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Spots(layers, boxes, measured, points, marks)


def groups(found: Spots) -> Iterator[Spots]:
    """Spots whose boxes touch, in a layer or in neighbouring layers, belong together; the lowest group comes first."""
    if not len(found):
        return
    order = np.lexsort((found.boxes_px[:, 0], found.layers))
    found = found.only(order)
    boxes = np.ascontiguousarray(found.boxes_px)
    tallest = int((boxes[:, 2] - boxes[:, 0]).max())
    room = 4 * len(found) + 16
    while True:
        pairs = np.empty((room, 2), dtype=np.int32)
        made = entry("touching_boxes")(boxes, np.ascontiguousarray(found.layers), tallest, pairs)
        if made >= 0:
            break
        room *= 4
    labels = joined(len(found), pairs[:made])
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order], prepend=-1))
    for begin, end in zip(starts, np.append(starts[1:], len(order)), strict=True):
        yield found.only(order[begin:end])


def box_of(group: Spots) -> tuple[int, int, int, int]:
    """What holds all of a group."""
    low, high = group.boxes_px[:, :2].min(axis=0), group.boxes_px[:, 2:].max(axis=0)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def by_layer(group: Spots) -> tuple[Places, Floats]:
    """The layers of a group, and the median of what was measured in each."""
    layers = np.unique(group.layers)
    return layers, np.array([np.median(group.measured[group.layers == layer]) for layer in layers])
