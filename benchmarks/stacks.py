"""Somebody else's contours beside ours: the slice stacks of two 3MF sample files, and the same parts as meshes.

The stacks are in `sphere_sliced.3mf` and `torus_sliced.3mf`, the meshes in `sphere.3mf` and `torus.3mf`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import lib3mf
import numpy as np
from numpy.typing import NDArray

from benchmarks.areas import LEAST_PX
from benchmarks.parts import others_dir
from benchmarks.tables import count, percent, table
from mingyue.errors import FileFormatError
from mingyue.printing import frames
from mingyue.printing.formats.parts import read_part
from mingyue.printing.formats.slices import read_slices
from mingyue.printing.kernels import fast
from mingyue.printing.kernels.reference import STEPS_PER_PIXEL
from mingyue.printing.layers import cover_layers
from mingyue.printing.runs import FULL, Runs

Floats = NDArray[np.float64]

NAMES = ("sphere", "torus")
# The stacks are 20.206 mm and 4.000 mm tall, the meshes 20.000 mm and 3.959 mm: their maker allowed for shrinkage.
SCALE = 1.0103
# Their coordinates are whole micrometres: a tenth of this pixel.
PITCH_UM = 10.0
STEP_UM = 80.0


@dataclass(frozen=True, slots=True)
class Slice:
    """One slice: the height at which it ends, µm above the stack's foot, and its contours, each (n, 2) µm."""

    top_um: float
    contours: tuple[Floats, ...]


@dataclass(frozen=True, slots=True)
class Stack:
    """Slices from the bottom. stands_um: the height at which the file places the stack's foot."""

    slices: tuple[Slice, ...]
    stands_um: float


@dataclass(frozen=True, slots=True)
class StackRow:
    """How one stack fared.

    kernel_error: largest |area of their contours through our kernel / exact area of the same polygons - 1|.
    sum_error, worst_error: (our layers of the mesh - their contours) / their contours, of areas.
    lit, differing: pixels at least half covered, and those where the two disagree; farthest: at those, how far from
    half the coverage that is nearer to it lies at most.
    """

    name: str
    slices: int
    empty: int
    convention_errors: dict[str, float]
    kernel_error: float
    sum_error: float
    worst_error: float
    worst_px: float
    lit: int
    differing: int
    farthest: float


def compare_stack(name: str) -> StackRow:
    """Find where their slices are cut, and compare them with our layers of the mesh at those heights."""
    stack = read_stack(others_dir() / f"{name}_sliced.3mf")
    filled = [piece for piece in stack.slices if piece.contours]
    exact = np.array([sum(map(signed_area, piece.contours)) for piece in filled]) / PITCH_UM**2
    theirs = _their_runs(filled)
    errors = {}
    layers = {}
    for convention, cut_um in cuts_um(filled, stands_um=stack.stands_um).items():
        layers[convention] = _our_runs(name, cut_um)
        errors[convention] = float(np.abs(_areas_px(layers[convention]) - exact).sum() / exact.sum())
    ours = layers[min(errors, key=errors.__getitem__)]
    through_kernel, areas = _areas_px(theirs), _areas_px(ours)
    judged = np.flatnonzero(exact >= LEAST_PX)
    relative = areas[judged] / exact[judged] - 1
    worst = int(np.abs(relative).argmax())
    lit, differing, farthest = _pixels(ours, theirs)
    return StackRow(
        name=name,
        slices=len(filled),
        empty=len(stack.slices) - len(filled),
        convention_errors=errors,
        kernel_error=float(np.abs(through_kernel[judged] / exact[judged] - 1).max()),
        sum_error=float(areas.sum() / exact.sum() - 1),
        worst_error=float(relative[worst]),
        worst_px=float(exact[judged[worst]]),
        lit=lit,
        differing=differing,
        farthest=farthest,
    )


def _areas_px(layers: list[Runs]) -> Floats:
    return np.array([runs.area_px for runs in layers])


