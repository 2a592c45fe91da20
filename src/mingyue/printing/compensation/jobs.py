"""A print package in, a compensated one out: slabs from the top down, tiles side by side, bounded memory."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from mingyue import __version__
from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.compensation.bending import Bending, Bent, Core, bend
from mingyue.printing.compensation.columns import columns_of, overcure_um
from mingyue.printing.compensation.spots import spot_of
from mingyue.printing.compensation.stitched import Stitched, stitched
from mingyue.printing.compensation.tallies import Tally
from mingyue.printing.compensation.windows import Planes, Slab, Tiles, slabs, tiles_for
from mingyue.printing.doses import Cure
from mingyue.printing.formats.archives import sha256_of
from mingyue.printing.formats.manifest import CompensatedOf, ExposureOf, LayerOf, Manifest
from mingyue.printing.formats.png import encode_png
from mingyue.printing.formats.print_package import PackageWriter, PrintPackage, open_package
from mingyue.printing.formats.stack import added
from mingyue.printing.runs import Runs, from_picture

Greys = NDArray[np.uint8]
Floats = NDArray[np.float64]

Progress = Callable[[int, int], None]
"""Called with the layers finished and the layers in all."""

# Half a penetration depth more than the light reaches: what is cured there answers a little, too.
_REACH_DEPTHS = 0.5
# A first pass that runs out of these finds nothing more that one would see.
DEFAULT_STEPS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationSettings:
    """steps: of the optimisation at most, 0 leaves it out; strength: 0 … 1, how much of the way is gone.

    bulk_um: no pixel gets more light than cures so deep; None: what is far from any surface stays as it is.
    threads: None takes one for each processor of this process.
    """

    cure: Cure
    steps: int = DEFAULT_STEPS
    strength: float = 1.0
    bulk_um: float | None = None
    threads: int | None = None

    def __post_init__(self) -> None:
        if self.steps < 0 or not 0 < self.strength <= 1:
            raise BadInputError(
                say("Masks cannot be bent in {steps} steps with a strength of {strength:g}.",
                    steps=self.steps, strength=self.strength),
                remedy=say("Give --iterations of 0 or more, and a --strength above 0 and at most 1."),
            )  # fmt: skip
        if self.bulk_um is not None and not self.bulk_um > 0:
            raise BadInputError(
                say("Light that cures {depth:g} µm deep holds nothing together.", depth=self.bulk_um),
                remedy=say("Give a --bulk-um of some layers, such as 40."),
            )


@dataclass(frozen=True, slots=True)
class Compensated:
    """What was made. from_sha256: digest of the package it was made from; masks: pictures stored, equal ones once."""

    package: Path
    from_sha256: str
    layers: int
    masks: int
    bytes: int
    seconds: float
    tally: Tally


def compensate(
    source: Path, target: Path, settings: CompensationSettings, *, progress: Progress | None = None
) -> Compensated:
    """Write the package `target`, whose masks print what those of `source` show.

    Raises PackageError, BadInputError for a package that cannot be compensated, UnevenPackageError. Fields, exposures and
    layers stay as they are. An error or an interruption leaves no file behind.
    """
    began = time.perf_counter()
    digest = sha256_of(source)
    with open_package(source) as package, PackageWriter(target) as writer:
        _refuse(package.manifest)
        fields = stitched(package)
        tally = Tally()
        layers: dict[int, LayerOf] = {}
        for layer, canvas, changed in _bent_layers(fields, settings, tally):
            layers[layer] = _store(writer, fields, layer, canvas) if changed else _keep(writer, fields, layer)
            if progress is not None:
                progress(len(layers), len(package.manifest.layers))
        manifest = _manifest(package.manifest, layers, writer, settings, digest)
        writer.finish(manifest, preview_png=package.preview_png())
    return Compensated(
        package=target,
        from_sha256=digest,
        layers=len(layers),
        masks=len(writer.masks),
        bytes=target.stat().st_size,
        seconds=time.perf_counter() - began,
        tally=tally,
    )


def _refuse(manifest: Manifest) -> None:
    if manifest.grey == "binary":
        raise BadInputError(
            say("The package's pixels are wholly lit or dark: without greys a mask moves by whole pixels only."),
            remedy=say("Build it without --binary, for a machine that shows greys."),
        )
    if manifest.light_map is not None or manifest.regions is not None:
        raise BadInputError(
            say("The package was dimmed by a light map, or has regions with an exposure of their own."),
            remedy=say("Build it without them: compensation decides on every grey itself."),
        )
    if manifest.compensated is not None:
        raise BadInputError(
            say("The package was compensated already: its masks are no longer the part's."),
            remedy=say("Compensate the package that it was made from, or build the part again."),
        )


@dataclass(frozen=True)
class _Job:
    """What stays the same from slab to slab. bottom_um, thickness_um, seconds: (layers,)."""

    fields: Stitched
    cure: Cure
    how: Bending
    bottom_um: Floats
    thickness_um: Floats
    seconds: Floats
    canvases: dict[int, Runs] = field(default_factory=dict)

    def read(self, slab: Slab) -> None:
        """Hold the canvases of this slab, those of the last one that are still needed among them, and no others."""
        for layer in [layer for layer in self.canvases if layer >= slab.after]:
            del self.canvases[layer]
        for layer in range(slab.deepest, slab.after):
            if layer not in self.canvases:
                self.canvases[layer] = self.fields.canvas(layer)


def _bent_layers(fields: Stitched, settings: CompensationSettings, tally: Tally) -> Iterator[tuple[int, Runs, bool]]:
    """(layer, canvas, whether it differs from the original), from the top down."""
    layers = fields.package.manifest.layers
    bottom_um, thickness_um = (
        np.array([getattr(layer, name) for layer in layers]) for name in ("bottom_um", "thickness_um")
    )
    seconds = np.array([fields.seconds(layer) for layer in range(len(layers))])
    cure = settings.cure
    reach_um = overcure_um(cure, thickness_um=thickness_um, seconds=seconds)
    reach_um += _REACH_DEPTHS * cure.penetration_depth_um
    spot = spot_of(cure.blur)
    how = Bending(
        spot=spot,
        pitch_um=fields.grid.canvas.pitch_um,
        steps=settings.steps,
        strength=settings.strength,
        bulk_um=settings.bulk_um,
    )
    job = _Job(fields, cure, how, bottom_um, thickness_um, seconds)
    order = list(slabs(bottom_um, reach_um=reach_um))
    tiles = tiles_for(max(slab.after - slab.deepest for slab in order), radius_px=spot.radius_px)
    planes = Planes(tiles)
    with ThreadPoolExecutor(settings.threads or _processors()) as pool:
        try:
            for slab in order:
                job.read(slab)
                planes, bent = _bent_slab(job, slab, tiles, planes, pool=pool, tally=tally)
                for layer in range(slab.after - 1, slab.first - 1, -1):
                    yield layer, bent[layer], bent[layer] != job.canvases[layer]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _bent_slab(
    job: _Job, slab: Slab, tiles: Tiles, planes: Planes, *, pool: ThreadPoolExecutor, tally: Tally
) -> tuple[Planes, dict[int, Runs]]:
    """The slab's layers, and the light that goes on down from it."""
    canvas = job.fields.grid.canvas
    below = Planes(tiles)
    parts: dict[int, list[tuple[Runs, int, int, float]]] = {layer: [] for layer in range(slab.first, slab.after)}
    for row, columns in _bands(job, slab, tiles, planes):
        made = _bent_band(job, slab, tiles, planes, row, columns=columns, pool=pool)
        left_px, top_px = columns.start * tiles.side_px, row * tiles.side_px
        high, wide = min(tiles.side_px, canvas.rows - top_px), len(columns) * tiles.side_px
        wide = min(wide, canvas.columns - left_px)
        band = np.zeros((slab.after - slab.first, tiles.side_px, len(columns) * tiles.side_px), dtype=np.uint8)
        for column, bent in made:
            across = (column - columns.start) * tiles.side_px
            band[:, :, across : across + tiles.side_px] = bent.greys
            below.put(row, column, bent.light)
            tally.join(bent.tally)
        for layer in range(slab.first, slab.after):
            picture = from_picture(np.ascontiguousarray(band[layer - slab.first, :high, :wide]))
            if len(picture):
                parts[layer].append((picture, top_px, left_px, 1.0))
    return below, {layer: added(found, rows=canvas.rows, columns=canvas.columns) for layer, found in parts.items()}


