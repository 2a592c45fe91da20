"""Tables of cure depths as people save them: what is meant is read, what is odd is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingyue.errors import BadInputError, FileFormatError, LimitError
from mingyue.printing.formats.measurements import read_measurements, require_measured
from mingyue.printing.formats.tables import MOST_ROWS
from mingyue.printing.profiles.working_curves import Measurement

PLAIN = "dose_mj_cm2,depth_um\n8,0\n15,9.4\n20.5,19.7\n"
MEANT = [(8.0, 0.0, True), (15.0, 9.4, False), (20.5, 19.7, False)]


def read(folder: Path, content: str | bytes, **settings: float) -> tuple[Measurement, ...]:
    file = folder / "depths.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_measurements(file, **settings)[0]


def short(rows: tuple[Measurement, ...]) -> list[tuple[float, float, bool]]:
    return [(row.dose_mj_cm2, row.depth_um, row.is_limit) for row in rows]


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.replace(",", "\t"),
        "# by hand\n\n" + PLAIN + ",\n%end\n",
        "Dose [mJ/cm²]; Cure depth (µm); remark\n8;0;\n15;9,4;good\n20,5;19,7\n",
        "剂量（mJ/cm²），固化深度（微米）\n8，0\n15，9.4\n20.5，19.7\n",
        "曝光剂量,固化厚度(μm)\n8,无\n15,9.4\n20.5,19.7\n".encode("gb18030"),
        '"dose (J/cm2)","thickness (mm)"\n"0.008","0"\n"0.015","0.0094"\n"0.0205","0.0197"\n',
        "exposure_s,irradiance_mw_cm2,depth_um\n0.8,10,0\n1.5,10,9.4\n2.05,10,19.7\n",
        "曝光时间 (ms),光强 (W/m²),深度 (nm)\n800,100,0\n1500,100,9400\n2050,100,19700\n",
        "depth_um,dose_mj_cm2\n0,8\n９.４,15\n19.7,2.05e1\n",
    ],
)
def test_a_table_is_read_however_it_was_saved(tmp_path: Path, content: str | bytes) -> None:
    rows = read(tmp_path, content)

    assert [limit for _, _, limit in short(rows)] == [limit for _, _, limit in MEANT]
    assert [value for row in short(rows) for value in row[:2]] == pytest.approx(
        [value for row in MEANT for value in row[:2]]
    )


def test_deviation_piece_and_line_come_along(tmp_path: Path) -> None:
    content = "# first\ndose_mj_cm2,depth_um,sd_um,replicate\n10,5,0.5,A\n10,6,,B\n"

    assert read(tmp_path, content) == (
        Measurement(10.0, 5.0, sd_um=0.5, piece="A", line=3),
        Measurement(10.0, 6.0, sd_um=None, piece="B", line=4),
    )


def test_below_a_limit_is_a_limit_and_empty_was_not_measured(tmp_path: Path) -> None:
    file = tmp_path / "depths.csv"
    file.write_text("dose_mj_cm2,depth_um,sd_um\n0,0,\n10,<5,\n12,,\n15,9,1\n20,12,\n", encoding="utf-8")

    rows, notes = read_measurements(file)

    assert short(rows) == [(10.0, 5.0, True), (15.0, 9.0, False), (20.0, 12.0, False)]
    assert [str(note) for note in notes] == [
        "1 lines without a depth were passed over.",
        "1 lines without light were passed over: nothing gels there.",
        "sd_um is not stated for every depth, so all weigh the same.",
    ]


def test_exposures_take_the_irradiance_that_is_given(tmp_path: Path) -> None:
    content = "exposure_s,depth_um\n0.5,9.4\n"

    assert read(tmp_path, content, irradiance_mw_cm2=30.0)[0].dose_mj_cm2 == 15.0
    with pytest.raises(FileFormatError, match="Line 2, column irradiance_mw_cm2") as refused:
        read(tmp_path, content)
    assert "--irradiance-mw-cm2" in refused.value.remedy


@pytest.mark.parametrize(
    ("content", "says", "remedy"),
    [
        ("8,0\n15,9.4\n", "Line 1 of depths.csv names no column that is known; it has '8', '0'", "column names"),
        ("dose_mj_cm2\n8\n", "has no column depth_um", "Add it"),
        ("depth_um\n8\n", "has no column exposure_s", "Add it"),
        ("dose_mj_cm2,depth_um\n", "holds no measurements", "CSV"),
        ("dose_mj_cm2,depth_um\n8,abc\n", "Line 2, column depth_um: 'abc' is not a number", "12.5"),
        ("dose_mj_cm2,depth_um\n8,nan\n", "'nan' is not a number", "12.5"),
        ("dose_mj_cm2,depth_um\n8,1e999\n", "is not a number", "12.5"),
        ("dose_mj_cm2,depth_um\n8,1_0\n", "is not a number", "12.5"),
        ('dose_mj_cm2,depth_um\n8,"1,200"\n', "'1,200' is not a number", "12.5"),
        ("dose_mj_cm2,depth_um\n8,-1\n", "a depth of -1 µm lies above the surface", "Write 0"),
        ("dose_mj_cm2,depth_um\n-8,1\n", "-8 is no dose", "above 0"),
        ("dose_mj_cm2,depth_um\n0,1\n", "0 is no dose", "above 0"),
        ("dose_mj_cm2,depth_um\n,1\n", "the dose is missing", "exposure"),
        ("dose_mj_cm2,depth_um,sd_um\n8,1,0\n", "a standard deviation of 0 µm", "above 0"),
        ("dose_mj_cm2,depth (furlong)\n8,1\n", "'furlong' is no unit that depth_um is read in", "um, mm, nm"),
        ("dose,dose_mj_cm2,depth_um\n8,8,1\n", "two columns dose_mj_cm2", "Leave one"),
        (b"\x00\x01\x02\x03\xff\xfe\xfa", "is not a text file", "CSV"),
        (b"\xff\xfe\x00", "is not a text file", "CSV"),
        ("dose_mj_cm2,depth_um\n" + "8,1\n" * (MOST_ROWS + 1), "5,002 lines", "Average"),
        ("dose_mj_cm2,depth_um\n" + "8," * 101 + "\n", "line 2 is too long", "CSV"),
        ('dose_mj_cm2,depth_um\n8,"' + "1" * 2000 + '"\n', "line 2 is too long", "CSV"),
        ("dose_mj_cm2,depth_um\n8,1" + " " * 1_000_000, "more than 1,000,000 bytes", "CSV"),
        ('dose_mj_cm2,depth_um\n8,"' + "1" * 200_000 + '"\n', "line 2 cannot be read", "CSV"),
        (b"", "is empty", "again"),
    ],
)
def test_an_odd_table_is_refused_with_its_place_and_a_remedy(
    tmp_path: Path, content: str | bytes, says: str, remedy: str
) -> None:
    with pytest.raises(BadInputError) as refused:
        read(tmp_path, content)

    assert says in str(refused.value)
    assert remedy in refused.value.remedy


def test_a_long_line_is_a_limit_not_a_fault_of_the_format(tmp_path: Path) -> None:
    with pytest.raises(LimitError):
        read(tmp_path, "dose_mj_cm2,depth_um\n" + "8," * 101 + "\n")


def test_a_missing_file_and_an_empty_form_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="No such file"):
        read_measurements(tmp_path / "none.csv")
    with pytest.raises(FileFormatError, match="Not one depth is filled in"):
        require_measured(read(tmp_path, "dose_mj_cm2,depth_um\n8,\n"), tmp_path / "depths.csv")
