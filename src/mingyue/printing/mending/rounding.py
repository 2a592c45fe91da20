"""Points that a file's digits could not tell from one another are made one, where that closes something."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.mending.edges import components, edges_of
from mingyue.printing.meshes import Mesh

# Open vertices nearer than this times the farthest coordinate are one: two steps of an STL file's float32.
WELD_OF_FARTHEST: Final = 2.0**-22


def join_rounded(mesh: Mesh) -> tuple[Mesh, NDArray[np.int64]]:
    """Make one of open vertices that are within float32 rounding of each other, where that opens nothing.

    Returns the mesh and the vertices that became another one, none where nothing was open.
    """
    nothing = np.empty(0, dtype=np.int64)
    if mesh.is_closed:
        return mesh, nothing
    from scipy.spatial import cKDTree

    edges = edges_of(mesh.triangles)
    vertices = np.unique(edges.ends[edges.net != 0])
    places = mesh.vertices_um[vertices]
    pairs = cKDTree(places).query_pairs(WELD_OF_FARTHEST * np.abs(places).max(), output_type="ndarray")
    if not len(pairs):
        return mesh, nothing
    labels = components(len(vertices), *pairs.T)
    _, first = np.unique(labels, return_index=True)
    target = np.arange(len(mesh.vertices_um))
    target[vertices] = vertices[first][labels]
    welded = Mesh(mesh.vertices_um, target[mesh.triangles])
    if np.abs(edges_of(welded.triangles).net).sum() >= np.abs(edges.net).sum():
        return mesh, nothing
    return welded, vertices[target[vertices] != vertices]
