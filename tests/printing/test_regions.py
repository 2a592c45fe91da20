"""A layer falls into regions without gap or overlap, by the same rules as painted pictures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import ndimage

from mingyue.errors import BadInputError
from mingyue.printing.kernels import reference
from mingyue.printing.regions import BULK, DOWN_FACING, EDGE, RegionExposures, combined, eroded, split
from mingyue.printing.runs import Runs, from_picture

Picture = NDArray[np.uint8]
GLYPHS = {None: ".", BULK: "#", EDGE: "e", DOWN_FACING: "v"}


def pictures(seed: int, count: int, *, rows: int = 9, columns: int = 14) -> list[Picture]:
    """Blobs with grey borders, which are what layers look like, and now and then noise."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        noise = rng.uniform(-1, 1, (rows, columns))
        smooth = ndimage.gaussian_filter(noise, rng.choice([0.0, 1.0, 2.0]))
        made.append(np.clip(np.rint(smooth * 2000 + 128), 0, 255).astype(np.uint8))
    return made


def as_text(regions: list[tuple[int, Runs]], rows: int, columns: int) -> str:
    drawn = np.full((rows, columns), ".")
    for region, runs in regions:
        drawn[runs.painted() > 0] = GLYPHS[region]
    return "\n".join("".join(row) for row in drawn)


def solid(text: str) -> Runs:
    return from_picture(np.array([[255 * (glyph == "#") for glyph in row] for row in text.split()], dtype=np.uint8))


@given(st.integers(0, 2**32 - 1))
def test_two_pictures_become_the_one_that_the_table_says(seed: int) -> None:
    one, other = pictures(seed, 2)
    table = np.random.default_rng(seed).choice([0, 1, 255], 65536).astype(np.uint8)

    made = combined(from_picture(one), from_picture(other), table)

    assert made == from_picture(reference.combine(one, other, table))


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_what_is_left_is_farther_from_every_hole_than_the_distance(seed: int, distance_px: int) -> None:
    (picture,) = pictures(seed, 1, rows=24, columns=30)
    reaches = np.sqrt(distance_px**2 - np.arange(distance_px + 1) ** 2).astype(np.int64)

    made = eroded(from_picture(picture), distance_px).painted()

    to_a_hole = ndimage.distance_transform_edt(np.pad(picture == 255, 6))[6:-6, 6:-6]
    np.testing.assert_array_equal(made == 255, to_a_hole > distance_px)
    np.testing.assert_array_equal(made == 255, reference.erode(picture == 255, reaches))
    assert set(np.unique(made)) <= {0, 255}


def test_a_picture_that_falls_to_pieces_gets_the_room_it_needs() -> None:
    comb = np.full((40, 400), 255, dtype=np.uint8)
    comb[19, ::5] = 0  # rows of one run that shrink to eighty

    left = eroded(from_picture(comb), 1)

    np.testing.assert_array_equal(left.painted() == 255, reference.erode(comb == 255, np.array([1, 0])))
    assert len(left) > 80


@given(st.integers(0, 2**32 - 1), st.integers(0, 3), st.integers(0, 4))
def test_regions_add_up_to_the_layer(seed: int, layers_below: int, edge_px: int) -> None:
    layer, *below = pictures(seed, 1 + layers_below)

    regions = split(from_picture(layer), [from_picture(under) for under in below], edge_px=edge_px)

    total = np.zeros(layer.shape, dtype=np.int64)
    for _, runs in regions:
        total += runs.painted()
    np.testing.assert_array_equal(total, layer)
    assert [region for region, _ in regions] == sorted({region for region, _ in regions})


@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(0, 4))
def test_what_faces_down_is_what_the_layers_below_do_not_carry(seed: int, layers_below: int, edge_px: int) -> None:
    layer, *below = pictures(seed, 1 + layers_below)

    regions = dict(split(from_picture(layer), [from_picture(under) for under in below], edge_px=edge_px))

    uncarried = np.maximum(layer.astype(int) - np.min(below, axis=0), 0)
    wanted = uncarried if uncarried.max() >= 128 else np.zeros_like(uncarried)
    found = regions[DOWN_FACING].painted() if DOWN_FACING in regions else np.zeros_like(layer)
    np.testing.assert_array_equal(found, wanted)


def test_an_overhang_on_a_foot_in_a_picture() -> None:
    foot = solid("............ ............ .####....... .####....... .####....... ............")
    roof = solid("............ .##########. .##########. .##########. .##########. .##########.")

    regions = split(roof, [foot], edge_px=1)

    assert as_text(regions, 6, 12) == (
        "............\n"
        ".vvvvvvvvvv.\n"
        ".e###vvvvvv.\n"
        ".e###vvvvvv.\n"
        ".e###vvvvvv.\n"
        ".vvvvvvvvvv."
    )  # fmt: skip
    assert as_text(split(roof, [], edge_px=1), 6, 12) == (
        "............\n"
        ".eeeeeeeeee.\n"
        ".e########e.\n"
        ".e########e.\n"
        ".e########e.\n"
        ".eeeeeeeeee."
    )  # fmt: skip


def test_a_grey_pixel_is_shared_between_its_regions() -> None:
    layer = from_picture(np.array([[255, 255, 200, 160]], dtype=np.uint8))
    below = from_picture(np.array([[255, 255, 50, 0]], dtype=np.uint8))

    regions = {region: runs.painted().tolist() for region, runs in split(layer, [below], edge_px=0)}

    assert regions == {BULK: [[255, 255, 50, 0]], DOWN_FACING: [[0, 0, 150, 160]]}


def test_a_wall_that_leans_by_a_hair_gets_no_flash_of_its_own() -> None:
    layer = from_picture(np.array([[255, 255, 180]], dtype=np.uint8))
    below = from_picture(np.array([[255, 255, 60]], dtype=np.uint8))

    assert split(layer, [below], edge_px=0) == [(BULK, layer)]


@pytest.mark.parametrize(
    "settings",
    [
        {"down_facing_s": 0.0},
        {"down_facing_s": float("nan")},
        {"edge_s": -1.0, "edge_px": 2},
        {"edge_s": 1.0},
        {"edge_px": 2},
        {"edge_s": 1.0, "edge_px": 1001},
        {"down_facing_s": 1.0, "down_facing_layers": 17},
        {"down_facing_s": 1.0, "down_facing_layers": 0},
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(BadInputError) as caught:
        RegionExposures(**settings)  # type: ignore[arg-type]

    assert "--" in caught.value.remedy
