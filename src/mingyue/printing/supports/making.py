"""A placed part becomes supports: needs, necks, branches, bodies, and what the same look at the layers says afterwards."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mingyue.phrases import Phrase, say
from mingyue.printing.frames import Canvas, centred_canvas
from mingyue.printing.layers import LayerTable, cover_layers, layer_table
from mingyue.printing.meshes import Mesh, joined
from mingyue.printing.profiles.machines import Machine
from mingyue.printing.profiles.rated import value_of
from mingyue.printing.runs import Runs
from mingyue.printing.supports.bases import bars_between, ears, plate
from mingyue.printing.supports.bodies import bodies_of
from mingyue.printing.supports.columns import surface_below
from mingyue.printing.supports.holding import hanging_places, held_by
from mingyue.printing.supports.necks import Neck, NeckShape, neck_at, pin_at
from mingyue.printing.supports.needs import Kind, Need, needs_of
from mingyue.printing.supports.points import is_carried, neck_points
from mingyue.printing.supports.rooms import Room, RoomBuilder, cell_px_of
from mingyue.printing.supports.trees import Branch, TreeShape, grow

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Forbids = Callable[[Floats], Flags]
"""(n, 3) points in the build frame → whether nothing may touch or enter there."""

# Supports are made, looked at and mended so often; what is left then is told.
_ROUNDS = 3
# A neck that finds no way is tried again beside it so often.
_TRIES = 5
# Branches may go around the part within this many pixels.
_MARGIN_PX = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportSettings:
    """How supports are made. None: from data/supports.toml.

    island_share, island_px: of which share of its area, and of how many pixels, a part of a layer must lie on the one below.
    joins: branches may meet; on_part: where no way leads to the platform a pin may stand on the part.
    base: feet are tied together; reach_um: how far a layer may hang beyond what is below it.
    """

    machine: Machine
    layer_um: float
    neck_px: float | None = None
    reach_um: float | None = None
    island_share: float | None = None
    island_px: float = 1.0
    joins: bool = True
    on_part: bool = False
    base: bool = True

    @property
    def neck_um(self) -> float:
        return (value_of("neck_px") if self.neck_px is None else self.neck_px) * self.machine.pixel_um

    @property
    def reach_px(self) -> float:
        """How far a layer may hang beyond what is below it; a pixel at least."""
        hangs_um = value_of("overhang_layers") * self.layer_um if self.reach_um is None else self.reach_um
        return max(1.0, hangs_um / self.machine.pixel_um)


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A place that still hangs. at_um: its middle, build frame."""

    kind: Kind
    layer: int
    at_um: tuple[float, float, float]
    area_um2: float
    why: Phrase


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Supports:
    """mesh: all bodies, build frame; branches, trunks, pins: how many; islands, overhangs: places that needed support.

    neck_force_mn: what breaks one neck, total_force_mn: all of them; left: what still hangs. contact_um2: what of the part
    lies on the platform; largest_um2: its largest layer.
    """

    mesh: Mesh
    necks: tuple[Neck, ...]
    branches: int
    trunks: int
    pins: int
    islands: int
    overhangs: int
    neck_force_mn: float
    total_force_mn: float
    left: tuple[Left, ...]
    contact_um2: float
    largest_um2: float


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """What stays the same while supports are made. canvas: holds the part and a margin for branches around it."""

    placed: Mesh
    table: LayerTable
    canvas: Canvas
    cell_px: int
    settings: SupportSettings
    forbids: Forbids | None

    @property
    def lift_um(self) -> float:
        """How high the part hangs above the platform."""
        return float(self.placed.box_um[0][2])


