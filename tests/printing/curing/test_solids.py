"""What becomes solid: faces where the working curve puts them, closed surfaces, and runs that are the pixels."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.printing.curing.doses import Cure, DosePlane, dose_planes
from mingyue.printing.curing.lights import MaskStack, Window
from mingyue.printing.curing.optics import gaussian_blur
from mingyue.printing.curing.solids import solid_runs, solid_volume_um3, surface, surface_pieces
from mingyue.printing.kernels import fast
from mingyue.printing.kernels.cells import MOST_TRIANGLES, cell_table
from mingyue.printing.meshes import Mesh

H_A_UM, LAYER_UM, PITCH_UM = 9.5, 10.0, 7.6


def cure(*, reach_layers: float = 1.5, sigma_px: float = 0.36) -> Cure:
    """Doses in critical doses: one exposure gels `reach_layers` layers deep."""
    return Cure(
        irradiance_mw_cm2=math.exp(reach_layers * LAYER_UM / H_A_UM),
        penetration_depth_um=H_A_UM,
        critical_dose_mj_cm2=1.0,
        blur=gaussian_blur(sigma_px),
    )


def stack(shares: np.ndarray) -> MaskStack:
    return MaskStack(shares.astype(np.float32), pitch_um=PITCH_UM, thickness_um=LAYER_UM, exposure_s=1.0)


def solid(shares: np.ndarray, resin: Cure, window: Window | None = None) -> Mesh:
    light = stack(shares)
    return surface(dose_planes(light, resin, window), light, resin, window)


def plate(layers: int, *, below: int) -> np.ndarray:
    """A lit square of so many layers over dark ones."""
    shares = np.zeros((below + layers, 15, 15))
    shares[below:, 3:12, 3:12] = 1.0
    return shares


def test_upward_faces_lie_at_the_top_of_their_layer_and_downward_faces_where_the_dose_ends() -> None:
    resin = cure()
    mesh = solid(plate(3, below=4), resin)

    decay = math.exp(-LAYER_UM / H_A_UM)
    dose = resin.irradiance_mw_cm2 * (1 + decay + decay**2)  # at the top of the lowest lit layer
    lowest = 5 * LAYER_UM - H_A_UM * math.log(dose)
    low, high = mesh.box_um
    assert high[2] == pytest.approx(7 * LAYER_UM, abs=1e-4)  # upward faces do not grow
    assert low[2] == pytest.approx(lowest, abs=1e-3)
    assert low[2] < 4 * LAYER_UM - 4.0  # downward faces do, by 9.1 µm here


def test_more_light_moves_downward_faces_by_penetration_depth_times_ln_2_and_no_upward_face() -> None:
    from dataclasses import replace

    resin = cure()
    once = solid(plate(3, below=6), resin)
    twice = solid(plate(3, below=6), replace(resin, irradiance_mw_cm2=2 * resin.irradiance_mw_cm2))

    assert once.box_um[0][2] - twice.box_um[0][2] == pytest.approx(H_A_UM * math.log(2), abs=1e-3)
    assert once.box_um[1][2] == twice.box_um[1][2]


@pytest.mark.parametrize("layers_down", [1, 2, 3])
def test_what_lies_over_the_platform_ends_there(layers_down: int) -> None:
    assert solid(plate(3, below=0), cure(reach_layers=layers_down)).box_um[0][2] == 0.0


def test_a_dose_straight_between_pixels_puts_the_wall_between_them() -> None:
    resin = cure(reach_layers=1.0, sigma_px=0.0)
    mesh = solid(plate(1, below=0), resin)

    top = mesh.vertices_um[mesh.vertices_um[:, 2] > LAYER_UM - 1e-6]
    inward = (1 - 1 / resin.irradiance_mw_cm2) * PITCH_UM  # from the last lit pixel's middle, dose e^1.05 to 0
    assert top[:, 0].max() == pytest.approx(11.5 * PITCH_UM + inward, abs=1e-4)
    assert top[:, 0].min() == pytest.approx(3.5 * PITCH_UM - inward, abs=1e-4)


@given(st.integers(0, 2**32), st.floats(0.05, 0.95), st.sampled_from([-1.0, 0.02, 0.5]))
def test_every_surface_is_closed_and_looks_outwards(seed: int, lit: float, same_wall_px: float) -> None:
    shares = np.random.default_rng(seed).random((4, 11, 19)) < lit
    light, resin = stack(shares), cure(reach_layers=0.9)

    pieces = list(surface_pieces(dose_planes(light, resin), light, resin, same_wall_px=same_wall_px))

    mesh = Mesh(
        np.concatenate([piece.vertices_um for piece in pieces]),
        np.concatenate([piece.triangles for piece in pieces]),
    )
    assert fast.closes(mesh.surface)
    assert edges_balance(mesh.triangles)
    assert mesh.volume_um3 >= 0


def edges_balance(triangles: np.ndarray) -> bool:
    """Every directed edge, by the numbers of its vertices, is met by one the other way."""
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    there, back = (np.unique(way, axis=0, return_counts=True) for way in (edges, edges[:, ::-1]))
    return np.array_equal(there[0], back[0]) and np.array_equal(there[1], back[1])


def test_the_volume_of_the_surface_is_that_of_the_columns() -> None:
    rows, columns = np.mgrid[:90, :90]
    disc = np.clip(40.0 - np.hypot(rows - 44.3, columns - 44.7), 0, 1)  # a rim of greys
    light, resin = stack(np.repeat(disc[None], 6, axis=0)), cure(sigma_px=1.5)
    planes = list(dose_planes(light, resin))

    mesh = surface(planes, light, resin)

    assert mesh.volume_um3 == pytest.approx(solid_volume_um3(planes, light, resin), rel=2e-3)


def test_a_window_cuts_the_surface_flat_and_closes_it() -> None:
    window = Window(5, 5, 4, 6, 2, 5)

    mesh = solid(plate(5, below=1), cure(), window)

    assert fast.closes(mesh.surface)
    assert mesh.box_um[0][2] == 2 * LAYER_UM
    assert mesh.box_um[1][2] == 5 * LAYER_UM


def test_a_cell_and_its_negative_hold_the_same_triangles_turned_over() -> None:
    table = cell_table()

    assert table[:, 0].max() == MOST_TRIANGLES
    assert table[0, 0] == table[255, 0] == 0
    for corner in range(8):
        one, all_but_one = table[1 << corner], table[255 - (1 << corner)]
        assert one[0] == all_but_one[0] == 1
        assert set(one[1:4]) == set(all_but_one[1:4])
        assert one[1:4].tolist() in [np.roll(all_but_one[1:4][::-1], turn).tolist() for turn in range(3)]


@given(st.integers(0, 2**32), st.floats(0.0, 15.0))
def test_runs_are_the_pixels_that_are_solid_at_that_depth(seed: int, depth_um: float) -> None:
    dose = np.random.default_rng(seed).random((12, 33)).astype(np.float32) * 5
    resin = cure()

    runs = solid_runs(DosePlane(0, dose), resin, depth_um=depth_um)

    assert np.array_equal(runs.painted() > 0, dose >= np.float32(math.exp(depth_um / H_A_UM)))
