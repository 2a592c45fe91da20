"""The channel ladder: closed channels of graded height and width, to find the smallest that stays open."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mingyue.errors import FileFormatError
from mingyue.phrases import say
from mingyue.printing.coupons.coupon import BuildSettings, Coupon, CouponRequest, Form, usual_exposure_s
from mingyue.printing.formats.parts import part_of_mesh
from mingyue.printing.formats.tables import Column, Row, read_table, require_columns
from mingyue.printing.samples.channel_coupon import ChannelCoupon, channel_coupon

# In penetration depths and pixels: literature has channels open from 3.5–5.5 of the one and 4 of the other on.
_HEIGHTS: Final = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
_WIDTHS_PX: Final = (2, 3, 4, 5, 6, 8, 12, 20)
_WALL_DEPTHS, _FEWEST_WALL_PX = 3.0, 15  # light that comes through a wall is below a twentieth
_LONG_PX = 250
_COLUMNS: Final = (
    Column("height_um", (), {"um": 1.0}),
    Column("width_um", (), {"um": 1.0}),
    Column("pixel_um", (), {"um": 1.0}),
    Column("penetration_depth_um", (), {"um": 1.0}),
    Column("open", ("开", "通", "是否通畅"), {}),
)
_YES: Final = {"yes", "y", "1", "true", "open", "是", "开", "通", "✓"}
_NO: Final = {"no", "n", "0", "false", "closed", "否", "闭", "不通", "堵", "✗"}


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel that was looked at."""

    height_um: float
    width_um: float
    is_open: bool


@dataclass(frozen=True, slots=True)
class Ladder:
    """What stays open. least_height_um: of channels of the largest width; least_width_um: of the largest height.

    None where none of these stays open. A channel counts where all larger ones of its row stay open as well;
    odd: closed channels though one that is nowhere larger is open. height_depths, width_px: in the resin's penetration
    depth and the machine's pixel.
    """

    channels: tuple[Channel, ...]
    least_height_um: float | None
    least_width_um: float | None
    height_depths: float | None
    width_px: float | None
    smallest: Channel | None
    odd: tuple[Channel, ...]


def ladder(request: CouponRequest) -> Coupon:
    """The coupon, its heights in whole layers and widths in whole pixels, and a form to tick off what is open."""
    layer_um, pixel_um, depth_um = request.layer_um, request.machine.pixel_um, request.resin.penetration_depth_um
    layers = tuple(dict.fromkeys(max(1, round(share * depth_um / layer_um)) for share in _HEIGHTS))
    walls = math.ceil(max(_WALL_DEPTHS * depth_um, _FEWEST_WALL_PX * pixel_um) / layer_um)
    wall_um = _whole_both(walls * layer_um, layer_um, pixel_um)
    sample = channel_coupon(
        ChannelCoupon(
            heights_um=tuple(count * layer_um for count in layers),
            widths_um=tuple(count * pixel_um for count in _WIDTHS_PX),
            length_um=_LONG_PX * pixel_um,
            wall_um=wall_um,
        )
    )
    settings = BuildSettings(
        machine=request.machine, resin=request.resin, layer_um=layer_um, exposure_s=usual_exposure_s(request)
    )
    sizes = [(channel.nominal_um["height"], channel.nominal_um["width"]) for channel in sample.features]
    rows = tuple(
        (k // len(_WIDTHS_PX) + 1, k % len(_WIDTHS_PX) + 1, *size, pixel_um, depth_um, None)
        for k, size in enumerate(sizes)
    )
    form = Form(
        ("storey", "column", "height_um", "width_um", "pixel_um", "penetration_depth_um", "open"),
        rows,
        (
            say("Channel ladder for {machine} and {resin}.", machine=request.machine.title, resin=request.resin.title),
            say("Storeys count from the platform, columns from the narrowest channel on."),
            say("open: yes or no, after washing, as far as one can see through."),
            say("Then: mingyue coupon ladder --read THIS.csv"),
        ),
    )
    return Coupon("ladder", part_of_mesh(sample.mesh, name="ladder", made_as="coupon"), settings, form)


def _whole_both(least_um: float, layer_um: float, pixel_um: float) -> float:
    """At least this, in whole layers and whole pixels where both share a measure within a hundred layers."""
    layers = math.ceil(least_um / layer_um - 1e-9)
    for more in range(100):
        pixels = (layers + more) * layer_um / pixel_um
        if abs(pixels - round(pixels)) < 1e-6:
            return (layers + more) * layer_um
    return layers * layer_um


def read_ladder(path: Path) -> Ladder:
    """What was found open. Raises FileFormatError."""
    rows = read_table(path, _COLUMNS)
    require_columns(rows, ("height_um", "width_um", "open"), path)
    judged = [row for row in rows if row.text("open")]
    if not judged:
        raise FileFormatError(
            say("Not one {column} is filled in in {file}.", column="open", file=path.name),
            remedy=say("Look, write yes or no for each channel, and come back."),
        )
    channels = tuple(_channel(row) for row in judged)
    heights, widths = {c.height_um for c in channels}, {c.width_um for c in channels}
    height = _least([(c.height_um, c.is_open) for c in channels if c.width_um == max(widths)])
    width = _least([(c.width_um, c.is_open) for c in channels if c.height_um == max(heights)])
    open_ones = [c for c in channels if c.is_open]
    depth_um, pixel_um = (judged[0].number(key) for key in ("penetration_depth_um", "pixel_um"))
    return Ladder(
        channels=channels,
        least_height_um=height,
        least_width_um=width,
        height_depths=height / depth_um if height and depth_um else None,
        width_px=width / pixel_um if width and pixel_um else None,
        smallest=min(open_ones, key=lambda c: c.height_um * c.width_um, default=None),
        odd=tuple(c for c in channels if not c.is_open and any(_within(o, c) for o in open_ones)),
    )


def _channel(row: Row) -> Channel:
    height_um, width_um = row.number("height_um"), row.number("width_um")
    word = row.text("open").lower()
    if word not in _YES | _NO:
        raise row.error("open", say("{text!r} is neither yes nor no", text=word[:40]), say("Write yes or no."))
    if not height_um or not width_um or min(height_um, width_um) <= 0:
        raise row.error(
            "height_um", say("the channel has no size"), say("Restore height_um and width_um from the form as it came.")
        )
    return Channel(height_um, width_um, word in _YES)


def _least(sizes: list[tuple[float, bool]]) -> float | None:
    """The smallest size from which on all stay open."""
    closed = max((size for size, is_open in sizes if not is_open), default=0.0)
    return min((size for size, is_open in sizes if is_open and size > closed), default=None)


def _within(small: Channel, large: Channel) -> bool:
    return small.height_um <= large.height_um and small.width_um <= large.width_um