def supports_of(placed: Mesh, settings: SupportSettings, *, forbids: Forbids | None = None) -> Supports:
    """The supports of a part that stands in the build frame.

    forbids: where nothing may touch or enter. What still hangs in the end is listed in `left`, with the reason.
    """
    work = _work(placed, settings, forbids)
    room, needs, areas_um2 = _looked_at(work)
    kinds = [need.kind for need in needs]
    necks: list[Neck] = []
    branches: list[Branch] = []
    bodies: list[Mesh] = []
    for _ in range(_ROUNDS):
        more = [neck for need in needs for neck in _necks(need, work, room)]
        if not more:
            break
        necks += more
        if work.lift_um > 0 and len(necks) == len(more):
            necks += _holding(necks, areas_um2, work, room)
        branches = grow(necks, room, _tree_shape(settings))
        bodies = [
            *bodies_of(necks, branches, room, into_part_um=settings.layer_um),
            *_base(necks, branches, room, work),
        ]
        needs = list(_needs(_layers(joined([placed, *bodies]), work), settings))
    return Supports(
        mesh=joined([*bodies, *_ears(bodies, necks, work)]),
        necks=tuple(necks),
        branches=len(branches),
        trunks=sum(branch.parent is None for branch in branches),
        pins=sum(neck.foot == "part" for neck in necks),
        islands=kinds.count("island"),
        overhangs=kinds.count("overhang"),
        neck_force_mn=neck_force_mn(settings.neck_um),
        total_force_mn=neck_force_mn(settings.neck_um) * len(necks),
        left=tuple(_left(need, work) for need in needs),
        contact_um2=areas_um2[0],
        largest_um2=max(areas_um2),
    )


def _base(necks: Sequence[Neck], branches: Sequence[Branch], room: Room, work: _Work) -> Iterator[Mesh]:
    """What ties the feet together: a plate where nothing of the part is as low, else bars where there is room."""
    settings = work.settings
    ends = [branch.path[-1] for branch in branches if branch.parent is None]
    pegs = [neck.tip_um for neck in necks if neck.start is None and neck.foot == "platform"]
    feet = np.concatenate([room.points(np.array(ends).reshape(-1, 3)), np.array(pegs).reshape(-1, 3)])[:, :2]
    if not settings.base or not len(feet):
        return
    height_um = value_of("base_layers") * settings.layer_um
    wide_um = value_of("trunk_px") * settings.machine.pixel_um
    if work.lift_um >= height_um:
        around = wide_um * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
        yield plate((feet[:, None] + around).reshape(-1, 2), height_um=height_um)
    else:
        yield from bars_between(feet, room, width_um=_pillar_um(settings), height_um=height_um)


def _ears(bodies: Sequence[Mesh], necks: Sequence[Neck], work: _Work) -> Iterator[Mesh]:
    settings = work.settings
    return ears(
        work.placed,
        bodies,
        tips_um=np.array([neck.tip_um for neck in necks]).reshape(-1, 3),
        apart_um=_neck_shape(settings).length_um,
        pitch_um=settings.machine.pixel_um,
        layer_um=settings.layer_um,
    )


def _work(placed: Mesh, settings: SupportSettings, forbids: Forbids | None) -> _Work:
    """The canvas lies on the pixel grid on which `build` lays the part alone."""
    pixel_um = settings.machine.pixel_um
    (low, high) = placed.box_um
    margin_um = _MARGIN_PX * pixel_um
    sides = [2 * math.ceil((max(-float(low[axis]), float(high[axis])) + margin_um) / pixel_um) for axis in range(2)]
    canvas = centred_canvas(rows=sides[1], columns=sides[0], pitch_um=pixel_um)
    table = layer_table(float(high[2]), layer_um=settings.layer_um)
    return _Work(placed, table, canvas, cell_px_of(canvas, float(high[2])), settings, forbids)


def _layers(mesh: Mesh, work: _Work) -> Iterator[Runs]:
    canvas = work.canvas
    return cover_layers(
        canvas.to_px(mesh.vertices_um), mesh.triangles, work.table.cut_um, rows=canvas.rows, columns=canvas.columns
    )


def _needs(layers: Iterable[Runs], settings: SupportSettings) -> Iterator[Need]:
    share = value_of("island_share") if settings.island_share is None else settings.island_share
    return needs_of(layers, reach_px=settings.reach_px, island_share=share, island_px=settings.island_px)


