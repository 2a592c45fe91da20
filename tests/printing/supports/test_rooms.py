"""Room for branches: what is free, and from where a way leads down."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import distance_transform_edt

from mingyue.printing.frames import centred_canvas
from mingyue.printing.runs import from_picture
from mingyue.printing.supports.rooms import STEPS, Room, RoomBuilder, cell_px_of

SLABS = st.tuples(st.integers(1, 5), st.integers(3, 7), st.integers(3, 7)).flatmap(
    lambda shape: arrays(np.bool_, shape, elements=st.sampled_from([False, False, False, True]))
)


def room_of(taken: np.ndarray, *, clearance_um: float = 0.0, stride: int = 1) -> Room:
    """The room of slabs of 10 µm cells of 2 px, each slab one layer."""
    builder = RoomBuilder(cell_px=2, cell_um=10.0, corner_um=(-50.0, 50.0), clearance_um=clearance_um, stride=stride)
    for number, slab in enumerate(taken):
        picture = np.kron(slab, np.ones((2, 2), dtype=np.uint8)) * np.uint8(200)
        builder.add(from_picture(picture), bottom_um=10.0 * number, thickness_um=10.0)
    return builder.room()


def widest_way(free: np.ndarray, cell: tuple[int, int, int], stride: int) -> int:
    """The thickest that gets down from a cell, by trying every step."""
    slab, row, column = cell
    here = int(free[cell])
    if slab == 0 or here == 0:
        return here
    moves = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)] if slab % stride == 0 else [(0, 0)]
    inside = [
        (slab - 1, row + i, column + j)
        for i, j in moves
        if 0 <= row + i < free.shape[1] and 0 <= column + j < free.shape[2]
    ]
    return min(here, max(widest_way(free, below, stride) for below in inside))


@given(SLABS, st.sampled_from([0.0, 4.0]), st.sampled_from([1, 2]))
def test_room_is_that_of_every_way_tried(taken: np.ndarray, clearance_um: float, stride: int) -> None:
    room = room_of(taken, clearance_um=clearance_um, stride=stride)

    far = np.stack([distance_transform_edt(~slab) if slab.any() else np.full(slab.shape, 99.0) for slab in taken])
    bare = np.clip((far - np.sqrt(0.5)) * STEPS, 0, 255).astype(np.uint8)
    free = np.maximum(bare.astype(int) - int(np.ceil(clearance_um / 10 * STEPS)), 0)
    assert np.array_equal(room.bare, bare)
    for cell in np.ndindex(taken.shape):
        assert room.ways[cell] == widest_way(free, cell, stride)


def test_a_layer_thinner_or_thicker_than_a_slab_takes_every_slab_it_touches() -> None:
    full, empty = (from_picture(np.full((4, 4), grey, dtype=np.uint8)) for grey in (255, 0))
    builder = RoomBuilder(cell_px=2, cell_um=10.0, corner_um=(0.0, 0.0), clearance_um=0.0)
    for number, layer in enumerate([empty, full, empty, empty, empty]):
        builder.add(layer, bottom_um=6.0 * number, thickness_um=6.0)  # the full one from 6 to 12 µm

    assert builder.room().bare[:, 0, 0].tolist() == [0, 0, 255]


def test_cells_and_points_are_one_place() -> None:
    room = room_of(np.zeros((3, 5, 4), dtype=bool))
    cells = np.array([(0, 0, 0), (2, 4, 3), (1, 2, 1)])

    assert np.array_equal(room.cells(room.points(cells)), cells)
    assert room.points(cells[:1]).tolist() == [[-45.0, 45.0, 5.0]]
    assert room.cells(np.array([[-1e6, 1e6, -5.0]])).tolist() == [[0, 0, 0]]


def test_forbidden_cells_are_taken() -> None:
    closed = np.zeros((4, 4), dtype=bool)
    closed[1, 2] = True
    builder = RoomBuilder(
        cell_px=1, cell_um=1.0, corner_um=(0.0, 0.0), clearance_um=0.0, forbidden=lambda slab: closed & (slab == 1)
    )
    for number in range(3):
        builder.add(from_picture(np.zeros((4, 4), dtype=np.uint8)), bottom_um=float(number), thickness_um=1.0)

    assert (builder.room().bare[:, 1, 2] == 0).tolist() == [False, True, False]


def test_the_grid_stays_in_memory_however_large_the_part() -> None:
    for side_px, height_um in ((100, 50.0), (2000, 1600.0), (25_000, 10_000.0), (25_000, 50_000.0)):
        cell_px = cell_px_of(centred_canvas(rows=side_px, columns=side_px, pitch_um=2.0), height_um)

        assert cell_px >= 4
        assert (side_px / cell_px) ** 2 * height_um / (2.0 * cell_px) <= 64_000_000
