"""The whole way from a part to a print package, and the only file that knows its order."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mingyue import __version__
from mingyue.errors import BadInputError
from mingyue.phrases import Phrase, say
from mingyue.printing import frames
from mingyue.printing.blocks import BLOCKS_AHEAD, LayerMasks, MaskFile, Shown, blocks
from mingyue.printing.fields import ROUNDING_PX, FieldGrid, Ramp, arrayed, copy_places, field_grid, least_cut
from mingyue.printing.formats import manifest as manifests
from mingyue.printing.formats.light_maps import LightMap, said_of_light
from mingyue.printing.formats.parts import Part
from mingyue.printing.formats.png import rgb_png
from mingyue.printing.formats.print_package import PackageWriter
from mingyue.printing.kept import Kept
from mingyue.printing.layers import SLIVER_UM, LayerTable, cover_layers, layer_table
from mingyue.printing.mending.edges import require_closed
from mingyue.printing.meshes import Mesh, PlacedMesh
from mingyue.printing.pictures import drawn_mesh
from mingyue.printing.profiles import resins
from mingyue.printing.profiles.exposures import CURE_DEPTH_LAYERS, BaseLayers, CopyExposures, exposure_schedule
from mingyue.printing.profiles.machines import Machine, MachineLimitError
from mingyue.printing.profiles.resins import Resin
from mingyue.printing.regions import REGIONS, RegionExposures

Progress = Callable[[int, int], None]
"""Called with the layers done and the layers in all."""

# Seams are laid by what this many layers, evenly spread, have under them.
SEAM_SAMPLES = 24
# An hour a layer is no print.
LONGEST_EXPOSURE_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSettings:
    """What is built, apart from how. exposure_s: of a layer of layer_um; None derives it from the working curve.

    cusp_um: layers as thick as their slopes allow, between the machine's thinnest and layer_um; None: all of layer_um.
    base: how the first layers are exposed.
    fit_um: longest side after turning; rotate_deg: about x, then y, then z; field_px: overrides the machine's field;
    overlap_px, ramp: how neighbouring fields share pixels. array, gap_um: columns and rows of copies, and the room
    between them. copies: how each copy is exposed, where they are not exposed alike. binary: pixels are wholly lit or
    dark, else grey by coverage. regions: what is exposed for a time of its own; light_map: by which masks are dimmed
    until the field is even.
    """

    machine: Machine
    resin: Resin
    layer_um: float = 5.0
    cusp_um: float | None = None
    exposure_s: float | None = None
    base: BaseLayers = field(default_factory=BaseLayers)
    scale: float = 1.0
    fit_um: float | None = None
    rotate_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)
    field_px: tuple[int, int] | None = None
    overlap_px: int = 0
    ramp: Ramp = "linear"
    array: tuple[int, int] = (1, 1)
    gap_um: float = 200.0
    copies: CopyExposures | None = None
    binary: bool = False
    regions: RegionExposures = field(default_factory=RegionExposures)
    light_map: LightMap | None = None


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What was made. volume_mm3 is what the masks cover times each layer's thickness; light area counts every layer.

    exposures: flashes of the whole print; exposure_s: of a layer of the thickness asked for, after the base layers.
    light_map: what evening the light out does and costs, None where that was not asked for.

    stage_seconds: thread seconds by stage; seconds: by the clock; masks: pictures stored, equal ones once.
    blocks_reused: how many blocks an earlier build that did not end had kept.
    """

    package: Path
    layers: int
    fields: int
    masks: int
    pixels: int
    lit_px: int
    light_area_mm2: float
    volume_mm3: float
    exposures: int
    exposure_s: float
    seconds: float
    stage_seconds: dict[str, float]
    bytes: int
    blocks_reused: int
    light_map: manifests.LightMapOf | None
    notes: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A part on the platform: everything that is known before the first layer is cut.

    exposure_s: of a layer of the thickness asked for; schedule_s: (copies, layers) of each.
    """

    placed: Mesh
    placement: frames.Placement
    grid: FieldGrid
    table: LayerTable
    exposure_s: float
    schedule_s: NDArray[np.float64]


def build(
    part: Part,
    settings: BuildSettings,
    *,
    package: Path,
    progress: Progress | None = None,
    executor: Executor | None = None,
    blocks_ahead: int = BLOCKS_AHEAD,
    kept: Kept | None = None,
) -> BuildResult:
    """Place, slice, cover and store a part as a print package at `package`.

    Raises OpenMeshError where the surface bounds no volume, InsideOutError where a body would take away what it should
    add, MachineLimitError where the machine cannot do it, and BadInputError for settings that make no sense. An error
    or an interruption leaves no file behind.

    executor: what makes the blocks, `blocks_ahead` at a time; the package is the same whatever it is. kept: where blocks
    are kept until the package is finished, and taken from if an earlier build left them there.
    """
    began = time.perf_counter()
    prepared = prepare(part, settings)
    seconds = {"prepare": time.perf_counter() - began, "cover": 0.0, "encode": 0.0, "store": 0.0, "preview": 0.0}
    layers: list[manifests.LayerOf] = []
    lit_px, copies = 0, len(prepared.grid.copies_um)
    with PackageWriter(package) as writer, ThreadPoolExecutor(1) as aside:
        preview = aside.submit(_preview, prepared.placed)
        for block in blocks(
            prepared.placed,
            prepared.grid,
            prepared.table,
            shown=_shown(settings),
            executor=executor,
            blocks_ahead=blocks_ahead,
            kept=kept,
        ):
            storing = time.perf_counter()
            for made in block.layers:
                layers.append(_store_layer(writer, made, prepared, settings, len(layers)))
                lit_px += made.lit_px * copies
            seconds["store"] += time.perf_counter() - storing
            seconds["cover"] += block.cover_s
            seconds["encode"] += block.encode_s
            if progress is not None:
                progress(len(layers), len(prepared.table))
        if not writer.masks:
            raise BadInputError(
                say("Nothing of the part would be printed: no pixel is covered by as much as a grey step."),
                remedy=say("Check the unit (--units) and the size (--scale, --fit-mm)."),
            )
        preview_png, seconds["preview"] = preview.result()
        writer.finish(_manifest(part, settings, prepared, layers, writer.masks), preview_png=preview_png)
    if kept is not None:
        kept.clear()
    pixel_mm2 = (settings.machine.pixel_um / 1e3) ** 2
    return BuildResult(
        package=package,
        layers=len(layers),
        fields=len(prepared.grid.fields) * copies,
        masks=len(writer.masks),
        pixels=prepared.grid.canvas.rows * prepared.grid.canvas.columns * len(layers) * copies,
        lit_px=lit_px,
        light_area_mm2=pixel_mm2 * sum(layer.area_px for layer in layers),
        volume_mm3=pixel_mm2 * sum(layer.area_px * layer.thickness_um for layer in layers) / 1e3,
        exposures=sum(len(layer.exposures) for layer in layers),
        exposure_s=prepared.exposure_s,
        seconds=time.perf_counter() - began,
        stage_seconds=seconds,
        bytes=package.stat().st_size,
        blocks_reused=0 if kept is None else kept.found,
        light_map=_light_map_said(settings),
        notes=(*part.notes, *_notes(settings, prepared)),
    )


def prepare(part: Part, settings: BuildSettings) -> Prepared:
    """Check the part and the settings, and put the part on the platform. Raises as `build` does."""
    exposure_s = _exposure_s(settings)
    if settings.binary and settings.light_map is not None:
        raise BadInputError(
            say("Masks that know no grey cannot be dimmed by a light map."),
            remedy=say("Leave out --binary or --light-map."),
        )
    require_closed(part.mesh)
    placement, placed = _place(part.mesh, settings)
    if min(settings.array) < 1 or not 0 <= settings.gap_um < math.inf:
        raise BadInputError(
            say("An array of {columns} × {rows} copies, {gap:g} µm apart, cannot be laid out.",
                columns=settings.array[0], rows=settings.array[1], gap=settings.gap_um),
            remedy=say("Take at least one column and one row, and a gap of 0 µm or more."),
        )  # fmt: skip
    _check_machine(placed, settings)
    table = _table(placed, settings)
    grid = _grid(placed, table, settings)
    schedule_s = _by_copy(
        exposure_schedule(
            table.thickness_um,
            layer_um=settings.layer_um,
            exposure_s=exposure_s,
            penetration_depth_um=settings.resin.penetration_depth_um,
            base=settings.base,
        ),
        table,
        settings,
    )
    return Prepared(placed, placement, grid, table, exposure_s, schedule_s)


def _shown(settings: BuildSettings) -> Shown:
    return Shown(
        binary=settings.binary,
        layers_below=settings.regions.layers_below,
        edge_px=settings.regions.edge_px,
        dimming=None if settings.light_map is None else settings.light_map.dimming,
    )


def _light_map_said(settings: BuildSettings) -> manifests.LightMapOf | None:
    return None if settings.light_map is None else settings.light_map.said


def _by_copy(schedule_s: NDArray[np.float64], table: LayerTable, settings: BuildSettings) -> NDArray[np.float64]:
    """(copies, layers) seconds, copies in the order of the stage."""
    columns, rows = settings.array
    seconds = np.repeat(schedule_s[None, :], columns * rows, axis=0)
    if settings.copies is None:
        return seconds
    if len(settings.copies.seconds) != columns * rows:
        raise BadInputError(
            say("{count} exposures do not fit {copies} copies.",
                count=len(settings.copies.seconds), copies=columns * rows),
            remedy=say("Give each copy one exposure."),
        )  # fmt: skip
    own = [settings.copies.seconds[row * columns + column] for column, row in copy_places(columns=columns, rows=rows)]
    above = table.bottom_um >= settings.copies.from_um - SLIVER_UM
    return np.where(above[None, :], np.array(own)[:, None], seconds)


def _table(placed: Mesh, settings: BuildSettings) -> LayerTable:
    if settings.cusp_um is None:
        return layer_table(float(placed.size_um[2]), layer_um=settings.layer_um)
    if settings.machine.layer_um is None:
        raise MachineLimitError(
            say("Nobody stated how thin {machine} prints, so layers cannot adapt.", machine=settings.machine.title),
            remedy=say("Leave --cusp-um out, or give layer_um in a machine file of your own."),
        )
    from mingyue.printing.adaptive import adaptive_table

    return adaptive_table(
        placed,
        thinnest_um=settings.machine.layer_um[0],
        thickest_um=settings.layer_um,
        cusp_um=settings.cusp_um,
    )


def _grid(placed: Mesh, table: LayerTable, settings: BuildSettings) -> FieldGrid:
    """The fields, their seams laid where they cut least of the part, and its copies."""
    machine = settings.machine
    width_um, depth_um, _ = (float(extent) for extent in placed.size_um)
    grid = field_grid(
        (width_um, depth_um),
        field_px=settings.field_px or machine.field_px,
        pitch_um=machine.pixel_um,
        overlap_px=settings.overlap_px,
        ramp=settings.ramp,
    )
    if len(grid.fields) > 1:
        cut_um = table.cut_um[:: math.ceil(len(table) / SEAM_SAMPLES)]
        sample = cover_layers(
            grid.canvas.to_px(placed.vertices_um),
            placed.triangles,
            cut_um,
            rows=grid.canvas.rows,
            columns=grid.canvas.columns,
        )
        grid = least_cut(grid, list(sample), size_um=(width_um, depth_um))
    if settings.array == (1, 1):
        return grid
    pixel_um = machine.pixel_um
    across_um, down_um = (
        math.ceil((side_um + settings.gap_um) / pixel_um - ROUNDING_PX) * pixel_um for side_um in (width_um, depth_um)
    )
    return arrayed(grid, columns=settings.array[0], rows=settings.array[1], pitch_um=(across_um, down_um))


def _exposure_s(settings: BuildSettings) -> float:
    if settings.exposure_s is not None:
        if not 0 < settings.exposure_s <= LONGEST_EXPOSURE_S:
            raise BadInputError(
                say("An exposure of {seconds} s is none.", seconds=settings.exposure_s),
                remedy=say("Give --exposure-s above 0, and at most an hour."),
            )
        return settings.exposure_s
    if settings.machine.irradiance_mw_cm2 is None:
        raise MachineLimitError(
            say(
                "Nobody stated the irradiance of {machine}, so no exposure can be derived.",
                machine=settings.machine.title,
            ),
            remedy=say("Give --exposure-s, or irradiance_mw_cm2 in a machine file of your own."),
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
        mesh.box_under,
        scale=settings.scale,
        fit_um=settings.fit_um,
        rotate_deg=settings.rotate_deg,
    )
    return placement, PlacedMesh(mesh, np.array(placement.matrix), np.array(placement.offset_um))


def _check_machine(placed: Mesh, settings: BuildSettings) -> None:
    machine = settings.machine
    unfit = machine.why_layer_unfit(settings.layer_um)
    if unfit:
        raise MachineLimitError(say("{why}.", why=unfit), remedy=say("Choose another --layer-um or another --machine."))
    if machine.platform_um is None:
        return
    size = _footprint_um(placed, settings)
    if any(extent > room + 1e-6 * room for extent, room in zip(size, machine.platform_um, strict=True)):
        extents = " × ".join(f"{extent / 1e3:.3g}" for extent in size)
        rooms = " × ".join(f"{room / 1e3:g}" for room in machine.platform_um)
        share = min(room / extent for extent, room in zip(size, machine.platform_um, strict=True))
        raise MachineLimitError(
            say(
                "The part, with its copies, is {extents} mm; the platform of {machine} takes {rooms} mm.",
                extents=extents,
                machine=machine.title,
                rooms=rooms,
            ),
            remedy=say(
                "Turn it (--rotate), scale it to at most {share:.3g} of its size (--scale, --fit-mm), check --units, "
                "print fewer copies (--array), or take a larger machine.",
                share=share,
            ),
        )


def _footprint_um(placed: Mesh, settings: BuildSettings) -> tuple[float, float, float]:
    """What the part and its copies cover, x, y and z."""
    width_um, depth_um, height_um = (float(extent) for extent in placed.size_um)
    columns, rows = settings.array
    return (
        columns * width_um + (columns - 1) * settings.gap_um,
        rows * depth_um + (rows - 1) * settings.gap_um,
        height_um,
    )


def _preview(placed: Mesh) -> tuple[bytes, float]:
    """A small picture of the part, and the seconds it took; drawn while the layers are made."""
    began = time.perf_counter()
    return rgb_png(drawn_mesh(placed, width_px=640, height_px=480)), time.perf_counter() - began


def _store_layer(
    writer: PackageWriter, made: LayerMasks, prepared: Prepared, settings: BuildSettings, layer: int
) -> manifests.LayerOf:
    shares = [seconds / prepared.exposure_s for seconds in settings.regions.seconds(prepared.exposure_s)]
    shown = [(file, writer.add_mask(file.png, name=_mask_name(layer, file), lit_px=file.lit_px)) for file in made.files]
    grid = prepared.grid
    exposures = tuple(
        manifests.ExposureOf(
            copy * len(grid.fields) + file.field, mask, float(prepared.schedule_s[copy, layer]) * shares[file.region]
        )
        for copy in range(len(grid.copies_um))
        for file, mask in shown
    )
    return manifests.LayerOf(
        bottom_um=float(prepared.table.bottom_um[layer]),
        thickness_um=float(prepared.table.thickness_um[layer]),
        cut_um=float(prepared.table.cut_um[layer]),
        area_px=made.area_px * len(grid.copies_um),
        exposures=exposures,
    )


def _mask_name(layer: int, file: MaskFile) -> str:
    return f"{layer:05d}-{file.field:03d}" + (f"-{REGIONS[file.region]}" if file.region else "")


def _manifest(
    part: Part,
    settings: BuildSettings,
    prepared: Prepared,
    layers: list[manifests.LayerOf],
    masks: list[manifests.MaskOf],
) -> manifests.Manifest:
    machine, resin, grid = settings.machine, settings.resin, prepared.grid
    width_um, depth_um, height_um = (float(extent) for extent in prepared.placed.size_um)
    return manifests.Manifest(
        format="mingyue-print-package",
        version=manifests.SCHEMA_VERSION,
        made_by=f"mingyue {__version__}",
        part=manifests.PartOf(
            part.name, part.format, part.sha256, part.mesh.triangle_count, (width_um, depth_um, height_um)
        ),
        placement=manifests.PlacementOf(prepared.placement.matrix, prepared.placement.offset_um),
        machine=manifests.MachineOf(
            machine.name,
            machine.pixel_um,
            (grid.columns_px, grid.rows_px),
            machine.irradiance_mw_cm2,
            machine.verified,
        ),
        resin=manifests.ResinOf(resin.name, resin.penetration_depth_um, resin.critical_dose_mj_cm2),
        canvas=manifests.CanvasOf(**asdict(grid.canvas)),
        stitching=manifests.StitchingOf(overlap_px=grid.overlap_px, ramp=grid.ramp if grid.overlap_px else "none"),
        grey="binary" if settings.binary else "coverage",
        fields=tuple(
            manifests.FieldOf(field.row, field.column, (field.offset_um[0] + x_um, field.offset_um[1] + y_um))
            for x_um, y_um in grid.copies_um
            for field in grid.fields
        ),
        layers=tuple(layers),
        masks=tuple(masks),
        preview="preview.png",
        light_map=_light_map_said(settings),
        regions=_regions_said(settings.regions),
    )


def _regions_said(regions: RegionExposures) -> manifests.RegionsOf | None:
    """None where all of a layer is exposed together."""
    return None if regions == RegionExposures() else manifests.RegionsOf(**asdict(regions))


def _notes(settings: BuildSettings, prepared: Prepared) -> Iterator[Phrase]:
    machine, resin = settings.machine, settings.resin
    if settings.light_map is not None:
        yield from said_of_light(settings.light_map.said)
    height_um, covered_um = float(prepared.placed.size_um[2]), float(prepared.table.thickness_um.sum())
    if covered_um > 1.1 * height_um:
        yield say(
            "The part is {height:.3g} µm high, its layers cover {covered:.3g} µm: its top is printed too thick.",
            height=height_um,
            covered=covered_um,
        )
    if not machine.verified:
        yield say(
            "The numbers of {machine} are unverified: calibrate before you trust sizes and exposures.",
            machine=machine.title,
        )
    if machine.platform_um is None:
        yield say(
            "The platform of {machine} is not published, so it was not checked that the part fits.",
            machine=machine.title,
        )
    if machine.wavelength_nm is None and resin.wavelength_nm:
        yield say(
            "The wavelength of {machine} is not published; {resin} was measured at {measured:g} nm.",
            machine=machine.title,
            resin=resin.title,
            measured=resin.wavelength_nm,
        )
    if machine.wavelength_nm and resin.wavelength_nm and machine.wavelength_nm != resin.wavelength_nm:
        yield say(
            "{resin} was measured at {measured:g} nm; the machine shines at {shines:g} nm.",
            resin=resin.title,
            measured=resin.wavelength_nm,
            shines=machine.wavelength_nm,
        )
