"""One stack of doses read from the top down: where to look in; distances, depths, volume and what is covered out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.curing.doses import Cure
from mingyue.printing.curing.lights import Light, Window
from mingyue.printing.curing.solids import solid_runs
from mingyue.printing.measuring.designs import DesignLayers
from mingyue.printing.measuring.looks import Look
from mingyue.printing.measuring.nearest import NearestSurface
from mingyue.printing.measuring.probes import CoveredProbes, Probes
from mingyue.printing.measuring.slices import Slice, skin, slices, window_canvas
from mingyue.printing.measuring.surfaces import SurfacePoints, together
from mingyue.printing.measuring.topology import Topology, TopologyReader

Singles = NDArray[np.float32]
Flags = NDArray[np.bool_]
_Thing = TypeVar("_Thing")


@dataclass(frozen=True)
class Reading:
    """What a print with one gain of light looks like, where it was looked at.

    deviation_um: (samples,) float32, positive where the sample lies in the solid; marks_um: (marks,) the same. depths_um:
    by name, at the look's depth points. solid: some points of its surface. fall_um: D_p.
    """

    deviation_um: Singles
    marks_um: Singles
    depths_um: dict[str, Singles]
    solid: SurfacePoints
    volume_mm3: float
    fall_um: float


@dataclass(frozen=True)
class DesignReading:
    """What of the look's cover points the design covers, by name, and what hangs together."""

    covered: dict[str, Flags]
    topology: Topology

    @property
    def outer(self) -> Flags:
        """(samples,) which samples of the surface lie on the outside of the design, and not in another body."""
        return ~self.covered["surface"]


def read_stack(
    light: Light,
    cure: Cure,
    window: Window,
    look: Look,
    *,
    gains: Sequence[float],
    step: int,
    solid_every: int,
    reach_um: float,
    core: Window,
    passed: Callable[[], None],
    beside: DesignReader | None = None,
) -> list[Reading]:
    """A reading for each gain. step: every which line of pixels is looked at for the surface. core: the part
    of the window whose volume counts, as far from it on all sides. passed: called after each layer.

    beside: reads the design's layers at the same time.
    """
    probes = {name: Probes(points, light) for name, points in look.depth_points().items()}
    inner = _Inner(core.row - window.row, range(core.first_layer, core.after_layer))
    readers = [
        _GainReader(look, gain=gain, step=step, solid_every=solid_every, reach_um=reach_um, inner=inner)
        for gain in gains
    ]
    with ThreadPoolExecutor(1) as aside:
        for piece in ahead(slices(light, cure, window)):
            reading = None if beside is None else aside.submit(beside.take, piece)
            for probe in probes.values():
                probe.take(piece)
            for reader in readers:
                reader.take(piece)
            if reading is not None:
                reading.result()
            passed()
    depths = {name: probe.depth_um for name, probe in probes.items()}
    return [reader.finish(depths, cure) for reader in readers]


@dataclass(frozen=True, slots=True)
class _Inner:
    """What of a window has a part in the volume: all but so many pixels at each border, in these layers."""

    border_px: int
    layers: range


class _GainReader:
    """Gathers the surface of the solid under one gain, finds who is near it, and keeps some of it."""

    def __init__(self, look: Look, *, gain: float, step: int, solid_every: int, reach_um: float, inner: _Inner) -> None:
        self._gain, self._step, self._every, self._samples = gain, step, solid_every, len(look.surface)
        across_um = step * look.pitch_um
        self._near = NearestSurface(look.near_um, reach_um=reach_um, half_um=(across_um / 2, look.layer_um / 2))
        self._solid: list[SurfacePoints] = []
        self._phase = solid_every // 2
        self._volume_um3 = 0.0
        self._inner = inner

    def take(self, piece: Slice) -> None:
        found, volume = skin(piece, gain=self._gain, step=self._step, border_px=self._inner.border_px)
        if piece.layer in self._inner.layers:
            self._volume_um3 += volume
        self._near.add(found, middle_um=piece.top_um - piece.thickness_um / 2)
        some = found.chosen(np.arange(self._phase, len(found), self._every))  # a slice would hold all of them
        self._phase = (self._phase - len(found)) % self._every
        self._solid.append(replace(some, areas_um2=some.areas_um2 * np.float32(self._every)))

    def finish(self, depths_um: dict[str, Singles], cure: Cure) -> Reading:
        self._near.finish()
        deeper = np.float32(cure.penetration_depth_um * np.log(self._gain))  # light acts by its logarithm alone
        depths = {name: depth + deeper for name, depth in depths_um.items()}
        distance = self._near.distance_um
        deviation = np.where(depths["surface"] > 0, distance, -distance)
        return Reading(
            deviation[: self._samples],
            deviation[self._samples :],
            depths,
            together(self._solid),
            self._volume_um3 / 1e9,
            cure.penetration_depth_um,
        )


class DesignReader:
    """Reads the design's layers beside the print's."""

    def __init__(self, light: Light, window: Window, look: Look, layers: DesignLayers) -> None:
        self._layers, self._canvas = layers, window_canvas(light, window)
        self._probes = {name: CoveredProbes(points, light) for name, points in look.cover_points().items()}
        self._topology = TopologyReader(self._canvas, last_layer=window.after_layer - 1)

    def take(self, piece: Slice) -> None:
        wanted = self._layers.runs(piece.layer)
        for probe in self._probes.values():
            probe.take(piece.layer, wanted, self._canvas)
        bottom_um = piece.top_um - piece.thickness_um
        printed = solid_runs(piece.plane, piece.cure, depth_um=piece.thickness_um / 2)
        self._topology.take(piece.layer, wanted, printed, bottom_um=bottom_um, top_um=piece.top_um)

    def finish(self) -> DesignReading:
        return DesignReading({name: probe.covered for name, probe in self._probes.items()}, self._topology.finish())


def ahead(things: Iterator[_Thing]) -> Iterator[_Thing]:
    """The same things, each made in a thread while the last one is looked at. None of them may be None."""
    with ThreadPoolExecutor(1) as aside:
        coming = aside.submit(next, things, None)
        while (thing := coming.result()) is not None:
            coming = aside.submit(next, things, None)
            yield thing
