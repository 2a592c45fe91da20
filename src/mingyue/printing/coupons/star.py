"""The resolution star: spokes that narrow towards the middle; where they run together is what the machine resolves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from mingyue.errors import FileFormatError
from mingyue.phrases import say
from mingyue.printing.coupons.coupon import BuildSettings, Coupon, CouponRequest, Form, usual_exposure_s
from mingyue.printing.formats.parts import part_of_mesh
from mingyue.printing.formats.tables import Column, read_table, require_columns
from mingyue.printing.meshes import Mesh
from mingyue.printing.samples.solids import cut, meshed, prism, rod, united

SPOKES: Final = 36
_WIDEST_PX, _NARROWEST_PX = 12.0, 0.5  # spoke at the rim, and where it ends: what no projector resolves
_RIM_PX, _MARK_PX = 12, 24
_BASE_LAYERS, _SPOKE_LAYERS = 4, 4
_RIM_SIDES = 8 * SPOKES
DIRECTIONS_DEG: Final = (0, 45, 90, 135)
_COLUMNS: Final = (
    Column("direction_deg", ("direction", "方向"), {}),
    Column("spokes", (), {}),
    Column("pixel_um", (), {"um": 1.0}),
    Column("diameter_um", ("diameter", "直径"), {"um": 1.0, "mm": 1e3}),
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """line_um: the narrowest line and gap that can be told apart where spokes point this way; line_px: in pixels."""

    direction_deg: float
    diameter_um: float
    line_um: float
    line_px: float


def star(request: CouponRequest) -> Coupon:
    """The coupon on a plate of four layers, spokes along 0°, and a form for the diameter of the unresolved middle."""
    settings = BuildSettings(
        machine=request.machine,
        resin=request.resin,
        layer_um=request.layer_um,
        exposure_s=usual_exposure_s(request),
    )
    mesh = star_mesh(pixel_um=request.machine.pixel_um, layer_um=request.layer_um)
    form = Form(
        ("direction_deg", "spokes", "pixel_um", "diameter_um"),
        tuple((direction, SPOKES, request.machine.pixel_um, None) for direction in DIRECTIONS_DEG),
        (
            say("Resolution star for {machine} and {resin}.", machine=request.machine.title, resin=request.resin.title),
            say("Lay it so that the notch of the rim is at 0 degrees, to the right; directions count anticlockwise."),
            say("diameter_um: of the middle in which spokes that point this way cannot be told apart."),
            say("Then: mingyue coupon star --read THIS.csv"),
        ),
    )
    return Coupon("star", part_of_mesh(mesh, name="star", made_as="coupon"), settings, form)


def star_mesh(*, pixel_um: float, layer_um: float, spokes: int = SPOKES) -> Mesh:
    """Spoke and gap are equally wide at each radius: π·r / spokes."""
    inner_um, outer_um = (width * pixel_um * spokes / math.pi for width in (_NARROWEST_PX, _WIDEST_PX))
    rim_um = outer_um + _RIM_PX * pixel_um
    base_um, top_um = _BASE_LAYERS * layer_um, (_BASE_LAYERS + _SPOKE_LAYERS) * layer_um
    turn, into_rim_um = 2 * math.pi / spokes, (outer_um + rim_um) / 2
    wedges = [
        prism(_wedge(k * turn, turn / 4, inner_um, into_rim_um), bottom_um=base_um / 2, top_um=top_um)
        for k in range(spokes)
    ]
    plate = rod((0.0, 0.0), 2 * rim_um, bottom_um=0.0, top_um=base_um, sides=_RIM_SIDES)
    rim = cut(
        rod((0.0, 0.0), 2 * rim_um, bottom_um=0.0, top_um=top_um, sides=_RIM_SIDES),
        [rod((0.0, 0.0), 2 * outer_um, bottom_um=base_um, top_um=top_um + layer_um, sides=_RIM_SIDES)],
    )
    mark = _MARK_PX * pixel_um / 2
    notch = prism(
        [(rim_um - mark / 2, -mark), (rim_um + mark, -mark), (rim_um + mark, mark), (rim_um - mark / 2, mark)],
        bottom_um=-layer_um,
        top_um=top_um + layer_um,
    )
    return meshed(cut(united([plate, rim, *wedges]), [notch]))


def _wedge(angle: float, half: float, inner_um: float, outer_um: float) -> list[tuple[float, float]]:
    """Anticlockwise corners of a spoke along this angle."""
    corners = ((inner_um, -half), (outer_um, -half), (outer_um, half), (inner_um, half))
    return [(radius * math.cos(angle + turn), radius * math.sin(angle + turn)) for radius, turn in corners]


def read_star(path: Path) -> tuple[Resolved, ...]:
    """What is resolved in each direction that was measured. Raises FileFormatError."""
    rows = read_table(path, _COLUMNS)
    require_columns(rows, ("direction_deg", "spokes", "pixel_um", "diameter_um"), path)
    found = []
    for row in rows:
        diameter_um = row.number("diameter_um")
        if diameter_um is None:
            continue
        direction, spokes, pixel_um = (row.number(key) for key in ("direction_deg", "spokes", "pixel_um"))
        if direction is None or not spokes or spokes < 3 or not pixel_um or pixel_um <= 0 or diameter_um < 0:
            raise row.error(
                "diameter_um", say("the numbers beside it make no star"), say("Restore them from the form as it came.")
            )
        line_um = math.pi * diameter_um / (2 * spokes)
        found.append(Resolved(direction, diameter_um, line_um, line_um / pixel_um))
    if not found:
        raise FileFormatError(
            say("Not one {column} is filled in in {file}.", column="diameter_um", file=path.name),
            remedy=say("Measure, write the numbers into the form, and come back."),
        )
    return tuple(found)


def worst(resolved: tuple[Resolved, ...]) -> Resolved:
    """The direction in which least is resolved."""
    return resolved[int(np.argmax([one.line_um for one in resolved]))]
