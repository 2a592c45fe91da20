"""Measured cure depths become a working curve: penetration depth and critical dose, each with its interval."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc, stdtr

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.profiles import censored_lines
from mingyue.printing.profiles.censored_lines import Lines, Points
from mingyue.printing.profiles.resins import cure_depth_um

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Leaving each point out in turn takes memory with the square of their number.
MOST_MEASUREMENTS = 1000
FEWEST_DEPTHS = 3
# Of all points together, this share of harmless curves has one reported as an outlier.
_OUTLIER_RISK = 0.05
# Points this many robust standard deviations off a robust line do not take part in judging the others.
_SUSPECT = 3.5
_MAD_TO_SD = 1.4826


class CurveUndeterminedError(BadInputError):
    """The measurements do not say what the working curve is."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One cured depth. is_limit: nothing was found, and the depth is only known to lie below depth_um (0 or more).

    sd_um: of this measurement, None where it was not stated; piece: which printed piece it was read from; line: of the file.
    """

    dose_mj_cm2: float
    depth_um: float
    is_limit: bool = False
    sd_um: float | None = None
    piece: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Interval:
    """Between which two values the truth lies, at the level of confidence that stands beside it."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A measurement beside the curve. residual_um: measured less fitted; of a limit, 0 where the curve is below it.

    studentised: against the curve through all others, in standard errors; None where too few points are left for that.
    """

    measurement: Measurement
    fitted_um: float
    residual_um: float
    studentised: float | None
    is_outlier: bool
    is_left_out: bool


@dataclass(frozen=True)
class WorkingCurve:
    """C_d = D_p · ln(E / E_c), the intervals at `level`, and how well it fits.

    sd_: standard errors. scatter_um: of one measurement about the curve; with stated sd_um it is in units of these,
    see is_weighted. r_squared: share of the depths' variation that the curve explains. curvature_p: how likely a straight
    line in ln(dose) would look as bent as this; None with too few points. measured: in the order of the dose.
    """

    penetration_depth_um: float
    penetration_depth_sd_um: float
    penetration_depth_interval_um: Interval
    critical_dose_mj_cm2: float
    critical_dose_sd_mj_cm2: float
    critical_dose_interval_mj_cm2: Interval
    level: float
    depths: int
    limits: int
    is_weighted: bool
    scatter_um: float
    r_squared: float
    curvature_p: float | None
    measured: tuple[Judged, ...]
    _lines: Lines

    @property
    def outliers(self) -> tuple[Judged, ...]:
        """Measurements that do not belong to the curve through the others."""
        return tuple(judged for judged in self.measured if judged.is_outlier)

    def depth_um(self, dose_mj_cm2: Floats) -> Floats:
        """The curve, never below zero."""
        return cure_depth_um(
            dose_mj_cm2,
            critical_dose_mj_cm2=self.critical_dose_mj_cm2,
            penetration_depth_um=self.penetration_depth_um,
        )

    def band_um(self, dose_mj_cm2: Floats) -> tuple[Floats, Floats]:
        """Lower and upper edge of where the curve passes at each dose, at `level` for each dose by itself."""
        x = np.log(np.asarray(dose_mj_cm2, dtype=np.float64))
        height = self._lines.intercept[0] + self._lines.slope[0] * x
        t = float(censored_lines.t_quantile(self._lines.freedom[0], level=self.level))
        half = t * np.array([float(self._lines.height_se(np.array([at]))[0]) for at in x])
        return np.maximum(height - half, 0.0), np.maximum(height + half, 0.0)


def fit_working_curve(
    measurements: Iterable[Measurement], *, level: float = 0.95, drop_outliers: bool = False
) -> WorkingCurve:
    """The most likely working curve of these measurements.

    Depths scatter normally about the curve; one that was not found is a limit from above, and counts as that (a Tobit
    regression). Stated sd_um weigh the points against each other; how much they scatter is taken from the points
    themselves. Several readings of one piece at one dose are averaged first, for they do not vary as pieces do.
    Outliers stay in unless drop_outliers.

    Raises CurveUndeterminedError where fewer than three depths at two doses are known, or where depth does not grow with
    dose beyond doubt at this level; BadInputError for a level that is none.
    """
    if not 0.5 <= level <= 0.999:
        raise BadInputError(
            say("A level of confidence of {level:g} is none.", level=level), remedy=say("Give one of 0.5 to 0.999.")
        )
    rows = sorted(_averaged(measurements), key=lambda row: (row.dose_mj_cm2, row.line))
    _check_enough(rows)
    points = _points(rows)
    studentised, is_outlier = _judge(points)
    left_out = is_outlier if drop_outliers else np.zeros(len(rows), dtype=np.bool_)
    used = _without(points, left_out)
    if drop_outliers:
        _check_enough([row for row, out in zip(rows, left_out, strict=True) if not out])
    lines = censored_lines.fit(used)
    slopes = censored_lines.slope_interval(lines, level=level)[0]
    if not slopes[0] > 0:
        raise CurveUndeterminedError(
            say("The depths do not grow with the dose beyond doubt: D_p lies between {low:.3g} and {high:.3g} µm.",
                low=float(slopes[0]), high=float(slopes[1])),
            remedy=say("Measure more doses over a wider range, from just above gelation to twenty times as much."),
        )  # fmt: skip
    crossings = censored_lines.crossing_interval(lines, level=level)[0]
    slope, crossing = float(lines.slope[0]), float(lines.crossing[0])
    critical = math.exp(crossing)
    return WorkingCurve(
        penetration_depth_um=slope,
        penetration_depth_sd_um=float(lines.slope_se[0]),
        penetration_depth_interval_um=Interval(float(slopes[0]), float(slopes[1])),
        critical_dose_mj_cm2=critical,
        critical_dose_sd_mj_cm2=critical * float(lines.crossing_se[0]),
        critical_dose_interval_mj_cm2=Interval(math.exp(crossings[0]), math.exp(crossings[1])),
        level=level,
        depths=int(used.counted[0]),
        limits=int(((used.weight > 0) & used.below).sum()),
        is_weighted=_is_weighted(rows),
        scatter_um=float(lines.sd[0]),
        r_squared=_r_squared(lines),
        curvature_p=_curvature_p(used),
        measured=tuple(_judged(rows, lines, studentised, is_outlier, left_out)),
        _lines=lines,
    )


def _averaged(measurements: Iterable[Measurement]) -> list[Measurement]:
    """Readings of the same piece at the same dose become one; readings that name no piece stand for themselves."""
    together: dict[tuple[float, str, bool], list[Measurement]] = {}
    alone: list[Measurement] = []
    for row in measurements:
        if row.piece:
            together.setdefault((row.dose_mj_cm2, row.piece, row.is_limit), []).append(row)
        else:
            alone.append(row)
    return alone + [_average(readings) for readings in together.values()]


def _average(readings: Sequence[Measurement]) -> Measurement:
    depth_um = sum(reading.depth_um for reading in readings) / len(readings)
    sds = [reading.sd_um for reading in readings if reading.sd_um is not None]
    sd_um = math.sqrt(sum(sd * sd for sd in sds) / len(sds) / len(readings)) if sds else None
    return replace(readings[0], depth_um=depth_um, sd_um=sd_um)


def _check_enough(rows: Sequence[Measurement]) -> None:
    known = [row for row in rows if not row.is_limit]
    doses = {row.dose_mj_cm2 for row in known}
    if len(known) < FEWEST_DEPTHS or len(doses) < 2:
        raise CurveUndeterminedError(
            say("{depths} depths at {doses} doses do not make a working curve.", depths=len(known), doses=len(doses)),
            remedy=say("Measure at least three depths at two doses that gel; eight doses or more are good."),
        )
    if len(rows) > MOST_MEASUREMENTS:
        raise BadInputError(
            say("{count:,} measurements are more than {most:,}.", count=len(rows), most=MOST_MEASUREMENTS),
            remedy=say("Average the readings of each piece first."),
        )


def _is_weighted(rows: Sequence[Measurement]) -> bool:
    return all(row.sd_um is not None for row in rows if not row.is_limit)


def _points(rows: Sequence[Measurement]) -> Points:
    weight = np.ones(len(rows))
    if _is_weighted(rows):
        sds = [row.sd_um for row in rows if row.sd_um is not None]
        usual = float(np.median(sds))  # of limits whose sd_um nobody stated
        weight = np.array([(row.sd_um or usual) ** -2.0 for row in rows])
    return censored_lines.points(
        np.log([row.dose_mj_cm2 for row in rows]),
        np.array([row.depth_um for row in rows]),
        weight=weight,
        below=np.array([row.is_limit for row in rows]),
    )


def _without(points: Points, out: Flags) -> Points:
    return Points(points.x, points.y, np.where(out, 0.0, points.weight), points.below)


def _judge(points: Points) -> tuple[Floats, Flags]:
    """(n,) studentised residuals against the curve through the others, and which of them are too large.

    Points far off a robust line take no part in it, so that two outliers do not hide each other. A point is an outlier
    where its t is beyond what one of n harmless points would reach in one curve of twenty (Bonferroni).
    """
    count = points.y.shape[1]
    suspect = _suspects(points)
    if int(_without(points, suspect).counted[0]) < FEWEST_DEPTHS + 1:
        return np.full(count, np.nan), np.zeros(count, dtype=np.bool_)
    outlier = suspect
    for _ in range(4):  # until the same points are outliers twice; that takes two rounds, seldom three
        t, freedom = _against_the_others(_without(points, outlier), points)
        p = 2 * stdtr(freedom, -np.abs(t))
        found = (p * count < _OUTLIER_RISK) & (points.weight[0] > 0)
        if (found == outlier).all() or int(_without(points, found).counted[0]) < FEWEST_DEPTHS + 1:
            break
        outlier = found
    return t, found


def _suspects(points: Points) -> Flags:
    """Known heights far off the line of median slope and median height (P. K. Sen, 1968)."""
    known = np.flatnonzero(~points.below[0])
    x, y, root = points.x[0, known], points.y[0, known], np.sqrt(points.weight[0, known])
    i, j = np.triu_indices(len(known), 1)
    apart = x[i] != x[j]
    slope = float(np.median((y[j] - y[i])[apart] / (x[j] - x[i])[apart]))
    rest = (y - slope * x - np.median(y - slope * x)) * root
    spread = max(_MAD_TO_SD * float(np.median(np.abs(rest))), 1e-6 * float(np.abs(y * root).max()))
    suspect = np.zeros(points.y.shape[1], dtype=np.bool_)
    suspect[known] = np.abs(rest) > _SUSPECT * spread
    return suspect


def _against_the_others(trusted: Points, points: Points) -> tuple[Floats, Floats]:
    """(n,) each point's distance, in standard errors, from the line through the trusted points without it; freedom."""
    count = points.y.shape[1]
    others = trusted.weight * ~np.eye(count, dtype=np.bool_)
    repeated = np.broadcast_to(points.y, others.shape)
    lines = censored_lines.fit(censored_lines.points(points.x, repeated, weight=others, below=points.below))
    fitted = lines.intercept + lines.slope * points.x[0]
    noise = np.maximum(lines.sd, 1e-6 * np.abs(points.y).max() * np.sqrt(points.weight[0]))
    error = np.sqrt(noise**2 / points.weight[0] + lines.height_se(points.x[0]) ** 2)
    distance = points.y[0] - fitted
    return np.where(points.below[0], np.minimum(distance, 0.0), distance) / error, lines.freedom


