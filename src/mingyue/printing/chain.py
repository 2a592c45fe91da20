"""The whole way from a part to a print package, and the only file that knows its order."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mingyue import __version__
from mingyue.errors import BadInputError
from mingyue.printing import faults, frames, resins
from mingyue.printing.formats import manifest as manifests
from mingyue.printing.formats.parts import Part
from mingyue.printing.formats.png import encode_png
from mingyue.printing.formats.print_package import PackageWriter
from mingyue.printing.layers import LayerTable, cover_layers, layer_table, triangles_between
from mingyue.printing.machines import Machine, MachineLimitError
from mingyue.printing.masks import FieldGrid, field_grid, masks_of
from mingyue.printing.meshes import Mesh
from mingyue.printing.pictures import as_png, picture_of_mesh
from mingyue.printing.resins import Resin

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
"""Called with the layers done and the layers in all."""

# Enough layers that a block is worth a task, few enough that its masks stay a few megabytes.
LAYERS_A_BLOCK = 16
# The working curve is solved for this many layers: each layer reaches through the one below, so that the two hold.
CURE_DEPTH_LAYERS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSettings:
    """What is built, apart from how. exposure_s: None derives it from the resin's working curve.

    fit_um: longest side after turning; rotate_deg: about x, then y, then z; field_px: overrides the machine's field;
    binary: pixels are wholly lit or dark, else grey by coverage.
    """

    machine: Machine
    resin: Resin
    layer_um: float = 5.0
    exposure_s: float | None = None
    scale: float = 1.0
    fit_um: float | None = None
    rotate_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)
    field_px: tuple[int, int] | None = None
    binary: bool = False


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What was made. volume_mm3 is what the masks cover times the layer thickness; light area counts every layer.

    stage_seconds: thread seconds by stage; seconds: by the clock; masks: pictures stored, equal ones once.
    """

    package: Path
    layers: int
    fields: int
    masks: int
    pixels: int
    lit_px: int
    light_area_mm2: float
    volume_mm3: float
    exposure_s: float
    seconds: float
    stage_seconds: dict[str, float]
    bytes: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _LayerMasks:
    area_px: float
    lit_px: int
    pngs: tuple[tuple[int, bytes, int], ...]  # field, file, lit pixels


@dataclass(frozen=True, slots=True)
class _Block:
    layers: list[_LayerMasks]
    cover_s: float
    encode_s: float


