"""A table of cure depths, as a person filled it in, becomes measurements."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from mingyue.errors import FileFormatError
from mingyue.phrases import Phrase, say
from mingyue.printing.formats.tables import Column, Row, read_table, require_columns
from mingyue.printing.profiles.working_curves import Measurement

_LENGTHS: Final = {"um": 1.0, "mm": 1e3, "nm": 1e-3}
_TIMES: Final = {"s": 1.0, "ms": 1e-3}
DEPTH_COLUMNS: Final = (
    Column(
        "dose_mj_cm2",
        ("dose", "exposure dose", "energy", "energy dose", "e", "剂量", "曝光剂量", "曝光能量", "能量密度", "曝光量"),
        {"mj/cm2": 1.0, "j/cm2": 1e3, "mj/mm2": 100.0, "j/m2": 0.1},
    ),
    Column(
        "exposure_s",
        ("exposure", "exposure time", "time", "曝光时间", "时间"),
        _TIMES,
    ),
    Column(
        "irradiance_mw_cm2",
        ("irradiance", "intensity", "光强", "辐照度", "光强度", "光功率密度"),
        {"mw/cm2": 1.0, "w/cm2": 1e3, "w/m2": 0.1, "uw/cm2": 1e-3},
    ),
    Column(
        "depth_um",
        ("depth", "cure depth", "cured depth", "thickness", "固化深度", "固化厚度", "深度", "厚度"),
        _LENGTHS,
    ),
    Column("sd_um", ("sd", "standard deviation", "std", "标准差", "标准偏差"), _LENGTHS),
    Column("replicate", ("piece", "specimen", "sample", "重复", "试样", "样品", "编号"), {}),
)
_NOTHING: Final = {"nothing", "none", "not found", "无", "未固化", "没有"}


def read_measurements(
    path: Path, *, irradiance_mw_cm2: float | None = None
) -> tuple[tuple[Measurement, ...], tuple[Phrase, ...]]:
    """The measured depths of a CSV file, and what of it was passed over.

    A dose is in its own column, or the exposure times the irradiance of its column or of the argument. An empty depth was
    not measured; 0 and words for nothing say that nothing had gelled, `<5` that it lay below 5. Raises FileFormatError.
    """
    rows = read_table(path, DEPTH_COLUMNS)
    require_columns(rows, ("depth_um",), path)
    if "dose_mj_cm2" not in rows[0].cells:
        require_columns(rows, ("exposure_s",), path)
    measured: list[Measurement] = []
    empty = unlit = 0
    for row in rows:
        if not row.text("depth_um"):
            empty += 1
            continue
        depth_um, is_limit = _depth(row)
        dose = _dose(row, irradiance_mw_cm2)
        if dose == 0 and is_limit:
            unlit += 1
            continue
        if not dose > 0:
            raise row.error("dose_mj_cm2", say("{value:g} is no dose", value=dose), say("Give a dose above 0."))
        measured.append(Measurement(dose, depth_um, is_limit, _sd(row), row.text("replicate"), row.line))
    return tuple(measured), tuple(_notes(empty, unlit, measured))


def _depth(row: Row) -> tuple[float, bool]:
    text = row.text("depth_um")
    if text.lower() in _NOTHING:
        return 0.0, True
    is_below = text[0] in "<＜≤"
    depth_um = row.as_number("depth_um", text[1:] if is_below else text)
    if depth_um < 0:
        raise row.error(
            "depth_um",
            say("a depth of {depth:g} µm lies above the surface", depth=depth_um),
            say("Write 0 where nothing had gelled."),
        )
    return depth_um, is_below or depth_um == 0


def _dose(row: Row, irradiance_mw_cm2: float | None) -> float:
    """mW/cm² times seconds are mJ/cm²."""
    dose = row.number("dose_mj_cm2")
    if dose is not None:
        return dose
    seconds, irradiance = row.number("exposure_s"), row.number("irradiance_mw_cm2") or irradiance_mw_cm2
    if seconds is None:
        raise row.error("dose_mj_cm2", say("the dose is missing"), say("Give the dose, or the exposure."))
    if irradiance is None:
        raise row.error(
            "irradiance_mw_cm2",
            say("without it an exposure is no dose"),
            say("Add the column irradiance_mw_cm2, or give --irradiance-mw-cm2 or a --machine whose light is known."),
        )
    return seconds * irradiance


def _sd(row: Row) -> float | None:
    sd_um = row.number("sd_um")
    if sd_um is not None and not sd_um > 0:
        raise row.error(
            "sd_um",
            say("a standard deviation of {sd:g} µm is none", sd=sd_um),
            say("Give one above 0, or leave the cell empty."),
        )
    return sd_um


def _notes(empty: int, unlit: int, measured: list[Measurement]) -> list[Phrase]:
    notes: list[Phrase] = []
    if empty:
        notes.append(say("{count} lines without a depth were passed over.", count=empty))
    if unlit:
        notes.append(say("{count} lines without light were passed over: nothing gels there.", count=unlit))
    stated = [row.sd_um is not None for row in measured if not row.is_limit]
    if any(stated) and not all(stated):
        notes.append(say("sd_um is not stated for every depth, so all weigh the same."))
    return notes


def require_measured(measured: tuple[Measurement, ...], path: Path) -> None:
    """Raises FileFormatError where nothing was measured."""
    if not measured:
        raise FileFormatError(
            say("Not one depth is filled in in {file}.", file=path.name),
            remedy=say("Measure, write the depths into the column depth_um, and come back."),
        )
