from functools import cache

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from mingyue.printing.samples.birds_nest import BirdsNest, birds_nest
from mingyue.printing.samples.sample import SampleParameterError

SAMPLE_STEP_UM = 5.0


@cache
def nest():
    return birds_nest()


def corners_per_body(strut, sides=12):
    endless = np.array_equal(strut.axis_um[0], strut.axis_um[-1])
    return (len(strut.axis_um) - 1) * sides if endless else len(strut.axis_um) * sides + 2


def bodies():
    """Each strut with the corners of its triangles, (m, 3, 3)."""
    mesh = nest().mesh
    ends = np.cumsum([corners_per_body(strut) for strut in nest().features])
    assert ends[-1] == len(mesh.vertices_um)
    body = np.searchsorted(ends, mesh.triangles, side="right")
    assert (body == body[:, :1]).all()  # no triangle hangs on two bodies
    for number, strut in enumerate(nest().features):
        yield strut, mesh.vertices_um[mesh.triangles[body[:, 0] == number]]


@cache
def axis_points():
    """Points every 5 µm along all axes, the strut of each, and which pairs of them lie within both radii."""
    points, owners, radii = [], [], []
    for strut in nest().features:
        along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(strut.axis_um, axis=0), axis=1))])
        at = np.linspace(0, along[-1], int(np.ceil(along[-1] / SAMPLE_STEP_UM)) + 1)
        points.append(np.stack([np.interp(at, along, column) for column in strut.axis_um.T], axis=1))
        owners.append(np.full(len(at), strut.id))
        radii.append(np.full(len(at), strut.radius_um))
    points, owners, radii = np.concatenate(points), np.concatenate(owners), np.concatenate(radii)
    pairs = cKDTree(points).query_pairs(2 * radii.max(), output_type="ndarray")
    apart = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
    return points, owners, pairs[apart <= radii[pairs].sum(axis=1)]


def test_the_nest_is_slightly_larger_than_a_match_head():
    np.testing.assert_allclose(nest().mesh.size_um, (4000, 3300, 1600), rtol=0.005)
    np.testing.assert_allclose(sum(nest().mesh.box_um)[:2], (0, 0), atol=20)


def test_it_is_woven_of_several_hundred_struts_of_20_to_60_um():
    struts = nest().features
    radii = np.array([strut.radius_um for strut in struts])

    assert 500 <= len(struts) <= 800
    assert radii.min() >= 10
    assert radii.max() <= 30
    assert {strut.kind for strut in struts} == {"facade", "ring", "roof", "foot", "web"}
    assert 250_000 <= len(nest().mesh.triangles) <= 350_000


def test_every_strut_is_one_closed_tube_that_holds_its_nominal_volume():
    for strut, corners in bodies():
        nominal = np.pi * strut.radius_um**2 * strut.length_um
        volume = np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6
        areas = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]).sum(axis=0)

        assert np.abs(areas).max() < 1e-4 * strut.length_um * strut.radius_um  # closed: the areas cancel
        # A foot is pressed flat on the plate, a bend mitred: both hold less, nothing holds more.
        assert (0.85 if strut.kind == "foot" else 0.98) * nominal < volume < 1.0001 * nominal


def test_every_strut_touches_another_and_all_are_one_piece():
    _, owners, touching = axis_points()
    met = owners[touching]
    count = len(nest().features)
    links = coo_matrix((np.ones(len(met)), (met[:, 0], met[:, 1])), shape=(count, count))

    assert len(np.unique(met[met[:, 0] != met[:, 1]])) == count
    assert connected_components(links, directed=False)[0] == 1


def test_no_strut_begins_in_mid_air():
    """Built up from the plate, every new lowest point meets what stands within a micrometre of rise."""
    points, _, touching = axis_points()
    z_um = points[:, 2]
    order = np.argsort(z_um[touching].max(axis=1), kind="stable")
    lowest = np.arange(len(points))

    def root(point):
        while lowest[point] != point:
            lowest[point] = lowest[lowest[point]]
            point = lowest[point]
        return point

    hung_um = []
    for one, other in touching[order].tolist():
        low, high = sorted((root(one), root(other)), key=lambda point: (z_um[point], point))
        if low != high:
            hung_um.append(max(z_um[one], z_um[other]) - z_um[high])
            lowest[high] = low

    assert max(hung_um) < 1.0


def test_the_foot_lies_flat_on_the_plate():
    flat = nest().mesh.vertices_um[nest().mesh.triangles]
    flat = flat[(flat[..., 2] == 0).all(axis=1)]
    areas = np.cross(flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0])[:, 2] / 2

    assert (areas < 1e-9).all()  # all look down
    assert -areas.sum() > 1.2e6  # the soles of five rings side by side


def test_the_rim_is_a_saddle_and_the_top_is_open():
    points, _, _ = axis_points()
    x, y, z = points.T

    outwards = np.hypot(x / 2000, y / 1650)
    sides, ends = (z[(outwards > 0.9) & (np.abs(across) < 200)].max() for across in (x, y))

    assert sides > 1.3 * ends
    assert outwards.min() > 0.45


def test_another_seed_weaves_another_nest_of_the_same_columns():
    other = birds_nest(BirdsNest(seed=1))
    columns = [number for number, strut in enumerate(nest().features) if strut.kind == "web"][-1]

    for mine, theirs in zip(nest().features[:columns], other.features[:columns], strict=True):
        np.testing.assert_array_equal(mine.axis_um, theirs.axis_um)
    assert not np.array_equal(nest().features[columns + 1].axis_um, other.features[columns + 1].axis_um)


def test_a_nest_too_small_for_its_struts_is_refused():
    with pytest.raises(SampleParameterError, match="do not weave a nest of 500 × 3300 × 1600") as refusal:
        birds_nest(BirdsNest(length_um=500))

    assert "larger" in refusal.value.remedy


def test_a_nest_of_too_few_columns_is_refused():
    with pytest.raises(SampleParameterError, match="3 columns") as refusal:
        birds_nest(BirdsNest(column_count=3))

    assert "at least 12 columns" in refusal.value.remedy