def build(
    part: Part,
    settings: BuildSettings,
    *,
    package: Path,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> BuildResult:
    """Place, slice, cover and store a part as a print package at `package`.

    Raises OpenMeshError where the surface bounds no volume, MachineLimitError where the machine cannot do it, and
    BadInputError for settings that make no sense. An error or an interruption leaves no file behind.
    """
    began = time.perf_counter()
    exposure_s = _exposure_s(settings)
    faults.require_closed(part.mesh)
    if part.mesh.volume_um3 <= 0:
        raise faults.InsideOutError(part.mesh.volume_um3)
    placed_at, placed = _place(part.mesh, settings)
    _check_machine(placed, settings)
    grid = _grid(placed, settings)
    table = layer_table(float(placed.size_um[2]), layer_um=settings.layer_um)
    prepared_s = time.perf_counter() - began
    sums = {"area_px": 0.0, "lit_px": 0, "cover": 0.0, "encode": 0.0, "store": 0.0}
    layers: list[manifests.LayerOf] = []
    with PackageWriter(package) as writer:
        for block in _blocks(placed, grid, table, settings, executor):
            stored = time.perf_counter()
            for made in block.layers:
                layers.append(_store_layer(writer, made, table, len(layers), exposure_s))
                sums["area_px"] += made.area_px
                sums["lit_px"] += made.lit_px
            sums["cover"] += block.cover_s
            sums["encode"] += block.encode_s
            sums["store"] += time.perf_counter() - stored
            if progress is not None:
                progress(len(layers), len(table))
        drawn = time.perf_counter()
        preview = as_png(picture_of_mesh(placed, width_px=640, height_px=480))
        writer.finish(
            _manifest(part, placed, placed_at, grid, settings, layers, writer.masks), preview_png=preview
        )
        preview_s = time.perf_counter() - drawn
    pixel_mm2 = (settings.machine.pixel_um / 1e3) ** 2
    return BuildResult(
        package=package,
        layers=len(layers),
        fields=len(grid.fields),
        masks=len(writer.masks),
        pixels=grid.canvas.rows * grid.canvas.columns * len(layers),
        lit_px=int(sums["lit_px"]),
        light_area_mm2=sums["area_px"] * pixel_mm2,
        volume_mm3=sums["area_px"] * pixel_mm2 * settings.layer_um / 1e3,
        exposure_s=exposure_s,
        seconds=time.perf_counter() - began,
        stage_seconds={
            "prepare": prepared_s,
            "cover": sums["cover"],
            "encode": sums["encode"],
            "store": sums["store"],
            "preview": preview_s,
        },
        bytes=package.stat().st_size,
        notes=(*part.notes, *_notes(settings, placed)),
    )


def _exposure_s(settings: BuildSettings) -> float:
    if settings.exposure_s is not None:
        if not settings.exposure_s > 0:
            raise BadInputError(
                f"An exposure of {settings.exposure_s} s cures nothing.", remedy="Give --exposure-s above 0."
            )
        return settings.exposure_s
    if settings.machine.irradiance_mw_cm2 is None:
        raise MachineLimitError(
            f"Nobody stated the irradiance of {settings.machine.title.en}, so no exposure can be derived.",
            remedy="Give --exposure-s, or irradiance_mw_cm2 in a machine file of your own.",
        )
    return resins.exposure_s(
        settings.resin,
        depth_um=CURE_DEPTH_LAYERS * settings.layer_um,
        irradiance_mw_cm2=settings.machine.irradiance_mw_cm2,
    )


def _place(mesh: Mesh, settings: BuildSettings) -> tuple[frames.Placement, Mesh]:
    low_um, _ = mesh.box_um
    placement = frames.place(
        low_um,
        mesh.vertices_um[np.unique(mesh.triangles)],
        scale=settings.scale,
        fit_um=settings.fit_um,
        rotate_deg=settings.rotate_deg,
    )
    return placement, mesh.moved(np.array(placement.matrix), np.array(placement.offset_um))


def _check_machine(placed: Mesh, settings: BuildSettings) -> None:
    machine = settings.machine
    unfit = machine.why_layer_unfit(settings.layer_um)
    if unfit:
        raise MachineLimitError(f"{unfit}.", remedy="Choose another --layer-um or another --machine.")
    if machine.platform_um is None:
        return
    size = placed.size_um
    if any(extent > room + 1e-6 * room for extent, room in zip(size, machine.platform_um, strict=True)):
        extents = " × ".join(f"{extent / 1e3:.3g}" for extent in size)
        rooms = " × ".join(f"{room / 1e3:g}" for room in machine.platform_um)
        share = min(room / extent for extent, room in zip(size, machine.platform_um, strict=True))
        raise MachineLimitError(
            f"The part is {extents} mm; the platform of {machine.title.en} takes {rooms} mm.",
            remedy=f"Turn it (--rotate), scale it to at most {share:.3g} of its size (--scale, --fit-mm), check --units, "
            "or take a larger machine.",
        )


def _grid(placed: Mesh, settings: BuildSettings) -> FieldGrid:
    size = placed.size_um
    return field_grid(
        (float(size[0]), float(size[1])),
        field_px=settings.field_px or settings.machine.field_px,
        pitch_um=settings.machine.pixel_um,
    )


def _blocks(
    placed: Mesh, grid: FieldGrid, table: LayerTable, settings: BuildSettings, executor: Executor | None
) -> Iterator[_Block]:
    """The blocks of layers in order, made side by side. Only a few wait at a time, so memory does not grow."""
    vertices = grid.canvas.to_px(placed.vertices_um)
    heights = vertices[:, 2][placed.triangles]
    z_um = heights.min(axis=1), heights.max(axis=1)

    def tasks() -> Iterator[tuple[Floats, NDArray[np.int64], Floats]]:
        for first in range(0, len(table), LAYERS_A_BLOCK):
            cuts = table.cut_um[first : first + LAYERS_A_BLOCK]
            yield (
                vertices,
                triangles_between(z_um, placed.triangles, low_um=cuts[0], high_um=cuts[-1]),
                cuts,
            )

    if executor is not None:
        yield from _in_order(executor, tasks(), grid, settings.binary, most_waiting=8)
        return
    workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        try:
            yield from _in_order(pool, tasks(), grid, settings.binary, most_waiting=2 * workers)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _in_order(
    executor: Executor,
    tasks: Iterable[tuple[Floats, NDArray[np.int64], Floats]],
    grid: FieldGrid,
    binary: bool,
    *,
    most_waiting: int,
) -> Iterator[_Block]:
    waiting: deque[Future[_Block]] = deque()
    for vertices, triangles, cuts in tasks:
        if len(waiting) >= most_waiting:
            yield waiting.popleft().result()
        waiting.append(executor.submit(_make_block, vertices, triangles, cuts, grid, binary))
    while waiting:
        yield waiting.popleft().result()


def _make_block(
    vertices_px: Floats, triangles: NDArray[np.int64], cut_um: Floats, grid: FieldGrid, binary: bool
) -> _Block:
    cover_s = encode_s = 0.0
    layers = []
    began = time.perf_counter()
    for covered in cover_layers(
        vertices_px, triangles, cut_um, rows=grid.canvas.rows, columns=grid.canvas.columns
    ):
        runs = covered.binary() if binary else covered
        done = time.perf_counter()
        cover_s += done - began
        pngs = tuple((mask.field, encode_png(mask.runs), mask.runs.lit_px) for mask in masks_of(runs, grid))
        layers.append(_LayerMasks(runs.area_px, runs.lit_px, pngs))
        began = time.perf_counter()
        encode_s += began - done
    return _Block(layers, cover_s, encode_s)


def _store_layer(
    writer: PackageWriter, made: _LayerMasks, table: LayerTable, layer: int, exposure_s: float
) -> manifests.LayerOf:
    exposures = tuple(
        (field, writer.add_mask(png, name=f"{layer:05d}-{field:03d}", lit_px=lit_px))
        for field, png, lit_px in made.pngs
    )
    return manifests.LayerOf(
        bottom_um=float(table.bottom_um[layer]),
        thickness_um=float(table.thickness_um[layer]),
        cut_um=float(table.cut_um[layer]),
        exposure_s=exposure_s,
        area_px=made.area_px,
        exposures=exposures,
    )


def _manifest(
    part: Part,
    placed: Mesh,
    placement: frames.Placement,
    grid: FieldGrid,
    settings: BuildSettings,
    layers: list[manifests.LayerOf],
    masks: list[manifests.MaskOf],
) -> manifests.Manifest:
    machine, resin, canvas = settings.machine, settings.resin, grid.canvas
    width, depth, height = (float(extent) for extent in placed.size_um)
    return manifests.Manifest(
        format="mingyue-print-package",
        version="1.0",
        made_by=f"mingyue {__version__}",
        part=manifests.PartOf(part.name, part.format, part.sha256, len(placed.triangles), (width, depth, height)),
        placement=manifests.PlacementOf(placement.matrix, placement.offset_um),  # type: ignore[arg-type]
        machine=manifests.MachineOf(
            machine.name,
            machine.pixel_um,
            (grid.columns_px, grid.rows_px),
            machine.irradiance_mw_cm2,
            machine.verified,
        ),
        resin=manifests.ResinOf(resin.name, resin.penetration_depth_um, resin.critical_dose_mj_cm2),
        canvas=manifests.CanvasOf(canvas.pitch_um, canvas.rows, canvas.columns, canvas.left_um, canvas.top_um),
        grey="binary" if settings.binary else "coverage",
        fields=tuple(manifests.FieldOf(f.row, f.column, f.offset_um) for f in grid.fields),
        layers=tuple(layers),
        masks=tuple(masks),
        preview="preview.png",
    )


def _notes(settings: BuildSettings, placed: Mesh) -> Iterator[str]:
    machine, resin = settings.machine, settings.resin
    if not machine.verified:
        yield f"The numbers of {machine.title.en} are unverified: calibrate before you trust sizes and exposures."
    if machine.platform_um is None:
        yield f"The platform of {machine.title.en} is not published, so it was not checked that the part fits."
    if machine.wavelength_nm and resin.wavelength_nm and machine.wavelength_nm != resin.wavelength_nm:
        yield f"{resin.title.en} was measured at {resin.wavelength_nm:g} nm; the machine shines at {machine.wavelength_nm:g} nm."
