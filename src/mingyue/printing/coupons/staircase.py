"""The staircase of doses: bridges of one layer, each exposed for a time of its own, whose thickness is the cured depth.

  ┌──────────────┐   one layer, exposed for the time on trial: it cures downwards into the gap
┌─┤░░░░░░░░░░░░░░├─┐
│ │              │ │  two rails, all exposed alike
└─┘              └─┘
"""

from __future__ import annotations

import math
from typing import Final

from mingyue.errors import BadInputError
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
from mingyue.printing.meshes import Mesh
from mingyue.printing.profiles.exposures import CopyExposures
from mingyue.printing.profiles.resins import cure_depth_um
from mingyue.printing.samples.solids import box, cut, meshed, united

STEPS: Final = 12
# From below gelation, which says much about E_c, to three penetration depths.
_LEAST_OF_CRITICAL, _MOST_OF_CRITICAL = 0.5, 20.0
_GAP_PX, _RAIL_PX, _LONG_PX, _MARK_PX = (
    60,
    50,
    100,
    20,
)  # wide beside the blur of a pixel or two, short enough to bridge
# The gap is this much deeper than the deepest bridge is expected to be: a resin may differ from its sheet.
_ROOM = 2.0
_FEWEST_GAP_LAYERS = 10
_BETWEEN_UM = 200.0


def staircase(request: CouponRequest) -> Coupon:
    """The coupon, and a form that `mingyue calibrate` reads when depth_um is filled in."""
    least_s, most_s = _range_s(request)
    array_of = exposures_between(least_s, most_s, steps=request.steps or STEPS, repeats=request.repeats)
    array = nearly_square(len(array_of))
    gap_um = _gap_um(request, most_s)
    pixel_um = request.machine.pixel_um
    settings = BuildSettings(
        machine=request.machine,
        resin=request.resin,
        layer_um=request.layer_um,
        exposure_s=usual_exposure_s(request),
        array=array,
        gap_um=math.ceil(_BETWEEN_UM / pixel_um) * pixel_um,
        copies=CopyExposures(seconds=array_of, from_um=gap_um),
    )
    part = part_of_mesh(
        bridge(pixel_um=pixel_um, gap_um=gap_um, layer_um=request.layer_um), name="staircase", made_as="coupon"
    )
    return Coupon("staircase", part, settings, _form(request, settings, part.mesh, array_of))


def bridge(*, pixel_um: float, gap_um: float, layer_um: float) -> Mesh:
    """Two rails and one layer over them; a corner is cut from the left rail, so that left and right can be told."""
    left, right, across = _RAIL_PX * pixel_um, (_RAIL_PX + _GAP_PX) * pixel_um, (2 * _RAIL_PX + _GAP_PX) * pixel_um
    long, mark, top = _LONG_PX * pixel_um, _MARK_PX * pixel_um, gap_um + layer_um
    solid = united([
        box((0.0, 0.0, 0.0), (left, long, top)),
        box((right, 0.0, 0.0), (across, long, top)),
        box((0.0, 0.0, gap_um), (across, long, top)),
    ])  # fmt: skip
    return meshed(cut(solid, [box((-mark, -mark, -1.0), (mark, mark, top + 1.0))]))


def _range_s(request: CouponRequest) -> tuple[float, float]:
    if request.least_s is not None and request.most_s is not None:
        return request.least_s, request.most_s
    critical, light = request.resin.critical_dose_mj_cm2, request.machine.irradiance_mw_cm2
    if critical is None or light is None:
        raise BadInputError(
            say("Which exposures to try cannot be told: E_c of {resin} or the light of {machine} is not known.",
                resin=request.resin.title, machine=request.machine.title),
            remedy=say("Give --least-s and --most-s, such as 0.05 and 5."),
        )  # fmt: skip
    least_s, most_s = (share * critical / light for share in (_LEAST_OF_CRITICAL, _MOST_OF_CRITICAL))
    return request.least_s or least_s, request.most_s or most_s


def _gap_um(request: CouponRequest, most_s: float) -> float:
    """Whole layers, deeper than the longest exposure is expected to cure."""
    resin, light = request.resin, request.machine.irradiance_mw_cm2
    deepest_um = 5 * resin.penetration_depth_um
    if resin.critical_dose_mj_cm2 is not None and light is not None:
        deepest_um = float(
            cure_depth_um(
                most_s * light,
                critical_dose_mj_cm2=resin.critical_dose_mj_cm2,
                penetration_depth_um=resin.penetration_depth_um,
            )
        )
    return request.layer_um * max(_FEWEST_GAP_LAYERS, math.ceil(_ROOM * deepest_um / request.layer_um))


def _form(request: CouponRequest, settings: BuildSettings, mesh: Mesh, seconds: tuple[float, ...]) -> Form:
    x_um, y_um, _ = (float(side) for side in mesh.size_um)
    pitch_um = (x_um + settings.gap_um, y_um + settings.gap_um)
    light = request.machine.irradiance_mw_cm2
    return Form(
        ("place", "column", "row", "x_um", "y_um", "exposure_s", "irradiance_mw_cm2", "depth_um", "sd_um"),
        tuple(
            (copy.place, copy.column, copy.row, copy.x_um, copy.y_um, copy.seconds, light, None, None)
            for copy in exposed(seconds, array=settings.array, pitch_um=pitch_um)
        ),
        (
            say(
                "Staircase of doses for {machine} and {resin}.",
                machine=request.machine.title,
                resin=request.resin.title,
            ),
            say("Lay it so that the cut corner of each piece is at its lower left. Places count from the upper left."),
            say(
                "depth_um: thickness of the bridge at the middle of the gap, seen from the side. 0 where there is none."
            ),
            say("irradiance_mw_cm2: write what a radiometer shows where it differs."),
            say("Then: mingyue calibrate THIS.csv --resin-file mine.toml --plot curve.svg"),
        ),
    )
