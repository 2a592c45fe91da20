"""Masks optimised in one window: greys near the surface move until the solid's deviation no longer falls."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.compensation.columns import Columns
from mingyue.printing.compensation.spots import Spot
from mingyue.printing.compensation.surfaces import AT_LEAST, AT_MOST, ON, WELL_INSIDE, Surface
from mingyue.printing.kernels import shining

Singles = NDArray[np.float32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Greys = NDArray[np.uint8]

# Deviations larger than this count by their size and no longer by its square: a lost cause must not spoil the rest.
_ROBUST_UM = 2.0
# A pixel may move if it gives at least this share of its light to a place on the surface of its layer.
_LEAST_SHARE = 0.02
# A place that none of the moving pixels reaches by more than this, in thresholds, cannot be helped.
_LEAST_REACH = 1e-4
# Two steps in a row that gain less than this share of what was wrong at the start: it is as good as it gets.
_LEAST_GAIN = 2e-3
_SMALL = 1e-9
# What is inside keeps light for so many depths: a tenth less of it must not make it soft.
_RESERVE_DEPTHS = 0.5
# Depths of light after which no bound is felt; exp of it is still a float32.
_ENDLESS = 80.0


@dataclass(frozen=True, slots=True)
class Felt:
    """What n places feel. deviations_um: > 0 where the solid is too large; steepness: |∇ ln dose| per µm."""

    doses: Singles
    deviations_um: Singles
    steepness: Singles


def felt(light: Singles, surface: Surface, spot: Spot, *, depth_um: float, pitch_um: float) -> Felt:
    """How far the solid's surface lies from each place: ln dose / |∇ ln dose|; 0 where a place is on its right side.

    Below the threshold dose − 1 stands for ln dose: it has the same slope there, and no pole in the dark.
    """
    doses, slopes = shining.looked_at(light, surface.places, surface.weights, spot.taps, spot.by_row, spot.by_column)
    steepness = np.sqrt(slopes / pitch_um**2 + 1.0 / depth_um**2)
    level = np.where(doses > 1.0, np.log(np.maximum(doses, 1.0)), doses - 1.0)
    fine = ((surface.sides == AT_LEAST) & (level > 0)) | ((surface.sides == AT_MOST) & (level < 0))
    return Felt(doses, np.where(fine, 0.0, level / steepness).astype(np.float32), steepness)


def moving_pixels(design: Singles, start: Singles, surface: Surface, spot: Spot) -> Flags:
    """Pixels near a contour that are lit or beside a lit one, and those that the start has changed already."""
    near, room = np.empty_like(design), np.empty_like(design)
    contours = surface.those(surface.sides == ON)
    once = np.ones(len(contours), dtype=np.float32)
    shining.looked_back(contours.places, once, np.zeros_like(once), spot.taps, out=(near, room))
    return np.asarray(((near > _LEAST_SHARE) & _beside(design > 0)) | (start != design))


def _beside(lit: Flags) -> Flags:
    """Lit, or one of the eight around is."""
    wide = lit.copy()
    wide[:, 1:] |= lit[:, :-1]
    wide[:, :-1] |= lit[:, 1:]
    out = wide.copy()
    out[:, :, 1:] |= wide[:, :, :-1]
    out[:, :, :-1] |= wide[:, :, 1:]
    return out


@dataclass(frozen=True, slots=True)
class Room:
    """Between what and what the light at the top of each layer may be, (layers, rows, columns); least <= most."""

    least: Singles
    most: Singles


def room_of(greys: Greys, ways_um: Singles, light: Singles, *, depth_um: float) -> Room:
    """At most what the face that looks down allows; inside at least what cures half a depth, where there is so much.

    ways_um: as of `shining.ways_down`; light: of the thinned masks. Inside means well inside: borders may be darker.
    """
    most = np.exp(np.minimum(ways_um / depth_um, _ENDLESS)).astype(np.float32)
    least = np.where(greys >= WELL_INSIDE, np.minimum(np.minimum(most, math.exp(_RESERVE_DEPTHS)), light), 0.0)
    return Room(least.astype(np.float32), np.maximum(most, least).astype(np.float32))


def settle(
    start: Singles,
    moving: Flags,
    surface: Surface,
    room: Room,
    columns: Columns,
    *,
    spot: Spot,
    sweeps: int,
) -> tuple[Singles, Flags]:
    """Bring the light at each contour to the threshold, layer by layer from the top down: masks, and what moves now.

    In terms of the light at a layer's top, not of its mask, a place on the surface asks its own layer only: that is solved
    by simultaneous steps (SIRT). What a pixel may have bounds what the pixels over it may have, and the masks follow in
    order. Faces that look down are kept by that bound. It has no proof; it is near the goal in a few sweeps, where `descend`
    takes many. `start` is not changed.
    """
    surface = surface.those((surface.sides != ON) | (surface.weights < 1.0))
    taps = (spot.taps, spot.by_row, spot.by_column)
    reach, _ = shining.looked_at(moving.astype(np.float32), surface.places, surface.weights, *taps)
    surface, reach = surface.those(reach > _LEAST_REACH), reach[reach > _LEAST_REACH]
    if not len(surface):
        return start, moving
    shares, may_move, out = start.copy(), moving | (start > 0), (np.empty_like(start), np.empty_like(start))
    light, moving = columns.shine(shares), moving.copy()
    scaled = surface.areas_um2 * surface.weights
    for _ in range(sweeps):
        doses, _ = shining.looked_at(light, surface.places, surface.weights, *taps)
        excess = doses - 1.0
        excess[((surface.sides == AT_LEAST) & (excess > 0)) | ((surface.sides == AT_MOST) & (excess < 0))] = 0.0
        counted = np.where(excess == 0.0, np.float32(0.0), scaled * reach)
        back, curve = shining.looked_back(surface.places, scaled * excess, counted, spot.taps, out=out)
        modes = shining.asked(light, back, curve, moving, columns.decays, least=room.least, most=room.most)
        light = shining.settled(light, modes, columns.gains, columns.decays, columns.above, shares=shares)
    return shares, moving & may_move  # where nothing was to be lit, nothing is lit by what follows


@dataclass(frozen=True, slots=True)
class Descent:
    """shares: the masks found; losses: mean robust square of the deviation, µm², at the start and after each step."""

    shares: Singles
    losses: tuple[float, ...]


def descend(
    start: Singles,
    moving: Flags,
    surface: Surface,
    columns: Columns,
    *,
    spot: Spot,
    pitch_um: float,
    steps: int,
) -> Descent:
    """Projected gradient descent with a diagonal majoriser for its step, and Nesterov's momentum, restarted when it errs.

    Doses are sums of masks with weights ≥ 0, so Σ_i a_si · Σ_s a_sj w_s bounds the curvature of each pixel by itself (the
    separable surrogate of De Pierro 1995): steps need no search. At most `steps` are taken, and the best masks seen are kept.
    `start` is not changed. Pixels outside `moving` stay as they are.
    """
    moves = np.flatnonzero(moving)
    reached = _reached(moving, surface, columns, spot)
    surface, reach = surface.those(reached > _LEAST_REACH), reached[reached > _LEAST_REACH]
    if not len(moves) or not len(surface) or not steps:
        return Descent(start, ())
    shares = start.copy()
    flat = shares.reshape(-1)
    light, back, curve = np.empty_like(shares), np.empty_like(shares), np.empty_like(shares)
    here, ahead, momentum = flat[moves], flat[moves], 1.0
    best, losses = here, list[float]()
    for step in range(steps + 1):
        columns.shine(shares, out=light)
        now = felt(light, surface, spot, depth_um=columns.depth_um, pitch_um=pitch_um)
        losses.append(_loss(now, surface))
        best = ahead if losses[-1] <= min(losses) else best
        if step == steps or _is_idle(losses):
            break
        first, second = _slopes(now, surface, reach)
        shining.looked_back(surface.places, first, second, spot.taps, out=(back, curve))
        shining.returned(back, columns.gains, columns.decays)
        shining.returned(curve, columns.gains, columns.decays)
        found = _stepped(ahead, back.reshape(-1)[moves], curve.reshape(-1)[moves])
        ahead, momentum = _ahead(here, ahead, found, momentum)
        here = found
        flat[moves] = ahead
    flat[moves] = best
    return Descent(shares, tuple(losses))


def _stepped(shares: Singles, slopes: Singles, curvatures: Singles) -> Singles:
    """One step down for each pixel by itself, back into what a mask can show."""
    return np.clip(shares - slopes / np.maximum(curvatures, np.float32(_SMALL)), 0.0, 1.0).astype(np.float32)


def _is_idle(losses: list[float]) -> bool:
    """Whether two steps in a row gained next to nothing."""
    least = _LEAST_GAIN * losses[0]
    return len(losses) > 2 and losses[-2] - losses[-1] < least and losses[-3] - losses[-2] < least


def _ahead(before: Singles, ahead: Singles, found: Singles, momentum: float) -> tuple[Singles, float]:
    """Where to look next: past the masks found, the way they went; no further where that way has turned."""
    if float(np.dot(ahead - found, found - before)) > 0:
        return found, 1.0
    grown = (1.0 + math.sqrt(1.0 + 4.0 * momentum * momentum)) / 2.0
    past = found + np.float32((momentum - 1.0) / grown) * (found - before)
    return np.clip(past, 0.0, 1.0), grown


def _reached(moving: Flags, surface: Surface, columns: Columns, spot: Spot) -> Singles:
    """(n,) the dose of each place if all that can move were fully lit and all else dark."""
    dark = np.zeros_like(columns.above)
    light = shining.shine(moving.astype(np.float32), columns.gains, columns.decays, dark)
    return shining.looked_at(light, surface.places, surface.weights, spot.taps, spot.by_row, spot.by_column)[0]


def _loss(now: Felt, surface: Surface) -> float:
    """Pseudo-Huber: half the square for small deviations, straight for large ones; per area."""
    ratio = now.deviations_um.astype(np.float64) / _ROBUST_UM
    each = _ROBUST_UM**2 * (np.sqrt(1.0 + ratio * ratio) - 1.0)
    return float(np.average(each, weights=surface.areas_um2))


def _slopes(now: Felt, surface: Surface, reach: Singles) -> tuple[Singles, Singles]:
    """(n,) each: of the loss by the dose at the layer's top, and the weight of its bound on the curvature."""
    robust = surface.areas_um2 / np.sqrt(1.0 + (now.deviations_um / _ROBUST_UM) ** 2)
    by_dose = surface.weights / (np.maximum(now.doses, 1.0) * now.steepness)
    bound = robust * by_dose * reach / (np.maximum(now.doses, 1.0) * now.steepness)
    return (robust * now.deviations_um * by_dose).astype(np.float32), bound.astype(np.float32)
