"""Can this part be made? A part and settings come in; findings of its size, its mesh and its layers go out."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from mingyue.errors import LimitError
from mingyue.phrases import Phrase, say
from mingyue.printing import frames
from mingyue.printing.asking import ask
from mingyue.printing.chain import BuildSettings, Prepared, prepare
from mingyue.printing.curing.cures import CureUnknownError, cure_for
from mingyue.printing.curing.uncertainty import stacks
from mingyue.printing.estimates import Estimate, Times, estimate, read_times
from mingyue.printing.fields import FieldGrid
from mingyue.printing.findings.finding import SEVERITIES, Finding, Point
from mingyue.printing.findings.limits import Bounds, Limits, bounds_of, read_limits
from mingyue.printing.findings.mesh import tell_mesh, tell_unsliceable
from mingyue.printing.findings.setting import Setting
from mingyue.printing.findings.size import tell_size
from mingyue.printing.findings.survey import Surveyed, survey
from mingyue.printing.formats.parts import Part
from mingyue.printing.frames import Canvas
from mingyue.printing.layers import OpenLayerError
from mingyue.printing.mending.faults import find_faults
from mingyue.printing.mending.repairs import RepairFailedError, repair
from mingyue.printing.meshes import InsideOutError, Mesh
from mingyue.printing.profiles import resins
from mingyue.printing.profiles.exposures import CURE_DEPTH_LAYERS
from mingyue.printing.questions import QUESTIONS
from mingyue.printing.welds import weld_um

Progress = Callable[[int, int], None]

# A canvas of more rows in all layers together would take minutes; it is a wrong unit or the wrong machine.
_MOST_ROWS = 400_000_000


@dataclass(frozen=True, slots=True)
class CheckResult:
    """findings: the worst first. placement: part frame → build frame, in which the findings' places are.

    layers: how many were looked at, 0 where none could be; mended: a mended copy of the part was looked at.
    estimate: None where no layers were looked at, or nobody published what an exposure needs.
    """

    findings: tuple[Finding, ...]
    placement: frames.Placement
    layers: int
    fields: int
    mended: bool
    seconds: float
    notes: tuple[Phrase, ...]
    estimate: Estimate | None

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are of each kind, the frequent first."""
        return dict(Counter(found.kind for found in self.findings).most_common())

    @property
    def can_be_made(self) -> bool:
        """Whether nothing is predicted to fail."""
        return all(found.severity != "fails" for found in self.findings)


def check(
    part: Part,
    settings: BuildSettings,
    *,
    limits: Limits | None = None,
    times: Times | None = None,
    model: bool = True,
    beyond: bool = True,
    progress: Progress | None = None,
) -> CheckResult:
    """Everything that will fail, or may. Raises BadInputError for settings that make no sense, not for a bad part.

    model: whether doubtful places are printed virtually; where nobody stated how the resin cures, they are not, and a note
    says so. beyond: whether the layers of a part are looked at that is larger than the platform; that can take long.
    A part that bounds no volume is mended first, where that can be done; the findings say so.
    """
    began = time.perf_counter()
    limits = limits or read_limits()
    notes: list[Phrase] = []
    is_whole = part.mesh.is_closed and part.mesh.volume_um3 > 0
    seen = _look(part, settings, limits, notes, progress, beyond=beyond) if is_whole else None
    placement, box_um = (seen.placement, seen.box_um) if seen else _placed(part.mesh, settings)
    found = list(tell_size(box_um, settings.machine, _smallest(limits, settings), unit=part.unit))
    mended = None
    if seen is None or seen.is_inside_out:
        faults, mended = _mended(part, placement, box_um)
        found += faults
        if mended is not None:
            notes.append(say("A mended copy was looked at; the file is as it was."))
            seen = _look(replace(part, mesh=mended), settings, limits, notes, progress, beyond=beyond)
    found += seen.findings if seen else []
    surveyed = seen.surveyed if seen else None
    found.sort(key=_order)
    if model and seen and seen.printable:
        found = sorted(_asked(found, *seen.printable, settings, notes), key=_order)
    return CheckResult(
        findings=tuple(found),
        placement=placement,
        layers=seen.layers if seen else 0,
        fields=seen.fields if seen else 0,
        mended=mended is not None,
        seconds=time.perf_counter() - began,
        notes=tuple(notes),
        estimate=None if surveyed is None else _estimated(surveyed, settings, len(found), times or read_times()),
    )


