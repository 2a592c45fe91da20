"""What cures: how deep light goes into each resin and how much of it gels it, read from data files."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.profiles import sourced
from mingyue.printing.profiles.sourced import Source, Title

_NUMBERS = (
    "wavelength_nm",
    "penetration_depth_um",
    "penetration_depth_sd_um",
    "critical_dose_mj_cm2",
    "critical_dose_sd_mj_cm2",
)


class CriticalDoseUnknownError(BadInputError):
    """Nobody published how much light this resin needs."""


@dataclass(frozen=True)
class Resin:
    """penetration_depth_um: depth at which light falls to 1/e (D_p); critical_dose_mj_cm2: what gels it (E_c).

    The sd_ values are one standard deviation where the source states it. What is None was not published.
    """

    name: str
    title: Title
    wavelength_nm: float | None
    penetration_depth_um: float
    penetration_depth_sd_um: float | None
    critical_dose_mj_cm2: float | None
    critical_dose_sd_mj_cm2: float | None
    sources: Mapping[str, Source]


def resins(own: Path | None = None) -> dict[str, Resin]:
    """All resins by name: the shipped ones, and those of the user's own file, which win."""
    tables = sourced.shipped_tables("resins") | (sourced.read_tables(own) if own else {})
    return {name: _resin(name, table) for name, table in tables.items()}


def resin(name: str) -> Resin:
    """The resin of this name; or the only one of a .toml file, or `FILE.toml:NAME`."""
    chosen, table = sourced.choose(name, kind="resin")
    return _resin(chosen, table)


def cure_depth_um(
    dose_mj_cm2: ArrayLike, *, critical_dose_mj_cm2: float, penetration_depth_um: float
) -> NDArray[np.float64]:
    """Depth of resin that gels under a dose: the working curve.

    Any shape in, the same shape out, float64. Zero where the dose does not pass the critical dose; never negative.

    Source: P. F. Jacobs, Rapid Prototyping & Manufacturing (1992), ch. 4.
    """
    ratio = np.asarray(dose_mj_cm2, dtype=np.float64) / critical_dose_mj_cm2
    return np.asarray(penetration_depth_um * np.log(np.maximum(ratio, 1.0)))


def exposure_s(resin: Resin, *, depth_um: float, irradiance_mw_cm2: float) -> float:
    """How long to expose so that the resin gels to this depth: the working curve, solved for time."""
    if resin.critical_dose_mj_cm2 is None:
        raise CriticalDoseUnknownError(
            say("Nobody published the critical dose of {resin}, so no exposure can be derived.", resin=resin.title),
            remedy=say("Give the exposure you use (--exposure-s), or a resin file with critical_dose_mj_cm2."),
        )
    dose = resin.critical_dose_mj_cm2 * math.exp(depth_um / resin.penetration_depth_um)
    return dose / irradiance_mw_cm2


def _resin(name: str, table: sourced.Table) -> Resin:
    reading = sourced.Reading("resin", name, table)
    reading.refuse_unknown(_NUMBERS)
    return Resin(
        name=name,
        title=reading.title(name),
        wavelength_nm=reading.optional_number("wavelength_nm"),
        penetration_depth_um=reading.number("penetration_depth_um"),
        penetration_depth_sd_um=reading.optional_number("penetration_depth_sd_um"),
        critical_dose_mj_cm2=reading.optional_number("critical_dose_mj_cm2"),
        critical_dose_sd_mj_cm2=reading.optional_number("critical_dose_sd_mj_cm2"),
        sources=reading.sources(_NUMBERS),
    )


def as_toml(resin: Resin, *, source: Source) -> str:
    """The resin as a file that `--resin FILE.toml` reads, all its numbers from this one source.

    Raises BadInputError where its name could not be asked for.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", resin.name):
        raise BadInputError(
            say("{name!r} cannot be the name of a resin.", name=resin.name[:80]),
            remedy=say("Take letters, digits, - and _, such as htl-batch-17."),
        )
    title = resin.title
    lines = [f"[{resin.name}]", f"title = {{ en = {sourced.quoted(title.en)}, zh = {sourced.quoted(title.zh)} }}"]
    lines += [f"{key} = {value!r}" for key in _NUMBERS if (value := getattr(resin, key)) is not None]
    lines += [f"source = {sourced.quoted(source.text)}", f"mark = {sourced.quoted(source.mark)}"]
    return "\n".join(lines) + "\n"
