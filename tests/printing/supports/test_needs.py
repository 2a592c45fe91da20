"""What hangs, against the same rules on bitmaps; and the necks that carry it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import distance_transform_edt, label

from mingyue.printing.findings.limits import read_limits
from mingyue.printing.profiles.rated import value_of
from mingyue.printing.runs import from_picture
from mingyue.printing.supports.needs import Need, needs_of
from mingyue.printing.supports.points import is_carried, neck_points

PICTURES = st.tuples(st.integers(4, 14), st.integers(4, 14)).flatmap(
    lambda shape: st.tuples(
        *[arrays(np.uint8, shape, elements=st.sampled_from([0, 0, 100, 255, 255]), fill=st.just(0))] * 2
    )
)


def on_bitmaps(
    below: np.ndarray, above: np.ndarray, reach: float, share: float
) -> set[tuple[str, frozenset[tuple[int, int]]]]:
    """The needs of a layer: kind and pixels."""
    under, solid = below >= 128, above >= 128
    far = distance_transform_edt(~under) if under.any() else np.full(solid.shape, np.inf)
    hangs = solid & (far > reach)
    found = set()
    parts, count = label(solid)
    lights, _ = label(above > 0)
    for number in range(1, count + 1):
        part = parts == number
        carried = int((part & under).sum())
        if carried == 0 and is_sliver(part, solid & under, lights, parts):
            continue
        if carried == 0:
            pixels = part & hangs if (part & hangs).any() else part
            found.add(("island", frozenset(map(tuple, np.argwhere(pixels).tolist()))))
            continue
        is_weak = carried < share * min(part.sum(), reach**2)
        pieces, pieces_count = label(part & hangs)
        for piece in range(1, pieces_count + 1):
            pixels = np.argwhere(pieces == piece)
            if len(pixels) >= 4:
                found.add(("island" if is_weak else "overhang", frozenset(map(tuple, pixels.tolist()))))
    return found


def is_sliver(part: np.ndarray, lies: np.ndarray, lights: np.ndarray, parts: np.ndarray) -> bool:
    """Few pixels or a pixel wide, and some part in the same light lies on something."""
    rows, columns = np.nonzero(part)
    small = part.sum() <= 3 or len(set(rows)) == 1 or len(set(columns)) == 1
    standing = np.isin(parts, parts[lies])
    return bool(small and (standing & (lights == lights[rows[0], columns[0]])).any())


@given(PICTURES, st.sampled_from([1.0, 1.5, 2.0, 3.2]))
def test_needs_are_those_of_the_bitmaps(layers: tuple[np.ndarray, np.ndarray], reach: float) -> None:
    below, above = layers

    needs = list(needs_of(map(from_picture, layers), reach_px=reach, island_share=0.25))

    told = {(need.kind, frozenset(map(tuple, need.pixels.tolist()))) for need in needs}
    assert told == on_bitmaps(below, above, reach, 0.25)
    assert len(told) == len(needs)
    parts, _ = label(above >= 128)
    for need in needs:
        row, column = need.corner
        there = parts[row : row + need.window.shape[0], column : column + need.window.shape[1]]
        assert np.array_equal(need.window, there == parts[tuple(need.pixels[0])])


def test_the_first_layer_lies_on_the_platform() -> None:
    full = from_picture(np.full((8, 8), 255, dtype=np.uint8))

    assert list(needs_of([full, full], reach_px=2.0, island_share=0.25)) == []


def strip(rows: int, columns: int) -> Need:
    window = np.zeros((rows + 10, columns + 10), dtype=bool)
    window[5:-5, 5:-5] = True
    return Need("island", 3, np.argwhere(window) + np.array([100, 200]), window, (100, 200))


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (5, 80), (7, 300), (60, 60), (200, 150)])
@pytest.mark.parametrize("reach", [6.0, 25.0])
def test_every_pixel_has_a_neck_within_the_reach(rows: int, columns: int, reach: float) -> None:
    need = strip(rows, columns)

    points = neck_points(need, reach_px=reach, neck_px=4.0)

    assert is_carried(need.pixels, points, reach).all()
    assert need.window[tuple((points - need.corner).T)].all()
    wide = min(rows, 2 * reach)
    fewest = max(1.0, columns / math.sqrt(4 * reach**2 - wide**2) if wide < 2 * reach else 0.0)
    spread_out = rows * columns / (1.5 * math.sqrt(3.0) * reach**2)
    assert len(points) <= 2.2 * max(fewest, spread_out) + 3


def test_necks_stand_in_the_middle_of_a_strut() -> None:
    need = strip(9, 200)

    points = neck_points(need, reach_px=20.0, neck_px=4.0)

    assert set(points[:, 0]) <= {100 + 5 + row for row in range(2, 7)}


def test_no_neck_stands_where_it_is_not_allowed() -> None:
    need = strip(9, 100)
    allowed = need.window.copy()
    allowed[:, :60] = False

    points = neck_points(need, reach_px=20.0, neck_px=4.0, allowed=allowed)

    assert len(points)
    assert (points[:, 1] >= 260).all()
    carried = is_carried(need.pixels, points, 20.0)
    assert carried[need.pixels[:, 1] >= 260].all()
    assert not carried[need.pixels[:, 1] < 235].any()
    assert not len(neck_points(need, reach_px=20.0, neck_px=4.0, allowed=np.zeros_like(allowed)))


def test_supports_carry_what_the_check_finds() -> None:
    """One truth in two files: from where on something hangs."""
    limits = read_limits()

    assert (limits["overhang"].risk, limits["overhang"].unit) == (value_of("overhang_layers"), "layers")
    assert (limits["weak_island"].risk, limits["weak_island"].unit) == (value_of("island_share"), "ratio")
