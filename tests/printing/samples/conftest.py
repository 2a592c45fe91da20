import numpy as np
import pytest


@pytest.fixture
def winding():
    """The slow clear oracle: how often a closed surface goes round each point, 1 inside and 0 outside.

    Source: A. Van Oosterom & J. Strackee, The solid angle of a plane triangle (1983).
    """

    def numbers(mesh, points_um):
        corners = mesh.vertices_um[mesh.triangles]
        return np.array([_winding(corners - point) for point in np.asarray(points_um)])

    return numbers


def _winding(corners):
    a, b, c = corners.transpose(1, 0, 2)
    length_a, length_b, length_c = (np.linalg.norm(side, axis=1) for side in (a, b, c))
    above = _dot(a, np.cross(b, c))
    below = length_a * length_b * length_c + _dot(a, b) * length_c + _dot(b, c) * length_a + _dot(c, a) * length_b
    return np.arctan2(above, below).sum() / (2 * np.pi)


def _dot(one, other):
    return np.einsum("ij,ij->i", one, other)
