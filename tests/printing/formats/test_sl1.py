"""SL1 files as PrusaSlicer writes them, made by hand: orientation, mirrors, exposures that fade, a first layer."""

from __future__ import annotations

import itertools
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mingyue.errors import FileFormatError
from mingyue.printing.formats.sl1 import exposure_times, read_sl1, write_sl1
from mingyue.printing.runs import from_picture
from tests.printing.formats.stacks import stack_of

# An F, so that no turn and no mirror leaves it as it was. Row 0 is y max.
LETTER = np.zeros((6, 8), dtype=np.uint8)
LETTER[1:5, 2] = LETTER[1, 2:6] = LETTER[3, 2:4] = 255
# config.ini as PrusaSlicer 2.5.0 writes it.
CONFIG = {
    "action": "print",
    "expTime": "2",
    "expTimeFirst": "6",
    "expUserProfile": "0",
    "fileCreationTimestamp": "2026-11-23 at 12:32:50 UTC",
    "hollow": "0",
    "jobDir": "letter07",
    "layerHeight": "0.005",
    "materialName": "",
    "numFade": "3",
    "numFast": "8",
    "numSlow": "0",
    "printTime": "623.500000",
    "prusaSlicerVersion": "PrusaSlicer-2.5.0+UNKNOWN",
    "usedMaterial": "0.000487",
}
DISPLAY = {
    "display_width": "0.016",
    "display_height": "0.012",
    "display_pixels_x": "8",
    "display_pixels_y": "6",
    "display_mirror_x": "0",
    "display_mirror_y": "0",
    "display_orientation": "landscape",
    "initial_layer_height": "0.01",
    "layer_height": "0.005",
}


def ini(values: dict[str, str]) -> str:
    return "".join(f"{key} = {value}\n" for key, value in values.items())


def by_prusa(orientation: str, mirror_x: bool, mirror_y: bool) -> np.ndarray:
    """How PrusaSlicer puts the letter on the screen; each of the eight was compared with files of its own."""
    x_mirrored = not mirror_x if orientation == "portrait" else mirror_x
    row, column = np.nonzero(LETTER)
    x, y = column, 5 - row  # from the lower left
    width, height = 8, 6
    if orientation == "portrait":
        x, y, width, height = y, x, height, width
    x = width - 1 - x if x_mirrored else x
    y = y if mirror_y else height - 1 - y
    screen = np.zeros((height, width), dtype=np.uint8)
    screen[y, x] = 255
    return screen


def sl1(
    path: Path, picture: np.ndarray, config: dict[str, str], display: dict[str, str] | None, count: int = 8
) -> Path:
    stream = BytesIO()
    Image.fromarray(picture).save(stream, "PNG")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.ini", ini(config))
        if display is not None:
            archive.writestr("prusaslicer.ini", ini(display))
        for layer in range(count):
            archive.writestr(f"{config['jobDir']}{layer:05d}.png", stream.getvalue())
        archive.writestr("thumbnail/thumbnail400x400.png", stream.getvalue())
    return path


@pytest.mark.parametrize(
    ("orientation", "mirror_x", "mirror_y"),
    list(itertools.product(("landscape", "portrait"), (False, True), (False, True))),
)
def test_a_turned_or_mirrored_screen_is_turned_back(
    tmp_path: Path, orientation: str, mirror_x: bool, mirror_y: bool
) -> None:
    display = DISPLAY | {
        "display_orientation": orientation,
        "display_mirror_x": str(int(mirror_x)),
        "display_mirror_y": str(int(mirror_y)),
    }
    path = sl1(tmp_path / "a.sl1", by_prusa(orientation, mirror_x, mirror_y), CONFIG, display)

    with read_sl1(path) as stack:
        assert stack.field_px == (8, 6)
        assert stack.pixel_um == 2.0
        assert stack.shown(3, 0) == from_picture(LETTER)
        assert bool(stack.notes) == (orientation == "portrait" or mirror_x or mirror_y)


def test_heights_and_exposures_are_those_of_prusaslicer(tmp_path: Path) -> None:
    with read_sl1(sl1(tmp_path / "a.sl1", LETTER, CONFIG, DISPLAY)) as stack:
        assert [layer.bottom_um for layer in stack.layers] == [0.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0]
        assert [layer.thickness_um for layer in stack.layers] == [10.0] + [5.0] * 7
        assert [layer.exposures[0].seconds for layer in stack.layers] == [6.0, 6.0, 6.0, 5.0, 4.0, 3.0, 2.0, 2.0]


