"""A layer of a GOO file and back: runs of equal grey along the whole picture, each with its length in 4 to 28 bits.

The first byte of a run says in its upper two bits what its grey is: 00 dark, 01 the grey of the next byte, 10 a step
from the last grey, 11 full; and in the two bits below how many more bytes its length takes. The lowest four bits of
the length stand in the first byte itself.
"""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

from mingyue.phrases import say
from mingyue.printing.runs import FULL, Runs

_DARK, _GREY, _STEP, _LIT = range(4)
_LENGTH_BITS = (4, 12, 20, 28)

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]


class RunsError(ValueError):
    """A layer's bytes are not runs that fill its picture. Its argument says why."""


def encode_runs(runs: Runs) -> bytes:
    """The picture as GOO runs; steps between greys are never used. A picture has fewer than 2²⁸ pixels."""
    lengths, greys = _along(runs)
    more = np.searchsorted(np.array([1 << bits for bits in _LENGTH_BITS[:-1]]), lengths, side="right")
    kinds = np.where(greys == 0, _DARK, np.where(greys == FULL, _LIT, _GREY))
    is_grey = kinds == _GREY
    first = np.concatenate(([0], np.cumsum(1 + is_grey + more)))
    out = np.zeros(first[-1], dtype=np.uint8)
    at = first[:-1]
    out[at] = (kinds << 6) | (more << 4) | (lengths & 15)
    out[at[is_grey] + 1] = greys[is_grey]
    for size in (1, 2, 3):
        chosen = more == size
        place, length = at[chosen] + 1 + is_grey[chosen], lengths[chosen]
        for byte in range(size):  # the highest comes first
            out[place + byte] = (length >> (4 + 8 * (size - 1 - byte))) & 255
    return out.tobytes()


def _along(runs: Runs) -> tuple[Ints, Ints]:
    """Lengths and greys of the runs along the flattened picture, dark ones too; neighbours differ."""
    base = np.repeat(np.arange(runs.rows, dtype=np.int64) * runs.columns, np.diff(runs.row_starts))
    starts, stops = base + runs.starts, base + runs.stops
    gap_starts = np.concatenate(([0], stops))
    gap_stops = np.concatenate((starts, [runs.rows * runs.columns]))
    lengths = np.empty(2 * len(starts) + 1, dtype=np.int64)
    lengths[0::2], lengths[1::2] = gap_stops - gap_starts, stops - starts
    greys = np.zeros(len(lengths), dtype=np.int64)
    greys[1::2] = runs.values
    kept = lengths > 0
    lengths, greys = lengths[kept], greys[kept]
    opens = np.flatnonzero(np.concatenate(([True], greys[1:] != greys[:-1])))
    return np.add.reduceat(lengths, opens), greys[opens]


def checksum(data: bytes) -> int:
    """The complement of the sum of all bytes, in one byte."""
    return int(~np.frombuffer(data, dtype=np.uint8).sum(dtype=np.uint64) & np.uint64(0xFF))


def decode_runs(data: bytes, *, rows: int, columns: int) -> Runs:
    """The picture of GOO runs. Raises RunsError where they do not fill rows × columns to the pixel."""
    lengths, greys = _parsed(data, rows * columns)
    stops = np.cumsum(lengths)
    if not len(stops) or stops[-1] != rows * columns:
        raise RunsError(say("its runs do not fill the picture"))
    lit = greys > 0
    starts, stops, greys = stops[lit] - lengths[lit], stops[lit], greys[lit]
    return _by_rows(starts, stops, greys, rows=rows, columns=columns)


def _parsed(data: bytes, pixels: int) -> tuple[Ints, Ints]:
    lengths, greys = array("q"), array("B")
    grey = at = total = 0
    end = len(data)
    try:
        while at < end:
            head = data[at]
            at += 1
            kind, more = head >> 6, head >> 4 & 3
            if kind == _STEP:
                length = 1
                if more & 1:
                    length = data[at]
                    at += 1
                grey += -(head & 15) if more & 2 else head & 15
                if not 0 <= grey <= FULL:
                    raise RunsError(say("a grey leaves 0 to 255"))
            else:
                if kind == _GREY:
                    grey = data[at]
                    at += 1
                else:
                    grey = FULL if kind == _LIT else 0
                length = head & 15
                if more:
                    at += more
                    length |= int.from_bytes(data[at - more : at], "big") << 4
                    if at > end:
                        break
            total += length
            if total > pixels:
                raise RunsError(say("its runs do not fill the picture"))
            lengths.append(length)
            greys.append(grey)
    except IndexError:
        raise RunsError(say("its runs do not fill the picture")) from None
    return np.frombuffer(lengths, dtype=np.int64), np.frombuffer(greys, dtype=np.uint8).astype(np.int64)


def _by_rows(starts: Ints, stops: Ints, greys: Ints, *, rows: int, columns: int) -> Runs:
    """Runs along the flattened picture, cut where a row ends and joined where neighbours are of equal grey."""
    first, last = starts // columns, (stops - 1) // columns
    spans = np.where(stops > starts, last - first + 1, 0)
    which = np.repeat(np.arange(len(starts)), spans)
    row_of = first[which] + np.arange(len(which)) - np.repeat(np.cumsum(spans) - spans, spans)
    begin = np.maximum(starts[which] - row_of * columns, 0)
    end = np.minimum(stops[which] - row_of * columns, columns)
    grey = greys[which]
    opens = np.ones(len(begin), dtype=np.bool_)
    opens[1:] = (begin[1:] != end[:-1]) | (row_of[1:] != row_of[:-1]) | (grey[1:] != grey[:-1])
    closes = np.append(opens[1:], True)[: len(opens)]
    return Runs(
        rows,
        columns,
        np.concatenate(([0], np.cumsum(np.bincount(row_of[opens], minlength=rows)))).astype(np.int64),
        begin[opens].astype(np.int32),
        end[closes].astype(np.int32),
        grey[opens].astype(np.uint8),
    )
