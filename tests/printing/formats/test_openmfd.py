"""Print files of schema 5: a real one, and names, groups, repeats and variables by hand."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mingyue.errors import FileFormatError, LimitError
from mingyue.printing.formats.openmfd import read_openmfd, write_openmfd
from mingyue.printing.formats.stack import screen_of
from mingyue.printing.runs import from_picture
from tests.printing.formats.stacks import flashes, heights, stack_of

PICTURE = np.arange(2 * 4, dtype=np.uint8).reshape(2, 4) * 30
DEFAULTS = {
    "Number of duplications": 1,
    "Position settings": {"Layer thickness (um)": 10, "Distance up (mm)": 1.0},
    "Image settings": {"Image file": "a.png", "Layer exposure time (ms)": 300, "Light engine": "visitech"},
}


def print_file(path: Path, layers: list[Any], folder: str = "printfile/", **others: Any) -> Path:
    settings = {
        "Header": {"Schema version": "5.0.0", "Image directory": "slices"},
        "Default layer settings": DEFAULTS,
        "Layers": layers,
    }
    stream = BytesIO()
    Image.fromarray(PICTURE).save(stream, "PNG")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{folder}print_settings.json", json.dumps(settings | others))
        archive.writestr(f"{folder}slices/a.png", stream.getvalue())
        archive.writestr(f"{folder}slices/b.png", stream.getvalue())
    return path


# --- the real one -------------------------------------------------------------------------------------------------


@pytest.fixture
def golden(data_dir: Path) -> Path:
    return data_dir / "printing" / "openmfd_stitched_device.zip"


def test_a_real_print_file_is_read_to_the_last_offset(golden: Path) -> None:
    with read_openmfd(golden) as stack:
        assert len(stack.layers) == 50
        assert {layer.thickness_um for layer in stack.layers} == {10.0}
        assert {len(layer.exposures) for layer in stack.layers} == {4}
        assert {flash.seconds for layer in stack.layers for flash in layer.exposures} == {0.3}
        assert stack.field_px == (2560, 1600)
        assert stack.pixel_um == 7.6
        assert {field.offset_um for field in stack.fields} == {
            (x, y) for x in (-9712.8, 9712.8) for y in (-6064.8, 6064.8)
        }
        assert stack.stitching.overlap_px == 4
        assert (stack.canvas.columns, stack.canvas.rows) == (5116, 3196)


def test_its_fields_meet_as_the_device_was_drawn(golden: Path) -> None:
    """The drawing has four channels 40 px wide, 200 px from each side of a slab of 5116 × 3196 px, layers 20 to 29."""
    drawn = np.full((3196, 5116), 255, dtype=np.uint8)
    drawn[:, 200:240] = drawn[:, -200:-160] = 0
    drawn[160:200, :] = drawn[-240:-200, :] = 0

    with read_openmfd(golden) as stack:
        assert screen_of(stack, 25) == from_picture(drawn)
        assert screen_of(stack, 0).lit_px == screen_of(stack, 49).lit_px == 3196 * 5116


def test_it_is_written_as_it_was(golden: Path, tmp_path: Path) -> None:
    path = tmp_path / "again.zip"
    with read_openmfd(golden) as stack:
        write_openmfd(stack, path)
        with read_openmfd(path) as back:
            assert back.fields == stack.fields
            assert back.canvas == stack.canvas
            assert heights(back) == heights(stack)
            assert [[(f.field, f.seconds) for f in layer.exposures] for layer in back.layers] == [
                [(f.field, f.seconds) for f in layer.exposures] for layer in stack.layers
            ]
            assert [back.shown(layer, k) == stack.shown(layer, k) for layer in (0, 25, 49) for k in range(4)] == [
                True
            ] * 12
    with zipfile.ZipFile(path) as archive:
        assert len(json.loads(archive.read("print_settings.json"))["Layers"]) == 3  # what repeats is said once
        assert len([name for name in archive.namelist() if name.endswith(".png")]) == 6  # five, and a dark one


# --- by hand ------------------------------------------------------------------------------------------------------


def test_the_nearest_setting_counts(tmp_path: Path) -> None:
    layer = {
        "Position settings": {"Using named position settings": "thin"},
        "Using named default image settings": "left",
        "Image settings list": [
            {},
            {"Using named image settings": "long", "Image file": "b.png"},
            {"Using named image settings": "long", "Layer exposure time (ms)": 50},
        ],
    }
    path = print_file(
        tmp_path / "a.zip",
        [layer],
        **{
            "Named position settings": {"thin": {"Layer thickness (um)": 2.5}},
            "Named image settings": {
                "left": {"Image x offset (um)": 76.0},
                "long": {"Layer exposure time (ms)": 900},
            },
        },
    )

    with read_openmfd(path) as stack:
        assert [(flash.seconds, flash.picture.name[-5:]) for flash in stack.layers[0].exposures] == [
            (0.3, "a.png"),
            (0.9, "b.png"),
            (0.05, "a.png"),
        ]
        assert stack.layers[0].thickness_um == 2.5
        assert stack.fields[0].offset_um == (-76.0, 0.0)  # the stage moves one way, the picture the other


def test_groups_repeats_and_variables_are_resolved(tmp_path: Path) -> None:
    group = [
        {"Image settings list": [{"Layer exposure time (ms)": "${base * (2 + -1) / 2}"}]},
        {"Number of duplications": 2, "Image settings list": [{"Image file": "${name}.png"}]},
    ]
    path = print_file(
        tmp_path / "a.zip",
        [
            {"Using named layer group": "g", "Number of duplications": 2, "Variables": {"base": 100}},
            {"Number of duplications": 3, "Image settings list": [{}]},
        ],
        **{"Named layer groups": {"g": group}, "Variables": {"base": 1, "name": "b"}},
    )

    with read_openmfd(path) as stack:
        assert [layer.exposures[0].seconds for layer in stack.layers] == [0.05, 0.3, 0.3] * 2 + [0.3] * 3
        assert [layer.exposures[0].picture.name[-5:] for layer in stack.layers] == ["a.png", "b.png", "b.png"] * 2 + [
            "a.png"
        ] * 3


def test_mirrors_are_obeyed_and_what_is_left_out_is_said(tmp_path: Path) -> None:
    images = [
        {"Mirror image long axis": True, "Do grayscale correction": True},
        {"Mirror image short axis": True},
        {"Special image techniques": {"0 um layer": {"Enable 0 um layer": True, "Number of duplications": 2}}},
    ]

    with read_openmfd(print_file(tmp_path / "a.zip", [{"Image settings list": images}], folder="")) as stack:
        shown = [flash.picture.read().painted().tolist() for flash in stack.layers[0].exposures]
        assert shown == [PICTURE[::-1].tolist(), PICTURE[:, ::-1].tolist(), PICTURE.tolist()]
        assert [str(note) for note in stack.notes[1:]] == [
            "Left out: Do grayscale correction (1 times).",
            "Left out: 0 um layer (1 times).",
            "Some exposures are mirrored; they were mirrored here as well.",
        ]


def test_the_pixel_is_found_from_the_steps_of_the_stage(tmp_path: Path) -> None:
    """Fields of 4 × 2 px that overlap by one, at 3 µm: steps of 9 and 3 µm."""
    images = [
        {"Image x offset (um)": x, "Image y offset (um)": y, "Light engine": "new"} for x in (0, 9) for y in (0, 3)
    ]

    with read_openmfd(print_file(tmp_path / "a.zip", [{"Image settings list": images}])) as stack:
        assert stack.pixel_um == 3.0
        assert stack.stitching.overlap_px == 1


def test_the_pixel_of_an_unknown_light_engine_is_asked_for(tmp_path: Path) -> None:
    path = print_file(tmp_path / "a.zip", [{"Image settings list": [{"Light engine": "new"}]}])

    with pytest.raises(FileFormatError, match="how large its pixels are"):
        read_openmfd(path)
    assert read_openmfd(path, pixel_um=1.5).pixel_um == 1.5


def test_long_exposures_are_split_and_dark_layers_stay_dark(tmp_path: Path) -> None:
    stack = stack_of([[(0, 25.0, PICTURE)], []], field_px=(4, 2))

    told = write_openmfd(stack, tmp_path / "a.zip")

    assert any("over 10 s" in said for said in told)
    with read_openmfd(tmp_path / "a.zip") as back:
        assert [flash.seconds for flash in back.layers[0].exposures] == [10.0, 10.0, 5.0]
        assert back.layers[1].exposures == ()


def test_offsets_are_those_of_the_stage(tmp_path: Path) -> None:
    stack = stack_of([[(0, 1.0, PICTURE), (1, 1.0, PICTURE)]], offsets_um=[(-4.0, 2.0), (4.0, -2.0)])
    write_openmfd(stack, tmp_path / "a.zip")

    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        (layer,) = json.loads(archive.read("print_settings.json"))["Layers"]
    assert [
        (image["Image x offset (um)"], image["Image y offset (um)"], image["Layer exposure time (ms)"])
        for image in layer["Image settings list"]
    ] == [(4.0, 2.0, 1000.0), (-4.0, -2.0, 1000.0)]
    assert flashes(read_openmfd(tmp_path / "a.zip")) == flashes(stack)


@pytest.mark.parametrize(
    ("layers", "others", "message"),
    [
        ([{}], {"Header": {"Schema version": "4.0.0", "Image directory": "slices"}}, "schema '4.0.0'; only 5"),
        ([], {}, "exposes nothing"),
        ({}, {}, "breaks its schema at 'Layers'"),
        ([5], {}, "breaks its schema at 'Layers'"),
        ([{"Using named layer group": "none"}], {}, "breaks its schema at 'none'"),
        ([{"Image settings list": [{"Using named image settings": "none"}]}], {}, "breaks its schema at 'none'"),
        ([{"Number of duplications": 1.5}], {}, "breaks its schema at 'Number of duplications'"),
        ([{"Image settings list": [{"Image file": "../../a.png"}]}], {}, "has no 'printfile/slices/../../a.png'"),
        ([{"Image settings list": [{"Image file": "/etc/passwd"}]}], {}, "has no '/etc/passwd'"),
        ([{"Image settings list": [{"Image file": 5}]}], {}, "breaks its schema at 'Image file'"),
        ([{"Image settings list": [{"Layer exposure time (ms)": -1}]}], {}, "Layer exposure time"),
        ([{"Image settings list": [{"Layer exposure time (ms)": "${1/0}"}]}], {}, "breaks its schema at '1/0'"),
        ([{"Image settings list": [{"Layer exposure time (ms)": "${9**9}"}]}], {}, r"breaks its schema at '9\*\*9'"),
        ([{"Image settings list": [{"Layer exposure time (ms)": "${exit()}"}]}], {}, "breaks its schema at 'exit"),
        ([{"Image settings list": [{"Light engine": "wintech"}, {}]}], {}, "uses 2 light engines"),
        ([{"Position settings": {"Layer thickness (um)": 0}}], {}, "layer of 0.0 µm"),
    ],
)
def test_what_breaks_the_schema_is_refused(tmp_path: Path, layers: Any, others: dict[str, Any], message: str) -> None:
    with pytest.raises(FileFormatError, match=message):
        read_openmfd(print_file(tmp_path / "a.zip", layers, **others))


@pytest.mark.parametrize("count", [100_001, 10**12])
def test_a_billion_repeats_are_refused_before_they_are_listed(tmp_path: Path, count: int) -> None:
    path = print_file(tmp_path / "a.zip", [{"Number of duplications": count, "Image settings list": [{}]}])

    with pytest.raises(LimitError, match="are the most"):
        read_openmfd(path)


def test_groups_that_multiply_are_refused_as_well(tmp_path: Path) -> None:
    group = [{"Number of duplications": 90_000, "Image settings list": [{}]}] * 3
    path = print_file(tmp_path / "a.zip", [{"Using named layer group": "g", "Number of duplications": 90_000}],
                      **{"Named layer groups": {"g": group}})  # fmt: skip

    with pytest.raises(LimitError, match="are the most"):
        read_openmfd(path)
