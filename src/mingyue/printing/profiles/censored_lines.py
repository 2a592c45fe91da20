"""Points become a straight line, with what it leaves uncertain; some may only be known to lie below a limit.

Many sets of points are fitted at once: a thousand draws cost little more than one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, stdtrit

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Scatter below this share of the heights is no measured one; it also keeps points that lie exactly on a line solvable.
_EXACT = 1e-8
_MOST_NEWTON_STEPS = 200  # some 8 are taken; more where limits contradict the heights
_MOST_DOUBLINGS = 40
_HALVINGS = 32  # a bracket of some standard errors shrinks to 1e-9 of it


@dataclass(frozen=True)
class Points:
    """x, y, weight, below: (sets, n). Where below is set, y is a limit under which the height lies.

    weight: 1 / variance up to a common factor; 0 leaves a point out.
    """

    x: Floats
    y: Floats
    weight: Floats
    below: Flags

    @property
    def counted(self) -> Floats:
        """(sets,) points whose height is known."""
        return np.asarray(((self.weight > 0) & ~self.below).sum(axis=1), dtype=np.float64)


@dataclass(frozen=True)
class Lines:
    """y = slope · (x − crossing) of each set, (sets,) each; sd: scatter of a point of weight 1, unbiased.

    intercept: at x = 0; covariance: (sets, 2, 2) of intercept and slope; likelihood: its logarithm at the maximum;
    freedom: known heights less two.
    """

    points: Points
    slope: Floats
    intercept: Floats
    sd: Floats
    covariance: Floats
    likelihood: Floats
    freedom: Floats

    @property
    def crossing(self) -> Floats:
        """(sets,) where the line is zero."""
        return -self.intercept / self.slope

    @property
    def slope_se(self) -> Floats:
        """(sets,) standard error of the slope."""
        return np.sqrt(self.covariance[:, 1, 1])

    @property
    def crossing_se(self) -> Floats:
        """(sets,) standard error of the crossing, to first order."""
        return self.height_se(self.crossing) / np.abs(self.slope)

    def height_se(self, x: Floats) -> Floats:
        """(sets,) standard error of the line's height at x, (sets,)."""
        c = self.covariance
        return np.sqrt(np.maximum(c[:, 0, 0] + 2 * x * c[:, 0, 1] + x * x * c[:, 1, 1], 0.0))


def points(x: Floats, y: Floats, *, weight: Floats | None = None, below: Flags | None = None) -> Points:
    """(sets, n) of each; x, weight and below may be (n,) where they are common to all sets."""
    y = np.atleast_2d(np.asarray(y, dtype=np.float64))
    return Points(
        np.broadcast_to(np.asarray(x, dtype=np.float64), y.shape),
        y,
        np.broadcast_to(np.ones(()) if weight is None else np.asarray(weight, dtype=np.float64), y.shape),
        np.broadcast_to(np.zeros((), dtype=np.bool_) if below is None else np.asarray(below), y.shape),
    )


def fit(given: Points) -> Lines:
    """The most likely line of each set: least squares where every height is known, else a Tobit regression.

    Needs three known heights at two places x or more. Source: J. Tobin, Econometrica 26 (1958) 24; in the form of
    R. Olsen, Econometrica 46 (1978) 1211, which is concave, so there is one maximum and Newton's way leads to it.
    """
    ones = np.ones_like(given.x)
    theta, likelihood, hessian = _maximum(given, given.y, np.stack([ones, given.x], axis=2))
    gamma, intercept, slope = theta[:, 2], theta[:, 0] / theta[:, 2], theta[:, 1] / theta[:, 2]
    known = given.counted
    unbiased = known / np.maximum(known - 2.0, 1e-9)
    # d(intercept, slope) / d(delta, gamma)
    turn = np.zeros((len(gamma), 2, 3))
    turn[:, 0, 0], turn[:, 0, 2] = 1 / gamma, -intercept / gamma
    turn[:, 1, 1], turn[:, 1, 2] = 1 / gamma, -slope / gamma
    covariance = turn @ np.linalg.inv(-hessian) @ turn.transpose(0, 2, 1) * unbiased[:, None, None]
    return Lines(given, slope, intercept, np.sqrt(unbiased) / gamma, covariance, likelihood, known - 2.0)


