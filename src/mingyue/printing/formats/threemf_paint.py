"""Triangles of a 3MF object that somebody painted: those with a colour or material that the rest of the object has not."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

_PROPERTIES = np.dtype([("resource", "<u4"), ("of_corners", "<u4", 3)])  # as lib3mf lays them out, packed


def are_painted(item: Any) -> NDArray[np.bool_]:
    """(triangles of the mesh object,) whether each has a property of its own at some corner.

    Copied whole: lib3mf's own lists are slow.
    """
    found = np.zeros(item.GetTriangleCount(), dtype=_PROPERTIES)
    if not len(found):
        return np.zeros(0, dtype=np.bool_)
    copy, needed = item._wrapper.lib.lib3mf_meshobject_getalltriangleproperties, ctypes.c_uint64(0)
    buffer = found.ctypes.data_as(copy.argtypes[3])
    item._wrapper.checkError(item, copy(item._handle, ctypes.c_uint64(len(found)), needed, buffer))
    resource, of_object, _ = item.GetObjectLevelProperty()
    is_own = (found["resource"] != resource) | (found["of_corners"] != of_object).any(axis=1)
    return np.asarray((found["resource"] != 0) & is_own)
