"""A block with closed channels of graded height and width, to find the smallest that stays open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mingyue.phrases import say
from mingyue.printing.samples.sample import Point, Sample, require
from mingyue.printing.samples.solids import box, cut, meshed


@dataclass(frozen=True, slots=True)
class ChannelCoupon:
    """Heights (a storey each, lowest first), widths along x, length along y, walls between; all in µm."""

    heights_um: tuple[float, ...] = (10.0, 15.0, 20.0, 30.0, 40.0, 60.0)
    widths_um: tuple[float, ...] = (4.0, 8.0, 12.0, 16.0, 24.0, 40.0)
    length_um: float = 1000.0
    wall_um: float = 60.0


@dataclass(frozen=True, slots=True)
class Channel:
    """A straight empty channel from low_um to high_um, open at both ends along y."""

    name: str
    low_um: Point
    high_um: Point
    height_um: float
    width_um: float
    kind: str = "channel"

    @property
    def nominal_um(self) -> Mapping[str, float]:
        return {"height": self.height_um, "width": self.width_um, "length": self.high_um[1] - self.low_um[1]}


def channel_coupon(parameters: ChannelCoupon | None = None) -> Sample:
    """The block, one solid with a hole for each height and width; features storey by storey.

    Raises SampleParameterError where a size is missing or not positive.
    """
    p = parameters or ChannelCoupon()
    sizes = (*p.heights_um, *p.widths_um, p.length_um, p.wall_um)
    require(
        min(len(p.heights_um), len(p.widths_um)) > 0 and min(sizes) > 0,
        say("A channel coupon needs heights, widths, a length and a wall, all above 0 µm."),
        remedy=say("Give at least one height and one width, and no size of 0 or less."),
    )
    channels = tuple(_channel(p, row, column) for row in range(len(p.heights_um)) for column in range(len(p.widths_um)))
    size = (_start(p.widths_um, p.wall_um), p.length_um, _start(p.heights_um, p.wall_um))
    return Sample(
        "channel_coupon",
        meshed(cut(box((0.0, 0.0, 0.0), size), [_drill(channel, p.wall_um) for channel in channels])),
        channels,
    )


def _start(sizes_um: tuple[float, ...], wall_um: float) -> float:
    """Where the next channel after these starts; after all of them, where the block ends."""
    return sum(sizes_um) + (len(sizes_um) + 1) * wall_um


def _channel(p: ChannelCoupon, row: int, column: int) -> Channel:
    height, width = p.heights_um[row], p.widths_um[column]
    x, z = _start(p.widths_um[:column], p.wall_um), _start(p.heights_um[:row], p.wall_um)
    return Channel(f"channel-{height:g}x{width:g}", (x, 0.0, z), (x + width, p.length_um, z + height), height, width)


def _drill(channel: Channel, over_um: float) -> object:
    """The channel, longer at both ends, so that no cut lies in the block's own faces."""
    (x0, y0, z0), (x1, y1, z1) = channel.low_um, channel.high_um
    return box((x0, y0 - over_um, z0), (x1, y1 + over_um, z1))