def slope_interval(lines: Lines, *, level: float) -> Floats:
    """(sets, 2) between which the slope lies at this level of confidence, by the profile of the likelihood."""
    x, y = lines.points.x, lines.points.y
    ones = np.ones((*x.shape, 1))

    def likelihood(slope: Floats) -> Floats:
        return _maximum(lines.points, y - slope[:, None] * x, ones)[1]

    return _interval(lines, likelihood, lines.slope, lines.slope_se, level)


def crossing_interval(lines: Lines, *, level: float) -> Floats:
    """(sets, 2) between which the line crosses zero; ±inf where the points leave that end open.

    Where every height is known this is E. Fieller's interval (J. R. Stat. Soc. B 16 (1954) 175), exact for normal noise.
    """
    x, y = lines.points.x, lines.points.y

    def likelihood(crossing: Floats) -> Floats:
        return _maximum(lines.points, y, (x - crossing[:, None])[:, :, None])[1]

    return _interval(lines, likelihood, lines.crossing, lines.crossing_se, level)


def t_quantile(freedom: Floats | float, *, level: float) -> Floats:
    """How many standard errors a two-sided interval reaches to either side."""
    return np.asarray(stdtrit(freedom, 0.5 + level / 2), dtype=np.float64)


def _interval(
    lines: Lines, likelihood: Callable[[Floats], Floats], best: Floats, error: Floats, level: float
) -> Floats:
    """Where the profile falls below what the t distribution allows: exact without limits, near it with them."""
    known = lines.points.counted
    t = t_quantile(lines.freedom, level=level)
    allowed = lines.likelihood - known / 2 * np.log1p(t * t / lines.freedom)
    return np.stack([_end(likelihood, best, side * error * t, allowed) for side in (-1.0, 1.0)], axis=1)


def _end(likelihood: Callable[[Floats], Floats], best: Floats, step: Floats, allowed: Floats) -> Floats:
    """From the best value outward: double the step until it is past the end, then halve."""
    inside, outside = best.copy(), best + step
    for _ in range(_MOST_DOUBLINGS):
        short = likelihood(outside) >= allowed
        if not short.any():
            break
        inside = np.where(short, outside, inside)
        outside = np.where(short, best + 2 * (outside - best), outside)
    else:
        outside = np.where(short, np.copysign(np.inf, step), outside)
    is_open = ~np.isfinite(outside)
    outside_or_best = np.where(is_open, best, outside)
    for _ in range(_HALVINGS):
        middle = (inside + outside_or_best) / 2
        short = likelihood(middle) >= allowed
        inside, outside_or_best = np.where(short, middle, inside), np.where(short, outside_or_best, middle)
    return np.where(is_open, outside, outside_or_best)


