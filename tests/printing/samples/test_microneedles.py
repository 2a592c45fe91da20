import numpy as np
import pytest
from scipy.spatial import cKDTree

from mingyue.printing.samples.microneedles import Microneedles, microneedles
from mingyue.printing.samples.sample import SampleParameterError


def test_plate_and_625_blunt_cones_hold_their_exact_volume():
    sample = microneedles()
    polygon = 64 / 2 * np.sin(2 * np.pi / 64)
    cone = 600 / 3 * polygon * (75**2 + 75 * 5 + 5**2)

    assert sample.mesh.volume_um3 == pytest.approx(200 * 10_000**2 + 625 * cone, rel=1e-9)
    assert len(sample.features) == 625


def test_every_needle_ends_in_a_flat_tip_where_its_feature_says():
    sample = microneedles()
    tips = sample.mesh.vertices_um[sample.mesh.vertices_um[:, 2] == 800]
    centres = np.array([(np.add(needle.low_um, needle.high_um) / 2)[:2] for needle in sample.features])

    away, nearest = cKDTree(centres).query(tips[:, :2])

    assert len(tips) == 625 * 64
    np.testing.assert_allclose(away, 5, atol=1e-6)
    np.testing.assert_array_equal(np.bincount(nearest), np.full(625, 64))


def test_needles_that_would_touch_are_refused():
    with pytest.raises(SampleParameterError, match="at a pitch of 120 µm"):
        microneedles(Microneedles(pitch_um=120))
