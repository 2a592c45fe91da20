"""A need becomes points: as few necks as carry each of its pixels within the reach, in the middle of what is solid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.supports.needs import Need

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Places and pixels that are weighed against each other at once: what is larger is first laid out as a honeycomb.
_MOST_PLACES = 600
_MOST_PIXELS = 1200
# A place where the neck would stick out of the solid is worth this much of one where it does not.
_STICKING_OUT = 0.5
# What is wider than so many circles of the reach is laid out as a honeycomb first.
_WIDE = 6


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """The window of a need. corner: its first pixel. fit: where a neck may touch; depth: pixels from there to the edge."""

    corner: Ints
    hangs: Flags
    fit: Flags
    depth: Floats
    reach_px: float
    neck_px: float


def neck_points(need: Need, *, reach_px: float, neck_px: float, allowed: Flags | None = None) -> Ints:
    """(k, 2) rows and columns of necks such that every pixel of the need has one within the reach, where that can be.

    allowed: (rows, columns) of the need's window, where a neck may touch; None: anywhere. What cannot be reached from
    an allowed pixel is left out. Set cover, greedily: each neck is where it carries most of what no earlier one does.
    """
    ground = _ground(need, reach_px, neck_px, allowed)
    chosen = np.empty((0, 2), dtype=np.int64)
    if len(need.pixels) > _WIDE * np.pi * reach_px**2:
        chosen = _honeycomb(ground)
    while True:  # what was thinned out may be left in the end, and is then looked at by itself
        left = need.pixels[~is_carried(need.pixels, chosen, reach_px)]
        more = _fewest(left, ground) if len(left) else left
        if not len(more):
            return chosen
        chosen = np.concatenate([chosen, more])


def _ground(need: Need, reach_px: float, neck_px: float, allowed: Flags | None) -> _Ground:
    from scipy.ndimage import distance_transform_edt

    hangs = np.zeros_like(need.window)
    hangs[tuple((need.pixels - need.corner).T)] = True
    fit = need.window if allowed is None else need.window & allowed
    depth = distance_transform_edt(np.pad(need.window, 1))[1:-1, 1:-1]
    return _Ground(np.array(need.corner), hangs, fit, depth, reach_px, neck_px)


def _fewest(pixels: Ints, ground: _Ground) -> Ints:
    """Few places that carry pixels of the need, as many of them as can be reached."""
    places = _places(pixels, ground)
    if not len(places):
        return places
    worth = np.where(ground.depth[tuple((places - ground.corner).T)] >= ground.neck_px / 2 + 0.5, 1.0, _STICKING_OUT)
    return _greedy(places, worth, _thinned(pixels, ground.reach_px), ground.reach_px)


def _honeycomb(ground: _Ground) -> Ints:
    """Places in a honeycomb whose circles of the reach leave nothing between them, those that lie within the need."""
    apart = (ground.reach_px - 1.0) * np.sqrt(3.0)
    high, wide = ground.hangs.shape
    lines, columns = np.arange(apart / 2, high, apart * np.sqrt(3.0) / 2), np.arange(0, wide, apart)
    row = np.repeat(lines, len(columns))
    column = (columns[None] + (np.arange(len(lines)) % 2)[:, None] * apart / 2 + apart / 4).ravel()
    at = np.floor(np.stack([row, column], axis=1)).astype(np.int64)
    at = at[(at < ground.hangs.shape).all(axis=1)]
    fit = ground.fit & ground.hangs & (ground.depth >= ground.neck_px / 2 + 0.5)
    return np.asarray(at[fit[tuple(at.T)]] + ground.corner)


def is_carried(pixels: Ints, places: Ints, reach_px: float) -> Flags:
    """(n,) whether a place is within the reach of each pixel."""
    from scipy.spatial import cKDTree

    if not len(places):
        return np.zeros(len(pixels), dtype=np.bool_)
    return np.asarray(cKDTree(places).query(pixels, distance_upper_bound=reach_px + 1e-9)[0] <= reach_px)


def _places(pixels: Ints, ground: _Ground) -> Ints:
    """Where a neck may be: near the pixels, on the ridge of the solid and on a grid over it."""
    rows, columns = np.nonzero(ground.fit)
    near = is_carried(np.stack([rows, columns], axis=1) + ground.corner, pixels, ground.reach_px)
    rows, columns = rows[near], columns[near]
    step, is_ridge = max(1, int(ground.reach_px / 4)), _is_ridge(ground.depth)[rows, columns]
    while True:
        on_grid = (rows % step == step // 2) & (columns % step == step // 2)
        chosen = on_grid | (is_ridge & ((rows + columns) % step == 0))
        if chosen.sum() <= _MOST_PLACES or step > ground.reach_px:
            break
        step += 1
    if not chosen.any() and len(rows):
        chosen[np.argmax(np.minimum(ground.depth[rows, columns], ground.neck_px))] = True
    return np.asarray(np.stack([rows[chosen], columns[chosen]], axis=1) + ground.corner)


def _is_ridge(depth: Floats) -> Flags:
    """Where no neighbour lies deeper in the solid."""
    from scipy.ndimage import maximum_filter

    return np.asarray((depth > 0) & (depth >= maximum_filter(depth, size=3)))


def _thinned(pixels: Ints, reach_px: float) -> Ints:
    """Every so many pixels of a large need, its ends among them."""
    if len(pixels) <= _MOST_PIXELS:
        return pixels
    step = min(max(2, int(reach_px / 6)), int(np.ceil(np.sqrt(len(pixels) / _MOST_PIXELS))))
    kept = (pixels % step == 0).all(axis=1)
    for axis in range(2):
        kept |= (pixels[:, axis] == pixels[:, axis].min()) | (pixels[:, axis] == pixels[:, axis].max())
    return np.asarray(pixels[kept])


def _greedy(places: Ints, worth: Floats, pixels: Ints, reach_px: float) -> Ints:
    """Rows of places, each carrying the most of what is left; a pixel that no place reaches is left out."""
    from scipy.spatial import cKDTree

    reached = cKDTree(places).query_ball_point(pixels, reach_px + 1e-9)
    lengths = np.array([len(found) for found in reached])
    pixel_of = np.repeat(np.arange(len(pixels)), lengths)
    place_of = np.concatenate([np.asarray(found, dtype=np.int64) for found in reached]) if lengths.sum() else pixel_of
    kept: list[int] = []
    while len(place_of):
        gain = np.bincount(place_of, minlength=len(places)) * worth
        best = int(np.argmax(gain))
        kept.append(best)
        done = np.zeros(len(pixels), dtype=np.bool_)
        done[pixel_of[place_of == best]] = True
        left = ~done[pixel_of]
        pixel_of, place_of = pixel_of[left], place_of[left]
    return places[kept]