def _maximum(given: Points, y: Floats, design: Floats) -> tuple[Floats, Floats, Floats]:
    """The most likely (delta, gamma) of y ~ design · delta / gamma + noise / gamma, its likelihood and second derivative.

    y: (sets, n); design: (sets, n, k) → (sets, k + 1), (sets,), (sets, k + 1, k + 1). gamma is 1 / sd.
    """
    root = np.sqrt(given.weight)
    known, limited = (given.weight > 0) & ~given.below, (given.weight > 0) & given.below
    count = known.sum(axis=1).astype(np.float64)
    v = np.concatenate([-design, y[:, :, None]], axis=2) * root[:, :, None]
    floor = _EXACT * np.sqrt((root * given.y**2).sum(axis=1) / np.maximum(root.sum(axis=1), 1e-300)) + 1e-300
    heights = _triangle(v * known[:, :, None], np.sqrt(count) * floor)
    limits = v * limited[:, :, None] if limited.any() else None
    theta = _least_squares(heights, count)
    if limits is not None:  # of two places to start from, the one that is likelier
        as_known = _triangle(np.concatenate([heights, limits], axis=1), np.zeros_like(count))
        other = _least_squares(as_known, count + limited.sum(axis=1))
        likelier = [_likelihood(start, heights, count, limits, limited) for start in (theta, other)]
        theta = np.where((likelier[1] > likelier[0])[:, None], other, theta)
    for _ in range(_MOST_NEWTON_STEPS):
        slope, bend = _derivatives(theta, heights, count, limits)
        step = np.linalg.solve(-bend, slope[:, :, None])[:, :, 0]
        decrement = np.sqrt(np.maximum((slope * step).sum(axis=1), 0.0))
        damped = np.where(decrement > 0.25, 1 / (1 + decrement), 1.0)
        theta = theta + damped[:, None] * step
        if decrement.max() < 1e-6:  # the place is right to a millionth of its standard error
            break
    _, bend = _derivatives(theta, heights, count, limits)
    return theta, _likelihood(theta, heights, count, limits, limited), bend


def _triangle(rows: Floats, least: Floats) -> Floats:
    """(sets, k + 1, k + 1) that has the same length for every theta as the rows, which are many; least: scatter added."""
    sets, _, size = rows.shape
    extra = np.zeros((sets, size, size))
    extra[:, -1, -1] = least
    return np.asarray(np.linalg.qr(np.concatenate([rows, extra], axis=1), mode="r"))


def _least_squares(triangle: Floats, count: Floats) -> Floats:
    """(delta, gamma) by least squares, gamma by what they leave."""
    inner, right, rest = triangle[:, :-1, :-1], triangle[:, :-1, -1:], np.abs(triangle[:, -1, -1])
    ridge = 1e-12 * np.abs(inner).max(axis=(1, 2))[:, None, None] * np.eye(inner.shape[1])
    flat = (
        np.abs(np.diagonal(inner, axis1=1, axis2=2)).min(axis=1)[:, None, None] < ridge.max(axis=(1, 2))[:, None, None]
    )
    beta = np.linalg.solve(inner + np.where(flat, ridge, 0.0), -right)[:, :, 0]
    gamma = np.sqrt(count) / np.maximum(rest, 1e-300)
    return np.concatenate([beta * gamma[:, None], gamma[:, None]], axis=1)


def _derivatives(theta: Floats, heights: Floats, count: Floats, limits: Floats | None) -> tuple[Floats, Floats]:
    turned = heights.transpose(0, 2, 1)
    slope = -(turned @ (heights @ theta[:, :, None]))[:, :, 0]
    bend = -(turned @ heights)
    slope[:, -1] += count / theta[:, -1]
    bend[:, -1, -1] -= count / theta[:, -1] ** 2
    if limits is not None:
        u = (limits @ theta[:, :, None])[:, :, 0]
        hazard = np.exp(-0.5 * u * u - 0.5 * np.log(2 * np.pi) - log_ndtr(u))
        slope += (limits.transpose(0, 2, 1) @ hazard[:, :, None])[:, :, 0]
        bend -= (limits * (hazard * (hazard + u))[:, :, None]).transpose(0, 2, 1) @ limits
    size = np.arange(bend.shape[1])
    bend[:, size, size] *= 1 + 1e-13  # a set that is left with one place x is flat along one way
    return slope, bend


def _likelihood(theta: Floats, heights: Floats, count: Floats, limits: Floats | None, limited: Flags) -> Floats:
    """Its logarithm but for a constant."""
    known = count * np.log(theta[:, -1]) - 0.5 * ((heights @ theta[:, :, None])[:, :, 0] ** 2).sum(axis=1)
    if limits is None:
        return np.asarray(known)
    u = (limits @ theta[:, :, None])[:, :, 0]
    return np.asarray(known + np.where(limited, log_ndtr(u), 0.0).sum(axis=1))
