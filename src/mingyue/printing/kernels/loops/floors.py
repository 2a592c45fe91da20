"""How high the void below a ceiling is: pieces of rows go down through the layers until something solid stops them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Ints = NDArray[np.int64]
Places = NDArray[np.int32]


@jit
def meet_floor(
    pieces: Places, row_starts: Ints, starts: Places, stops: Places, met: Places, left: Places, counts: Ints
) -> int:
    """Split pieces (p, 3) of row, first column and column after into what lies over a run of the layer, and the rest.

    Fill met and left, and counts (2,) with how many there are of both. Returns −1 where their room is short.
    """
    some, rest = 0, 0
    for p in range(len(pieces)):
        row, column, after = pieces[p, 0], pieces[p, 1], pieces[p, 2]
        low, high = row_starts[row], row_starts[row + 1]
        last = high
        while low < high:  # the first run that ends beyond the piece's begin
            middle = (low + high) // 2
            if stops[middle] <= column:
                low = middle + 1
            else:
                high = middle
        i = low
        while column < after:
            if i == last or starts[i] >= after:
                if rest == len(left):
                    return -1
                left[rest, 0], left[rest, 1], left[rest, 2] = row, column, after
                rest += 1
                break
            if starts[i] > column:
                if rest == len(left):
                    return -1
                left[rest, 0], left[rest, 1], left[rest, 2] = row, column, starts[i]
                rest += 1
                column = starts[i]
            if some == len(met):
                return -1
            end = min(after, stops[i])
            met[some, 0], met[some, 1], met[some, 2] = row, column, end
            some += 1
            column = end
            i += 1
    counts[0], counts[1] = some, rest
    return 0


@jit
def touching_boxes(boxes: Places, layers: Places, tallest: int, pairs: Places) -> int:
    """Fill pairs (p, 2) of boxes of the same or of neighbouring layers that overlap or touch; return how many.

    boxes: (n, 4) first row, first column, row after, column after, in the order of layers and then of first rows.
    tallest: the most rows of a box. −1 where the room is short.
    """
    made = 0
    above = 0  # the first box of the next layer that may still matter
    for i in range(len(boxes)):
        j = i + 1
        while j < len(boxes) and layers[j] == layers[i] and boxes[j, 0] <= boxes[i, 2]:
            if boxes[j, 1] <= boxes[i, 3] and boxes[i, 1] <= boxes[j, 3]:
                if made == len(pairs):
                    return -1
                pairs[made, 0], pairs[made, 1] = i, j
                made += 1
            j += 1
        while above < len(boxes) and (
            layers[above] <= layers[i] or (layers[above] == layers[i] + 1 and boxes[above, 0] + tallest < boxes[i, 0])
        ):
            above += 1
        j = above
        while j < len(boxes) and layers[j] == layers[i] + 1 and boxes[j, 0] <= boxes[i, 2]:
            if boxes[i, 0] <= boxes[j, 2] and boxes[j, 1] <= boxes[i, 3] and boxes[i, 1] <= boxes[j, 3]:
                if made == len(pairs):
                    return -1
                pairs[made, 0], pairs[made, 1] = i, j
                made += 1
            j += 1
    return made
