"""How sure a prediction is: ranges of what it rests on in; trials to run, and from their figures a band for each, out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.curing.doses import Cure
from mingyue.printing.curing.optics import Blur
from mingyue.printing.profiles import sourced
from mingyue.printing.profiles.resins import Resin

Parameter = Literal["penetration_depth", "critical_dose", "irradiance", "blur"]
PARAMETERS: tuple[Parameter, ...] = get_args(Parameter)
Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Range:
    """share: one standard deviation as a share of the number; source: who says so, in Chinese too where there is one."""

    share: float
    source: str
    source_zh: str = ""


@dataclass(frozen=True, slots=True)
class Ranges:
    """What may be off, and by how much. blurs: the narrower and the wider spot of light, for the range of the blur."""

    of: Mapping[Parameter, Range]
    blurs: tuple[Blur, Blur] | None = None

    def __post_init__(self) -> None:
        for name, range_ in self.of.items():
            if not 0 <= range_.share < 0.9:
                raise BadInputError(
                    say("A range of ±{share:g} % is none.", share=100 * range_.share),
                    remedy=say("Give each range as a share of its number, from 0 to 0.9."),
                ) from ValueError(name)


@dataclass(frozen=True, slots=True)
class Stack:
    """Doses to compute once, and how often to look at them: gains are factors of light, each with what it is a trial of.

    Light and critical dose only matter by their ratio, so one stack of doses serves trials of both.
    """

    cure: Cure
    gains: tuple[tuple[Parameter | None, float], ...]


@dataclass(frozen=True, slots=True)
class Bands:
    """low, high: of each figure, one standard deviation of all parameters together. matters: for each figure the parameters
    and by how much each moves it, the most important first. runs: how many trials this rests on, with the nominal one.
    """

    low: Figures
    high: Figures
    matters: Mapping[str, Mapping[str, float]]
    runs: int


def default_ranges(resin: Resin | None, *, blurs: tuple[Blur, Blur] | None = None) -> Ranges:
    """The resin's own standard deviations where its source states them, the shipped ones elsewhere."""
    table = sourced.shipped_tables("ranges")
    of: dict[Parameter, Range] = {
        name: Range(float(table[name]["share"]), str(table[name]["source"]), str(table[name]["source_zh"]))
        for name in PARAMETERS
    }
    if resin is not None:
        if resin.penetration_depth_sd_um is not None:
            share = resin.penetration_depth_sd_um / resin.penetration_depth_um
            of["penetration_depth"] = Range(share, resin.name)
        if resin.critical_dose_sd_mj_cm2 is not None and resin.critical_dose_mj_cm2 is not None:
            of["critical_dose"] = Range(resin.critical_dose_sd_mj_cm2 / resin.critical_dose_mj_cm2, resin.name)
    return Ranges(of, blurs)


def stacks(cure: Cure, ranges: Ranges | None) -> tuple[Stack, ...]:
    """What to compute: the nominal print first; then each parameter up and down by its range, the others left alone.

    Nine trials of four parameters need five stacks of doses.
    """
    if ranges is None:
        return (Stack(cure, ((None, 1.0),)),)
    share = {name: range_.share for name, range_ in ranges.of.items() if range_.share > 0}
    gains: list[tuple[Parameter | None, float]] = [(None, 1.0)]
    if "irradiance" in share:
        gains += [("irradiance", 1 + share["irradiance"]), ("irradiance", 1 - share["irradiance"])]
    if "critical_dose" in share:
        gains += [
            ("critical_dose", 1 / (1 + share["critical_dose"])),
            ("critical_dose", 1 / (1 - share["critical_dose"])),
        ]
    found = [Stack(cure, tuple(gains))]
    if "penetration_depth" in share:
        for factor in (1 + share["penetration_depth"], 1 - share["penetration_depth"]):
            varied = replace(cure, penetration_depth_um=cure.penetration_depth_um * factor)
            found.append(Stack(varied, (("penetration_depth", 1.0),)))
    if "blur" in share and ranges.blurs is not None:
        found += [Stack(replace(cure, blur=blur), (("blur", 1.0),)) for blur in ranges.blurs]
    return tuple(found)


def bands(nominal: Figures, trials: Sequence[tuple[Parameter, Figures]], *, base: Figures | None = None) -> Bands:
    """From what each trial gave. Parameters are independent: their steps add up as squares, each side by itself.

    base: the nominal figures as the trials see them, where they look at less than the nominal run does.
    """
    base = base or nominal
    low, high, matters = {}, {}, {}
    for name, value in nominal.items():
        steps: dict[str, list[float]] = {}
        for parameter, figures in trials:
            if name in figures and name in base:
                steps.setdefault(parameter, []).append(figures[name] - base[name])
        up = math.hypot(*(max(0.0, *values) for values in steps.values()))
        down = math.hypot(*(max(0.0, *(-value for value in values)) for values in steps.values()))
        low[name], high[name] = value - down, value + up
        largest = {parameter: max(abs(value) for value in values) for parameter, values in steps.items()}
        matters[name] = dict(sorted(largest.items(), key=lambda item: -item[1]))
    return Bands(low, high, matters, runs=1 + len(trials))
