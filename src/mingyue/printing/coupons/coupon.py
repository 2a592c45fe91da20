"""What a coupon is: a part, how it is built, and a form that says what to measure at which place."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from mingyue.errors import BadInputError
from mingyue.phrases import Language, Phrase, in_language, say
from mingyue.printing.chain import LONGEST_EXPOSURE_S, BuildSettings, Progress, build
from mingyue.printing.fields import copy_places
from mingyue.printing.formats.parts import Part
from mingyue.printing.profiles.exposures import CURE_DEPTH_LAYERS
from mingyue.printing.profiles.machines import Machine
from mingyue.printing.profiles.resins import CriticalDoseUnknownError, Resin, exposure_s

__all__ = ["BuildSettings", "Coupon", "CouponRequest", "Exposed", "Form", "Progress", "build"]

MOST_PLACES: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponRequest:
    """For which machine and resin, in which layers. exposure_s: of a layer; None derives it from the working curve.

    steps: how many exposures, None for the kind's own number; repeats: how often each. least_s, most_s: between which
    exposures; None for the kind's own range.
    """

    machine: Machine
    resin: Resin
    layer_um: float = 5.0
    exposure_s: float | None = None
    steps: int | None = None
    repeats: int = 1
    least_s: float | None = None
    most_s: float | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A table to fill in. columns: by name; rows: what is known already, empty where a person is to write.

    remarks: what to do, above the table.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    remarks: tuple[Phrase, ...]

    def text(self, language: Language = "en") -> str:
        """The form as CSV with a byte order mark, so that spreadsheets read it as UTF-8."""
        out = io.StringIO()
        table = csv.writer(out)
        table.writerows([f"# {in_language(remark, language)}"] for remark in self.remarks)
        table.writerow(self.columns)
        table.writerows(["" if cell is None else _plain(cell) for cell in row] for row in self.rows)
        return "\ufeff" + out.getvalue()


@dataclass(frozen=True, slots=True)
class Coupon:
    """One coupon: what is built, how, and what is to be measured on it."""

    kind: str
    part: Part
    settings: BuildSettings
    form: Form


@dataclass(frozen=True, slots=True)
class Exposed:
    """One of several copies: where it stands (from 1, left to right, top to bottom; centre in µm) and its exposure."""

    place: int
    column: int
    row: int
    x_um: float
    y_um: float
    seconds: float


def _plain(cell: object) -> object:
    return f"{cell:.10g}" if isinstance(cell, float) else cell


def exposures_between(least_s: float, most_s: float, *, steps: int, repeats: int) -> tuple[float, ...]:
    """Each exposure as many per cent above the last; the whole sequence once for each repeat."""
    if steps < 3 or repeats < 1 or steps * repeats > MOST_PLACES:
        raise BadInputError(
            say("{steps} exposures, {repeats} times each, make no coupon.", steps=steps, repeats=repeats),
            remedy=say("Give --steps of at least 3, and at most {most} places in all.", most=MOST_PLACES),
        )
    if not 0 < least_s < most_s <= LONGEST_EXPOSURE_S:
        raise BadInputError(
            say("Exposures from {least:g} to {most:g} s are no range.", least=least_s, most=most_s),
            remedy=say("Give --least-s and --most-s above 0, the second larger and at most an hour."),
        )
    return tuple(float(f"{seconds:.4g}") for seconds in np.geomspace(least_s, most_s, steps)) * repeats


def nearly_square(count: int) -> tuple[int, int]:
    """(columns, rows) of a full grid, as near to a square as there is, no higher than wide."""
    rows = max(rows for rows in range(1, math.isqrt(count) + 1) if count % rows == 0)
    return count // rows, rows


def exposed(seconds: Sequence[float], *, array: tuple[int, int], pitch_um: tuple[float, float]) -> tuple[Exposed, ...]:
    """The copies as one reads them, with their centres in the build frame: x to the right, y up."""
    columns, rows = array
    found = []
    for column, row in sorted(copy_places(columns=columns, rows=rows), key=lambda place: (place[1], place[0])):
        place = row * columns + column
        x_um, y_um = (column - (columns - 1) / 2) * pitch_um[0], ((rows - 1) / 2 - row) * pitch_um[1]
        found.append(Exposed(place + 1, column + 1, row + 1, x_um, y_um, seconds[place]))
    return tuple(found)


def usual_exposure_s(request: CouponRequest) -> float:
    """Of a layer: as given, else from the working curve. Raises BadInputError where neither is known."""
    if request.exposure_s is not None:
        return request.exposure_s
    light = request.machine.irradiance_mw_cm2
    if request.resin.critical_dose_mj_cm2 is None or light is None:
        raise _exposure_unknown(request)
    return exposure_s(request.resin, depth_um=CURE_DEPTH_LAYERS * request.layer_um, irradiance_mw_cm2=light)


def _exposure_unknown(request: CouponRequest) -> BadInputError:
    return CriticalDoseUnknownError(
        say("Neither the exposure of a layer nor what it follows from is known for {resin} on {machine}.",
            resin=request.resin.title, machine=request.machine.title),
        remedy=say("Give the exposure you use (--exposure-s)."),
    )  # fmt: skip
