"""The parts that are timed, as STL files that every contestant reads: in millimetres, in the middle of its canvas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.parts import MACHINE, Choice, load, others_dir
from mingyue.printing.formats.stl import write_stl
from mingyue.printing.meshes import Mesh
from mingyue.printing.profiles.machines import machine
from mingyue.printing.samples import make_sample
from mingyue.printing.samples.gyroid import Gyroid, gyroid

FieldPx = tuple[int, int]

SQUARE: FieldPx = (2048, 2048)
HD: FieldPx = (1920, 1080)
WIDE: FieldPx = (9600, 5400)
WIDEST: FieldPx = (19_200, 10_800)
# 27 steps a cell, so that cells are equal, give the three million triangles for which the target was set.
LARGE_GYROID = Gyroid(edge_um=3000.0, step_um=500.0 / 27)


@dataclass(frozen=True, slots=True)
class Case:
    """A part on a canvas, and what is asked of us there.

    faster: how many times as fast as PrusaSlicer; memory, size: ours as a share of theirs, at most; None asks nothing.
    others: whether the simple peer runs too; short: whether the short run has it.
    make: the mesh, anywhere, before it is scaled to `fit_mm`.
    """

    name: str
    field_px: FieldPx
    make: Callable[[], Mesh]
    fit_mm: float | None = None
    faster: float = 1.0
    memory: float | None = None
    size: float | None = None
    others: bool = True
    short: bool = False


def by_others(name: str, fit_mm: float | None = None) -> Case:
    """A part by others on the square canvas, closed first where it is open."""
    return Case(name, SQUARE, lambda: load(Choice(name, name)).part.mesh, fit_mm)


CASES = (
    Case("nest", SQUARE, lambda: make_sample("birds_nest").mesh, faster=4.0, size=1.0, short=True),
    Case("nest, widest canvas", WIDEST, lambda: make_sample("birds_nest").mesh, faster=60.0, memory=0.5, others=False),
    Case("gyroid", SQUARE, lambda: gyroid(LARGE_GYROID).mesh, faster=5.0, size=1.3),
    Case("sphere", HD, lambda: sphere(900.0, around=1000, upwards=500), faster=8.0, short=True),
    Case("microneedles", WIDE, lambda: make_sample("microneedles").mesh),
    Case("connector", HD, lambda: make_sample("connector_comb").mesh, short=True),
    by_others("featuretype.STL", 3.5),
    by_others("plate_holes.STL", 3.0),
    by_others("torus.STL"),
    by_others("fandisk.obj"),
    by_others("busted.STL", 3.0),
    by_others("diamond_tpms_21.stl"),
    by_others("dodeca_chain_loop.3mf", 3.0),
    by_others("beam_lattice_pyramid.3mf", 2.0),
)


def cases_here(*, short: bool, names: list[str] | None = None) -> list[Case]:
    """Those that can be run here: the parts by others only where they are."""
    there = [case for case in CASES if others_dir().is_dir() or not (others_dir() / case.name).suffix]
    if names:
        return [case for case in there if any(case.name.startswith(name) for name in names)]
    return [case for case in there if case.short or not short]


def write_case(case: Case, path: Path) -> int:
    """Write its STL file. Returns how many triangles it has."""
    mesh = case.make()
    if case.fit_mm is not None:
        mesh = mesh.moved(np.eye(3) * case.fit_mm * 1e3 / mesh.size_um.max(), np.zeros(3))
    write_stl(in_the_middle(mesh, case.field_px), path, unit="mm")
    return len(mesh.triangles)


def in_the_middle(mesh: Mesh, field_px: FieldPx) -> Mesh:
    """The mesh above the middle of a canvas that begins at (0, 0), standing on z = 0."""
    low_um, high_um = mesh.box_um
    middle_um = np.array([*field_px, 0.0]) * machine(MACHINE).pixel_um / 2
    foot_um = np.array([*(low_um + high_um)[:2] / 2, low_um[2]])
    return mesh.moved(np.eye(3), middle_um - foot_um)


def sphere(radius_um: float, *, around: int, upwards: int) -> Mesh:
    """A sphere of 2 · around · (upwards − 1) triangles, its poles at top and bottom."""
    turns = np.linspace(0.0, 2 * np.pi, around, endpoint=False)
    rises = np.linspace(0.0, np.pi, upwards + 1)[1:-1]
    rings = np.stack(np.broadcast_arrays(
        np.sin(rises)[:, None] * np.cos(turns), np.sin(rises)[:, None] * np.sin(turns), -np.cos(rises)[:, None]
    ), axis=-1)  # fmt: skip
    vertices = np.concatenate([rings.reshape(-1, 3), [[0.0, 0.0, -1.0], [0.0, 0.0, 1.0]]]) * radius_um
    here = np.arange(around)
    beside = np.roll(here, -1)
    first = np.arange(upwards - 2)[:, None] * around
    low_left, low_right = first + here, first + beside
    sides = [(low_left, low_right, low_right + around), (low_left, low_right + around, low_left + around)]
    top = (upwards - 2) * around
    bottom_pole, top_pole = len(vertices) - 2, len(vertices) - 1
    sides += [(np.full(around, bottom_pole), beside, here), (np.full(around, top_pole), top + here, top + beside)]
    return Mesh(vertices, np.concatenate([np.stack(side, axis=-1).reshape(-1, 3) for side in sides]))
