"""What is painted on a part becomes places that supports must neither touch nor enter, in the build frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.frames import Placement
from mingyue.printing.meshes import Mesh
from mingyue.printing.painted import Painted
from mingyue.printing.supports.making import Forbids

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# A place so many pixels from a painted triangle touches it.
_NEAR_PX = 2.0


def forbids_of(painted: Painted, part: Mesh, placement: Placement, *, pixel_um: float) -> Forbids | None:
    """Whether points lie on painted triangles, or in painted boxes and balls; None where nothing is painted.

    part: in the frame in which it was painted; placement: from there to the build frame.
    """
    if not len(painted):
        return None
    matrix, offset = np.array(placement.matrix), np.array(placement.offset_um)
    back = np.linalg.inv(matrix)
    spacing_um = pixel_um / abs(np.linalg.det(matrix)) ** (1 / 3)
    near = _near_triangles(part, painted, spacing_um)

    def forbids(points_um: Floats) -> Flags:
        points = (points_um - offset) @ back.T
        return painted.holds(points) | near(points)

    return forbids


def _near_triangles(part: Mesh, painted: Painted, spacing_um: float) -> Forbids:
    """Whether points of the part frame are near a painted triangle."""
    from scipy.spatial import cKDTree

    if not len(painted.triangles):
        return lambda points: np.zeros(len(points), dtype=np.bool_)
    tree = cKDTree(points_on(part.vertices_um[part.triangles[painted.triangles]], spacing_um=spacing_um))
    reach_um = (_NEAR_PX + 1.0) * spacing_um
    return lambda points: np.asarray(tree.query(points, distance_upper_bound=reach_um)[0] < reach_um)


def points_on(corners_um: Floats, *, spacing_um: float) -> Floats:
    """(n, 3) points on (t, 3, 3) triangles, no place farther than the spacing from the next."""
    longest = np.linalg.norm(corners_um - np.roll(corners_um, 1, axis=1), axis=2).max(axis=1)
    pieces = np.maximum(1, np.ceil(longest / spacing_um)).astype(np.int64)
    found = []
    for count in np.unique(pieces):
        i, j = (side.ravel() for side in np.mgrid[: count + 1, : count + 1])
        share = np.stack([i, j, count - i - j], axis=1)[i + j <= count] / count
        found.append(np.einsum("sk,tkx->tsx", share, corners_um[pieces == count]).reshape(-1, 3))
    return np.concatenate(found)
