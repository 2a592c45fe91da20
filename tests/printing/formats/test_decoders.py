"""Every PNG that leaves the house holds the same pixels for Pillow, for OpenCV and for our own reader."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from mingyue.cli.choices import sample_part
from mingyue.printing import chain
from mingyue.printing.chain import BuildSettings
from mingyue.printing.formats.convert import StackFormat, read_stack, write_stack
from mingyue.printing.formats.light_maps import read_light_map
from mingyue.printing.formats.png import decode_png, encode_png
from mingyue.printing.profiles.machines import machine
from mingyue.printing.profiles.resins import resin
from mingyue.printing.regions import RegionExposures
from mingyue.printing.runs import from_picture

FIELD_PX = 600, 400
WAYS: dict[str, dict[str, object]] = {
    "grey": {},
    "binary": {"binary": True},
    "overlapping fields": {"overlap_px": 24, "ramp": "smooth"},
    "regions": {"regions": RegionExposures(down_facing_s=0.3, edge_s=0.5, edge_px=4)},
    "light map": {"light_map": None, "overlap_px": 24},
}
FORMATS: tuple[StackFormat, ...] = ("sl1", "nanodlp", "openmfd", "png")


def by_pillow(png: bytes) -> NDArray[np.uint8]:
    with Image.open(BytesIO(png)) as image:
        assert image.mode in {"1", "L"}
        return np.asarray(image.convert("L"))


def by_opencv(png: bytes) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(png, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    assert picture.ndim == 2
    return np.asarray(picture)


@given(
    st.integers(1, 40),
    st.integers(1, 600),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.002, 0.05, 0.5]),
    st.booleans(),
)
def test_any_picture_is_the_same_to_all(rows: int, columns: int, seed: int, changes: float, binary: bool) -> None:
    rng = np.random.default_rng(seed)
    greys = rng.choice([0, 255] if binary else np.arange(256), rows * columns)
    kept = np.maximum.accumulate(np.where(rng.uniform(size=rows * columns) < changes, np.arange(rows * columns), 0))
    picture = greys[kept].astype(np.uint8).reshape(rows, columns)

    for always_8_bit in (False, True):
        png = encode_png(from_picture(picture), always_8_bit=always_8_bit)

        np.testing.assert_array_equal(by_pillow(png), picture)
        np.testing.assert_array_equal(by_opencv(png), picture)


@pytest.fixture(scope="module", params=WAYS)
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The comb of needles, in fields of 600 × 400 px, in one of the ways."""
    folder, ways = tmp_path_factory.mktemp("package"), dict(WAYS[request.param])
    if "light_map" in ways:
        uneven = 230 + 25 * np.hypot(*np.mgrid[-1 : 1 : FIELD_PX[1] * 1j, -1 : 1 : FIELD_PX[0] * 1j]) / np.sqrt(2)
        Image.fromarray(uneven.astype(np.uint8)).save(folder / "light.png")
        ways["light_map"] = read_light_map(folder / "light.png", reading="correction", field_px=FIELD_PX)
    settings = BuildSettings(
        machine=machine("s230"), resin=resin("pr48-385"), layer_um=10.0, field_px=FIELD_PX, exposure_s=1.0,
        rotate_deg=(20.0, 0.0, 33.0), scale=0.5, **ways,  # type: ignore[arg-type]
    )  # fmt: skip
    chain.build(
        sample_part("connector_comb"),
        settings,
        package=folder / "job.zip",
    )
    return folder / "job.zip"


def test_every_mask_of_a_package_is_the_same_to_all(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        masks = [archive.read(name) for name in archive.namelist() if name.startswith("masks/")]

    assert masks
    for png in masks:
        picture = by_pillow(png)
        np.testing.assert_array_equal(by_opencv(png), picture)
        np.testing.assert_array_equal(decode_png(png, columns=FIELD_PX[0], rows=FIELD_PX[1]).painted(), picture)


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_picture_of_another_format_is_the_same_to_all(
    package: Path, format_name: StackFormat, tmp_path: Path
) -> None:
    path = tmp_path / f"file.{format_name}.zip"
    with read_stack(package) as stack:
        write_stack(stack, path, format_name)

    with zipfile.ZipFile(path) as archive:
        pictures = [archive.read(name) for name in archive.namelist() if name.endswith(".png") and "thumb" not in name]
    assert pictures
    for png in pictures:
        np.testing.assert_array_equal(by_opencv(png), by_pillow(png))