def _pixels(ours: list[Runs], theirs: list[Runs]) -> tuple[int, int, float]:
    """See `StackRow`: lit, differing, farthest."""
    lit = differing = 0
    farthest = 0.0
    for one, other in zip(ours, theirs, strict=True):
        mine, yours = one.painted(), other.painted()
        differs = (mine > FULL // 2) != (yours > FULL // 2)
        lit += int((yours > FULL // 2).sum())
        differing += int(differs.sum())
        off = np.abs(np.array([mine[differs], yours[differs]]) / FULL - 0.5).min(axis=0)
        farthest = max(farthest, float(off.max(initial=0.0)))
    return lit, differing, farthest


def cuts_um(slices: list[Slice], *, stands_um: float) -> dict[str, Floats]:
    """At which heights above the stack's foot the contours may have been cut, by convention."""
    tops = np.array([piece.top_um for piece in slices])
    on_grid = np.floor((stands_um + tops) / STEP_UM + 1e-6) * STEP_UM - stands_um
    return {
        "top": tops,
        "middle": tops - STEP_UM / 2,
        "bottom": tops - STEP_UM,
        "platform's multiples of the step": on_grid,
    }


def signed_area(contour: Floats) -> float:
    """Of a closed polygon (n, 2); a hole runs clockwise and counts below zero."""
    x, y = (contour - contour[0]).T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def segments_px(contours: tuple[Floats, ...], canvas: frames.Canvas) -> Floats:
    """(s, 4) segments of polygons in the build frame, as the kernels take them."""
    u_v = []
    for contour in contours:
        placed = canvas.to_px(np.column_stack([contour, np.zeros(len(contour))]))[:, :2]
        placed[:, 1] = np.rint(placed[:, 1] * STEPS_PER_PIXEL) / STEPS_PER_PIXEL
        u_v.append(np.hstack([placed, np.roll(placed, -1, axis=0)]))
    return np.concatenate(u_v)


def _canvas() -> frames.Canvas:
    side = 2_560  # 25.6 mm: the torus is 24.25 mm wide
    return frames.centred_canvas(rows=side, columns=side, pitch_um=PITCH_UM)


def _their_runs(slices: list[Slice]) -> list[Runs]:
    points = np.concatenate([contour for piece in slices for contour in piece.contours])
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    return [_covered(tuple(contour - middle for contour in piece.contours)) for piece in slices]


def _covered(contours: tuple[Floats, ...]) -> Runs:
    canvas = _canvas()
    row_starts, starts, stops, values, open_row, negative_row = fast.cover(
        segments_px(contours, canvas), canvas.rows, canvas.columns
    )
    if max(open_row, negative_row) >= 0:
        raise AssertionError(f"closed polygons left row {open_row} open or row {negative_row} inside out")
    return Runs(canvas.rows, canvas.columns, row_starts, starts, stops, values)


def _our_runs(name: str, cut_um: Floats) -> list[Runs]:
    mesh = read_part(others_dir() / f"{name}.3mf", unit=None).mesh
    placement = frames.place(mesh.box_um[0], mesh.box_under, scale=SCALE)
    placed = mesh.moved(np.array(placement.matrix), np.array(placement.offset_um))
    canvas = _canvas()
    vertices = canvas.to_px(placed.vertices_um)
    return list(cover_layers(vertices, placed.triangles, cut_um, rows=canvas.rows, columns=canvas.columns))


def read_stack(path: Path) -> Stack:
    """All slices of the only stack of a 3MF file in millimetres."""
    model = lib3mf.get_wrapper().CreateModel()
    model.QueryReader("3mf").ReadFromFile(str(path))
    items = model.GetBuildItems()
    items.MoveNext()
    stands_um = round(items.GetCurrent().GetObjectTransform().Fields[3][2] * 1e3, 3)
    found = read_slices(
        items.GetCurrent().GetObjectResource().GetSliceStack(), broken=_broken, check_corners=lambda count: None
    )
    # Their coordinates are whole micrometres, as float32 millimetres.
    pieces = tuple(
        Slice(round(piece.top * 1e3, 3), tuple(np.round(ring * 1e3, 3) for ring in piece.rings))
        for piece in found.slices
    )
    return Stack(pieces, stands_um)


def _broken(why: str) -> FileFormatError:
    raise AssertionError(why)


def convention_table(rows: list[StackRow]) -> str:
    """Where their contours were cut: what is left of the difference in area under each assumption."""
    heads = ["stack", *rows[0].convention_errors]
    return table(heads, [[row.name, *(f"{error:.3%}" for error in row.convention_errors.values())] for row in rows])


def stack_table(rows: list[StackRow]) -> str:
    """One line a stack."""
    heads = ["stack", "slices", "their polygons through our kernel", "our layers: error of the sum"]
    heads += ["worst layer", "its area, px", "lit px", "differ", "of lit", "farthest from half"]
    return table(heads, [_cells(row) for row in rows])


def _cells(row: StackRow) -> tuple[str, ...]:
    return (
        row.name,
        f"{row.slices} and {row.empty} empty",
        percent(row.kernel_error),
        percent(row.sum_error),
        percent(row.worst_error),
        count(round(row.worst_px)),
        count(row.lit),
        count(row.differing),
        f"{row.differing / row.lit:.2g}",
        f"{row.farthest:.2f}",
    )
