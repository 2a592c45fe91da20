import numpy as np
import pytest

from mingyue.printing.samples.tubes import tube


@pytest.mark.parametrize("sides", [3, 8, 12])
def test_a_straight_tube_holds_exactly_what_a_round_one_would(sides):
    straight = np.linspace((10.0, -5.0, 3.0), (40.0, 35.0, 3.0), 5)

    assert tube(straight, radius_um=4, sides=sides).volume_um3 == pytest.approx(np.pi * 4**2 * 50, rel=1e-12)


def test_an_endless_tube_holds_what_pappus_says():
    angles = np.linspace(0, 2 * np.pi, 721)
    circle = 100 * np.stack([np.cos(angles), np.sin(angles), np.zeros(721)], axis=1)
    circle[-1] = circle[0]

    ring = tube(circle, radius_um=10, sides=12)

    assert ring.volume_um3 == pytest.approx(np.pi * 10**2 * 2 * np.pi * 100, rel=1e-4)
    assert len(ring.triangles) == 720 * 12 * 2


def test_a_bent_tube_keeps_its_thickness_all_along():
    angles = np.linspace(0, np.pi / 2, 30)
    arc = 200 * np.stack([np.cos(angles), np.zeros(30), np.sin(angles)], axis=1)

    skin = tube(arc, radius_um=10, sides=12).vertices_um[: 30 * 12].reshape(30, 12, 3)

    thickness = np.linalg.norm(skin - arc[:, None], axis=2)
    np.testing.assert_allclose(thickness, thickness[0, 0], rtol=1e-12)
