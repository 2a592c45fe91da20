"""What a part takes: time by the fields that have light in each layer, resin, and the hours of a person; as bands.

Time of a layer = fields with light in it · (exposure + stage move + settling) + recoating. So the price follows occupied
fields, not layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mingyue.phrases import say
from mingyue.printing.profiles import sourced
from mingyue.printing.profiles.sourced import Source

Band = tuple[float, float]
_BANDS = (
    "stage_move_s", "settle_s", "recoat_s", "washing_s", "inspection_of_a_finding_s", "resin_lost_share",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Times:
    """Each band is lowest and highest; of a single field there is no stage move."""

    stage_move_s: Band
    settle_s: Band
    recoat_s: Band
    washing_s: Band
    inspection_of_a_finding_s: Band
    resin_lost_share: Band
    source: Source


@dataclass(frozen=True, slots=True)
class Estimate:
    """exposures: fields with light, summed over the layers; most_fields: of one layer.

    printing_s, handling_s, resin_mm3: lowest and highest. handling: washing, and looking at each finding.
    """

    exposures: int
    most_fields: int
    exposure_s: float
    printing_s: Band
    handling_s: Band
    resin_mm3: Band
    source: Source


def read_times(own: Path | None = None) -> Times:
    """The shipped times, with what the user's own file says instead. Raises ProfileError where that file is odd."""
    table = dict(sourced.shipped_tables("times")["times"])
    tables = sourced.read_tables(own) if own else {}
    if set(tables) - {"times"}:
        raise sourced.ProfileError(
            say("{file} holds more than times.", file=own), remedy=say("Put all of them in one table, [times].")
        )
    table |= tables.get("times", {})
    reading = sourced.Reading("times", "times", table)
    reading.refuse_unknown(_BANDS)
    bands = {name: reading.optional_numbers(name, 2) or (0.0, 0.0) for name in _BANDS}
    source = next(iter(reading.sources(_BANDS).values()))
    return Times(**{name: (min(band), max(band)) for name, band in bands.items()}, source=source)


def estimate(
    occupied: NDArray[np.int64], *, volume_mm3: float, exposure_s: float, findings: int, times: Times
) -> Estimate:
    """occupied: (layers,) how many fields have light in each layer; volume_mm3: what the layers cover."""
    exposures = int(occupied.sum())
    moves = int(occupied[occupied > 1].sum())  # a single field stays where it is
    lit = int((occupied > 0).sum())
    moving = _sum(times.stage_move_s, times.settle_s)
    printing = _sum((exposures * exposure_s,) * 2, _times(moves, moving), _times(lit, times.recoat_s))
    handling = _sum(times.washing_s, _times(findings, times.inspection_of_a_finding_s))
    resin = _sum((volume_mm3,) * 2, _times(volume_mm3, times.resin_lost_share))
    return Estimate(
        exposures=exposures,
        most_fields=int(occupied.max(initial=0)),
        exposure_s=exposure_s,
        printing_s=printing,
        handling_s=handling,
        resin_mm3=resin,
        source=times.source,
    )


def _times(factor: float, band: Band) -> Band:
    return factor * band[0], factor * band[1]


def _sum(*bands: Band) -> Band:
    return sum(low for low, _ in bands), sum(high for _, high in bands)
