"""NanoDLP files: the JSON that matters, base layers, pixels packed into colours."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mingyue.errors import FileFormatError
from mingyue.printing.formats.nanodlp import read_nanodlp, write_nanodlp
from mingyue.printing.runs import from_picture
from tests.printing.formats.stacks import stack_of

PICTURE = np.arange(4 * 6, dtype=np.uint8).reshape(4, 6) * 10
PROFILE = {"Depth": 10.0, "CureTime": 2.0, "SupportCureTime": 9.0, "SupportLayerNumber": 1}
OPTIONS = {"PWidth": 6, "PHeight": 4, "Thickness": 5.0, "XPixelSize": 0.002, "YPixelSize": 0.002}


def nanodlp(path: Path, picture: np.ndarray, count: int = 3, **changed: Any) -> Path:
    """A file by hand; changed: plate, profile or options with other values, or further entries."""
    texts = {"plate": {"LayersCount": count}, "profile": PROFILE, "options": OPTIONS} | changed
    stream = BytesIO()
    Image.fromarray(picture).save(stream, "PNG")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in texts.items():
            if content is not None:
                archive.writestr(f"{name}.json", json.dumps(content))
        for layer in range(1, count + 1):
            archive.writestr(f"{layer}.png", stream.getvalue())
        archive.writestr("3d.png", stream.getvalue())
    return path


def test_layers_are_numbered_from_one_and_the_base_is_exposed_longer(tmp_path: Path) -> None:
    with read_nanodlp(nanodlp(tmp_path / "a.nanodlp", PICTURE)) as stack:
        assert (stack.pixel_um, stack.field_px) == (2.0, (6, 4))
        assert [layer.exposures[0].seconds for layer in stack.layers] == [9.0, 2.0, 2.0]
        assert [layer.bottom_um for layer in stack.layers] == [0.0, 5.0, 10.0]
        assert stack.shown(2, 0) == from_picture(PICTURE)
        assert stack.notes == ()


def test_the_thickness_of_the_profile_counts_where_the_options_say_none(tmp_path: Path) -> None:
    path = nanodlp(tmp_path / "a.nanodlp", PICTURE, options=OPTIONS | {"Thickness": 0})

    with read_nanodlp(path) as stack:
        assert stack.layers[1].bottom_um == 10.0


def test_three_pixels_packed_into_one_colour_are_taken_apart(tmp_path: Path) -> None:
    path = nanodlp(tmp_path / "a.nanodlp", PICTURE.reshape(4, 2, 3))

    with read_nanodlp(path) as stack:
        assert stack.field_px == (6, 4)
        assert stack.shown(0, 0) == from_picture(PICTURE)


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    path = nanodlp(tmp_path / "a.nanodlp", PICTURE, profile=PROFILE | {"TransitionalLayer": 2}, override=[{}])

    with read_nanodlp(path) as stack:
        assert [str(note)[:12] for note in stack.notes] == ["Its settings", "Its transiti"]


def test_base_layers_are_carried_over(tmp_path: Path) -> None:
    stack = stack_of([[(0, seconds, PICTURE)] for seconds in (9.0, 9.0, 2.0, 2.0, 2.0)])

    assert write_nanodlp(stack, tmp_path / "a.nanodlp") == ()
    with read_nanodlp(tmp_path / "a.nanodlp") as back:
        assert [layer.exposures[0].seconds for layer in back.layers] == [9.0, 9.0, 2.0, 2.0, 2.0]


def test_areas_are_told_for_reckoning_resin(tmp_path: Path) -> None:
    picture = np.zeros((4, 6), dtype=np.uint8)
    picture[1:3, 2:5] = 255
    write_nanodlp(stack_of([[(0, 1.0, picture)]], pixel_um=1000.0), tmp_path / "a.nanodlp")

    with zipfile.ZipFile(tmp_path / "a.nanodlp") as archive:
        (area,) = json.loads(archive.read("info.json"))
        assert json.loads(archive.read("plate.json"))["LayersCount"] == 1
        assert Image.open(BytesIO(archive.read("1.png"))).mode == "L"
    assert area["TotalSolidArea"] == 6.0
    assert (area["MinX"], area["MinY"], area["MaxX"], area["MaxY"]) == (2, 1, 4, 2)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"plate": {"LayersCount": 7}}, "promises 7 layers and holds 3"),
        ({"options": OPTIONS | {"YPixelSize": 0.003}}, "not square: 2 × 3 µm"),
        ({"options": OPTIONS | {"XPixelSize": 0}}, "how large its pixels are"),
        ({"options": OPTIONS | {"PWidth": 7}}, "6 × 4 px, not 7 × 4 px"),
        ({"options": OPTIONS | {"PWidth": "many"}}, "number above 0 for PWidth, and says 'many'"),
        ({"profile": {"Depth": 5.0}}, "number above 0 for CureTime, and says None"),
        ({"options": None}, "how large its pixels are"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, changed: dict[str, Any], message: str) -> None:
    path = nanodlp(tmp_path / "a.nanodlp", PICTURE, **changed)

    with pytest.raises(FileFormatError, match=message):
        read_nanodlp(path).shown(0, 0)


def test_a_screen_too_large_is_refused(tmp_path: Path) -> None:
    path = nanodlp(tmp_path / "a.nanodlp", PICTURE, options=OPTIONS | {"PWidth": 1e6, "PHeight": 1e6})

    with pytest.raises(Exception, match="px are the most"):
        read_nanodlp(path)
