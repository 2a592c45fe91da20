"""The fast way from masks to light and from light to dose: brings the taps and the room that the compiled loop needs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.compiled import entry
from mingyue.printing.kernels.sizes import STRIP_ROWS, most_cells, padded_columns, padded_rows, strip_room

Singles = NDArray[np.float32]
Bytes = NDArray[np.uint8]

NOTHING = np.empty((0, 0), dtype=np.float32)
NO_BYTES = np.empty((0, 0), dtype=np.uint8)


def laid_taps(taps: Singles, separable: Singles | None, *, gain: float = 1.0) -> Singles:
    """Taps as the loop takes them, to convolve with: turned over, times the gain.

    taps: (side, side); separable: (side,) where taps is its outer product with itself.
    """
    if separable is not None:
        turned = separable[::-1]
        return np.ascontiguousarray(np.stack([turned, turned * np.float32(gain)]), dtype=np.float32)
    none = np.zeros((STRIP_ROWS - 1, len(taps)), dtype=np.float32)
    return np.concatenate([none, taps[::-1, ::-1] * np.float32(gain), none])


def light_shape(rows: int, columns: int, radius: int) -> tuple[int, int]:
    """Rows and columns of light that a window needs: a radius more above and left, and somewhat more below and right."""
    return padded_rows(rows, radius), padded_columns(columns, radius)


def expose(
    light: Singles,
    laid: Singles,
    radius: int,
    *,
    decay: float,
    after: Singles,
    before: Singles = NOTHING,
    threshold: float = np.inf,
    solid: Bytes = NO_BYTES,
    rows: tuple[int, int] | None = None,
) -> None:
    """after = blurred light + decay · before, in the rows from … to; see `loops.exposing.expose`."""
    first, last = rows or (0, len(after))
    columns = after.shape[1]
    entry("expose")(
        light,
        laid,
        2 * radius + 1,
        np.array([decay, threshold], dtype=np.float32),
        first,
        last,
        before,
        after,
        solid,
        np.empty(strip_room(columns, radius), dtype=np.float32),
        np.empty(most_cells(columns, radius), dtype=np.int64),
    )


def add_shares(
    mask: Bytes, begin: tuple[int, int], shares: Singles, light: Singles, at: tuple[int, int], sides: tuple[int, int]
) -> None:
    """Add shares[grey] of the part of a mask that begins there to the light at that place, in place.

    begin, at, sides: rows and columns. shares: (256,) float32, none for grey 0.
    """
    entry("add_shares")(mask, *begin, shares, light, *at, *sides)
