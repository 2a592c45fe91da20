"""SL1 files that PrusaSlicer 2.5.0 made of a part of ours, in `by_prusaslicer/`: read, they show that very part.

The part is an F on a plate, 64 × 48 pixels of 2 µm around it, its corners on whole pixels; the first layer is 10 µm, the
others are 5 µm; exposures 6 s, fading over 3 layers to 2 s. A name says how the screen is turned and
mirrored (x, y).
"""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mingyue.printing.formats.convert import read_stack, stack_format, write_stack
from mingyue.printing.formats.sl1 import read_sl1
from mingyue.printing.frames import Canvas
from mingyue.printing.layers import cover_layers
from mingyue.printing.meshes import joined
from mingyue.printing.runs import Runs
from tests.solids import box

FILES = sorted((Path(__file__).parent / "by_prusaslicer").glob("*.sl1"))
PART = joined([
    box((8, 8, 0), (120, 88, 15)),
    box((24, 16, 10), (40, 80, 35)),
    box((38, 64, 10), (96, 80, 35)),
    box((38, 40, 10), (64, 56, 35)),
])  # fmt: skip
CUT_UM = np.array([5.0, 12.5, 17.5, 22.5, 27.5, 32.5])


def ours() -> list[Runs]:
    """The part on PrusaSlicer's bed, whose lower left corner is where x and y are 0."""
    canvas = Canvas(2.0, 48, 64, 0.0, 96.0)
    px = canvas.to_px(PART.vertices_um)
    return list(cover_layers(px, PART.triangles, CUT_UM, rows=48, columns=64))


def test_all_ways_to_turn_and_mirror_a_screen_are_there() -> None:
    assert len(FILES) == 8


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_shows_the_part_that_it_was_made_of(path: Path) -> None:
    with read_sl1(path) as stack:
        shown = [stack.shown(layer, 0) for layer in range(len(stack.layers))]

        assert shown == ours()
        assert stack.pixel_um == pytest.approx(2.0)
        assert [layer.bottom_um for layer in stack.layers] == pytest.approx([0, 10, 15, 20, 25, 30])
        assert [layer.thickness_um for layer in stack.layers] == pytest.approx([10, 5, 5, 5, 5, 5])
        assert [layer.exposures[0].seconds for layer in stack.layers] == pytest.approx([6, 6, 6, 5, 4, 3])
        assert bool(stack.notes) == ("landscape-00" not in path.name)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_written_again_it_shows_the_same_to_others(path: Path, tmp_path: Path) -> None:
    assert stack_format(path) == "sl1"
    with read_stack(path) as stack:
        write_stack(stack, tmp_path / "again.sl1", "sl1")

    with zipfile.ZipFile(tmp_path / "again.sl1") as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".png") and "thumb" not in name)
        pictures = [np.asarray(Image.open(BytesIO(archive.read(name))).convert("L")) for name in names]
    for picture, layer in zip(pictures, ours(), strict=True):
        np.testing.assert_array_equal(picture, layer.painted())
