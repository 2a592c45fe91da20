"""Areas of our masks beside the exact areas of the same cuts, as manifold3d finds them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import manifold3d
import numpy as np
from numpy.typing import NDArray

from benchmarks.parts import Choice, build_package, load, placed
from benchmarks.tables import count, percent, table
from mingyue.printing.formats.print_package import PrintPackage, open_package
from mingyue.printing.meshes import Mesh
from mingyue.printing.runs import FULL

Floats = NDArray[np.float64]

# What the sum over the layers may be off by.
BOUND = 1e-3
# A layer of fewer pixels is a tip: rounding its rim to 255 greys is no longer small beside it.
LEAST_PX = 1_000
MOST_LAYERS = 60
CHOICES = (
    Choice("birds_nest"),
    Choice("gyroid"),
    Choice("microneedles"),
    Choice("connector_comb"),
    Choice("channel_coupon"),
    Choice("artefact"),
    Choice("featuretype.STL", "featuretype.STL", 3.5),
    Choice("plate_holes.STL", "plate_holes.STL", 3.0),
    Choice("torus.STL", "torus.STL"),
    Choice("unit_sphere.STL", "unit_sphere.STL"),
    Choice("fandisk.obj", "fandisk.obj"),
    Choice("busted.STL", "busted.STL", 3.0),
    Choice("counterX.3MF", "counterX.3MF", 3.0),
    Choice("diamond_tpms_21.stl", "diamond_tpms_21.stl"),
    Choice("dodeca_chain_loop.3mf", "dodeca_chain_loop.3mf", 3.0),
    Choice("beam_lattice_pyramid.3mf", "beam_lattice_pyramid.3mf", 2.0),
)


@dataclass(frozen=True, slots=True)
class AreaRow:
    """How one part fared. refused: why there is nothing to compare with, else empty.

    layers, compared, judged: of the part; cut by both; with LEAST_PX at least, among which the worst layer is sought.
    sum_error, worst_error: (ours - exact) / exact; worst_px: the exact area of that layer.
    """

    part: str
    refused: str = ""
    layers: int = 0
    compared: int = 0
    judged: int = 0
    ours_px: float = 0.0
    exact_px: float = 0.0
    sum_error: float = 0.0
    worst_error: float = 0.0
    worst_px: float = 0.0
    worst_cut_um: float = 0.0


def compare_areas(choice: Choice, folder: Path) -> AreaRow:
    """Build the part, read its masks back, and cut it with manifold3d at the same heights."""
    chosen = load(choice)
    path = build_package(chosen.part, folder / "areas.zip", fit_mm=choice.fit_mm)
    with open_package(path) as package:
        layers = package.manifest.layers
        picked = spread(len(layers), most=MOST_LAYERS)
        solid = solid_of(placed(chosen.part.mesh, package.manifest))
        if solid.status() != manifold3d.Error.NoError:
            return AreaRow(chosen.label, f"manifold3d refuses the mesh: {solid.status().name}")
        cut_um = np.array([layers[layer].cut_um for layer in picked])
        ours = np.array([mask_area_px(package, int(layer)) for layer in picked])
        pixel_um2 = package.manifest.canvas.pitch_um**2
    exact = np.array([solid.slice(float(height)).area() for height in cut_um]) / pixel_um2
    return _row(chosen.label, len(layers), cut_um, ours, exact)


def spread(layers: int, *, most: int) -> NDArray[np.int64]:
    """At most so many of the layers, evenly, the first and the last among them."""
    return np.unique(np.linspace(0, layers - 1, min(layers, most)).round().astype(np.int64))


def solid_of(mesh: Mesh) -> manifold3d.Manifold:
    """The mesh, unchanged and in float64. Bodies may overlap: a cut through it is united by the positive rule."""
    return manifold3d.Manifold(manifold3d.Mesh64(mesh.vertices_um.copy(), mesh.triangles.astype(np.uint64)))


def mask_area_px(package: PrintPackage, layer: int) -> float:
    """Greys of one layer added up over its fields, read from the PNG files; 255 is one pixel."""
    fields = [exposure.field for exposure in package.manifest.layers[layer].exposures]
    runs = [package.mask(layer, field) for field in fields]
    return float(sum(int(((r.stops - r.starts).astype(np.int64) * r.values).sum()) for r in runs)) / FULL


def _row(part: str, layers: int, cut_um: Floats, ours: Floats, exact: Floats) -> AreaRow:
    judged = np.flatnonzero(exact >= LEAST_PX)
    errors = ours[judged] / exact[judged] - 1
    worst = int(np.abs(errors).argmax()) if len(judged) else 0
    return AreaRow(
        part=part,
        layers=layers,
        compared=len(exact),
        judged=len(judged),
        ours_px=float(ours.sum()),
        exact_px=float(exact.sum()),
        sum_error=float(ours.sum() / exact.sum() - 1),
        worst_error=float(errors[worst]) if len(judged) else 0.0,
        worst_px=float(exact[judged[worst]]) if len(judged) else 0.0,
        worst_cut_um=float(cut_um[judged[worst]]) if len(judged) else 0.0,
    )


def area_table(rows: list[AreaRow]) -> str:
    """One line a part."""
    heads = ("part", "layers", "compared", "area, px", "error of the sum", "worst layer", "its area, px", "at, µm")
    return table(heads, [_cells(row) for row in rows])


def _cells(row: AreaRow) -> tuple[str, ...]:
    if row.refused:
        return row.part, row.refused, *[""] * 6
    return (
        row.part,
        count(row.layers),
        f"{row.compared}, {row.judged} judged",
        count(round(row.exact_px)),
        percent(row.sum_error) + ("" if abs(row.sum_error) < BOUND else " **too much**"),
        percent(row.worst_error),
        count(round(row.worst_px)),
        f"{row.worst_cut_um:.1f}",
    )
