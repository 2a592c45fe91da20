"""What was found in two revisions: which findings are new, which are gone, which stayed, and what became of those. Pure.

Findings have no identity across revisions. Two are the same where their kind is, and their boxes, both in the part frame
of the newer revision, touch or nearly do. Each has one partner at most, and as many as can have one do: so what is gained
and what stayed are all of the new ones, what is lost and what stayed all of the old ones, whatever their order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Floats = NDArray[np.float64]
Json = dict[str, Any]
Became = Literal["worse", "same", "better"]

SEVERITIES = ("fails", "risk", "note")  # the worst first
# A border is told by whole pixels and layers. Where the grid lies otherwise over the same thing, each border of its box
# moves by up to one of them, in both looks: two findings at the same place are no farther apart than two.
_STEPS_APART = 2
# A measured value that moves by less than this share of its limit moved with the grid, not with the part.
_NOISE = 0.02
# Boxes of which all sides are equal to this much are one part's: a file keeps no more than single precision.
_SAME_SIZE_UM = 1.0
_SAME_SIZE = 1e-5


@dataclass(frozen=True, slots=True)
class Kept:
    """A finding of both: what it was, what it is, and what became of it."""

    was: Json
    now: Json
    became: Became


@dataclass(frozen=True, slots=True)
class Changes:
    """Each of them the worst first."""

    gained: tuple[Json, ...]
    lost: tuple[Json, ...]
    kept: tuple[Kept, ...]


def near_um(*, pixel_um: float, layer_um: float) -> float:
    """How far apart the boxes of one finding may be in two looks."""
    return _STEPS_APART * max(pixel_um, layer_um)


def compared(was: Sequence[Json], now: Sequence[Json], *, near_um: float) -> Changes:
    """Findings of two checks, box_um of both in one frame."""
    pairs = [
        pair
        for kind in {one["kind"] for one in now}
        for pair in _pairs(_places(was, kind), _places(now, kind), near_um)
    ]
    old, new = {first for first, _ in pairs}, {second for _, second in pairs}
    kept = [Kept(was[first], now[second], became(was[first], now[second])) for first, second in pairs]
    return Changes(
        gained=_worst_first(one for place, one in enumerate(now) if place not in new),
        lost=_worst_first(one for place, one in enumerate(was) if place not in old),
        kept=tuple(sorted(kept, key=lambda one: (_rank(one.now), one.now["id"]))),
    )


def became(was: Json, now: Json) -> Became:
    """By severity; of the same severity by how far beyond its limit it is measured, where that moved by more than noise."""
    ranks = SEVERITIES.index(was["severity"]) - SEVERITIES.index(now["severity"])
    farther = _beyond(now) - _beyond(was)
    if ranks or abs(farther) > _NOISE:
        return "worse" if (ranks or farther) > 0 else "better"
    return "same"


def _beyond(finding: Json) -> float:
    """How far the measured value is from its limit, as a share of that; both sides of a limit are bad only on one."""
    measured, limit = finding["measured"], finding["limit"]
    return 0.0 if measured is None or not limit else abs(measured - limit) / abs(limit)


def _rank(finding: Json) -> int:
    return SEVERITIES.index(finding["severity"])


def _worst_first(findings: Iterator[Json]) -> tuple[Json, ...]:
    return tuple(sorted(findings, key=_rank))  # within a severity as the check has them


# --- who is whose partner -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Places:
    """at: which findings; boxes_um: (n, 2, 3)."""

    at: list[int]
    boxes_um: Floats


def _places(findings: Sequence[Json], kind: str) -> _Places:
    at = [place for place, one in enumerate(findings) if one["kind"] == kind]
    return _Places(at, np.array([findings[place]["box_um"] for place in at], dtype=np.float64).reshape(-1, 2, 3))


def _pairs(was: _Places, now: _Places, near_um: float) -> Iterator[tuple[int, int]]:
    """As many pairs of near ones as there can be; of all ways of pairing so many, the one with the nearest middles."""
    near = _gaps_um(was.boxes_um, now.boxes_um) <= near_um
    if not near.any():
        return
    middles = was.boxes_um.mean(axis=1)[:, None] - now.boxes_um.mean(axis=1)[None]
    apart = np.linalg.norm(middles, axis=2)
    # Less than one for a pair that may be, and so much for one that may not that all others together cost less.
    cost = np.where(near, apart / (1.0 + apart), min(near.shape) + 1.0)
    for first, second in zip(*linear_sum_assignment(cost), strict=True):
        if near[first, second]:
            yield was.at[first], now.at[second]


def _gaps_um(was: Floats, now: Floats) -> Floats:
    """(n, m): between boxes, along the axis in which they are farthest apart; below zero where they overlap in all."""
    gaps = np.full((len(was), len(now)), -np.inf)
    for axis in range(3):
        (low, high), (other_low, other_high) = was[:, :, axis].T, now[:, :, axis].T
        np.maximum(gaps, other_low[None] - high[:, None], out=gaps)
        np.maximum(gaps, low[:, None] - other_high[None], out=gaps)
    return gaps


# --- frames -------------------------------------------------------------------------------------------------------


def in_part_frame(findings: Sequence[Json], placement: Mapping[str, Any], *, moved_um: Sequence[float]) -> list[Json]:
    """The same with places in the part frame, moved by so much. A box that was turned becomes the box around it."""
    matrix, offset = np.array(placement["matrix"], dtype=np.float64), np.array(placement["offset_um"])
    back, moved = np.linalg.inv(matrix).astype(np.float64), np.array(moved_um, dtype=np.float64)
    return [_moved(one, back, offset, moved) for one in findings]


def _moved(finding: Json, back: Floats, offset: Floats, moved: Floats) -> Json:
    low, high = np.array(finding["box_um"], dtype=np.float64)
    corners = np.array([[(low, high)[x][0], (low, high)[y][1], (low, high)[z][2]] for x, y, z in np.ndindex(2, 2, 2)])
    placed = (corners - offset) @ back.T + moved
    points = (np.array(finding["points_um"], dtype=np.float64).reshape(-1, 3) - offset) @ back.T + moved
    box = [placed.min(axis=0).round(3).tolist(), placed.max(axis=0).round(3).tolist()]
    return finding | {"box_um": box, "points_um": points.round(3).tolist()}


def shift_um(was_box_um: Sequence[Sequence[float]], now_box_um: Sequence[Sequence[float]]) -> list[float] | None:
    """By how much a whole part was moved in its file; None where its size changed too, so that nobody can know.

    A part that grew on one side only, in a file that has its zero in the middle, is moved too; boxes do not tell that.
    """
    was, now = np.array(was_box_um, dtype=np.float64), np.array(now_box_um, dtype=np.float64)
    sizes = was[1] - was[0], now[1] - now[0]
    allowed = max(_SAME_SIZE_UM, _SAME_SIZE * float(max(size.max() for size in sizes)))
    if np.abs(sizes[0] - sizes[1]).max() > allowed:
        return None
    moved = now[0] - was[0]
    return [0.0, 0.0, 0.0] if np.abs(moved).max() <= allowed else [float(value) for value in moved]


def are_apart(was_box_um: Sequence[Sequence[float]], now_box_um: Sequence[Sequence[float]]) -> bool:
    """Whether two boxes share nothing, so that no place of the one is a place of the other."""
    return bool(
        (_gaps_um(np.array([was_box_um], dtype=np.float64), np.array([now_box_um], dtype=np.float64)) > 0).any()
    )