def _bands(job: _Job, slab: Slab, tiles: Tiles, planes: Planes) -> Iterator[tuple[int, range]]:
    """Rows of tiles that have light in this slab or from above, with the tiles from the first to the last lit."""
    rows: set[int] = {row for row, _ in planes}
    lit_columns = [column for _, column in planes]
    for layer in range(slab.deepest, slab.after):
        runs = job.canvases[layer]
        if len(runs):
            lit = np.flatnonzero(np.diff(runs.row_starts))
            rows.update(np.unique(lit // tiles.side_px).tolist())
            lit_columns += [int(runs.starts.min()) // tiles.side_px, (int(runs.stops.max()) - 1) // tiles.side_px]
    if rows:
        columns = range(min(lit_columns), max(lit_columns) + 1)
        for row in sorted(rows):
            yield row, columns


def _bent_band(
    job: _Job, slab: Slab, tiles: Tiles, planes: Planes, row: int, *, columns: range, pool: ThreadPoolExecutor
) -> Iterator[tuple[int, Bent]]:
    """The tiles of a band that are not dark, in order."""
    painted = _painted(job, slab, tiles, row, columns)
    waiting = []
    for column in columns:
        across = (column - columns.start) * tiles.side_px
        window = painted[:, :, across : across + tiles.window_px]
        above = planes.around(row, column)
        if window.any() or above.any():
            waiting.append((column, pool.submit(_bent_tile, job, slab, tiles, window, above)))
    for column, future in waiting:
        yield column, future.result()


def _painted(job: _Job, slab: Slab, tiles: Tiles, row: int, columns: range) -> Greys:
    """(layers, window, width) greys of a row of tiles and its margins; dark beyond the canvas."""
    canvas = job.fields.grid.canvas
    top, left = row * tiles.side_px - tiles.margin_px, columns.start * tiles.side_px - tiles.margin_px
    width = len(columns) * tiles.side_px + 2 * tiles.margin_px
    first_row, after_row = max(top, 0), min(top + tiles.window_px, canvas.rows)
    first_column, after_column = max(left, 0), min(left + width, canvas.columns)
    painted = np.zeros((slab.after - slab.deepest, tiles.window_px, width), dtype=np.uint8)
    inside = (slice(first_row - top, after_row - top), slice(first_column - left, after_column - left))
    for layer in range(slab.deepest, slab.after):
        window = job.canvases[layer].window(
            row=first_row, column=first_column, rows=after_row - first_row, columns=after_column - first_column
        )
        if len(window):
            painted[layer - slab.deepest][inside] = window.painted()
    return painted


def _bent_tile(job: _Job, slab: Slab, tiles: Tiles, window: Greys, above: NDArray[np.float32]) -> Bent:
    seen = slice(slab.deepest, slab.after)
    last = len(job.thickness_um) - 1
    columns = columns_of(
        job.cure,
        bottom_um=job.bottom_um[seen],
        thickness_um=job.thickness_um[seen],
        seconds=job.seconds[seen],
        above=above,
        next_um=float(job.thickness_um[min(slab.after, last)]),
    )
    core = Core(slab.first - slab.deepest, tiles.inner, tiles.inner)
    return bend(np.ascontiguousarray(window), columns, core, job.how)


def _store(writer: PackageWriter, fields: Stitched, layer: int, canvas: Runs) -> LayerOf:
    """Split a canvas into masks, store them, and say what the layer shows now."""
    old = fields.package.manifest.layers[layer]
    names = fields.package.manifest.fields
    shown = {
        mask.field: writer.add_mask(
            encode_png(mask.runs), name=f"{layer:05d}-{fields.copies[mask.field][0]:03d}", lit_px=mask.runs.lit_px
        )
        for mask in fields.masks(canvas)
    }
    place_of = {index: place for place, copies in enumerate(fields.copies) for index in copies}
    seconds = fields.seconds(layer)
    exposures = tuple(
        ExposureOf(index, shown[place_of[index]], seconds) for index in range(len(names)) if place_of[index] in shown
    )
    return msgspec.structs.replace(old, area_px=canvas.area_px * len(fields.copies[0]), exposures=exposures)


def _keep(writer: PackageWriter, fields: Stitched, layer: int) -> LayerOf:
    """Store the masks of a layer that stays as it is, as they are."""
    package = fields.package
    old = package.manifest.layers[layer]
    exposures = tuple(
        ExposureOf(shown.field, _copied(writer, package, shown.mask), shown.seconds) for shown in old.exposures
    )
    return msgspec.structs.replace(old, exposures=exposures)


def _copied(writer: PackageWriter, package: PrintPackage, mask: int) -> int:
    old = package.manifest.masks[mask]
    name = Path(old.path).stem
    return writer.add_mask(package.mask_png(mask), name=f"{name}-kept", lit_px=old.lit_px)


def _manifest(
    old: Manifest,
    layers: dict[int, LayerOf],
    writer: PackageWriter,
    settings: CompensationSettings,
    digest: str,
) -> Manifest:
    cure = settings.cure
    return msgspec.structs.replace(
        old,
        made_by=f"mingyue {__version__}",
        layers=tuple(layers[layer] for layer in range(len(layers))),
        masks=tuple(writer.masks),
        compensated=CompensatedOf(
            from_sha256=digest,
            steps=settings.steps,
            strength=settings.strength,
            bulk_um=settings.bulk_um,
            irradiance_mw_cm2=cure.irradiance_mw_cm2,
            penetration_depth_um=cure.penetration_depth_um,
            critical_dose_mj_cm2=cure.critical_dose_mj_cm2,
            induction_dose_mj_cm2=cure.induction_dose_mj_cm2,
        ),
    )
