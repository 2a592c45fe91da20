"""A print package is whole or not there, says what it holds, and shows when somebody changed it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mingyue.errors import BadInputError, MingyueError
from mingyue.printing.formats import manifest as m
from mingyue.printing.formats.png import PngError, decode_png, encode_png
from mingyue.printing.formats.print_package import PackageError, PackageWriter, is_package, open_package
from mingyue.printing.runs import blank, from_picture

PICTURE = np.array([[0, 255, 128, 0], [0, 0, 255, 255]], dtype=np.uint8)


def manifest(masks: list[m.MaskOf], exposures: tuple[tuple[int, int, float], ...] = ((0, 0, 0.5),)) -> m.Manifest:
    return m.Manifest(
        format="mingyue-print-package",
        version="1.0",
        made_by="a test",
        part=m.PartOf("cube", "stl", "0" * 64, 12, (8.0, 4.0, 5.0)),
        placement=m.PlacementOf(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (0.0, 0.0, 0.0)),
        machine=m.MachineOf("tiny", 2.0, (4, 2), None, False),
        resin=m.ResinOf("water", 10.0, None),
        canvas=m.CanvasOf(2.0, 2, 8, -8.0, 2.0),
        stitching=m.StitchingOf(0, "none"),
        grey="coverage",
        fields=(m.FieldOf(0, 0, (-4.0, 0.0)), m.FieldOf(0, 4, (4.0, 0.0))),
        layers=(m.LayerOf(0.0, 5.0, 2.5, 3.5, tuple(m.ExposureOf(*exposure) for exposure in exposures)),),
        masks=tuple(masks),
        preview="preview.png",
    )


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "job.zip"
    runs = from_picture(PICTURE)
    with PackageWriter(path) as writer:
        place = writer.add_mask(encode_png(runs), name="00000-000", lit_px=runs.lit_px)
        writer.finish(manifest(writer.masks, ((0, place, 0.5),)), preview_png=encode_png(runs))
    return path


def test_masks_of_a_field_that_comes_several_times_add_up(tmp_path: Path) -> None:
    parts = [from_picture(np.array([row, row], dtype=np.uint8)) for row in ([0, 255, 100, 9], [0, 0, 155, 255])]
    with PackageWriter(tmp_path / "job.zip") as writer:
        places = [writer.add_mask(encode_png(runs), name=str(k), lit_px=runs.lit_px) for k, runs in enumerate(parts)]
        exposures = tuple((0, place, 0.5) for place in places)
        writer.finish(manifest(writer.masks, exposures), preview_png=encode_png(parts[0]))

    with open_package(tmp_path / "job.zip") as opened:
        assert opened.mask(0, 0).painted().tolist() == [[0, 255, 255, 255]] * 2


def test_reading_gives_back_what_was_written(package: Path) -> None:
    with open_package(package) as opened:
        assert opened.mask(0, 0) == from_picture(PICTURE)
        assert opened.mask(0, 1) == blank(rows=2, columns=4)
        assert opened.manifest == manifest(list(opened.manifest.masks))
        assert list(opened.problems()) == []


def test_equal_masks_are_stored_once(tmp_path: Path) -> None:
    png = encode_png(from_picture(PICTURE))
    with PackageWriter(tmp_path / "job.zip") as writer:
        places = [writer.add_mask(png, name=f"0000{k}-000", lit_px=4) for k in range(3)]
        writer.finish(manifest(writer.masks), preview_png=png)

    assert places == [0, 0, 0]
    assert zipfile.ZipFile(tmp_path / "job.zip").namelist() == [
        "masks/00000-000.png",
        "preview.png",
        "manifest.json",
    ]


def test_the_same_content_gives_the_same_bytes(package: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.zip"
    runs = from_picture(PICTURE)
    with PackageWriter(again) as writer:
        writer.add_mask(encode_png(runs), name="00000-000", lit_px=runs.lit_px)
        writer.finish(manifest(writer.masks), preview_png=encode_png(runs))

    assert again.read_bytes() == package.read_bytes()


def test_an_interrupted_package_leaves_nothing_and_takes_nothing(package: Path) -> None:
    before = package.read_bytes()

    def interrupted() -> None:
        with PackageWriter(package) as writer:
            writer.add_mask(encode_png(from_picture(PICTURE)), name="00000-000", lit_px=4)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert [path.name for path in package.parent.iterdir()] == ["job.zip"]
    assert package.read_bytes() == before


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(BadInputError, match="cannot be written") as refusal,
        PackageWriter(tmp_path / "file" / "job.zip"),
    ):
        pass
    assert "-o" in refusal.value.remedy


def rewritten(package: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(package) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    with zipfile.ZipFile(package, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return package


def test_a_changed_mask_is_found(package: Path) -> None:
    other = encode_png(from_picture(PICTURE[::-1].copy()))
    rewritten(package, lambda entries: entries.update({"masks/00000-000.png": other}))

    with open_package(package) as opened:
        assert list(opened.problems()) == [
            "masks/00000-000.png: masks/00000-000.png was changed after the package was made."
        ]
        with pytest.raises(PackageError, match="was changed"):
            opened.mask(0, 0)


def test_a_missing_mask_is_found(package: Path) -> None:
    rewritten(package, lambda entries: entries.pop("masks/00000-000.png"))

    with open_package(package) as opened:
        assert [problem for problem in opened.problems() if "has no masks/00000-000.png" in problem]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("version",), "2.0"),
        (("machine", "pixel_um"), -2.0),
        (("machine", "field_px"), [4, 200_000]),
        (("layers", 0, "exposures"), [[0, 7, 0.5]]),
        (("layers", 0, "exposures"), [[9, 0, 0.5]]),
        (("layers", 0, "exposures"), [[0, 0, 0]]),
        (("masks", 0, "path"), "../../etc/passwd"),
        (("masks", 0, "path"), "masks/../../x.png"),
        (("masks", 0, "sha256"), "abc"),
        (("part", "name"), None),
        (("surprise",), 1),
        (("fields",), []),
    ],
)
def test_a_manifest_that_breaks_the_rules_is_refused(package: Path, path: tuple[Any, ...], value: object) -> None:
    def change(entries: dict[str, bytes]) -> None:
        content = json.loads(entries["manifest.json"])
        place = content
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        entries["manifest.json"] = json.dumps(content).encode()

    rewritten(package, change)

    with pytest.raises(PackageError, match="breaks the schema") as refusal, open_package(package):
        pass
    assert refusal.value.remedy


def test_the_published_schema_is_that_of_the_reader(package: Path) -> None:
    published = json.loads((Path(__file__).parents[3] / "docs/reference/print-package.schema.json").read_text("utf-8"))

    assert published == m.manifest_schema()
    jsonschema.Draft202012Validator.check_schema(published)
    jsonschema.validate(json.loads(zipfile.ZipFile(package).read("manifest.json")), published)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"format": "mingyue-print-package"}, published)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"solid cube"])
def test_what_is_no_package_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.zip"
    path.write_bytes(content)

    assert not is_package(path)
    with pytest.raises(PackageError, match="not a print package"), open_package(path):
        pass


@given(st.binary(max_size=400))
def test_damaged_bytes_never_break_the_reader(noise: bytes) -> None:
    picture = from_picture(PICTURE)
    png = bytearray(encode_png(picture))
    for k, byte in enumerate(noise):
        png[(byte * 7 + k) % len(png)] ^= byte

    try:
        decoded = decode_png(bytes(png), columns=4, rows=2)
    except MingyueError:
        return
    assert (decoded.rows, decoded.columns) == (2, 4)


# --- masks as PNG ----------------------------------------------------------------------------------------------------


@given(st.integers(1, 30), st.integers(1, 60), st.integers(0, 2**32 - 1), st.booleans())
def test_a_png_is_the_picture_to_others_too(rows: int, columns: int, seed: int, binary: bool) -> None:
    greys = [0, 255] if binary else [0, 0, 40, 255]
    picture = np.random.default_rng(seed).choice(greys, (rows, columns)).astype(np.uint8)

    png = encode_png(from_picture(picture))

    with Image.open(BytesIO(png)) as image:
        assert image.mode == ("1" if set(np.unique(picture)) <= {0, 255} else "L")
        assert np.array_equal(np.asarray(image.convert("L")), picture)
    assert decode_png(png, columns=columns, rows=rows) == from_picture(picture)


def test_a_png_of_another_size_is_refused_before_it_is_unpacked() -> None:
    png = bytearray(encode_png(from_picture(PICTURE)))
    png[16:24] = (60_000).to_bytes(4, "big") * 2

    with pytest.raises(PngError, match="60000 × 60000"):
        decode_png(bytes(png), columns=4, rows=2)


def test_a_coloured_png_is_refused() -> None:
    buffer = BytesIO()
    Image.new("RGB", (4, 2)).save(buffer, format="PNG")

    with pytest.raises(PngError, match="colours"):
        decode_png(buffer.getvalue(), columns=4, rows=2)


def test_a_manifest_survives_its_json() -> None:
    made = manifest([m.MaskOf("masks/00000-000.png", "a" * 64, 4)])

    assert msgspec.json.decode(msgspec.json.encode(made), type=m.Manifest) == made
