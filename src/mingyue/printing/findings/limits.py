"""From where on something is found: limits are read from a data file, and become numbers for a machine and a resin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from mingyue.phrases import say
from mingyue.printing.findings.finding import Severity
from mingyue.printing.profiles import sourced
from mingyue.printing.profiles.sourced import Source

LimitUnit = Literal["px", "um", "dp", "layers", "pixels", "ratio"]

_NUMBERS = ("fails", "risk")


@dataclass(frozen=True, slots=True)
class Limit:
    """fails, risk: in `unit`; None where there is no such limit."""

    fails: float | None
    risk: float | None
    unit: LimitUnit
    source: Source


@dataclass(frozen=True, slots=True)
class Bounds:
    """A limit for a machine, a resin and a layer thickness: in µm, or a plain ratio. None where there is none."""

    fails: float | None
    risk: float | None
    unit: str
    source: Source

    @property
    def outer(self) -> float:
        """The limit from which on anything is found."""
        return max(value for value in (self.fails, self.risk) if value is not None)

    def of_small(self, measured: float) -> Severity | None:
        """How bad it is to be so small, or None."""
        if self.fails is not None and measured < self.fails:
            return "fails"
        return "risk" if self.risk is not None and measured < self.risk else None

    def of_large(self, measured: float) -> Severity | None:
        """How bad it is to be so large, or None."""
        if self.fails is not None and measured > self.fails:
            return "fails"
        return "risk" if self.risk is not None and measured > self.risk else None

    def limit(self, severity: Severity) -> float | None:
        """The number that was passed."""
        return self.fails if severity == "fails" else self.risk


Limits = Mapping[str, Limit]


def read_limits(own: Path | None = None) -> Limits:
    """The shipped limits, with what the user's own file says instead. Raises ProfileError where that file is odd."""
    tables = {name: dict(table) for name, table in sourced.shipped_tables("limits").items()}
    for name, table in (sourced.read_tables(own) if own else {}).items():
        if name not in tables:
            raise sourced.ProfileError(
                say("There is no limit called {name!r}.", name=name),
                remedy=say("Take one of: {names}.", names=", ".join(sorted(tables))),
            )
        tables[name] = {**{key: tables[name][key] for key in (*_NUMBERS, "unit") if key in tables[name]}, **table}
    return MappingProxyType({name: _limit(name, table) for name, table in tables.items()})


def _limit(name: str, table: sourced.Table) -> Limit:
    reading = sourced.Reading("limit", name, table)
    reading.refuse_unknown((*_NUMBERS, "unit"))
    unit: LimitUnit | None = table.get("unit")
    if unit is None or unit not in get_args(LimitUnit):
        raise sourced.ProfileError(
            say("In limit {name}: {unit!r} is not a unit of limits.", name=name, unit=unit),
            remedy=say("Take one of: {names}.", names=", ".join(get_args(LimitUnit))),
        )
    fails, risk = reading.optional_number("fails"), reading.optional_number("risk")
    source = reading.sources(_NUMBERS)
    return Limit(fails, risk, unit, next(iter(source.values())))


def bounds_of(limit: Limit, *, pixel_um: float, penetration_depth_um: float, layer_um: float) -> Bounds:
    """The limit in µm, or as it is where it is a ratio."""
    factor = {"px": pixel_um, "um": 1.0, "dp": penetration_depth_um, "layers": layer_um, "pixels": 1.0, "ratio": 1.0}[
        limit.unit
    ]
    fails = None if limit.fails is None else limit.fails * factor
    risk = None if limit.risk is None else limit.risk * factor
    unit = {"ratio": "", "pixels": "px"}.get(limit.unit, "µm")
    return Bounds(fails, risk, unit, limit.source)
