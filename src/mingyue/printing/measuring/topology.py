"""What hangs together in the design and in the print: layers of runs from the top down in, changes with their place out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.components import Components, beyond_reach, components_of, dark_of, joined, overlaps_of
from mingyue.printing.frames import Canvas
from mingyue.printing.runs import Runs

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.int32]

Change = Literal["lost", "torn", "fused", "flash", "closed", "filled"]
Point = tuple[float, float, float]

# Fewer voxels are crumbs: the rounding of a contour, not a body.
_CRUMB_VOXELS = 8


@dataclass(frozen=True, slots=True)
class TopologyChange:
    """One change, the box that holds it in the build frame, and its volume.

    lost: a body that was not printed. torn: a piece of a body that came apart. fused: a print of several bodies.
    flash: a body that nobody designed. closed: a space that was open and is now shut off; filled: a cavity that is gone.
    """

    kind: Change
    low_um: Point
    high_um: Point
    volume_um3: float

    @property
    def centre_um(self) -> Point:
        x, y, z = ((low + high) / 2 for low, high in zip(self.low_um, self.high_um, strict=True))
        return x, y, z


@dataclass(frozen=True, slots=True)
class Topology:
    """Bodies and cavities (spaces with no way out) that are larger than crumbs, and what changed, the largest first."""

    design_bodies: int
    print_bodies: int
    design_cavities: int
    print_cavities: int
    changes: tuple[TopologyChange, ...]


class _Bodies:
    """Components of all layers, joined where they lie over each other."""

    def __init__(self) -> None:
        self._last: Components | None = None
        self._last_first = 0
        self.count = 0
        self._pairs: list[Ints] = []
        self._boxes: list[Floats] = []
        self._volumes: list[Floats] = []
        self._open: list[NDArray[np.bool_]] = []

    def add(self, runs: Runs, *, bottom_um: float, top_um: float, is_last_layer: bool) -> tuple[Components, int]:
        """The components of a layer, and the number of its first one."""
        found, first = components_of(runs), self.count
        boxes = found.boxes_px.astype(np.float64)
        heights = np.broadcast_to((bottom_um, top_um), (found.count, 2))
        self._boxes.append(np.concatenate((boxes, heights), axis=1))
        self._volumes.append(found.lit_px.astype(np.float64) * (top_um - bottom_um))
        touches = (boxes[:, :2] <= 0).any(axis=1) | (boxes[:, 2] >= runs.rows) | (boxes[:, 3] >= runs.columns)
        self._open.append(touches | is_last_layer)
        if self._last is not None:
            pairs = overlaps_of(found, self._last).pairs.astype(np.int64)
            self._pairs.append(pairs + np.array([first, self._last_first]))
        self._last, self._last_first = found, first
        self.count += found.count
        return found, first

    def finish(self) -> None:
        """Number the bodies: body (count,) of each component; boxes, volumes (pixels times µm) and is_open of each body."""
        pairs = np.concatenate(self._pairs) if self._pairs else np.empty((0, 2), dtype=np.int64)
        roots = joined(self.count, pairs.astype(np.int32))
        _, self.body = np.unique(roots, return_inverse=True)
        self.bodies = int(self.body.max(initial=-1)) + 1
        self.volumes = np.bincount(self.body, weights=np.concatenate(self._volumes or [np.empty(0)]))
        self.is_open = np.zeros(self.bodies, dtype=np.bool_)
        np.logical_or.at(self.is_open, self.body, np.concatenate(self._open or [np.empty(0, dtype=np.bool_)]))
        boxes = np.concatenate(self._boxes or [np.empty((0, 6))])
        self.boxes = np.empty((self.bodies, 6))
        for column, (least, start) in enumerate(
            ((np.minimum, np.inf),) * 2 + ((np.maximum, -np.inf),) * 2 + ((np.minimum, np.inf), (np.maximum, -np.inf))
        ):
            self.boxes[:, column] = start
            least.at(self.boxes[:, column], self.body, boxes[:, column])


class TopologyReader:
    """Takes the layers of design and print from the last one down, and says at the end what changed."""

    def __init__(self, canvas: Canvas, *, last_layer: int) -> None:
        self._canvas, self._last_layer = canvas, last_layer
        self._design, self._print, self._void, self._left = _Bodies(), _Bodies(), _Bodies(), _Bodies()
        self._same: list[Ints] = []
        self._kept: list[Ints] = []
        self._thinnest_um = np.inf

    def take(self, layer: int, design: Runs, printed: Runs, *, bottom_um: float, top_um: float) -> None:
        """One layer of both, of one size. Grey pixels of the design count from half on."""
        self._thinnest_um = min(self._thinnest_um, top_um - bottom_um)
        at = {"bottom_um": bottom_um, "top_um": top_um}
        wanted = design.binary()
        dark = dark_of(wanted)
        bodies = self._design.add(wanted, **at, is_last_layer=False)
        came_out = self._print.add(printed, **at, is_last_layer=False)
        void = self._void.add(dark, **at, is_last_layer=layer == self._last_layer)
        left = self._left.add(beyond_reach(dark, printed, reach_px=0), **at, is_last_layer=layer == self._last_layer)
        self._same.append(_numbered(bodies, came_out))
        self._kept.append(_numbered(void, left))

    def finish(self) -> Topology:
        for bodies in (self._design, self._print, self._void, self._left):
            bodies.finish()
        crumb = _CRUMB_VOXELS * (self._thinnest_um if np.isfinite(self._thinnest_um) else 1.0)
        same = _between(self._same, self._design, self._print)
        kept = _between(self._kept, self._void, self._left)
        changes = [*self._solid_changes(same, crumb), *self._void_changes(kept, crumb)]
        changes.sort(key=lambda change: -change.volume_um3)
        big = [bodies.volumes >= crumb for bodies in (self._design, self._print, self._void, self._left)]
        return Topology(
            design_bodies=int(big[0].sum()),
            print_bodies=int(big[1].sum()),
            design_cavities=int((big[2] & ~self._void.is_open).sum()),
            print_cavities=int((big[3] & ~self._left.is_open).sum()),
            changes=tuple(changes),
        )

    def _solid_changes(self, same: Ints, crumb: float) -> Iterator[TopologyChange]:
        design, print_ = self._design, self._print
        printed_as = np.bincount(same[:, 0], minlength=design.bodies)
        made_of = np.bincount(same[:, 1], minlength=print_.bodies)
        yield from self._changes("lost", design, np.flatnonzero((printed_as == 0) & (design.volumes >= crumb)))
        yield from self._changes("flash", print_, np.flatnonzero((made_of == 0) & (print_.volumes >= crumb)))
        yield from self._changes("fused", print_, np.flatnonzero(made_of > 1))
        torn = []
        for body in np.flatnonzero(printed_as > 1):
            pieces = same[same[:, 0] == body, 1]
            pieces = pieces[np.argsort(-print_.volumes[pieces], kind="stable")]
            torn += [piece for piece in pieces[1:] if print_.volumes[piece] >= crumb]  # the largest is the body itself
        yield from self._changes("torn", print_, np.unique(np.array(torn, dtype=np.int64)))

    def _void_changes(self, kept: Ints, crumb: float) -> Iterator[TopologyChange]:
        void, left = self._void, self._left
        was_open = np.zeros(left.bodies, dtype=np.bool_)
        was_open[kept[:, 1]] = void.is_open[kept[:, 0]]
        yield from self._changes("closed", left, np.flatnonzero(was_open & ~left.is_open & (left.volumes >= crumb)))
        remains = np.zeros(void.bodies, dtype=np.bool_)
        remains[kept[:, 0]] = True
        yield from self._changes("filled", void, np.flatnonzero(~remains & ~void.is_open & (void.volumes >= crumb)))

    def _changes(self, kind: Change, bodies: _Bodies, chosen: Ints) -> Iterator[TopologyChange]:
        canvas = self._canvas
        pitch = canvas.pitch_um
        for body in chosen:
            row, column, after_row, after_column, bottom, top = bodies.boxes[body].tolist()
            yield TopologyChange(
                kind,
                (canvas.left_um + column * pitch, canvas.top_um - after_row * pitch, bottom),
                (canvas.left_um + after_column * pitch, canvas.top_um - row * pitch, top),
                float(bodies.volumes[body]) * pitch**2,
            )


def _numbered(one: tuple[Components, int], other: tuple[Components, int]) -> Ints:
    """(p, 2) numbers of the components of two pictures of one layer that share pixels."""
    return np.asarray(overlaps_of(one[0], other[0]).pairs.astype(np.int64) + np.array([one[1], other[1]]))


def _between(pairs: list[Ints], one: _Bodies, other: _Bodies) -> Ints:
    """(q, 2) bodies that share pixels, each pair once."""
    met = np.concatenate(pairs) if pairs else np.empty((0, 2), dtype=np.int64)
    return np.unique(np.stack((one.body[met[:, 0]], other.body[met[:, 1]]), axis=1), axis=0)
