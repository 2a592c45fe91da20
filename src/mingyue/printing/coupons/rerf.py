"""The exposure array: the same small pattern at many exposures, to find the one at which lines come out as drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from mingyue.errors import BadInputError, FileFormatError
from mingyue.phrases import say
from mingyue.printing.coupons.coupon import (
    BuildSettings,
    Coupon,
    CouponRequest,
    Form,
    exposed,
    exposures_between,
    nearly_square,
    usual_exposure_s,
)
from mingyue.printing.formats.parts import part_of_mesh
from mingyue.printing.formats.tables import Column, Row, read_table, require_columns
from mingyue.printing.meshes import Mesh
from mingyue.printing.profiles import censored_lines
from mingyue.printing.profiles.exposures import CopyExposures
from mingyue.printing.profiles.working_curves import Interval
from mingyue.printing.samples.solids import Solid, box, cut, meshed, united

STEPS: Final = 12
_LEAST_SHARE, _MOST_SHARE = 0.5, 2.0  # of the usual exposure
LINES_PX: Final = (2, 3, 4, 6, 8, 12)
MEASURED_PX: Final = 8  # wide enough to be there at every exposure, narrow enough to show its edges
_ROOM_PX, _LONG_PX, _EDGE_PX, _MARK_PX = 12, 40, 14, 8
_BASE_LAYERS, _LINE_LAYERS = 6, 6
_BETWEEN_UM = 100.0
_FEWEST_PLACES = 3
_LENGTH: Final = {"um": 1.0, "mm": 1e3}
_COLUMNS: Final = (
    Column("exposure_s", ("exposure", "曝光时间"), {"s": 1.0, "ms": 1e-3}),
    Column("nominal_um", ("nominal", "标称"), _LENGTH),
    Column("fin_um", ("fin", "筋"), _LENGTH),
    Column("slot_um", ("slot", "槽"), _LENGTH),
)


@dataclass(frozen=True, slots=True)
class Tried:
    """One exposure, and by how much solid is too wide there: fins too wide and slots too narrow count alike."""

    exposure_s: float
    error_um: float


@dataclass(frozen=True, slots=True)
class BestExposure:
    """exposure_s: at which solid is as wide as drawn; interval_s at `level`; width_um_per_e: how width grows when the
    exposure grows by e. is_outside: no exposure that was tried is so short or so long. tried: by exposure."""

    exposure_s: float
    interval_s: Interval
    level: float
    width_um_per_e: float
    is_outside: bool
    tried: tuple[Tried, ...]


def rerf(request: CouponRequest) -> Coupon:
    """The coupon, one copy of the pattern for each exposure, and a form for the width of a fin and of a slot."""
    usual_s = usual_exposure_s(request)
    least_s, most_s = request.least_s or _LEAST_SHARE * usual_s, request.most_s or _MOST_SHARE * usual_s
    seconds = exposures_between(least_s, most_s, steps=request.steps or STEPS, repeats=request.repeats)
    pixel_um = request.machine.pixel_um
    settings = BuildSettings(
        machine=request.machine,
        resin=request.resin,
        layer_um=request.layer_um,
        exposure_s=usual_s,
        array=nearly_square(len(seconds)),
        gap_um=math.ceil(_BETWEEN_UM / pixel_um) * pixel_um,
        copies=CopyExposures(seconds=seconds, from_um=_BASE_LAYERS * request.layer_um),  # all hold on alike
    )
    mesh = pattern(pixel_um=pixel_um, layer_um=request.layer_um)
    return Coupon("rerf", part_of_mesh(mesh, name="rerf", made_as="coupon"), settings, _form(request, settings, mesh))


def pattern(*, pixel_um: float, layer_um: float) -> Mesh:
    """A plate with fins along y in its upper half and slots of the same widths in a block below; a corner is cut off."""
    p, base_um, top_um = pixel_um, _BASE_LAYERS * layer_um, (_BASE_LAYERS + _LINE_LAYERS) * layer_um
    across = 2 * _EDGE_PX + sum(LINES_PX) + (len(LINES_PX) + 1) * _ROOM_PX
    low, middle = _EDGE_PX, _EDGE_PX + _LONG_PX
    high, up = middle + _ROOM_PX, 2 * (_EDGE_PX + _LONG_PX) + _ROOM_PX
    fins, slots = [], []
    x = _EDGE_PX + _ROOM_PX
    for width in LINES_PX:
        fins.append(box((x * p, high * p, base_um / 2), ((x + width) * p, (high + _LONG_PX) * p, top_um)))
        slots.append(box((x * p, (low - 1) * p, base_um), ((x + width) * p, (middle + 1) * p, top_um + layer_um)))
        x += width + _ROOM_PX
    block: Solid = box((_EDGE_PX * p, low * p, base_um / 2), ((across - _EDGE_PX) * p, middle * p, top_um))
    plate = box((0.0, 0.0, 0.0), (across * p, up * p, base_um))
    mark = box((-p, -p, -layer_um), (_MARK_PX * p, _MARK_PX * p, base_um + layer_um))
    return meshed(cut(united([plate, block, *fins]), [*slots, mark]))


def _form(request: CouponRequest, settings: BuildSettings, mesh: Mesh) -> Form:
    x_um, y_um, _ = (float(side) for side in mesh.size_um)
    pitch_um = (x_um + settings.gap_um, y_um + settings.gap_um)
    nominal_um = MEASURED_PX * request.machine.pixel_um
    seconds = settings.copies.seconds if settings.copies else ()
    return Form(
        ("place", "column", "row", "x_um", "y_um", "exposure_s", "nominal_um", "fin_um", "slot_um"),
        tuple(
            (copy.place, copy.column, copy.row, copy.x_um, copy.y_um, copy.seconds, nominal_um, None, None)
            for copy in exposed(seconds, array=settings.array, pitch_um=pitch_um)
        ),
        (
            say("Exposure array for {machine} and {resin}.", machine=request.machine.title, resin=request.resin.title),
            say("Lay it so that the cut corner of each piece is at its lower left. Places count from the upper left."),
            say("fin_um, slot_um: width of the fin and of the slot of {nominal:g} µm, the fifth from the left.",
                nominal=nominal_um),
            say("Leave a cell empty where fin or slot is not there."),
            say("Then: mingyue coupon rerf --read THIS.csv"),
        ),
    )  # fmt: skip


def read_rerf(path: Path, *, level: float = 0.95) -> BestExposure:
    """The best exposure from a filled-in form. Raises FileFormatError, BadInputError."""
    rows = read_table(path, _COLUMNS)
    require_columns(rows, ("exposure_s", "nominal_um"), path)
    tried = tuple(sorted((one for row in rows if (one := _tried(row))), key=lambda one: one.exposure_s))
    if not tried:
        raise FileFormatError(
            say("Not one {column} is filled in in {file}.", column="fin_um", file=path.name),
            remedy=say("Measure, write the numbers into the form, and come back."),
        )
    return best_exposure(tried, level=level)


def _tried(row: Row) -> Tried | None:
    seconds, nominal, fin, slot = (row.number(key) for key in ("exposure_s", "nominal_um", "fin_um", "slot_um"))
    if fin is None and slot is None:
        return None
    if not seconds or not nominal or min(seconds, nominal) <= 0 or min(fin or 0.0, slot or 0.0) < 0:
        raise row.error(
            "exposure_s", say("the numbers of this place make no sense"), say("Restore them from the form as it came.")
        )
    errors = ([fin - nominal] if fin is not None else []) + ([nominal - slot] if slot is not None else [])
    return Tried(seconds, sum(errors) / len(errors))


def best_exposure(tried: Sequence[Tried], *, level: float = 0.95) -> BestExposure:
    """Where the straight line of width error over ln(exposure) is zero, with Fieller's interval.

    Near the right exposure an edge moves in proportion to ln(exposure), for dose falls off there as in depth.
    """
    doses = {one.exposure_s for one in tried}
    if len(tried) < _FEWEST_PLACES or len(doses) < 2:
        raise BadInputError(
            say("{places} places at {doses} exposures do not tell the best one.", places=len(tried), doses=len(doses)),
            remedy=say("Measure at least three places with two exposures; six or more are good."),
        )
    if not 0.5 <= level <= 0.999:
        raise BadInputError(
            say("A level of confidence of {level:g} is none.", level=level), remedy=say("Give one of 0.5 to 0.999.")
        )
    x = np.log([one.exposure_s for one in tried])
    lines = censored_lines.fit(censored_lines.points(x, np.array([one.error_um for one in tried])))
    slopes = censored_lines.slope_interval(lines, level=level)[0]
    if not slopes[0] > 0:
        raise BadInputError(
            say("The widths do not grow with the exposure beyond doubt."),
            remedy=say("Measure more places, or try a wider range (--least-s, --most-s)."),
        )
    low, high = (math.exp(end) for end in censored_lines.crossing_interval(lines, level=level)[0])
    best = math.exp(float(lines.crossing[0]))
    outside = not min(doses) <= best <= max(doses)
    return BestExposure(best, Interval(low, high), level, float(lines.slope[0]), outside, tuple(tried))
