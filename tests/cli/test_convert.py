"""`mingyue convert`, and `mingyue inspect` of the files that it writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mingyue.printing.formats.convert import read_stack, write_stack
from mingyue.printing.formats.stack import screen_of
from tests.cli.conftest import Ended
from tests.printing.formats.stacks import stack_of

PICTURE = np.zeros((40, 60), dtype=np.uint8)
PICTURE[10:30, 20:50] = 255


@pytest.fixture
def sl1(tmp_path: Path) -> Path:
    path = tmp_path / "part.sl1"
    write_stack(stack_of([[(0, 1.5, PICTURE)], [(0, 1.5, PICTURE)]]), path, "sl1")
    return path


def test_the_name_says_the_format(mingyue: Callable[..., Ended], sl1: Path, tmp_path: Path) -> None:
    ended = mingyue("convert", sl1, "-o", "out.goo", "--json")

    assert ended.code == 0
    assert {key: ended.json[key] for key in ("from", "to", "layers", "fields", "exposures", "pixel_um")} == {
        "from": "sl1", "to": "goo", "layers": 2, "fields": 1, "exposures": 2, "pixel_um": 2.0,
    }  # fmt: skip
    assert ended.json["notes"] == ["The machine's motions are common defaults: set them for your machine."]
    assert f"note: {ended.json['notes'][0]}" in ended.err
    with read_stack(tmp_path / "out.goo") as stack:
        assert screen_of(stack, 1).painted().tolist() == PICTURE.tolist()


def test_to_says_it_where_the_name_does_not(mingyue: Callable[..., Ended], sl1: Path, tmp_path: Path) -> None:
    refused = mingyue("convert", sl1, "-o", "out.zip")
    ended = mingyue("convert", sl1, "-o", "out.zip", "--to", "PNG")

    assert (refused.code, refused.out) == (3, "")
    assert "remedy: Say which: --to package, sl1, nanodlp, goo, openmfd, png, svg." in refused.err
    assert ended.code == 0
    assert read_stack(tmp_path / "out.zip").format == "png"
    assert mingyue("convert", sl1, "-o", "out.zip", "--to", "jpeg").code == 3


def test_a_file_is_not_written_over_itself(mingyue: Callable[..., Ended], sl1: Path) -> None:
    before = sl1.read_bytes()

    ended = mingyue("convert", sl1, "-o", "part.sl1")

    assert ended.code == 3
    assert "would be written over itself" in ended.err
    assert sl1.read_bytes() == before


def test_what_holds_no_masks_is_refused(mingyue: Callable[..., Ended], tmp_path: Path) -> None:
    (tmp_path / "a.stl").write_text("solid\n")

    assert "a.stl holds no masks" in mingyue("convert", "a.stl", "-o", "a.goo").err
    assert "There is no file" in mingyue("convert", "b.sl1", "-o", "a.goo").err


def test_a_pixel_may_be_said(mingyue: Callable[..., Ended], sl1: Path) -> None:
    assert mingyue("convert", sl1, "-o", "a.svg", "--pixel-um", 5, "--json").json["pixel_um"] == 5.0
    assert "does not exist" in mingyue("convert", sl1, "-o", "a.svg", "--pixel-um", "nan").err


def test_inspect_tells_of_layers_fields_exposures_and_what_is_lit(
    mingyue: Callable[..., Ended], sl1: Path, tmp_path: Path
) -> None:
    found = mingyue("inspect", sl1, "--json", "--layer", 1, "--picture", "layer.png").json

    assert (found["format"], found["layers"], found["exposures"], found["field_px"]) == ("sl1", 2, 2, [60, 40])
    assert found["fields"] == [[0.0, 0.0]]
    assert found["exposure_s"] == {"least": 1.5, "most": 1.5, "sum": 3.0}
    assert found["volume_mm3"] == pytest.approx(2 * 600 * 4 * 5 / 1e9)
    assert found["layer"] == {
        "index": 1, "bottom_um": 5.0, "thickness_um": 5.0, "area_px": 600.0, "exposures": [[0, 1.5]],
    }  # fmt: skip
    assert np.asarray(Image.open(tmp_path / "layer.png")).tolist() == [[255] * 30] * 20


@pytest.mark.parametrize("name", ["a.goo", "a.nanodlp", "a.svg", "a.openmfd.zip", "a.png.zip", "folder"])
def test_inspect_draws_a_layer_of_every_format(mingyue: Callable[..., Ended], sl1: Path, name: str) -> None:
    assert mingyue("convert", sl1, "-o", name, *(("--to", "png") if name == "folder" else ())).code == 0

    ended = mingyue("inspect", name)

    assert ended.code == 0
    assert "60 × 40 px, 2 µm" in ended.out
    assert "2 × 5 µm" in ended.out
    assert "2 × 1.5 s" in ended.out
    assert "█" * 72 in ended.out


def test_inspect_refuses_a_damaged_mask(mingyue: Callable[..., Ended], tmp_path: Path) -> None:
    path = tmp_path / "a.goo"
    write_stack(stack_of([[(0, 1.5, PICTURE)]]), path, "goo")
    data = bytearray(path.read_bytes())
    data[-16] ^= 1
    path.write_bytes(bytes(data))

    ended = mingyue("inspect", path)

    assert (ended.code, ended.out) == (3, "")
    assert "is damaged" in ended.err


def test_inspect_names_a_layer_that_is_not_there(mingyue: Callable[..., Ended], sl1: Path) -> None:
    assert "Take one of 0 to 1." in mingyue("inspect", sl1, "--layer", 2).err