@pytest.mark.parametrize(
    ("usual_s", "first_s", "faded", "print_time_s"),
    [(10.0, 15.0, 3, 623.5), (10.0, 25.0, 3, 668.5), (10.0, 35.0, 10, 801.0), (12.0, 12.0, 3, 681.0)],
)
def test_exposures_add_up_to_the_time_that_prusaslicer_reckons(
    usual_s: float, first_s: float, faded: int, print_time_s: float
) -> None:
    """printTime of four files of 40 layers by PrusaSlicer 2.5.0; 201 s are its own for moving."""
    times = exposure_times(40, first_s=first_s, usual_s=usual_s, faded=faded)

    assert sum(times) + 201.0 == pytest.approx(print_time_s, abs=1e-6)


def test_a_job_that_was_renamed_is_read(tmp_path: Path) -> None:
    path = sl1(tmp_path / "a.sl1", LETTER, CONFIG, DISPLAY)
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data.replace(b"letter07", b"other"))

    with read_sl1(path) as stack:
        assert len(stack.layers) == 8


def test_the_pixel_is_asked_for_where_nobody_says_it(tmp_path: Path) -> None:
    path = sl1(tmp_path / "a.sl1", LETTER, CONFIG, None)

    with pytest.raises(FileFormatError, match="how large its pixels are") as refusal:
        read_sl1(path)
    assert "--pixel-um" in refusal.value.remedy
    with read_sl1(path, pixel_um=3.0) as stack:
        assert (stack.pixel_um, stack.canvas.left_um, stack.canvas.top_um) == (3.0, -12.0, 9.0)


@pytest.mark.parametrize(
    ("config", "display", "message"),
    [
        ({"numFast": "9"}, {}, "promises 9 layers and holds 8"),
        ({"layerHeight": "zero"}, {}, "number above 0 for layerHeight, and says 'zero'"),
        ({"layerHeight": "-1"}, {}, "number above 0 for layerHeight"),
        ({"expTime": "nan"}, {}, "number above 0 for expTime"),
        ({"expTimeFirst": "inf"}, {}, "number above 0 for expTimeFirst"),
        ({}, {"display_height": "0.02"}, "not square: 2 × 3.333 µm"),
        ({}, {"display_width": "0"}, "number above 0 for display_width"),
    ],
)
def test_what_makes_no_sense_is_refused(
    tmp_path: Path, config: dict[str, str], display: dict[str, str], message: str
) -> None:
    path = sl1(tmp_path / "a.sl1", LETTER, CONFIG | config, DISPLAY | display)

    with pytest.raises(FileFormatError, match=message):
        read_sl1(path)


def test_layers_with_a_gap_are_refused(tmp_path: Path) -> None:
    path = sl1(tmp_path / "a.sl1", LETTER, CONFIG | {"numFast": "0"}, DISPLAY)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("letter0700009.png", b"")

    with pytest.raises(FileFormatError, match="without a gap"):
        read_sl1(path)


def test_a_fade_that_the_format_knows_is_carried_over(tmp_path: Path) -> None:
    picture = np.full((2, 3), 255, dtype=np.uint8)
    times = exposure_times(12, first_s=8.0, usual_s=2.0, faded=5)
    stack = stack_of([[(0, seconds, picture)] for seconds in times])

    assert write_sl1(stack, tmp_path / "a.sl1") == ()
    with read_sl1(tmp_path / "a.sl1") as back:
        assert [layer.exposures[0].seconds for layer in back.layers] == pytest.approx(times)


def test_layers_are_8_bit_pictures_named_by_the_job(tmp_path: Path) -> None:
    write_sl1(stack_of([[(0, 1.0, LETTER)]]), tmp_path / "a.sl1")

    with zipfile.ZipFile(tmp_path / "a.sl1") as archive:
        assert archive.namelist() == ["job00000.png", "config.ini", "prusaslicer.ini"]
        picture = Image.open(BytesIO(archive.read("job00000.png")))
        assert picture.mode == "L"
        assert np.array_equal(np.asarray(picture), LETTER)
