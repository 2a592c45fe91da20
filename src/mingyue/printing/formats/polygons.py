"""Polygons over shared points become a mesh: fans of triangles, every index checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import FileFormatError
from mingyue.phrases import Phrase, say
from mingyue.printing.meshes import Mesh
from mingyue.printing.welds import weld_um
from mingyue.units import UM_PER, LengthUnit

EXPORT_AGAIN = say("Export the part again, best as 3MF, which is checked and knows its unit.")


def fans(corner_counts: NDArray[np.int64], corners: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each polygon as triangles around its first corner, all (m, 3).

    corner_counts: (p,) corners of each polygon; those under 3 give nothing. corners: all of them, in one row.
    A flat polygon that is not convex still bounds the right volume: surplus triangles cancel by their sense.
    """
    if (corner_counts == 3).all():
        return corners.reshape(-1, 3)
    sizes = np.maximum(corner_counts - 2, 0)
    firsts = np.repeat(np.cumsum(corner_counts) - corner_counts, sizes)
    steps = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.stack([corners[firsts], corners[firsts + steps + 1], corners[firsts + steps + 2]], axis=1)


def surface(
    points: Sequence[NDArray[np.float64]],
    triangles: Sequence[NDArray[np.int64]],
    *,
    unit: LengthUnit,
    path: Path,
) -> Mesh:
    """The mesh over pieces of points (n, 3) in the file's unit and triangles (m, 3) that count from 0.

    Equal points are welded, because many programs split them along sharp edges and seams.
    Raises FileFormatError for indices out of range and coordinates that are not finite.
    """
    corners = np.concatenate([np.empty((0, 3), dtype=np.int64), *triangles])
    with np.errstate(over="ignore"):  # what becomes infinite is refused below
        points_um = np.concatenate([np.empty((0, 3)), *points]) * UM_PER[unit]
    count = len(points_um)
    outside = ((corners < 0) | (corners >= count)).any(axis=1)
    if outside.any():
        first = int(outside.argmax())
        index = next(int(index) for index in corners[first] if not 0 <= index < count)
        raise _broken(
            path,
            say(
                "triangle {triangle:,} uses point {point:,}, but there are {count:,} points",
                triangle=first + 1,
                point=index + 1,
                count=count,
            ),
        )
    odd: NDArray[np.bool_] = np.logical_not(np.isfinite(points_um).all(axis=1))
    if odd.any():
        users = np.flatnonzero(odd[corners].any(axis=1))
        where = (
            say("triangle {triangle:,} uses such a point", triangle=int(users[0]) + 1)
            if len(users)
            else say("no triangle uses it")
        )
        point = int(np.flatnonzero(odd)[0]) + 1
        raise _broken(path, say("point {point:,} is not of finite numbers; {where}", point=point, where=where))
    vertices_um, inverse = weld_um(points_um)
    return Mesh(vertices_um, inverse[corners])


def _broken(path: Path, why: Phrase) -> FileFormatError:
    return FileFormatError(say("{file}: {why}.", file=path.name, why=why), remedy=EXPORT_AGAIN)
