"""What was changed and what it is worth: counts of pixels by method, and deviations before and after as predicted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Greys = NDArray[np.uint8]
Floats = NDArray[np.float64]

Stage = Literal["before", "thinned", "drawn_back", "optimised"]
STAGES: Final[tuple[Stage, ...]] = ("before", "thinned", "drawn_back", "optimised")

# Deviations are counted in bins of this width, the last one open.
_BIN_UM: Final = 0.05
_BINS: Final = 20_000


@dataclass(slots=True)
class Changes:
    """Pixels, layer by layer, that one method made darker or brighter, lit newly, or put out."""

    dimmed: int = 0
    brightened: int = 0
    newly_lit: int = 0
    darkened: int = 0

    def add(self, before: Greys, after: Greys) -> None:
        """Count what differs between two pictures of equal shape."""
        differs = before != after
        old, new = before[differs], after[differs]
        lit, dark = int(np.count_nonzero(old == 0)), int(np.count_nonzero(new == 0))
        down = int(np.count_nonzero(new < old))
        self.newly_lit += lit
        self.darkened += dark
        self.dimmed += down - dark
        self.brightened += len(old) - down - lit


@dataclass(frozen=True, slots=True)
class Spread:
    """Deviation of the solid from the design over the area of its surface, µm."""

    p5: float
    p50: float
    p95: float
    abs_p95: float
    abs_max: float


@dataclass(slots=True)
class Histogram:
    """Area by deviation, signed; the extremes are kept as they are."""

    areas: Floats = field(default_factory=lambda: np.zeros(2 * _BINS))
    abs_max_um: float = 0.0

    def add(self, deviations_um: NDArray[np.floating], areas_um2: NDArray[np.floating]) -> None:
        """Count places with their areas, (n,) each."""
        if len(deviations_um):
            bins = np.clip(np.floor(deviations_um / _BIN_UM).astype(np.int64) + _BINS, 0, 2 * _BINS - 1)
            self.areas += np.bincount(bins, weights=areas_um2, minlength=2 * _BINS)
            self.abs_max_um = max(self.abs_max_um, float(np.abs(deviations_um).max()))

    def join(self, other: Histogram) -> None:
        """Count in what another has counted."""
        self.areas += other.areas
        self.abs_max_um = max(self.abs_max_um, other.abs_max_um)

    def spread(self) -> Spread:
        """Percentiles by area, to half a bin; zeros where nothing was counted."""
        middles = (np.arange(2 * _BINS) - _BINS + 0.5) * _BIN_UM
        p5, p50, p95 = (_percentile(self.areas, middles, share) for share in (0.05, 0.5, 0.95))
        folded = self.areas[_BINS:] + self.areas[:_BINS][::-1]
        return Spread(p5, p50, p95, _percentile(folded, middles[_BINS:], 0.95), self.abs_max_um)


def _percentile(areas: Floats, middles: NDArray[np.floating], share: float) -> float:
    reached = np.cumsum(areas)
    if reached[-1] <= 0:
        return 0.0
    return float(middles[np.searchsorted(reached, share * reached[-1])])


@dataclass(slots=True)
class Tally:
    """Changes by method, deviations after each stage, steps taken."""

    thinned: Changes = field(default_factory=Changes)
    drawn_back: Changes = field(default_factory=Changes)
    optimised: Changes = field(default_factory=Changes)
    histograms: dict[Stage, Histogram] = field(default_factory=lambda: {stage: Histogram() for stage in STAGES})
    steps: int = 0
    windows: int = 0

    def join(self, other: Tally) -> None:
        """Count in what another has counted."""
        for mine, theirs in ((self.thinned, other.thinned), (self.drawn_back, other.drawn_back),
                             (self.optimised, other.optimised)):  # fmt: skip
            mine.dimmed += theirs.dimmed
            mine.brightened += theirs.brightened
            mine.newly_lit += theirs.newly_lit
            mine.darkened += theirs.darkened
        for stage in STAGES:
            self.histograms[stage].join(other.histograms[stage])
        self.steps += other.steps
        self.windows += other.windows
