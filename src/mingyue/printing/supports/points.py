"""A need becomes points: as few necks as carry each of its pixels within the reach, in the middle of what is solid."""

from __future__ import annotations

from dataclasses import replace

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


def neck_points(need: Need, *, reach_px: float, neck_px: float, allowed: Flags | None = None) -> Ints:
    """(k, 2) rows and columns of necks such that every pixel of the need has one within the reach, where that can be.

    allowed: (rows, columns) of the need's window, where a neck may touch; None: anywhere. What cannot be reached from
    an allowed pixel is left out. Set cover, greedily: each neck is where it carries most of what no earlier one does.
    """
    from scipy.ndimage import distance_transform_edt

    inner = distance_transform_edt(np.pad(need.window, 1))[1:-1, 1:-1]
    pixels = need.pixels
    chosen = np.empty((0, 2), dtype=np.int64)
    if len(pixels) > _WIDE * np.pi * reach_px**2:
        chosen = _honeycomb(need, inner, reach_px, neck_px, allowed)
        pixels = pixels[~is_carried(pixels, chosen, reach_px)]
    places = _places(replace(need, pixels=pixels), inner, reach_px, neck_px, allowed)
    if not len(places):
        return chosen
    worth = np.where(inner[tuple((places - need.corner).T)] >= neck_px / 2, 1.0, _STICKING_OUT)
    return np.concatenate([chosen, _greedy(places, worth, _thinned(pixels, reach_px), reach_px)])


def _honeycomb(need: Need, inner: Floats, reach_px: float, neck_px: float, allowed: Flags | None) -> Ints:
    """Places in a honeycomb whose circles of the reach leave nothing between them, those that lie within the need."""
    apart = (reach_px - 1.0) * np.sqrt(3.0)
    low, high = need.pixels.min(axis=0), need.pixels.max(axis=0)
    lines = np.arange(low[0] + apart / 2, high[0], apart * np.sqrt(3.0) / 2)
    columns = np.arange(low[1], high[1], apart)
    row = np.repeat(lines, len(columns))
    column = (columns[None] + (np.arange(len(lines)) % 2)[:, None] * apart / 2 + apart / 4).ravel()
    places = np.floor(np.stack([row, column], axis=1)).astype(np.int64)
    hangs = np.zeros_like(need.window)
    hangs[tuple((need.pixels - need.corner).T)] = True
    fit = hangs & (inner >= neck_px / 2) & (True if allowed is None else allowed)
    at = places - need.corner
    inside = ((at >= 0) & (at < np.array(fit.shape))).all(axis=1)
    places, at = places[inside], at[inside]
    return np.asarray(places[fit[tuple(at.T)]])


def is_carried(pixels: Ints, places: Ints, reach_px: float) -> Flags:
    """(n,) whether a place is within the reach of each pixel."""
    from scipy.spatial import cKDTree

    if not len(places):
        return np.zeros(len(pixels), dtype=np.bool_)
    return np.asarray(cKDTree(places).query(pixels, distance_upper_bound=reach_px + 1e-9)[0] <= reach_px)


def _places(need: Need, inner: Floats, reach_px: float, neck_px: float, allowed: Flags | None) -> Ints:
    """Where a neck may be: solid pixels near the need, the ridge of the solid and a grid over it."""
    solid = need.window if allowed is None else need.window & allowed
    if not len(need.pixels):
        return np.empty((0, 2), dtype=np.int64)
    rows, columns = np.nonzero(solid)
    step = max(1, int(reach_px / 4))
    while True:
        on_grid = (rows % step == step // 2) & (columns % step == step // 2)
        chosen = on_grid | (_is_ridge(inner)[rows, columns] & ((rows + columns) % step == 0))
        if chosen.sum() <= _MOST_PLACES or step > reach_px:
            break
        step += 1
    if not chosen.any() and len(rows):
        chosen[np.argmax(np.minimum(inner[rows, columns], neck_px))] = True
    return np.asarray(np.stack([rows[chosen], columns[chosen]], axis=1) + np.array(need.corner))


def _is_ridge(inner: Floats) -> Flags:
    """Where no neighbour lies deeper in the solid."""
    from scipy.ndimage import maximum_filter

    return np.asarray((inner > 0) & (inner >= maximum_filter(inner, size=3)))


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

    # A hair less than the reach, since pixels that were thinned out lie between those that are looked at.
    reached = cKDTree(places).query_ball_point(pixels, reach_px - 0.7)
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
