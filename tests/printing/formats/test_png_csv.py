"""PNG files and their table: a folder or a zip, nothing outside of it, every row checked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mingyue.errors import BadInputError, FileFormatError
from mingyue.printing.formats.png_csv import read_png_csv, write_png_csv
from mingyue.printing.formats.stack import screen_of
from tests.printing.formats.stacks import flashes, heights, stack_of

PICTURE = np.arange(2 * 4, dtype=np.uint8).reshape(2, 4) * 30
HEAD = "file,bottom_um,thickness_um,exposure_s,field,x_um,y_um,pixel_um"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stack = stack_of([[(0, 1.5, PICTURE)], [(0, 0.5, PICTURE)]], thickness_um=[5.0, 2.5])
    assert write_png_csv(stack, tmp_path / "out") == ()
    return tmp_path / "out"


def test_a_folder_holds_each_picture_once_and_a_table(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == ["00000.png", "layers.csv"]
    assert (folder / "layers.csv").read_text() == (
        f"{HEAD}\n00000.png,0.0,5.0,1.5,0,0.0,0.0,2.0\n00000.png,5.0,2.5,0.5,0,0.0,0.0,2.0\n"
    )


def test_a_folder_reads_back(folder: Path) -> None:
    stack = read_png_csv(folder)

    assert heights(stack) == [(0.0, 5.0), (5.0, 2.5)]
    assert [(place, seconds) for layer in flashes(stack) for place, seconds, _ in layer] == [
        ((0.0, 0.0), 1.5),
        ((0.0, 0.0), 0.5),
    ]
    assert stack.shown(1, 0).painted().tolist() == PICTURE.tolist()


def test_dark_layers_keep_their_place(tmp_path: Path) -> None:
    stack = stack_of([[], [(0, 1.0, PICTURE)], []], field_px=(4, 2))
    write_png_csv(stack, tmp_path / "out")

    back = read_png_csv(tmp_path / "out")

    assert [len(layer.exposures) for layer in back.layers] == [0, 1, 0]
    assert heights(back) == heights(stack)


def test_a_table_without_pixels_asks_for_them(folder: Path) -> None:
    table = folder / "layers.csv"
    table.write_text("".join(line.rpartition(",")[0] + "\n" for line in table.read_text().splitlines()))

    with pytest.raises(FileFormatError, match="how large its pixels are"):
        read_png_csv(folder)
    assert read_png_csv(folder, pixel_um=7.0).pixel_um == 7.0


def test_a_full_folder_is_not_written_over(folder: Path) -> None:
    before = sorted(folder.iterdir())

    with pytest.raises(BadInputError, match="cannot be written"):
        write_png_csv(stack_of([[(0, 1.0, PICTURE)]]), folder)
    assert sorted(folder.iterdir()) == before
    assert sorted(folder.parent.iterdir()) == [folder]


def test_fields_without_light_are_said_to_be_left_out(tmp_path: Path) -> None:
    stack = stack_of([[(1, 1.0, PICTURE)]], offsets_um=[(0.0, 0.0), (8.0, 0.0)])

    assert write_png_csv(stack, tmp_path / "out") == ("Fields that never get light are left out.",)


@pytest.mark.parametrize("name", ["../secret.png", "/etc/hostname", "link.png", "sub/../../secret.png"])
def test_a_table_reads_nothing_outside_its_folder(folder: Path, name: str) -> None:
    (folder / "00000.png").rename(folder.parent / "secret.png")
    (folder / "link.png").symlink_to(folder.parent / "secret.png")
    (folder / "layers.csv").write_text(f"{HEAD}\n{name},0,5,1,0,0,0,2\n")

    with pytest.raises(FileFormatError, match="which lies elsewhere"):
        read_png_csv(folder)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("file,bottom_um\n", "has no column thickness_um, exposure_s, field, x_um, y_um"),
        (f"{HEAD}\n", "exposes nothing"),
        (f"{HEAD}\n,0,5,,,,,2\n", "exposes nothing"),
        (f"{HEAD}\n00000.png,0,five,1,0,0,0,2\n", "layers.csv, line 2 should say a number above 0 for thickness_um"),
        (f"{HEAD}\n00000.png,0,5,0,0,0,0,2\n", "line 2 should say a number above 0 for exposure_s"),
        (f"{HEAD}\n00000.png,0,5,1,0,nan,0,2\n", "line 2 should say a number above 0 for x_um"),
        (f"{HEAD}\n00000.png,0,5,1,0,--1,0,2\n", "line 2 should say a number above 0 for x_um"),
        (f"{HEAD}\n00000.png,0\n", "line 2 should say a number"),
        (f"{HEAD}\nnone.png,0,5,1,0,0,0,2\n", "cannot be opened"),
    ],
)
def test_a_row_that_makes_no_sense_is_named(folder: Path, table: str, message: str) -> None:
    (folder / "layers.csv").write_text(table)

    with pytest.raises(BadInputError, match=message):
        screen_of(read_png_csv(folder), 0)


def test_negative_offsets_are_read(folder: Path) -> None:
    (folder / "layers.csv").write_text(f"{HEAD}\n00000.png,0,5,1,0,-8.5,-3,2\n")

    assert read_png_csv(folder).fields[0].offset_um == (-8.5, -3.0)
