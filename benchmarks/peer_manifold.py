"""What one would write in an afternoon, to be timed beside: manifold3d cuts, OpenCV fills and packs, zip holds.

`peer_manifold.py PART.stl OUT.zip COLUMNS ROWS PIXEL_UM LAYER_UM`. One process of two threads, greys by OpenCV's
smoothed lines, which paint the border too: it is a measure of time, not of truth.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import cv2
import manifold3d
import numpy as np
import trimesh

THREADS = 2
SHIFT = 8  # OpenCV takes corners as whole numbers of 1/256 px


def main() -> int:
    """Slice the part of the command line."""
    part, out, *sizes = sys.argv[1:]
    columns, rows = (int(size) for size in sizes[:2])
    pixel_um, layer_um = (float(size) for size in sizes[2:])
    cv2.setNumThreads(1)  # the threads are ours: a layer each
    loaded = trimesh.load_mesh(part)
    solid = manifold3d.Manifold(manifold3d.Mesh64(loaded.vertices, loaded.faces.astype(np.uint64)))
    if solid.status() != manifold3d.Error.NoError:
        sys.stderr.write(f"manifold3d refuses the mesh: {solid.status().name}\n")
        return 1
    heights_mm = cut_mm(float(loaded.bounds[1, 2]), layer_um / 1e3)

    def picture(height_mm: float) -> bytes:
        greys = np.zeros((rows, columns), dtype=np.uint8)
        corners = [
            np.rint((polygon * 1e3 / pixel_um - 0.5) * (1 << SHIFT)).astype(np.int32)
            for polygon in solid.slice(height_mm).to_polygons()
        ]
        cv2.fillPoly(greys, corners, 255, lineType=cv2.LINE_AA, shift=SHIFT)
        return cv2.imencode(".png", greys[::-1])[1].tobytes()

    with zipfile.ZipFile(out, "w") as package, ThreadPoolExecutor(THREADS) as pool:
        for layer, png in enumerate(_few_at_once(pool, picture, heights_mm)):
            package.writestr(f"{layer:05d}.png", png)
    return 0


def cut_mm(top_mm: float, layer_mm: float) -> list[float]:
    """Mid-heights of the layers that cover a part which stands on 0."""
    count = max(1, int(np.ceil(top_mm / layer_mm - 1e-6)))
    return [(layer + 0.5) * layer_mm for layer in range(count)]


def _few_at_once(pool: ThreadPoolExecutor, make, heights_mm: list[float]) -> Iterator[bytes]:  # type: ignore[no-untyped-def]
    """In order; pictures that nobody has fetched yet are as few as the threads."""
    for first in range(0, len(heights_mm), 2 * THREADS):
        yield from pool.map(make, heights_mm[first : first + 2 * THREADS])


if __name__ == "__main__":
    sys.exit(main())
