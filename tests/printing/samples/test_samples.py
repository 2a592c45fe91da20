import subprocess
import sys

import numpy as np
import pytest

from mingyue.errors import BadInputError
from mingyue.printing.samples import SAMPLES, make_sample

EVERY = pytest.mark.parametrize("name", SAMPLES)


def directed_edges(triangles, vertex_count):
    edges = triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    return edges[:, 0] * vertex_count + edges[:, 1], edges[:, 1] * vertex_count + edges[:, 0]


@EVERY
def test_every_edge_is_used_once_in_each_direction(name):
    mesh = make_sample(name).mesh

    there, back = directed_edges(mesh.triangles, len(mesh.vertices_um))

    assert len(np.unique(there)) == len(there)
    np.testing.assert_array_equal(np.sort(there), np.sort(back))


@EVERY
def test_a_sample_stands_on_zero_with_its_outside_out(name):
    sample = make_sample(name)

    assert sample.mesh.box_um[0][2] == 0.0
    assert sample.mesh.volume_um3 > 0


@EVERY
def test_making_a_sample_twice_gives_the_same_arrays(name):
    one, other = make_sample(name), make_sample(name)

    np.testing.assert_array_equal(one.mesh.vertices_um, other.mesh.vertices_um)
    np.testing.assert_array_equal(one.mesh.triangles, other.mesh.triangles)


@EVERY
def test_features_have_names_of_their_own_and_lie_in_the_samples_box(name):
    sample = make_sample(name)
    low, high = sample.mesh.box_um
    features = sample.features

    assert sample.name == name
    assert features
    assert len({feature.name for feature in features}) == len(features)
    assert (np.array([feature.low_um for feature in features]) >= low - 10).all()
    assert (np.array([feature.high_um for feature in features]) <= high + 10).all()
    assert all(size > 0 for feature in features for size in feature.nominal_um.values())


@EVERY
def test_every_sample_is_described_in_both_languages(name):
    entry = SAMPLES[name]

    assert entry.en.endswith(".")
    assert entry.en.isascii() or "–" in entry.en or "µ" in entry.en or "×" in entry.en
    assert any("\u4e00" <= letter <= "\u9fff" for letter in entry.zh)


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(BadInputError, match="no sample named 'teapot'") as refusal:
        make_sample("teapot")

    assert all(name in refusal.value.remedy for name in SAMPLES)


def test_listing_the_samples_imports_no_geometry_library():
    listing = (
        "import sys; from mingyue.printing.samples import SAMPLES; print(len(SAMPLES), "
        "[m for m in ('skimage', 'scipy', 'manifold3d') if m in sys.modules])"
    )

    said = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True)

    assert said.stdout == "7 []\n"
