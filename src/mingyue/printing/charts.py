"""Figures become drawings: plain SVG that needs nothing else, in either language."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np

from mingyue.phrases import Language, in_language, say
from mingyue.printing.colours import deviation_colours
from mingyue.printing.measuring.deviations import Histogram
from mingyue.printing.profiles.working_curves import Judged, WorkingCurve

INK: Final = "#1a2733"
BLUE: Final = "#2c5282"
PALE: Final = "#d6e2f0"
RED: Final = "#b3261e"
AMBER: Final = "#b86e1b"
GREY: Final = "#5c6873"
_FONT: Final = "system-ui, 'Noto Sans', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"
_CURVE_POINTS = 80


@dataclass(frozen=True, slots=True)
class Frame:
    """Where numbers lie on the paper: x from left to right, y from bottom to top; is_log: x goes by powers of ten."""

    width: float
    height: float
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    is_log: bool = False
    left: float = 64.0
    right: float = 16.0
    top: float = 16.0
    bottom: float = 52.0

    def x(self, value: float) -> float:
        low, high = self.x_range
        share = math.log(value / low) / math.log(high / low) if self.is_log else (value - low) / (high - low)
        return self.left + share * (self.width - self.left - self.right)

    def y(self, value: float) -> float:
        low, high = self.y_range
        return self.height - self.bottom - (value - low) / (high - low) * (self.height - self.top - self.bottom)

    def path(self, xs: Iterable[float], ys: Iterable[float]) -> str:
        """The points as the coordinates of a polyline."""
        return " ".join(f"{self.x(x):.2f},{self.y(y):.2f}" for x, y in zip(xs, ys, strict=True))


def working_curve_svg(curve: WorkingCurve, *, language: Language = "en", width: int = 760, height: int = 480) -> str:
    """The measured depths over the dose, the fitted line with its band, and the critical dose with its interval."""
    doses = [judged.measurement.dose_mj_cm2 for judged in curve.measured]
    low = min(*doses, curve.critical_dose_interval_mj_cm2.low) / 1.15
    high = max(doses) * 1.15
    along = np.geomspace(low, high, _CURVE_POINTS)
    lower, upper = curve.band_um(along)
    deepest = max(float(upper[-1]), *(judged.measurement.depth_um for judged in curve.measured)) * 1.06
    frame = Frame(width, height, (low, high), (-0.03 * deepest, deepest), is_log=True)
    line = np.unique(np.append(along[along > curve.critical_dose_mj_cm2], curve.critical_dose_mj_cm2))
    band = frame.path([*along, *along[::-1]], [*upper, *lower[::-1]])
    interval = curve.critical_dose_interval_mj_cm2
    drawn = [
        f'<polygon points="{band}" fill="{PALE}"/>',
        *axes(frame, log_ticks(low, high), ticks(0.0, deepest)),
        f'<polyline points="{frame.path(line, curve.depth_um(line))}" fill="none" stroke="{BLUE}" stroke-width="2"/>',
        _bar(frame, interval.low, interval.high),
        *(_point(frame, judged) for judged in curve.measured),
        *axis_titles(
            frame,
            in_language(say("dose, mJ/cm²"), language),
            in_language(say("cured depth, µm"), language),
        ),
        *_legend(curve, frame, language),
    ]
    return svg(drawn, width=width, height=height, title=in_language(say("Working curve"), language))


def _bar(frame: Frame, low: float, high: float) -> str:
    """The interval of the critical dose, on the line of no depth."""
    y, left, right = frame.y(0.0), frame.x(low), frame.x(high)
    return (
        f'<path d="M{left:.2f} {y - 6:.2f}v12M{left:.2f} {y:.2f}H{right:.2f}M{right:.2f} {y - 6:.2f}v12" '
        f'stroke="{BLUE}" stroke-width="2.5" fill="none"/>'
    )


def _point(frame: Frame, judged: Judged) -> str:
    """Filled where the depth is known, an open triangle downwards where it is a limit; outliers are red and crossed."""
    x, y = frame.x(judged.measurement.dose_mj_cm2), frame.y(judged.measurement.depth_um)
    if judged.is_outlier:
        return f'<path d="M{x - 5:.2f} {y - 5:.2f}l10 10m0 -10l-10 10" stroke="{RED}" stroke-width="2.5"/>'
    if judged.measurement.is_limit:
        return f'<path d="M{x - 5:.2f} {y - 4:.2f}h10l-5 9z" fill="white" stroke="{INK}" stroke-width="1.5"/>'
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="4" fill="{INK}"/>'


def _legend(curve: WorkingCurve, frame: Frame, language: Language) -> Iterable[str]:
    depth, dose = curve.penetration_depth_interval_um, curve.critical_dose_interval_mj_cm2
    told = (
        f"D_p = {curve.penetration_depth_um:.4g} µm ({depth.low:.4g} – {depth.high:.4g})",
        f"E_c = {curve.critical_dose_mj_cm2:.4g} mJ/cm² ({dose.low:.4g} – {dose.high:.4g})",
        in_language(say("{level:g} % intervals; ▽ nothing found; × outlier", level=100 * curve.level), language),
    )
    for k, text in enumerate(told):
        yield _text(frame.left + 14, frame.top + 20 + 20 * k, text, size=14 if k < 2 else 12)


def histogram_svg(
    histogram: Histogram, *, tolerance_um: float, language: Language = "en", width: int = 760, height: int = 300
) -> str:
    """Share of the surface by signed deviation; the tolerance is shaded, what lies beyond it has another colour."""
    edges, shares = [float(edge) for edge in histogram.edges_um], [100 * float(share) for share in histogram.shares]
    highest = max(*shares, 1e-3) * 1.08
    frame = Frame(width, height, (edges[0], edges[-1]), (0.0, highest))
    left, right = frame.x(max(-tolerance_um, edges[0])), frame.x(min(tolerance_um, edges[-1]))
    bottom = frame.y(0.0)
    drawn = [
        f'<rect x="{left:.2f}" y="{frame.top}" width="{right - left:.2f}" height="{bottom - frame.top:.2f}" '
        f'fill="{PALE}"/>',
        *axes(frame, ticks(edges[0], edges[-1]), ticks(0.0, highest, about=4)),
    ]
    for low, high, share in zip(edges, edges[1:], shares, strict=False):
        if share > 0:
            colour = BLUE if abs(low + high) / 2 <= tolerance_um else AMBER
            x, y = frame.x(low), frame.y(share)
            drawn.append(
                f'<rect x="{x + 0.4:.2f}" y="{y:.2f}" width="{frame.x(high) - x - 0.8:.2f}" height="{bottom - y:.2f}" '
                f'fill="{colour}"/>'
            )
    drawn += axis_titles(
        frame,
        in_language(say("deviation, µm"), language),
        in_language(say("share of the surface, %"), language),
    )
    return svg(drawn, width=width, height=height, title=in_language(say("Share of the surface by deviation"), language))


def colour_scale_svg(limit_um: float, *, tolerance_um: float, language: Language = "en", width: int = 760) -> str:
    """Which colour means which deviation, from −limit to +limit; marks at the tolerance."""
    height, left, right, top, steps = 74, 40.0, width - 40.0, 14.0, 80
    values = limit_um * (2 * (np.arange(steps) + 0.5) / steps - 1)
    colours = deviation_colours(values, limit_um=limit_um)
    each = (right - left) / steps

    def at(value: float) -> float:
        return left + (value / limit_um + 1) / 2 * (right - left)

    drawn = [
        f'<rect x="{left + each * k:.2f}" y="{top}" width="{each + 0.4:.2f}" height="22" fill="rgb({r},{g},{b})"/>'
        for k, (r, g, b) in enumerate(colours.tolist())
    ]
    for value in (-limit_um, -limit_um / 2, 0.0, limit_um / 2, limit_um):
        drawn.append(f'<path d="M{at(value):.2f} {top + 22}v5" stroke="{INK}"/>')
        drawn.append(_text(at(value), top + 42, f"{value:+g}" if value else "0", anchor="middle", size=13))
    if tolerance_um < limit_um:
        drawn += [
            f'<path d="M{at(value):.2f} {top - 8}v38" stroke="{INK}" stroke-width="2"/>'
            for value in (-tolerance_um, tolerance_um)
        ]
    title = in_language(say("deviation, µm"), language)
    drawn.append(_text(width / 2, height - 4, title, anchor="middle", size=13))
    return svg(drawn, width=width, height=height, title=title)


def bars_svg(bars: Sequence[tuple[str, float]], *, unit: str, title: str, width: int = 760) -> str:
    """A bar for each name, the longest where it is; names and title as they are given."""
    longest = max((value for _, value in bars), default=0.0) or 1.0
    name_width, row, height = 190.0, 30, 16 + 30 * len(bars)
    drawn = []
    for k, (name, value) in enumerate(bars):
        y, length = 8 + row * k, value / longest * (width - name_width - 110)
        drawn += [
            _text(name_width - 10, y + 20, name, anchor="end", size=14),
            f'<rect x="{name_width}" y="{y + 4}" width="{max(length, 1.0):.2f}" height="22" fill="{BLUE}"/>',
            _text(name_width + length + 8, y + 20, f"{value:.2f} {unit}", size=14),
        ]
    return svg(drawn, width=width, height=height, title=title)


def svg(drawn: Iterable[str], *, width: int, height: int, title: str) -> str:
    """A drawing on white paper; title: what a reader who does not see it is told."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" font-family="{_FONT}"><title>{escape(title)}</title>'
        f'<rect width="{width}" height="{height}" fill="white"/>{"".join(drawn)}</svg>\n'
    )


