"""How long each layer is exposed: by its thickness, and longer for the first ones, which must hold on to the platform."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import BadInputError
from mingyue.phrases import say

Floats = NDArray[np.float64]

# The working curve is solved for this many layers: each layer reaches through the one below, so that the two hold.
CURE_DEPTH_LAYERS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseLayers:
    """The first `count` layers are exposed for `exposure_s` each; over the next `transition` layers that eases off."""

    count: int = 0
    exposure_s: float | None = None
    transition: int = 0

    def __post_init__(self) -> None:
        if self.count < 0 or self.transition < 0:
            raise BadInputError(
                say("There are no {count} base layers with {transition} more to ease off.",
                    count=self.count, transition=self.transition),
                remedy=say("Give --base-layers and --transition-layers of 0 or more."),
            )  # fmt: skip
        if (self.count > 0) != (self.exposure_s is not None) or (self.transition and not self.count):
            raise BadInputError(
                say("Base layers need to be counted and to have an exposure of their own."),
                remedy=say("Give both --base-layers and --base-exposure-s, or neither."),
            )
        if self.exposure_s is not None and not 0 < self.exposure_s < math.inf:
            raise BadInputError(
                say("An exposure of {seconds} s cures nothing.", seconds=self.exposure_s),
                remedy=say("Give --base-exposure-s above 0."),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyExposures:
    """Each copy is exposed for a time of its own from a height on; below it all are exposed alike.

    seconds: row by row from the top left copy, as one reads.
    """

    seconds: tuple[float, ...]
    from_um: float = 0.0

    def __post_init__(self) -> None:
        if not self.seconds or not all(0 < seconds < math.inf for seconds in self.seconds):
            raise BadInputError(
                say("An exposure of {seconds} s cures nothing.", seconds=min(self.seconds, default=0.0)),
                remedy=say("Give each copy an exposure above 0."),
            )


def exposure_schedule(
    thickness_um: Floats,
    *,
    layer_um: float,
    exposure_s: float,
    penetration_depth_um: float,
    base: BaseLayers | None = None,
) -> Floats:
    """(layers,) seconds for layers of these thicknesses, the lowest first.

    exposure_s: what a layer of layer_um takes. Light falls off by e in each penetration depth, so a layer that is thinner by
    d takes exp(−2d / penetration depth) of it, to reach through two of its kind. After the base layers the exposure goes
    over to that in a straight line: with m layers of transition, the k-th has k / (m + 1) of the way behind it.
    """
    deeper_um = CURE_DEPTH_LAYERS * (np.asarray(thickness_um, dtype=np.float64) - layer_um)
    seconds = exposure_s * np.exp(deeper_um / penetration_depth_um)
    if base is None or base.exposure_s is None:
        return seconds
    way = np.clip((np.arange(len(seconds)) - base.count + 1) / (base.transition + 1), 0.0, 1.0)
    return np.asarray(base.exposure_s + way * (seconds - base.exposure_s))
