"""A light map makes the dose even: the darkest place keeps its light, all others are dimmed to it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from mingyue.errors import BadInputError
from mingyue.printing.formats.light_maps import Reading, read_light_map
from mingyue.printing.runs import from_picture

# Brightness 1, 0.8 and 0.5 of the brightest, as a camera sees it and as a correction is driven.
BRIGHTNESS = np.array([[250, 200, 125]], dtype=np.uint8)
CORRECTION = np.array([[120, 150, 240]], dtype=np.uint8)


def saved(picture: NDArray[np.generic], folder: Path, name: str = "map.png") -> Path:
    Image.fromarray(picture).save(folder / name)
    return folder / name


@pytest.mark.parametrize(("picture", "reading"), [(BRIGHTNESS, "brightness"), (CORRECTION, "correction")])
def test_both_readings_dim_the_brighter_places(picture: NDArray[np.uint8], reading: Reading, tmp_path: Path) -> None:
    light = read_light_map(saved(picture, tmp_path), reading=reading, field_px=(3, 1), levels=5)

    full, half = (
        light.dimming.dimmed(from_picture(np.full((1, 3), grey, dtype=np.uint8))).painted() for grey in (255, 128)
    )

    assert full.tolist() == [[128, 159, 255]]  # of 255: 1/2, 5/8 and all
    assert half.tolist() == [[64, 80, 128]]
    assert light.said.dose_kept == 0.5
    assert light.said.uneven_before == pytest.approx(0.5 / np.mean([1, 0.8, 0.5]))
    assert light.said.uneven_after < 0.01
    assert light.said.reading == reading


@given(st.integers(0, 2**32 - 1), st.integers(2, 255), st.sampled_from([np.uint8, np.uint16]))
def test_every_pixel_gets_the_dose_of_the_darkest_within_half_a_level(
    tmp_path_factory: pytest.TempPathFactory, seed: int, levels: int, kind: type
) -> None:
    rng = np.random.default_rng(seed)
    most = np.iinfo(kind).max
    brightness = rng.integers(most // 2, most, (5, 7), endpoint=True).astype(kind)
    path = saved(brightness, tmp_path_factory.mktemp("light"))

    light = read_light_map(path, reading="brightness", field_px=(7, 5), levels=levels)

    shares = brightness / brightness.max()
    dose = light.dimming.dimmed(from_picture(np.full((5, 7), 255, dtype=np.uint8))).painted() / 255 * shares
    least = shares.min()
    assert np.abs(dose - least).max() <= (1 - least) / (levels - 1) / 2 + 0.5 / 255 + 1e-9
    assert light.said.dose_kept == pytest.approx(least)
    assert light.said.uneven_after == pytest.approx((dose.max() - dose.min()) / dose.mean())
    assert light.said.levels <= levels


@given(st.integers(0, 2**32 - 1))
def test_a_dark_pixel_stays_dark_and_a_brighter_one_stays_brighter(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    path = saved(rng.integers(200, 256, (4, 6)).astype(np.uint8), tmp_path_factory.mktemp("light"))
    light = read_light_map(path, reading="correction", field_px=(6, 4))
    mask = rng.integers(0, 255, (4, 6)).astype(np.uint8)

    once = light.dimming.dimmed(from_picture(mask)).painted()
    brighter = light.dimming.dimmed(from_picture(mask + 1)).painted()

    assert (once[mask == 0] == 0).all()
    assert (once <= mask).all()
    assert (brighter >= once).all()


def test_even_light_changes_nothing(tmp_path: Path) -> None:
    light = read_light_map(saved(np.full((2, 4), 77, dtype=np.uint8), tmp_path), reading="correction", field_px=(4, 2))
    mask = from_picture(np.arange(8, dtype=np.uint8).reshape(2, 4) * 36)

    assert light.dimming.dimmed(mask) == mask
    assert (light.said.dose_kept, light.said.uneven_before, light.said.uneven_after) == (1.0, 0.0, 0.0)


def test_the_measured_map_of_a_projector_is_a_correction(data_dir: Path) -> None:
    path = data_dir / "printing" / "light_map_HR5_2560x1600.png"

    light = read_light_map(path, reading="correction", field_px=(2560, 1600))

    assert light.said.dose_kept == pytest.approx(233 / 255)
    assert light.said.levels == 23  # its own greys, 233 to 255
    assert light.said.uneven_before == pytest.approx(0.0887, abs=1e-4)
    assert light.said.uneven_after < 1e-12
    assert len(light.dimming.levels) < 28 * 1600  # some 27 runs a row: what a dimmed row of full light falls into


@pytest.mark.parametrize(
    ("picture", "message", "remedy"),
    [
        (np.full((3, 1), 9, np.uint8), "map.png is 1 × 3 px, the field 3 × 1 px", "--field-px"),
        (np.zeros((1, 3), np.uint8), "less than a tenth", "brighter than 0"),
        (np.array([[5, 250, 250]], np.uint8), "less than a tenth", "brighter than 0"),
        (np.full((1, 3, 3), 200, np.uint8), "it has colours", "grey PNG"),
    ],
)
def test_what_is_no_light_map_is_refused(picture: NDArray[np.uint8], message: str, remedy: str, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=message) as caught:
        read_light_map(saved(picture, tmp_path), reading="brightness", field_px=(3, 1))

    assert remedy in caught.value.remedy


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_what_is_no_picture_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "map.png").write_bytes(content)

    with pytest.raises(BadInputError, match=r"map\.png cannot be used as a light map"):
        read_light_map(tmp_path / "map.png", reading="brightness", field_px=(3, 1))


def test_a_map_that_is_not_there_or_cut_short_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="No such file"):
        read_light_map(tmp_path / "map.png", reading="brightness", field_px=(3, 1))
    whole = saved(np.random.default_rng(1).integers(99, 255, (64, 64)).astype(np.uint8), tmp_path).read_bytes()
    (tmp_path / "map.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInputError, match="cannot be used as a light map"):
        read_light_map(tmp_path / "map.png", reading="brightness", field_px=(64, 64))


@pytest.mark.parametrize("levels", [-1, 0, 1, 256])
def test_levels_that_cannot_be_are_refused(levels: int, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="levels") as caught:
        read_light_map(saved(BRIGHTNESS, tmp_path), reading="brightness", field_px=(3, 1), levels=levels)

    assert "--light-map-levels" in caught.value.remedy
