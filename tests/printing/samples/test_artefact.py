import numpy as np
import pytest

from mingyue.printing.samples.artefact import PLATE_UM, Artefact, artefact
from mingyue.printing.samples.sample import SampleParameterError

EMPTY = {"hole", "slot", "bore"}


def disc(diameter, sides):
    return sides / 2 * np.sin(2 * np.pi / sides) * (diameter / 2) ** 2


def volume_um3(feature):
    """What a feature adds to the plate, or takes from it and its boss."""
    size = np.subtract(feature.high_um, feature.low_um)
    nominal = feature.nominal_um
    if feature.kind in ("pin", "hole"):
        return disc(nominal["diameter"], 64) * size[2]
    if feature.kind in ("boss", "bore"):
        return disc(nominal["diameter"], 256) * size[2]
    if feature.kind == "arm":
        half = np.pi / 24
        return (350**2 - 40**2) * np.sin(half) * np.cos(half) * nominal["height"]
    return np.prod(size) / (2 if feature.kind == "ramp" else 1)


def test_the_volume_is_the_plate_with_every_feature_added_or_cut():
    sample = artefact()
    expected = np.prod(PLATE_UM) + sum(
        -volume_um3(feature) if feature.kind in EMPTY else volume_um3(feature) for feature in sample.features
    )

    np.testing.assert_allclose(sample.mesh.size_um, (3000, 2000, 400), rtol=1e-12)
    assert sample.mesh.volume_um3 == pytest.approx(expected, rel=1e-9)


# Where a feature's middle says nothing: the boss is bored out there, the ramp's surface passes through it.
ASIDE_UM = {"boss": (200, 0, 0), "ramp": (0, 0, -1)}


def test_every_feature_is_full_or_empty_where_it_says(winding):
    sample = artefact()
    points = [
        np.add(feature.low_um, feature.high_um) / 2 + ASIDE_UM.get(feature.kind, (0, 0, 0))
        for feature in sample.features
    ]

    expected = [0 if feature.kind in EMPTY else 1 for feature in sample.features]

    np.testing.assert_allclose(winding(sample.mesh, points), expected, atol=1e-6)


def test_nominal_sizes_are_those_of_the_boxes():
    for feature in artefact().features:
        width, length, height = np.subtract(feature.high_um, feature.low_um)
        nominal = feature.nominal_um
        assert nominal.get("diameter", width) == pytest.approx(width)
        assert nominal.get("width", width) == pytest.approx(width)
        assert nominal.get("length", length) == pytest.approx(length)
        assert nominal.get("height", nominal.get("depth", nominal.get("rise"))) == pytest.approx(height)


def test_the_steps_rise_one_after_the_other():
    steps = [feature for feature in artefact().features if feature.kind == "step"]
    tops = [PLATE_UM[2], *(step.high_um[2] for step in steps)]

    np.testing.assert_allclose(np.diff(tops), [step.nominal_um["step"] for step in steps], rtol=1e-9)


def test_a_row_that_does_not_fit_the_plate_is_refused():
    with pytest.raises(SampleParameterError, match="do not fit") as refusal:
        artefact(Artefact(diameters_um=(200.0,)))

    assert "up to 180 µm" in refusal.value.remedy
