"""A layer in regions that are exposed apart: what faces down, what lies along the contour, and the bulk of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.kernels import fast
from mingyue.printing.runs import FULL, Runs

Bytes = NDArray[np.uint8]

# In the order in which a field shows them; a name is part of the names of the masks.
BULK, EDGE, DOWN_FACING = range(3)
REGIONS = ("bulk", "edge", "down")
# A layer must cover half a pixel that the layers below do not: whoever overhangs by less gets no flash of its own, or
# each wall that leans by a hair would take one in each layer.
LEAST_OVERHANG = 128
# A block looks at so many layers below its own, and cuts them again.
MOST_LAYERS_BELOW = 16
# An edge of a thousand pixels is a bulk.
WIDEST_EDGE_PX = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionExposures:
    """Which regions are exposed for a time of their own: that of a layer of layer_um, as the exposure itself.

    down_facing_s: where a layer covers what one of the down_facing_layers below it does not; edge_s: within edge_px of
    the contour. None: as the bulk.
    """

    down_facing_s: float | None = None
    down_facing_layers: int = 1
    edge_s: float | None = None
    edge_px: int = 0

    def __post_init__(self) -> None:
        for seconds, option in ((self.down_facing_s, "--down-facing-s"), (self.edge_s, "--edge-s")):
            if seconds is not None and not 0 < seconds <= 3600:
                raise BadInputError(
                    say("An exposure of {seconds} s is none.", seconds=seconds),
                    remedy=say("Give {option} above 0, and at most an hour.", option=option),
                )
        if not 1 <= self.down_facing_layers <= MOST_LAYERS_BELOW:
            raise BadInputError(
                say("What faces down cannot be {count} layers thick.", count=self.down_facing_layers),
                remedy=say("Give --down-facing-layers of 1 to {most}.", most=MOST_LAYERS_BELOW),
            )
        if (self.edge_s is None) != (self.edge_px == 0) or not 0 <= self.edge_px <= WIDEST_EDGE_PX:
            raise BadInputError(
                say("An edge needs a width in pixels and an exposure of its own."),
                remedy=say("Give both --edge-px of 1 to {most} and --edge-s, or neither.", most=WIDEST_EDGE_PX),
            )

    @property
    def layers_below(self) -> int:
        """How many layers below a layer must be known, so that its regions are."""
        return 0 if self.down_facing_s is None else self.down_facing_layers

    def seconds(self, exposure_s: float) -> tuple[float, float, float]:
        """Of bulk, edge and what faces down, in the order of REGIONS."""
        edge_s = exposure_s if self.edge_s is None else self.edge_s
        return exposure_s, edge_s, exposure_s if self.down_facing_s is None else self.down_facing_s


def split(layer: Runs, below: Sequence[Runs], *, edge_px: int) -> list[tuple[int, Runs]]:
    """The regions of a layer that have any light, in the order of REGIONS; their greys add up to those of the layer.

    below: the layers under it that must carry it, none where it lies on the platform; as large as the layer. A pixel
    faces down as far as it is covered here and not in all of them; what is left of it belongs to the edge or to the
    bulk. edge_px: 0 for no edge; a pixel belongs to the edge unless all pixels within that distance are wholly covered.
    """
    carried, down = layer, None
    if below:
        carried = layer
        for under in below:
            carried = combined(carried, under, _table("darker"))
        down = combined(layer, carried, _table("less"))
        if not (down.values >= LEAST_OVERHANG).any():
            carried, down = layer, None
    bulk, edge = carried, None
    if edge_px:
        core = eroded(layer, edge_px)
        bulk, edge = combined(carried, core, _table("darker")), combined(carried, core, _table("less"))
    pieces = ((BULK, bulk), (EDGE, edge), (DOWN_FACING, down))
    return [(region, runs) for region, runs in pieces if runs is not None and len(runs)]


def combined(one: Runs, other: Runs, table: Bytes) -> Runs:
    """A picture of two of the same size, by a table of (65536,) uint8: its grey is table[256 · one + other]."""
    if (one.rows, one.columns) != (other.rows, other.columns):
        raise ValueError(f"{one.rows} × {one.columns} and {other.rows} × {other.columns} px do not match")
    mine = one.row_starts, one.starts, one.stops, one.values
    theirs = other.row_starts, other.starts, other.stops, other.values
    return Runs(one.rows, one.columns, *fast.combine(mine, theirs, table))


def eroded(picture: Runs, distance_px: int) -> Runs:
    """The pixels that have none but wholly covered ones within this distance, themselves included; beyond is nothing."""
    solid = picture.binary(at_least=FULL)
    reaches = np.array([math.isqrt(distance_px**2 - k**2) for k in range(distance_px + 1)], dtype=np.int64)
    row_starts, starts, stops = fast.erode(solid.row_starts, solid.starts, solid.stops, reaches)
    return Runs(picture.rows, picture.columns, row_starts, starts, stops, np.full(len(starts), FULL, dtype=np.uint8))


@cache
def _table(kind: str) -> Bytes:
    """(65536,) what of two greys is shown: the darker of them, or by how much the first is the brighter."""
    one, other = np.mgrid[0:256, 0:256].astype(np.int64).reshape(2, -1)
    table = (np.minimum(one, other) if kind == "darker" else np.maximum(one - other, 0)).astype(np.uint8)
    table.setflags(write=False)
    return table