def _looked_at(work: _Work) -> tuple[Room, list[Need], list[float]]:
    """The room that the part leaves, what of it hangs, and the area of each layer, in one pass over its layers."""
    areas_um2: list[float] = []
    canvas, table = work.canvas, work.table
    cell_um = work.cell_px * canvas.pitch_um
    builder = RoomBuilder(
        cell_px=work.cell_px,
        cell_um=cell_um,
        corner_um=(canvas.left_um, canvas.top_um),
        clearance_um=value_of("clearance_px") * canvas.pitch_um,
        stride=_stride(work.settings),
        forbidden=None if work.forbids is None else _forbidden_cells(work, work.forbids),
    )

    def passed() -> Iterator[Runs]:
        for number, layer in enumerate(_layers(work.placed, work)):
            bottom_um, thickness_um = float(table.bottom_um[number]), float(table.thickness_um[number])
            builder.add(layer, bottom_um=bottom_um, thickness_um=thickness_um)
            areas_um2.append(layer.area_px * canvas.pitch_um**2)
            yield layer

    needs = list(_needs(passed(), work.settings))
    return builder.room(), needs, areas_um2


def _forbidden_cells(work: _Work, forbids: Forbids) -> Callable[[int], Flags]:
    """Cells of a slab whose middle or some corner is forbidden."""
    canvas, cell_um = work.canvas, work.cell_px * work.canvas.pitch_um
    shape = -(-canvas.rows // work.cell_px), -(-canvas.columns // work.cell_px)
    row, column = (side.ravel().astype(np.float64) for side in np.mgrid[: shape[0] + 1, : shape[1] + 1])
    flat = np.stack([canvas.left_um + column * cell_um, canvas.top_um - row * cell_um], axis=1)

    def of_slab(number: int) -> Flags:
        corners = [
            forbids(np.column_stack([flat, np.full(len(flat), height * cell_um)])).reshape(shape[0] + 1, shape[1] + 1)
            for height in (number, number + 0.5, number + 1)
        ]
        corner = np.logical_or.reduce(corners)
        return np.asarray(corner[:-1, :-1] | corner[1:, :-1] | corner[:-1, 1:] | corner[1:, 1:])

    return of_slab


def _necks(need: Need, work: _Work, room: Room) -> Iterator[Neck]:
    """Necks that carry a need, as far as ways are free; then pins, where they are wanted."""
    left = need.pixels
    for pins in (False, True)[: 1 + work.settings.on_part]:
        allowed = _allowed(need, work)
        for _ in range(_TRIES):
            necks, left = _tried(replace(need, pixels=left), allowed, work, room, pins=pins)
            yield from necks
            if not len(left) or not allowed.any():
                break
        if not len(left):
            return


def _tried(need: Need, allowed: Flags, work: _Work, room: Room, *, pins: bool) -> tuple[list[Neck], NDArray[np.int64]]:
    """Necks for a need, and the pixels that none carries. Places from which no way is free are struck off `allowed`."""
    reach_px, neck_px = work.settings.reach_px, work.settings.neck_um / work.settings.machine.pixel_um
    points = neck_points(need, reach_px=reach_px, neck_px=neck_px, allowed=allowed)
    found = [_neck(point, need.layer, work, room, pins=pins) for point in points]
    for point, neck in zip(points, found, strict=True):
        if neck is None:
            _strike(allowed, point - need.corner)
    carrying = points[[neck is not None for neck in found]] if len(points) else points
    if not len(points):
        allowed[:] = False
    return [neck for neck in found if neck is not None], need.pixels[~is_carried(need.pixels, carrying, reach_px)]


def _holding(necks: Sequence[Neck], areas_um2: Sequence[float], work: _Work, room: Room) -> list[Neck]:
    """Necks that hold a lifted part against the film, beside those that carry what hangs."""
    settings, canvas = work.settings, work.canvas
    places = np.concatenate(list(hanging_places(_layers(work.placed, work))))
    if work.forbids is not None and len(places):
        points = np.concatenate([_points_um(place[None, 1:], int(place[0]), work) for place in places])
        places = places[~work.forbids(points)]
    at = np.array([neck.tip_um for neck in necks])
    tips = np.column_stack([
        [neck.layer for neck in necks],
        np.floor((canvas.top_um - at[:, 1]) / canvas.pitch_um),
        np.floor((at[:, 0] - canvas.left_um) / canvas.pitch_um),
    ]).astype(np.int64)  # fmt: skip
    chosen = held_by(
        places,
        np.asarray(areas_um2),
        tips,
        a_neck_um2=held_um2(settings.neck_um),
        layer_px=settings.layer_um / canvas.pitch_um,
        neck_px=settings.neck_um / canvas.pitch_um,
    )
    found = [_neck(places[one, 1:], int(places[one, 0]), work, room, pins=False) for one in chosen]
    return [neck for neck in found if neck is not None]


def _allowed(need: Need, work: _Work) -> Flags:
    """(rows, columns) of the need's window: where a neck may touch."""
    allowed = need.window.copy()
    if work.forbids is not None:
        rows, columns = np.nonzero(allowed)
        pixels = np.stack([rows, columns], axis=1) + need.corner
        allowed[rows, columns] = ~work.forbids(_points_um(pixels, need.layer, work))
    return allowed


def _strike(allowed: Flags, place: NDArray[np.int64]) -> None:
    """Forbid the pixels around a place."""
    row, column = (int(index) for index in place)
    allowed[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2] = False


def _points_um(pixels: NDArray[np.int64], layer: int, work: _Work) -> Floats:
    """(n, 2) rows and columns → (n, 3) the middles of the pixels on the underside of a layer, build frame."""
    canvas = work.canvas
    x = canvas.left_um + (pixels[:, 1] + 0.5) * canvas.pitch_um
    y = canvas.top_um - (pixels[:, 0] + 0.5) * canvas.pitch_um
    return np.stack([x, y, np.full(len(pixels), work.table.bottom_um[layer])], axis=1)


def _neck(pixel: NDArray[np.int64], layer: int, work: _Work, room: Room, *, pins: bool) -> Neck | None:
    tip_um, shape = _points_um(pixel[None], layer, work)[0], _neck_shape(work.settings)
    neck = neck_at(tip_um, layer=layer, room=room, shape=shape)
    if neck is not None or not pins:
        return neck
    below_um = surface_below(work.placed, tip_um, least_um=work.settings.layer_um / 2)
    return None if below_um is None else pin_at(tip_um, layer=layer, below_um=below_um, room=room, shape=shape)


def _neck_shape(settings: SupportSettings) -> NeckShape:
    return NeckShape(
        diameter_um=settings.neck_um,
        length_um=value_of("neck_length_necks") * settings.neck_um,
        radius_um=_pillar_um(settings) / 2,
        slope_deg=min(value_of("slope_deg"), _steepest_deg(settings.neck_um, settings.layer_um)),
        slenderness=value_of("slenderness"),
    )


def _steepest_deg(diameter_um: float, layer_um: float) -> float:
    """How far from upright something of this diameter may lean, so that half of it lies on the layer below."""
    return math.degrees(math.atan(diameter_um / (2 * layer_um)))


def _stride(settings: SupportSettings) -> int:
    """A branch steps aside by a cell in every so many slabs, so that it leans no more than it may."""
    lean = math.tan(math.radians(_steepest_deg(_pillar_um(settings), settings.layer_um)))
    return max(1, math.ceil(1 / lean - 1e-9))


def _tree_shape(settings: SupportSettings) -> TreeShape:
    return TreeShape(
        joins=settings.joins,
        radius_um=_pillar_um(settings) / 2,
        trunk_um=value_of("trunk_px") * settings.machine.pixel_um,
        slenderness=value_of("slenderness"),
        tips=int(value_of("tips_a_trunk")),
    )


def _pillar_um(settings: SupportSettings) -> float:
    return max(value_of("pillar_px") * settings.machine.pixel_um, settings.neck_um)


def _left(need: Need, work: _Work) -> Left:
    x, y, z = (float(side) for side in _points_um(need.pixels, need.layer, work).mean(axis=0))
    return Left(
        kind=need.kind,
        layer=need.layer,
        at_um=(x, y, z),
        area_um2=need.area_px * work.canvas.pitch_um**2,
        why=say("no way from there to the platform is free"),
    )


def held_um2(diameter_um: float) -> float:
    """The area of a layer that one neck holds against the film, before it is cured through."""
    return neck_force_mn(diameter_um) * value_of("green_strength_share") / value_of("peel_kpa") * 1e6


def neck_force_mn(diameter_um: float) -> float:
    """What it takes to tear a neck off, in mN: its section times the tensile strength. An upper end, see the data."""
    return math.pi / 4 * diameter_um**2 * value_of("tensile_strength_mpa") / 1e3
