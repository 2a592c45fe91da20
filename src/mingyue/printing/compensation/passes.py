"""All layers of a package bent: slabs from the top down, tiles side by side, canvases out; bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.compensation.bending import Bending, Bent, Core, bend
from mingyue.printing.compensation.columns import columns_of, overcure_um
from mingyue.printing.compensation.stitched import Stitched
from mingyue.printing.compensation.tallies import Tally
from mingyue.printing.compensation.windows import Planes, Slab, Tiles, slabs, tiles_for
from mingyue.printing.curing.doses import Cure
from mingyue.printing.formats.stack import added
from mingyue.printing.kernels.threads import processors
from mingyue.printing.runs import Runs, from_picture

Greys = NDArray[np.uint8]
Singles = NDArray[np.float32]
Floats = NDArray[np.float64]

Progress = Callable[[int, int], None]
"""Called with the layers done and the layers in all; layers that are worked on together count by what of them is done."""

# Half a penetration depth more than the light reaches: what is cured there answers a little, too.
_REACH_DEPTHS = 0.5


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


def bent_layers(
    fields: Stitched, cure: Cure, how: Bending, *, threads: int | None, tally: Tally, progress: Progress | None
) -> Iterator[tuple[int, Runs, bool]]:
    """(layer, canvas, whether it differs from the original), from the top down; the tally is counted into.

    threads: None takes one for each processor of this process.
    """
    layers = fields.package.manifest.layers
    bottom_um, thickness_um = (
        np.array([getattr(layer, name) for layer in layers]) for name in ("bottom_um", "thickness_um")
    )
    seconds = np.array([fields.seconds(layer) for layer in range(len(layers))])
    reach_um = overcure_um(cure, thickness_um=thickness_um, seconds=seconds)
    reach_um += _REACH_DEPTHS * cure.penetration_depth_um
    job = _Job(fields, cure, how, bottom_um, thickness_um, seconds)
    order = list(slabs(bottom_um, reach_um=reach_um))
    tiles = tiles_for(max(slab.after - slab.deepest for slab in order), radius_px=how.spot.radius_px)
    planes = Planes(tiles)
    with ThreadPoolExecutor(threads or processors()) as pool:
        try:
            for slab in order:
                job.read(slab)
                planes, bent = _bent_slab(job, slab, tiles, planes, pool=pool, tally=tally, progress=progress)
                for layer in range(slab.after - 1, slab.first - 1, -1):
                    yield layer, bent[layer], bent[layer] != job.canvases[layer]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _bent_slab(
    job: _Job,
    slab: Slab,
    tiles: Tiles,
    planes: Planes,
    *,
    pool: ThreadPoolExecutor,
    tally: Tally,
    progress: Progress | None,
) -> tuple[Planes, dict[int, Runs]]:
    """The slab's layers, and the light that goes on down from it."""
    canvas = job.fields.grid.canvas
    below = Planes(tiles)
    parts: dict[int, list[tuple[Runs, int, int, float]]] = {layer: [] for layer in range(slab.first, slab.after)}
    bands, layers = list(_bands(job, slab, tiles, planes)), len(job.bottom_um)
    for done, (row, columns) in enumerate(bands, start=1):
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
        if progress is not None:
            progress(layers - slab.after + (slab.after - slab.first) * done // len(bands), layers)
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
