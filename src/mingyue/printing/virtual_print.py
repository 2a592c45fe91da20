"""The whole way from light to what comes out of the resin and how far that is from the design; it alone knows the order.

light → doses → slices of solid → its surface → deviations from the design, struts, features, gaps, bodies: once for the
nominal print and once for each trial of what is uncertain.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import BadInputError
from mingyue.phrases import Phrase, say
from mingyue.printing.curing.doses import Cure
from mingyue.printing.curing.lights import Light, Window
from mingyue.printing.curing.uncertainty import Bands, Parameter, Ranges, Stack, bands, stacks
from mingyue.printing.measuring.designs import Design, MaskLayers, design_layers
from mingyue.printing.measuring.deviations import Deviations, deviations_of
from mingyue.printing.measuring.gaps import BridgedGap, bridged_gaps
from mingyue.printing.measuring.looks import Look, look_at, sides_of
from mingyue.printing.measuring.measures import Measured, measured
from mingyue.printing.measuring.readings import DesignReader, DesignReading, Reading, read_stack
from mingyue.printing.measuring.sides import DesignSides
from mingyue.printing.measuring.struts import StrutVerdict, strut_verdicts
from mingyue.printing.measuring.topology import Topology

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

Progress = Callable[[int, int], None]
"""Called with the layers done and the layers in all, of all trials together."""

# Samples of the design's surface: P95 is then good to a few hundredths of a micrometre on the bird's nest.
SAMPLES = 200_000
# Trials look at one of so many: what they tell is a difference, which few samples show as well.
_TRIAL_EVERY = 5
# Points of the solid that are kept to look back at the design from.
_SOLID_POINTS = 150_000
# Pixels from which on every other line is enough to find the surface.
_FINE_PX = 1_500_000
# Room around the part, beyond the blur, into which it may grow.
_MARGIN_PX = 16


@dataclass(frozen=True)
class Prediction:
    """What will come out of a print, and how sure that is.

    bars: a verdict on each strut, places: on each other feature, in the design's order; gaps: bridged ones, the largest
    first. window: what was looked at. sides: to ask how far outside of the design points are. marks_um: (m,) deviation at
    the marks that were asked for. solid_area_um2: of its
    surface, steps and all. bands: for each of `figures`,
    None where no ranges were given.
    """

    deviations: Deviations
    volume_mm3: float
    bars: tuple[StrutVerdict, ...]
    places: tuple[Measured, ...]
    gaps: tuple[BridgedGap, ...]
    topology: Topology
    tolerance_um: float
    window: Window
    cure: Cure
    sides: DesignSides
    marks_um: Singles
    solid_area_um2: float
    figures: Mapping[str, float]
    bands: Bands | None
    notes: tuple[Phrase, ...]


def simulate(
    light: Light,
    cure: Cure,
    design: Design,
    *,
    window: Window | None = None,
    tolerance_um: float | None = None,
    ranges: Ranges | None = None,
    samples: int = SAMPLES,
    marks_um: Floats | None = None,
    progress: Progress | None = None,
) -> Prediction:
    """Print virtually: what the light cures, and how far that is from the design.

    window: what of the canvas is looked at, all of the part if not said; light from layers above it counts all the same.
    tolerance_um: one pixel if not said. ranges: what is uncertain; None: no bands, one run. samples: of the design's
    surface. marks_um: (m, 3) further points, build frame, that want to know their deviation. Holds a few planes of the
    window and the surface of a slab, never the whole block. Raises BadInputError where nothing of the part lies in the
    window.
    """
    whole_part = window is None
    window = window or occupied(light, design, cure)
    tolerance_um = light.pitch_um if tolerance_um is None else tolerance_um
    reach_um = max(4 * cure.penetration_depth_um, 50 * light.pitch_um)
    widest_um = max(2 * cure.penetration_depth_um, 16 * light.pitch_um)
    look = look_at(design, light, window, samples=samples, widest_gap_um=widest_um, marks_um=marks_um)
    if not len(look.surface):
        raise BadInputError(
            say("Nothing of the part lies in the window."), remedy=say("Choose another --window, or leave it out.")
        )
    planned = stacks(cure, ranges)
    step = 1 if window.rows * window.columns <= _FINE_PX else 2
    wide = window if whole_part else _widened(window, light, reach_um)
    run = _Run(light, window, wide, look, reach_um, step, _counter(progress, wide, len(planned)))
    reader = DesignReader(light, wide, look, design_layers(design, light, wide))
    readings = run.read(planned[0], every=1, beside=reader)
    known = reader.finish()
    judge = _Judge(
        look,
        known,
        tolerance_um,
        reach_um,
        sides_of(look, design, known.outer, ~known.covered["small"], reach_um=reach_um),
    )
    nominal = judge.figures(readings[0])
    return Prediction(
        deviations=judge.deviations(readings[0]),
        volume_mm3=readings[0].volume_mm3,
        bars=judge.bars(readings[0]),
        places=judge.places(readings[0]),
        gaps=judge.gaps(readings[0]),
        topology=known.topology,
        tolerance_um=tolerance_um,
        window=window,
        cure=cure,
        sides=judge.sides,
        marks_um=readings[0].marks_um,
        solid_area_um2=readings[0].solid.area_um2,
        figures=nominal,
        bands=None if ranges is None else _bands(run, judge, planned, readings, nominal),
        notes=design.notes,
    )


def occupied(light: Light, design: Design, cure: Cure) -> Window:
    """The pixels in which the part is, or which get light where only masks are known, with room to grow; all layers."""
    margin = _MARGIN_PX + cure.blur.radius_px
    if design.mesh is not None:
        low, high = design.mesh.box_um
        first_column = math.floor((low[0] - light.left_um) / light.pitch_um)
        after_column = math.ceil((high[0] - light.left_um) / light.pitch_um)
        first_row = math.floor((light.top_um - high[1]) / light.pitch_um)
        after_row = math.ceil((light.top_um - low[1]) / light.pitch_um)
    else:
        lit = MaskLayers(light, Window(0, 0, light.rows, light.columns, 0, len(light.bottom_um))).lit_box()
        first_row, first_column, after_row, after_column = lit
    return Window(
        first_row, first_column, after_row - first_row, after_column - first_column, 0, len(light.bottom_um)
    ).grown(margin)


def _widened(window: Window, light: Light, reach_um: float) -> Window:
    """With so much more on all sides that whatever is within reach of what is in the window is seen."""
    grown = window.grown(math.ceil(reach_um / light.pitch_um))
    bottom, top = np.asarray(light.bottom_um), np.asarray(light.bottom_um) + np.asarray(light.thickness_um)
    first = int(np.searchsorted(top, bottom[window.first_layer] - reach_um, side="right"))
    after = int(np.searchsorted(bottom, top[window.after_layer - 1] + reach_um, side="left"))
    return Window(grown.row, grown.column, grown.rows, grown.columns, first, after)


def _counter(progress: Progress | None, window: Window, stacks_: int) -> Callable[[], None]:
    """What to call after each layer, from any thread."""
    lock, done = threading.Lock(), [0]
    each = window.after_layer - window.first_layer

    def passed() -> None:
        with lock:
            done[0] += 1
            if progress is not None:
                progress(done[0], each * stacks_)

    return passed


@dataclass(frozen=True)
class _Run:
    """Reads stacks of doses over one window, and so much about it that the nearest surface is seen."""

    light: Light
    window: Window
    wide: Window
    look: Look
    reach_um: float
    step: int
    passed: Callable[[], None]

    def read(self, stack: Stack, *, every: int, beside: DesignReader | None = None) -> list[Reading]:
        """A reading for each gain of the stack; every: which of the samples are looked at."""
        look = self.look if every == 1 else self.look.thinned(every)
        step = self.step if every == 1 else 2 * self.step
        voxel_um2 = self.light.pitch_um * step * look.layer_um
        expected = self.look.surface.area_um2 / voxel_um2
        return read_stack(
            self.light,
            stack.cure,
            self.wide,
            look,
            gains=[gain for _, gain in stack.gains],
            step=step,
            solid_every=max(1, round(expected / (_SOLID_POINTS / every))),
            reach_um=self.reach_um,
            core=self.window,
            passed=self.passed,
            beside=beside,
        )


@dataclass(frozen=True)
class _Judge:
    """Makes figures of readings."""

    look: Look
    known: DesignReading
    tolerance_um: float
    reach_um: float
    sides: DesignSides
    every: int = 1

    def deviations(self, reading: Reading) -> Deviations:
        some = slice(self.every // 2, None, self.every) if self.every > 1 else slice(None)
        outer, surface = self.known.outer[some], self.look.surface.chosen(some)
        return deviations_of(
            reading.deviation_um[outer],
            surface.normals[outer],
            surface.areas_um2[outer],
            solid_um=self.sides.signed_um(reading.solid.points_um),
            solid_areas_um2=reading.solid.areas_um2,
            tolerance_um=self.tolerance_um,
            cut_off_um=self.reach_um,
        )

    def bars(self, reading: Reading) -> tuple[StrutVerdict, ...]:
        if self.look.bars is None:
            return ()
        return strut_verdicts(
            self.look.bars, reading.depths_um["bars"], ~self.known.covered["bars"], fall_um=reading.fall_um
        )

    def places(self, reading: Reading) -> tuple[Measured, ...]:
        if self.look.places is None:
            return ()
        return measured(
            self.look.places, reading.depths_um["places"], self.known.covered["places"], fall_um=reading.fall_um
        )

    def gaps(self, reading: Reading) -> tuple[BridgedGap, ...]:
        look = self.look
        return bridged_gaps(
            look.gap_surface,
            look.gaps,
            self.known.covered["gaps"],
            reading.depths_um["gaps"],
            is_outer=self.known.outer[look.gap_of],
        )

    def figures(self, reading: Reading) -> dict[str, float]:
        """All numbers that get a band, by name; dots lead into groups."""
        return dict(_figures(self.deviations(reading), reading.volume_mm3, self.bars(reading), self.places(reading)))


def _figures(
    deviations: Deviations, volume_mm3: float, bars: tuple[StrutVerdict, ...], places: tuple[Measured, ...]
) -> Iterator[tuple[str, float]]:
    of_design, of_solid = deviations.of_design, deviations.of_solid
    for name in ("p5", "p50", "p95", "mean", "abs_p95"):
        yield f"deviation_um.{name}", getattr(of_design, name)
        yield f"solid_deviation_um.{name}", getattr(of_solid, name)
    yield "deviation_um.abs_max", deviations.abs_max_um
    yield "solid_deviation_um.abs_max", of_solid.abs_max
    yield "within_tolerance", of_design.within
    yield "solid_within_tolerance", of_solid.within
    yield "volume_mm3", volume_mm3
    for name, value in (("xy", deviations.xy_um), ("up", deviations.up_um), ("down", deviations.down_um)):
        if value is not None:
            yield f"bias_um.{name}", value
    if bars:
        apart = [bar.diameter_um - bar.nominal_um for bar in bars if bar.diameter_um is not None]
        yield "struts.printed", float(sum(bar.printed for bar in bars))
        if apart:
            yield "struts.diameter_deviation_um", float(np.mean(apart))
    if places:
        yield "features.there", float(sum(place.there for place in places))
        for place in places:
            for name, size in place.sizes_um.items():
                yield f"features.sizes_um.{place.name}.{name}", size


def _bands(
    run: _Run, judge: _Judge, planned: tuple[Stack, ...], readings: list[Reading], nominal: Mapping[str, float]
) -> Bands:
    """Runs the trials and compares them with the nominal run as seen through the same samples."""
    every = _TRIAL_EVERY if len(judge.look.surface) > 50 * _TRIAL_EVERY else 1
    few = _Judge(judge.look, judge.known, judge.tolerance_um, judge.reach_um, judge.sides, every)
    trials: list[tuple[Parameter, dict[str, float]]] = []
    base = few.figures(_thinned(readings[0], every))
    for (parameter, _), reading in zip(planned[0].gains[1:], readings[1:], strict=True):
        assert parameter is not None
        trials.append((parameter, few.figures(_thinned(reading, every))))
    for stack in planned[1:]:  # one after the other: each holds the surface of a slab for every one of its gains
        for (parameter, _), reading in zip(stack.gains, run.read(stack, every=every), strict=True):
            assert parameter is not None
            trials.append((parameter, few.figures(reading)))
    return bands(nominal, trials, base=base)


def _thinned(reading: Reading, every: int) -> Reading:
    """A full reading as a trial would have made it."""
    if every == 1:
        return reading
    return replace(
        reading,
        deviation_um=reading.deviation_um[every // 2 :: every],
        marks_um=reading.marks_um[:0],
        solid=reading.solid.thinned(every),
    )
