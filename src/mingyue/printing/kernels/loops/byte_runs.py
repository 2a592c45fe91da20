"""Rows of a PNG as runs of bytes, made from the runs of a picture: no pixel is painted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]


@jit
def light_of(starts: NDArray[np.int32], stops: NDArray[np.int32], values: Bytes, sums: Ints) -> int:
    """Fill sums (2,) with the pixels that some runs light, and with their greys added up."""
    lit, grey = 0, 0
    for i in range(len(starts)):
        length = int(stops[i] - starts[i])
        lit += length
        grey += length * values[i]
    sums[0], sums[1] = lit, grey
    return 0


@jit
def grey_bytes(
    row_starts: Ints,
    starts: NDArray[np.int32],
    stops: NDArray[np.int32],
    values: Bytes,
    columns: int,
    out: Bytes,
    lengths: Ints,
) -> int:
    """Runs of a picture → runs of the bytes of its 8-bit PNG rows: a filter byte 0 and a byte a pixel; how many.

    out, lengths: (2 · runs + 2,). Darkness goes on from row to row, since the filter byte is 0 as well.
    """
    made, dark = 0, 0
    for row in range(len(row_starts) - 1):
        dark += 1
        column = 0
        for i in range(row_starts[row], row_starts[row + 1]):
            dark += starts[i] - column
            made = _append(out, lengths, made, 0, dark)
            made = _append(out, lengths, made, values[i], stops[i] - starts[i])
            column, dark = stops[i], 0
        dark += columns - column
    return _append(out, lengths, made, 0, dark)


@jit
def binary_bytes(
    row_starts: Ints, starts: NDArray[np.int32], stops: NDArray[np.int32], columns: int, out: Bytes, lengths: Ints
) -> int:
    """As `grey_bytes`, for a black and white picture: eight pixels a byte, the leftmost in the high bit.

    out, lengths: (5 · runs + 2,).
    """
    width = (columns + 7) // 8
    made, dark = 0, 0
    for row in range(len(row_starts) - 1):
        dark += 1
        done, partial = 0, 0  # whole bytes of the row so far, and the bits of the next one
        for i in range(row_starts[row], row_starts[row + 1]):
            first, last = starts[i] // 8, (stops[i] - 1) // 8
            if first > done:
                if partial:
                    made = _append(out, lengths, made, partial, 1)
                    done, partial = done + 1, 0
                dark += first - done
                done = first
            head = 255 >> (starts[i] % 8)
            tail = 255 & (255 << (7 - (stops[i] - 1) % 8))
            if dark:
                made = _append(out, lengths, made, 0, dark)
                dark = 0
            if first == last:
                partial |= head & tail
                continue
            made = _append(out, lengths, made, partial | head, 1)
            made = _append(out, lengths, made, 255, last - first - 1)
            done, partial = last, tail
        if partial:
            made = _append(out, lengths, made, partial, 1)
            done += 1
        dark += width - done
    return _append(out, lengths, made, 0, dark)


@jit
def _append(out: Bytes, lengths: Ints, made: int, value: int, length: int) -> int:
    """Append a run of bytes, or lengthen the last one; nothing for no length."""
    if length <= 0:
        return made
    if made > 0 and out[made - 1] == value:
        lengths[made - 1] += length
        return made
    out[made], lengths[made] = value, length
    return made + 1