@dataclass(frozen=True, slots=True)
class _Looked:
    placement: frames.Placement
    box_um: tuple[Point, Point]
    findings: list[Finding]
    layers: int
    fields: int
    is_inside_out: bool = False
    surveyed: Surveyed | None = None
    printable: tuple[Mesh, Setting] | None = None


def _look(
    part: Part, settings: BuildSettings, limits: Limits, notes: list[Phrase], progress: Progress | None, *, beyond: bool
) -> _Looked:
    """The findings of the layers, wherever the part lies; none where there are too many of them."""
    placement, box_um = _placed(part.mesh, settings)
    if not beyond and _is_larger(box_um, settings):
        notes.append(say("It is larger than the platform, so its layers were not looked at."))
        return _Looked(placement, box_um, [], 0, 0)
    machine = replace(settings.machine, platform_um=None, layer_um=None)
    anywhere = replace(settings, machine=machine, exposure_s=settings.exposure_s or 1.0, cusp_um=None, array=(1, 1))
    try:
        prepared = prepare(part, anywhere)
    except LimitError as error:
        notes.append(say("Its layers were not looked at: {why}", why=error.message))
        return _Looked(placement, box_um, [], 0, 0)
    setting = _setting(prepared, settings, limits)
    nothing = _Looked(prepared.placement, _box(prepared.placed), [], 0, len(prepared.grid.fields))
    if setting.canvas.rows * len(setting.table) > _MOST_ROWS:
        notes.append(say("It is too large for its layers to be looked at."))
        return nothing
    try:
        surveyed = survey(prepared.placed, setting, progress=progress)
    except (OpenLayerError, InsideOutError):
        return replace(nothing, is_inside_out=True)
    return replace(
        nothing,
        findings=surveyed.findings,
        layers=len(setting.table),
        surveyed=surveyed,
        printable=(prepared.placed, setting),
    )


def _is_larger(box_um: tuple[Point, Point], settings: BuildSettings) -> bool:
    platform_um = settings.machine.platform_um
    sides = zip(*box_um, platform_um, strict=True) if platform_um else ()
    return any(high - low > most for low, high, most in sides)


def _asked(
    found: list[Finding], placed: Mesh, setting: Setting, settings: BuildSettings, notes: list[Phrase]
) -> list[Finding]:
    """The findings, with what the model says of the doubtful ones; with a note where it cannot be asked."""
    if not any(one.kind in QUESTIONS for one in found):
        return found
    try:
        choice = cure_for(settings.machine, settings.resin)
    except CureUnknownError as error:
        notes.append(say("The model was not asked. {why}", why=error.message))
        return found
    exposure_s = _exposure_s(settings)
    if exposure_s is None:
        raise AssertionError("a cure that is known gives an exposure")
    return ask(found, placed, setting, trials=stacks(choice.cure, choice.ranges), exposure_s=exposure_s)


def _estimated(surveyed: Surveyed, settings: BuildSettings, findings: int, times: Times) -> Estimate | None:
    """What it takes; None where no exposure can be derived."""
    exposure_s = _exposure_s(settings)
    if exposure_s is None:
        return None
    return estimate(
        surveyed.occupied, volume_mm3=surveyed.volume_mm3, exposure_s=exposure_s, findings=findings, times=times
    )


def _exposure_s(settings: BuildSettings) -> float | None:
    """What `build` would choose; None where it would refuse to."""
    machine, resin = settings.machine, settings.resin
    if settings.exposure_s is not None or machine.irradiance_mw_cm2 is None or resin.critical_dose_mj_cm2 is None:
        return settings.exposure_s
    depth_um = CURE_DEPTH_LAYERS * settings.layer_um
    return resins.exposure_s(resin, depth_um=depth_um, irradiance_mw_cm2=machine.irradiance_mw_cm2)


