"""A cube of gyroid lattice: a wall along the gyroid surface, or the skeleton on one side of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from skimage.measure import marching_cubes

from mingyue.phrases import say
from mingyue.printing.meshes import Mesh
from mingyue.printing.samples.sample import Detail, Sample, require

_Floats = NDArray[np.float64]

# The distance that a sheet is cut from holds near the surface only; up to this share of the cell it does.
_THICKEST_SHEET = 0.2
# Where in the cell the cube begins, as a share of it: here its corners cut no loose crumbs off whole cells.
_PHASE = 0.375
# The field is flat at its highest points, far from the surface; keeps the division there finite.
_LEAST_SLOPE = 1e-3
# The gyroid's field spans ±1.5; past ±1.41 the skeleton falls apart into drops.
_LARGEST_LEVEL = 1.4


@dataclass(frozen=True, slots=True)
class Gyroid:
    """Edge, cell, wall and sampling step in µm. `level` moves the skeleton's surface: 0 fills one half."""

    edge_um: float = 1500.0
    cell_um: float = 500.0
    step_um: float = 12.5
    style: Literal["sheet", "skeleton"] = "sheet"
    wall_um: float = 60.0
    level: float = 0.0


def gyroid(parameters: Gyroid | None = None) -> Sample:
    """The lattice cube with one corner at the origin, closed at its faces.

    It is one body where the edge is a whole number of cells.
    Raises SampleParameterError where the step cannot draw the cell, or the wall or level leaves no lattice.
    """
    p = parameters or Gyroid()
    _check(p)
    count = max(1, round(p.edge_um / p.step_um))
    step = p.edge_um / count
    # Far outside all round: the surface then closes within a millionth of a step of the cube's faces.
    field = np.pad(_inside(p, np.linspace(0.0, p.edge_um, count + 1)), 1, constant_values=-1e6)
    vertices, triangles, _, _ = marching_cubes(field, 0.0, gradient_direction="ascent")
    vertices = np.clip((vertices.astype(np.float64) - 1.0) * step, 0.0, p.edge_um)
    return Sample("gyroid", Mesh(vertices, triangles.astype(np.int64)), (_feature(p),))


def _check(p: Gyroid) -> None:
    require(
        p.step_um > 0 and p.edge_um >= p.step_um and p.cell_um >= 8 * p.step_um,
        say(
            "A step of {step:g} µm cannot draw cells of {cell:g} µm in a cube of {edge:g} µm.",
            step=p.step_um,
            cell=p.cell_um,
            edge=p.edge_um,
        ),
        remedy=say("Take a step_um of at most an eighth of cell_um, and not larger than edge_um."),
    )
    if p.style == "sheet":
        require(
            p.step_um <= p.wall_um <= _THICKEST_SHEET * p.cell_um,
            say(
                "A wall of {wall:g} µm does not fit cells of {cell:g} µm and steps of {step:g} µm.",
                wall=p.wall_um,
                cell=p.cell_um,
                step=p.step_um,
            ),
            remedy=say("Take wall_um between step_um and {share:g} of cell_um.", share=_THICKEST_SHEET),
        )
    else:
        require(
            abs(p.level) <= _LARGEST_LEVEL,
            say("At level {level:g} the gyroid is no longer one lattice.", level=p.level),
            remedy=say("Take a level between -{largest:g} and {largest:g}.", largest=_LARGEST_LEVEL),
        )


def _inside(p: Gyroid, at_um: _Floats) -> _Floats:
    """(n, n, n): positive inside the solid, at the grid of these coordinates."""
    turn = 2 * np.pi / p.cell_um
    at = turn * at_um + 2 * np.pi * _PHASE
    grid = (at[:, None, None], at[None, :, None], at[None, None, :])
    value, slope = _gyroid(*grid)
    if p.style == "skeleton":
        return value - p.level
    squared_slope = np.maximum(_squared(slope), _LEAST_SLOPE)
    rough = np.abs(value) / np.sqrt(squared_slope)
    # One Newton step to the surface, and what it still lacks there, is the distance to third order; from far
    # away the step may land on another sheet, so there the rough distance stands.
    steps = [value / squared_slope * part for part in slope]
    lacking, lacking_slope = _gyroid(*(x - step for x, step in zip(grid, steps, strict=True)))
    lacking /= np.sqrt(np.maximum(_squared(lacking_slope), _LEAST_SLOPE))
    fine = np.abs(np.copysign(np.sqrt(_squared(steps)), value) + lacking)
    wall = turn * p.wall_um
    return (wall / 2 - np.where(rough < wall, fine, rough)) / turn


def _gyroid(x: _Floats, y: _Floats, z: _Floats) -> tuple[_Floats, list[_Floats]]:
    """The field whose zero is the gyroid, and its three slopes, at points in rad."""
    (sx, cx), (sy, cy), (sz, cz) = ((np.sin(at), np.cos(at)) for at in (x, y, z))
    return sx * cy + sy * cz + sz * cx, [cx * cy - sz * sx, cy * cz - sx * sy, cz * cx - sy * sz]


def _squared(parts: list[_Floats]) -> _Floats:
    total: _Floats = parts[0] ** 2 + parts[1] ** 2 + parts[2] ** 2
    return total


def _feature(p: Gyroid) -> Detail:
    nominal = {"edge": p.edge_um, "cell": p.cell_um}
    if p.style == "sheet":
        nominal["wall"] = p.wall_um
    return Detail("lattice", f"gyroid {p.style}", (0.0, 0.0, 0.0), (p.edge_um,) * 3, nominal)
