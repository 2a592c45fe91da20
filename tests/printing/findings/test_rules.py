"""Rules one by one on the smallest layers that show them, and the limits that they take."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from scipy import ndimage

from mingyue.printing.components import components_of, dark_of, overlaps_of, union_of
from mingyue.printing.findings.channels import Pile, meet_floor, pieces_of
from mingyue.printing.findings.finding import KINDS
from mingyue.printing.findings.islands import points_within
from mingyue.printing.findings.limits import bounds_of, read_limits
from mingyue.printing.findings.overhangs import distance_px
from mingyue.printing.findings.size import length
from mingyue.printing.findings.spots import gathered, groups, spots
from mingyue.printing.findings.thin import are_lit
from mingyue.printing.findings.tree import Growth, all_of, things_of
from mingyue.printing.profiles.sourced import ProfileError
from mingyue.printing.runs import Runs, from_picture

Block = NDArray[np.bool_]
shapes = hnp.array_shapes(min_dims=2, max_dims=2, max_side=9)
pictures = shapes.flatmap(lambda shape: hnp.arrays(np.bool_, shape))
pairs = shapes.flatmap(lambda shape: st.tuples(*[hnp.arrays(np.bool_, shape)] * 2))
blocks = hnp.array_shapes(min_dims=3, max_dims=3, max_side=7).flatmap(lambda shape: hnp.arrays(np.bool_, shape))


def runs(picture: NDArray[np.bool_]) -> Runs:
    return from_picture(np.where(picture, 255, 0).astype(np.uint8))


# --- floors ---------------------------------------------------------------------------------------------------------


@given(pairs)
def test_a_union_is_that_of_bitmaps(both: tuple[Block, Block]) -> None:
    assert union_of(runs(both[0]), runs(both[1])) == runs(both[0] | both[1])


@given(pairs)
def test_pieces_that_meet_a_floor_and_those_that_do_not_are_all_pieces(both: tuple[Block, Block]) -> None:
    ceiling, floor = both

    met, left = meet_floor(pieces_of(runs(ceiling)), runs(floor))

    for found, expected in ((met, ceiling & floor), (left, ceiling & ~floor)):
        painted = np.zeros_like(ceiling)
        for row, column, after in found:
            assert not painted[row, column:after].any()
            painted[row, column:after] = True
        assert np.array_equal(painted, expected)


@given(st.integers(1, 40), st.integers(3, 20))
def test_a_pile_holds_the_layers_below_and_the_unions_of_eight(count: int, most: int) -> None:
    layers = [runs(np.arange(6)[None, :] == layer % 6) for layer in range(count)]
    pile = Pile()
    for number, layer in enumerate(layers):
        pile = pile.higher(layer, number, most=most)

    assert list(pile.layers) == layers[::-1][:most]
    for first, union in pile.unions.items():
        assert first % 8 == 0
        assert union == runs(np.isin(np.arange(6), np.arange(first, first + 8) % 6)[None, :])


# --- things through the layers --------------------------------------------------------------------------------------


@given(blocks)
def test_what_hangs_together_through_layers_is_what_scipy_labels_in_a_block(block: Block) -> None:
    growth = Growth()
    below = None
    for layer, picture in enumerate(block):
        parts = components_of(runs(picture))
        new = things_of(parts, layer, points_within(parts, np.ones(parts.count, dtype=np.bool_)))
        growth.add(new, overlaps_of(below or parts, parts))
        below = parts
    assert growth.growing is not None
    found = all_of([*growth.ended(), growth.growing])

    labels, count = ndimage.label(block)
    boxes = ndimage.find_objects(labels)
    volumes = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    expected = sorted(
        (layers.start, layers.stop - 1, rows.start, columns.start, rows.stop, columns.stop, int(volume))
        for (layers, rows, columns), volume in zip(boxes, volumes, strict=True)
    )
    rows = zip(found.first, found.last, found.boxes_px.tolist(), found.volume_px, strict=True)
    assert sorted((int(first), int(last), *box, int(volume)) for first, last, box, volume in rows) == expected


@given(pairs, st.data())
def test_whether_there_is_light_at_a_point_is_what_the_bitmap_says(
    both: tuple[Block, Block], data: st.DataObject
) -> None:
    picture = both[0]
    at = data.draw(
        st.lists(st.tuples(st.integers(0, picture.shape[1] - 1), st.integers(0, picture.shape[0] - 1)), min_size=1)
    )

    found = are_lit(runs(picture), np.array(at) + 0.5)

    assert found.tolist() == [bool(picture[row, column]) for column, row in at]


@given(pictures)
def test_the_distance_to_what_is_lit_is_that_of_a_distance_map(picture: Block) -> None:
    away = ndimage.distance_transform_edt(~picture) if picture.any() else np.full(picture.shape, np.inf)

    assert distance_px(runs(picture), 0.5, 0.5) == pytest.approx(away[0, 0])
    assert dark_of(runs(picture)) == runs(~picture)


# --- spots ------------------------------------------------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 12), st.integers(0, 12), st.integers(1, 4), st.integers(1, 4)),
        max_size=12,
    )
)
def test_groups_are_the_boxes_that_touch_from_layer_to_layer(places: list[tuple[int, int, int, int, int]]) -> None:
    boxes = [(layer, row, column, row + rows, column + columns) for layer, row, column, rows, columns in places]
    found = gathered([
        spots(layer, np.array([box]), np.array([float(number)]), np.zeros((1, 2)))
        for number, (layer, *box) in enumerate(boxes)
    ])  # fmt: skip

    together = sorted(sorted(group.measured.astype(int).tolist()) for group in groups(found))

    label = list(range(len(boxes)))
    for a, one in enumerate(boxes):
        for b, other in enumerate(boxes):
            apart = one[1] > other[3] or other[1] > one[3] or one[2] > other[4] or other[2] > one[4]
            if abs(one[0] - other[0]) <= 1 and not apart:
                label = [label[a] if name == label[b] else name for name in label]
    assert together == sorted([k for k, name in enumerate(label) if name == each] for each in sorted(set(label)))


# --- limits -----------------------------------------------------------------------------------------------------------


def test_every_limit_is_of_a_kind_and_has_a_source() -> None:
    limits = read_limits()

    assert set(limits) <= set(KINDS)
    assert set(KINDS) - set(limits) == {"outside_platform", "mesh_fault", "empty_layer"}
    for limit in limits.values():
        assert len(limit.source.text) > 20
        assert limit.fails is not None or limit.risk is not None


def test_limits_of_ones_own_win_key_by_key(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[narrow_gap]\nrisk = 9.0\nsource = "our machine"\nmark = "measured"\n')

    gap = read_limits(own)["narrow_gap"]

    assert (gap.fails, gap.risk, gap.unit, gap.source.mark) == (4.0, 9.0, "px", "measured")
    assert read_limits(own)["thin_wall"] == read_limits()["thin_wall"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[thin_walls]\nfails = 3.0\n", "no limit called 'thin_walls'"),
        ('[thin_wall]\nunit = "inch"\n', "not a unit of limits"),
        ("[thin_wall]\nfails = -1\n", "not a number above 0"),
        ("[thin_wall]\nfail = 3.0\n", "fail is not a key"),
    ],
)
def test_odd_limits_are_refused(tmp_path: Path, text: str, why: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(text)

    with pytest.raises(ProfileError, match=why):
        read_limits(own)


def test_limits_follow_the_machine_and_the_resin() -> None:
    limits = read_limits()
    fine = {"pixel_um": 2.0, "penetration_depth_um": 10.0, "layer_um": 5.0}

    channel, gap = bounds_of(limits["closed_channel"], **fine), bounds_of(limits["narrow_gap"], **fine)

    assert (channel.fails, channel.risk, channel.unit) == (35.0, 55.0, "µm")
    assert (gap.of_small(7.9), gap.of_small(8.0), gap.of_small(12.0)) == ("fails", "risk", None)
    slender = bounds_of(limits["slender_pillar"], **fine)
    assert (slender.of_large(20.0), slender.of_large(20.1), slender.unit) == (None, "risk", "")


@pytest.mark.parametrize(("um", "said"), [(0.005, "5 nm"), (2.5, "2.5 µm"), (3_840, "3.84 mm"), (5e6, "5 m")])
def test_lengths_are_said_as_people_write_them(um: float, said: str) -> None:
    assert length(um) == said