def axes(frame: Frame, x_ticks: Sequence[float], y_ticks: Sequence[float]) -> Iterable[str]:
    """Lines and numbers of both axes."""
    left, right, bottom = frame.left, frame.width - frame.right, frame.height - frame.bottom
    for value in y_ticks:
        y = frame.y(value)
        yield f'<path d="M{left} {y:.2f}H{right}" stroke="#e3e7eb"/>'
        yield _text(left - 8, y + 4, f"{value:g}", anchor="end")
    for value in x_ticks:
        x = frame.x(value)
        yield f'<path d="M{x:.2f} {bottom}v5" stroke="{INK}"/>'
        yield _text(x, bottom + 20, f"{value:g}", anchor="middle")
    yield f'<path d="M{left} {frame.top}V{bottom}H{right}" stroke="{INK}" fill="none"/>'


def axis_titles(frame: Frame, x_title: str, y_title: str) -> Iterable[str]:
    """What the axes show."""
    middle_x, middle_y = (frame.left + frame.width - frame.right) / 2, (frame.top + frame.height - frame.bottom) / 2
    yield _text(middle_x, frame.height - 10, x_title, anchor="middle", size=14)
    turned = f'transform="rotate(-90 18 {middle_y:.2f})"'
    yield _text(18, middle_y, y_title, anchor="middle", size=14, more=turned)


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 12, more: str = "") -> str:
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" font-size="{size}" text-anchor="{anchor}" fill="{INK}" {more}>'
        f"{escape(text)}</text>"
    )


def ticks(low: float, high: float, *, about: int = 6) -> list[float]:
    """Round numbers from low to high: steps of 1, 2 or 5 times a power of ten."""
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= rough)
    first = math.ceil(low / step - 1e-9)
    return [round(k * step, 12) for k in range(first, math.floor(high / step + 1e-9) + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times the powers of ten within low and high."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    marks = [float(f"{factor}e{power}") for power in powers for factor in (1, 2, 5)]
    shown = [mark for mark in marks if low <= mark <= high]
    return shown if len(shown) <= 10 else [mark for mark in shown if f"{mark:e}"[0] == "1"]