def _r_squared(lines: Lines) -> float:
    known = ~lines.points.below[0]
    weight, y, x = lines.points.weight[0, known], lines.points.y[0, known], lines.points.x[0, known]
    rest = y - lines.intercept[0] - lines.slope[0] * x
    middle = float((weight * y).sum() / weight.sum())
    return 1.0 - float((weight * rest**2).sum()) / float((weight * (y - middle) ** 2).sum())


def _curvature_p(points: Points) -> float | None:
    """How likely a straight line would gain as much from a square term as these known heights do (F test)."""
    known = ~points.below[0] & (points.weight[0] > 0)
    x, y, root = points.x[0, known], points.y[0, known], np.sqrt(points.weight[0, known])
    freedom = len(x) - 3
    if freedom < 1 or len(np.unique(x)) < 3:
        return None
    x = x - x.mean()
    straight, bent = (
        float((((design @ np.linalg.lstsq(design * root[:, None], y * root)[0] - y) * root) ** 2).sum())
        for design in (np.stack([np.ones_like(x), x], 1), np.stack([np.ones_like(x), x, x * x], 1))
    )
    floor = 1e-18 * float(((y * root) ** 2).sum())
    return float(fdtrc(1, freedom, max(straight - bent, 0.0) / (max(bent, floor) / freedom)))


def _judged(
    rows: Sequence[Measurement], lines: Lines, studentised: Floats, outlier: Flags, left_out: Flags
) -> Iterable[Judged]:
    fitted = np.maximum(lines.intercept[0] + lines.slope[0] * lines.points.x[0], 0.0)
    for k, row in enumerate(rows):
        residual = row.depth_um - float(fitted[k])
        yield Judged(
            measurement=row,
            fitted_um=float(fitted[k]),
            residual_um=min(residual, 0.0) if row.is_limit else residual,
            studentised=float(studentised[k]) if np.isfinite(studentised[k]) else None,
            is_outlier=bool(outlier[k]),
            is_left_out=bool(left_out[k]),
        )
