import numpy as np
import pytest

from mingyue.printing.samples.connector_comb import ConnectorComb, connector_comb
from mingyue.printing.samples.sample import SampleParameterError


def test_300_pins_and_a_bar_are_301_boxes():
    sample = connector_comb()
    length, width, height = sample.mesh.size_um

    assert len(sample.features) == 300
    assert len(sample.mesh.triangles) == 301 * 12
    assert (length <= 3840, width <= 2160, height) == (True, True, 200)
    assert sample.mesh.volume_um3 == pytest.approx(length * width * 100 + 300 * 10 * 10 * 120, rel=1e-12)


def test_each_pins_box_is_the_box_that_the_mesh_shows():
    sample = connector_comb()
    corners = sample.mesh.vertices_um.reshape(301, 8, 3)[1:]

    np.testing.assert_array_equal(corners.max(axis=1), [pin.high_um for pin in sample.features])
    np.testing.assert_array_equal(corners.min(axis=1)[:, :2], [pin.low_um[:2] for pin in sample.features])


def test_most_edges_lie_inside_a_pixel_and_some_on_its_border():
    left = np.array([pin.low_um[0] for pin in connector_comb().features])
    inside_px = np.round(left / 2 % 1, 6)

    assert 0 < np.mean(inside_px == 0) < 0.1
    assert len(np.unique(inside_px)) >= 10


def test_pins_that_would_touch_are_refused():
    with pytest.raises(SampleParameterError, match="touch each other"):
        connector_comb(ConnectorComb(pitch_um=10))


def test_roots_through_the_bar_are_refused():
    with pytest.raises(SampleParameterError, match="do not end inside a bar of 100"):
        connector_comb(ConnectorComb(root_um=100))
