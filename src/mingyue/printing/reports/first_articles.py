"""A prediction becomes the lines of a first-article table: nominal, predicted, band, tolerance, and whether that passes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from mingyue.phrases import Phrase, say
from mingyue.printing.measuring.measures import Measured
from mingyue.printing.virtual_print import Prediction

Verdict = Literal["pass", "risk", "fail"]

_DIMENSIONS: Final[dict[str, Phrase]] = {
    "width": say("width"),
    "height": say("height"),
    "depth": say("depth"),
    "length": say("length"),
    "diameter": say("diameter"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is wanted. predicted: None where it is not there at all. low, high: its band, None without bands.

    tolerance: allowed either way, None where nothing is asked of it. digits: after the point.
    """

    thing: str
    dimension: str
    unit: str
    nominal: float
    predicted: float | None
    low: float | None
    high: float | None
    tolerance: float | None
    digits: int = 1

    @property
    def deviation(self) -> float | None:
        return None if self.predicted is None else self.predicted - self.nominal

    @property
    def verdict(self) -> Verdict | None:
        """pass and fail where the whole band agrees; risk where it crosses a limit. None where nothing is asked."""
        if self.tolerance is None:
            return None
        if self.predicted is None:
            return "fail"
        ends = [self.predicted, *(end for end in (self.low, self.high) if end is not None)]
        inside = [abs(end - self.nominal) <= self.tolerance for end in ends]
        outside_together = all(end > self.nominal for end in ends) or all(end < self.nominal for end in ends)
        if all(inside):
            return "pass"
        return "fail" if not any(inside) and outside_together else "risk"


def whole_part(prediction: Prediction, *, masks_mm3: float) -> tuple[Line, ...]:
    """What can be said of any part. masks_mm3: volume of what the masks cover, which is the nominal one."""
    wanted = (
        ("deviation_um.abs_p95", say("surface"), say("deviation, 95 % of it below")),
        ("bias_um.xy", say("walls"), say("mean deviation")),
        ("bias_um.up", say("faces that look up"), say("mean deviation")),
        ("bias_um.down", say("faces that look down"), say("mean deviation")),
        ("struts.diameter_deviation_um", say("struts"), say("mean deviation of the diameter")),
    )
    lines = [
        Line(thing, dimension, "µm", 0.0, *_predicted(prediction, figure), prediction.tolerance_um, digits=2)
        for figure, thing, dimension in wanted
        if figure in prediction.figures
    ]
    if prediction.bars:
        printed = _predicted(prediction, "struts.printed")
        lines.append(Line(say("struts"), say("printed"), "", len(prediction.bars), *printed, 0.0, digits=0))
    volume = _predicted(prediction, "volume_mm3")
    return (*lines, Line(say("part"), say("volume"), "mm³", masks_mm3, *volume, None, digits=5))


def feature_lines(prediction: Prediction) -> tuple[Line, ...]:
    """One line for each size of each feature, in the design's order; one for a feature that is not there."""
    return tuple(line for place in prediction.places for line in _of_feature(prediction, place))


def _of_feature(prediction: Prediction, place: Measured) -> Iterator[Line]:
    if not place.there:
        missing = say("open from end to end") if place.is_void else say("there from end to end")
        yield Line(place.name, missing, "", 1.0, None, None, None, 0.0, 0)
        return
    for dimension in place.sizes_um:
        predicted = _predicted(prediction, f"features.sizes_um.{place.name}.{dimension}")
        named = _DIMENSIONS.get(dimension, dimension)
        yield Line(place.name, named, "µm", place.nominal_um[dimension], *predicted, prediction.tolerance_um)


def worst_first(lines: Sequence[Line], *, most: int) -> tuple[Line, ...]:
    """At most so many: those that fail, then those at risk, then by deviation; in the order in which they came."""
    rank = {"fail": 0, "risk": 1, "pass": 2, None: 3}

    def weight(place: int) -> tuple[int, float]:
        line = lines[place]
        return rank[line.verdict], -abs(line.deviation or 0.0)

    chosen = sorted(sorted(range(len(lines)), key=weight)[:most])
    return tuple(lines[place] for place in chosen)


def _predicted(prediction: Prediction, figure: str) -> tuple[float, float | None, float | None]:
    """A figure and its band."""
    bands = prediction.bands
    value = prediction.figures[figure]
    return (value, None, None) if bands is None else (value, bands.low.get(figure), bands.high.get(figure))