def _mended(part: Part, placement: frames.Placement, box_um: tuple[Point, Point]) -> tuple[list[Finding], Mesh | None]:
    """What is wrong with the mesh, in the build frame, and a mended copy in the part frame; None where there is none."""
    places, inverse = weld_um(part.mesh.vertices_um)
    welded = Mesh(places, inverse[part.mesh.triangles])
    built = welded.moved(np.array(placement.matrix), np.array(placement.offset_um))
    faults = list(tell_mesh(find_faults(built), box_um))
    try:
        return faults, repair(welded).mesh
    except RepairFailedError as error:
        return faults or [tell_unsliceable(error.message, box_um)], None


def _setting(prepared: Prepared, settings: BuildSettings, limits: Limits) -> Setting:
    """The pixels around the part, in step with those of the fields, and the seams that cross them."""
    grid = prepared.grid
    low, high = prepared.placed.box_um
    corners = grid.canvas.to_px(np.stack([low, high]))
    left, top = (math.floor(corners[:, axis].min()) - 1 for axis in (0, 1))
    right, bottom = (math.ceil(corners[:, axis].max()) + 1 for axis in (0, 1))
    pitch = grid.canvas.pitch_um
    canvas = Canvas(
        pitch, bottom - top, right - left, grid.canvas.left_um + left * pitch, grid.canvas.top_um - top * pitch
    )
    return Setting(
        canvas=canvas,
        table=prepared.table,
        machine=settings.machine,
        resin=settings.resin,
        limits=limits,
        fields_px=_fields_px(grid, left, top, canvas),
        seam_columns=_seams((field.column for field in grid.fields), grid.overlap_px, left, canvas.columns),
        seam_rows=_seams((field.row for field in grid.fields), grid.overlap_px, top, canvas.rows),
    )


def _fields_px(grid: FieldGrid, left: int, top: int, canvas: Canvas) -> tuple[tuple[int, int, int, int], ...]:
    """What of each field is on the smaller canvas; fields beside it are left out."""
    corners = np.array([
        (field.row - top, field.column - left, field.row - top + grid.rows_px, field.column - left + grid.columns_px)
        for field in grid.fields
    ])  # fmt: skip
    clipped = np.clip(corners, 0, np.array([canvas.rows, canvas.columns] * 2))
    inside = (clipped[:, :2] < clipped[:, 2:]).all(axis=1)
    return tuple((int(a), int(b), int(c), int(d)) for a, b, c, d in clipped[inside])


def _seams(firsts: Iterable[int], overlap_px: int, offset: int, count: int) -> tuple[int, ...]:
    """The middles of what fields share, on the smaller canvas; none at its border."""
    starts = sorted(set(firsts))[1:]
    return tuple(seam for seam in (start + overlap_px // 2 - offset for start in starts) if 0 < seam < count)


def _order(found: Finding) -> tuple[int, str, float]:
    """The worst first; of one kind what is farthest beyond its limit."""
    ratio = found.measured / found.limit if found.limit and found.measured is not None else 1.0
    return SEVERITIES.index(found.severity), found.kind, -abs(math.log(max(ratio, 1e-9)))


def _placed(mesh: Mesh, settings: BuildSettings) -> tuple[frames.Placement, tuple[Point, Point]]:
    placement = frames.place(
        mesh.box_um[0], mesh.box_under, scale=settings.scale, fit_um=settings.fit_um, rotate_deg=settings.rotate_deg
    )
    return placement, _box(mesh.moved(np.array(placement.matrix), np.array(placement.offset_um)))


def _box(placed: Mesh) -> tuple[Point, Point]:
    (x, y, z), (x_high, y_high, z_high) = (corner.tolist() for corner in placed.box_um)
    return (x, y, z), (x_high, y_high, z_high)


def _smallest(limits: Limits, settings: BuildSettings) -> Bounds:
    return bounds_of(
        limits["wrong_unit"],
        pixel_um=settings.machine.pixel_um,
        penetration_depth_um=settings.resin.penetration_depth_um,
        layer_um=settings.layer_um,
    )
