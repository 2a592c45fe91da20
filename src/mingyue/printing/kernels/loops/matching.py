"""Runs of bytes become deflate's tokens: literals, and matches with what came before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit
from mingyue.printing.kernels.sizes import LONGEST_MATCH

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]

_FARTHEST = 32_768
# A token is a literal below 256, or a match: its length, its distance above the lowest 16 bits, and above 32 bits how
# often it is repeated. A dark row of a wide canvas is one match of the longest length, a hundred times over.
DISTANCE_SHIFT, REPEATS_SHIFT = 16, 32
# A match is tried where this many runs agree; fewer are written faster than they are pointed at.
_AGREE = 3
# Longer runs are not taken into a match: on their own they cost a few bits for every 258 bytes, within one a distance
# each time.
_LONG = 300
# About what a match costs in bits, a grey, and black or white. Only their proportion matters.
_MATCH_BITS, _GREY_BITS, _PLAIN_BITS, _REST_BITS = 20, 7, 3, 4


@jit
def match_runs(values: Bytes, lengths: Ints, places: Ints, table: Ints, tokens: Ints) -> int:
    """Fill the tokens; return how many there are.

    places: (runs,) room for where each run begins; table: (2^k,) room for the runs seen last, by what follows them.
    A run is a literal and matches of distance one. Where the next runs are as some within the last 32 KiB, as they are
    from row to row along a wall and from cell to cell of a lattice, they are one match.
    """
    place = 0
    for i in range(len(values)):
        places[i] = place
        place += lengths[i]
    table[:] = -1
    made, i = 0, 0
    while i < len(values):
        taken = 0
        if i + _AGREE <= len(values):
            slot = _slot(values, lengths, i, len(table))
            before = table[slot]
            table[slot] = i
            if before >= 0 and places[i] - places[before] <= _FARTHEST:
                taken = _agreeing(values, lengths, before, i)
        if taken == 0:
            made = _put_run(values[i], lengths[i], tokens, made)
            i += 1
            continue
        length = (places[i + taken] if i + taken < len(values) else place) - places[i]
        rest = 0
        if i + taken < len(values) and values[i + taken] == values[before + taken]:
            # The next run begins as that one did, and goes on or ends: the match takes what they share.
            shared = min(lengths[i + taken], lengths[before + taken])
            if shared <= _LONG:
                length += shared
                rest = lengths[i + taken] - shared
                taken += 1
        made = _put_match(length, places[i] - places[before], tokens, made)
        made = _put_rest(values[i + taken - 1], rest, tokens, made)
        for k in range(i + 1, min(i + taken, len(values) - _AGREE + 1), 2):
            table[_slot(values, lengths, k, len(table))] = k
        i += taken
    return made


@jit
def _slot(values: Bytes, lengths: Ints, i: int, slots: int) -> int:
    """A place in the table for the runs that follow; Fibonacci hashing, as it spreads small numbers well."""
    mixed = np.uint64(0)
    for k in range(_AGREE):
        mixed = (mixed ^ np.uint64(values[i + k]) ^ (np.uint64(lengths[i + k]) << np.uint64(8))) * np.uint64(
            0x9E3779B97F4A7C15
        )
    return int((mixed >> np.uint64(40)) & np.uint64(slots - 1))


@jit
def _agreeing(values: Bytes, lengths: Ints, before: int, i: int) -> int:
    """How many runs from i on are as those from `before` on, if that is worth a match; else 0."""
    taken, total, saved = 0, 0, 0
    while i + taken < len(values):
        value, length = values[i + taken], lengths[i + taken]
        if value != values[before + taken] or length != lengths[before + taken] or length > _LONG:
            break
        saved += _PLAIN_BITS if value in (0, 255) else _GREY_BITS
        if length > 1:
            saved += _REST_BITS
        total += length
        taken += 1
    if taken < _AGREE or saved <= _MATCH_BITS * (1 + total // LONGEST_MATCH):
        return 0
    return taken


@jit
def _put_run(value: int, length: int, tokens: Ints, made: int) -> int:
    tokens[made] = value
    return _put_rest(value, length - 1, tokens, made + 1)


@jit
def _put_rest(value: int, length: int, tokens: Ints, made: int) -> int:
    """What is left of a run of which a byte stands before."""
    return _put_match(length, 1, tokens, made) if length >= 3 else _put_literals(value, length, tokens, made)


@jit
def _put_literals(value: int, count: int, tokens: Ints, made: int) -> int:
    for k in range(count):
        tokens[made + k] = value
    return made + count


@jit
def _put_match(length: int, distance: int, tokens: Ints, made: int) -> int:
    """Matches as long as they can be, but never so that one or two bytes are left over."""
    if length <= LONGEST_MATCH:
        if length > 0:
            tokens[made] = length | (distance << DISTANCE_SHIFT)
            made += 1
        return made
    repeats = length // LONGEST_MATCH
    rest = length - repeats * LONGEST_MATCH
    if 0 < rest < 3:
        repeats -= 1
        rest += LONGEST_MATCH
    if repeats > 0:
        tokens[made] = LONGEST_MATCH | (distance << DISTANCE_SHIFT) | ((repeats - 1) << REPEATS_SHIFT)
        made += 1
    if rest > LONGEST_MATCH:
        tokens[made] = (rest - 3) | (distance << DISTANCE_SHIFT)
        tokens[made + 1] = 3 | (distance << DISTANCE_SHIFT)
        return made + 2
    if rest > 0:
        tokens[made] = rest | (distance << DISTANCE_SHIFT)
        made += 1
    return made
