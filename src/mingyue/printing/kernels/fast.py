"""The fast kernels: the same answers as `reference`, at a cost that grows with the contour, not with the picture.

They bring the room that the compiled loops need, and hand them the arrays.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.compiled import entry
from mingyue.printing.kernels.sizes import (
    MATCH_SLOTS,
    ROOM_ROWS,
    SCRATCH_ROWS,
    WORK_COLUMNS,
    WORK_ROWS,
    most_tokens,
    room_columns,
    stream_bytes,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.int32]
Bytes = NDArray[np.uint8]


def closes(vertices: Floats, triangles: Ints) -> bool:
    """Whether every edge is used as often forward as backward, where vertices in one place are one.

    vertices: (n, 3); triangles: (m, 3). One pass, whatever the order and however often a place is repeated.
    """
    bits = np.ascontiguousarray(vertices).view(np.int64)
    return entry("edge_balance")(bits, np.ascontiguousarray(triangles)) == 0


def cut(vertices: Floats, triangles: Ints, heights: Floats) -> tuple[Ints, Floats]:
    """See `reference.cut`. Within a layer segments come in the order of their triangles."""
    vertices, triangles = np.ascontiguousarray(vertices), np.ascontiguousarray(triangles)
    heights = np.ascontiguousarray(heights)
    starts = np.empty(len(heights) + 1, dtype=np.int64)
    segments = np.empty((entry("cut_count")(vertices, triangles, heights, starts), 4))
    entry("cut_fill")(vertices, triangles, heights, starts[:-1].copy(), segments)
    return starts, segments


def cover(segments: Floats, rows: int, columns: int) -> tuple[Ints, Places, Places, Bytes, int, int]:
    """See `reference.cover`. In addition the first row whose contours do not close, and the first row in which the
    winding number is negative somewhere, so that a surface is inside out there; each -1 where there is none.
    """
    segments = np.ascontiguousarray(segments)
    row_pieces = np.empty(rows + 1, dtype=np.int64)
    count = entry("count_pieces")(segments, rows, columns, row_pieces)
    pieces, spans = np.empty((count, 4)), np.empty((count, 3), dtype=np.int32)
    most = entry("fill_pieces")(segments, rows, columns, row_pieces[:-1].copy(), pieces, spans)
    widest = int(np.diff(row_pieces).max(initial=0))
    scratch = np.empty((SCRATCH_ROWS, widest), dtype=np.int64)
    room = np.zeros((ROOM_ROWS, room_columns(widest, columns)))
    row_starts = np.empty(rows + 1, dtype=np.int64)
    starts, stops = np.empty(most, dtype=np.int32), np.empty(most, dtype=np.int32)
    values = np.empty(most, dtype=np.uint8)
    flaws = np.empty(2, dtype=np.int64)
    made = entry("cover_rows")(
        pieces, spans, row_pieces, columns, scratch, room, row_starts, starts, stops, values, flaws
    )
    return row_starts, starts[:made].copy(), stops[:made].copy(), values[:made].copy(), int(flaws[0]), int(flaws[1])


def grey_bytes(row_starts: Ints, starts: Places, stops: Places, values: Bytes, columns: int) -> tuple[Bytes, Ints]:
    """Runs of a picture → runs of the bytes of its 8-bit PNG rows: (values, lengths), neighbours differ."""
    out, lengths = _room_for_bytes(2 * len(starts) + 2)
    made = entry("grey_bytes")(row_starts, starts, stops, values, columns, out, lengths)
    return out[:made], lengths[:made]


def binary_bytes(row_starts: Ints, starts: Places, stops: Places, columns: int) -> tuple[Bytes, Ints]:
    """Runs of a black and white picture → runs of the bytes of its 1-bit PNG rows."""
    out, lengths = _room_for_bytes(5 * len(starts) + 2)
    made = entry("binary_bytes")(row_starts, starts, stops, columns, out, lengths)
    return out[:made], lengths[:made]


def zlib_stream(values: Bytes, lengths: Ints) -> bytes:
    """Runs of bytes → a zlib stream, RFC 1950."""
    tokens = np.empty(most_tokens(len(values), int(lengths.sum())), dtype=np.int64)
    table = np.empty(MATCH_SLOTS, dtype=np.int64)
    made = entry("match_runs")(values, lengths, np.empty(len(values), dtype=np.int64), table, tokens)
    work = np.empty((WORK_ROWS, WORK_COLUMNS), dtype=np.int64)
    out = np.empty(stream_bytes(made), dtype=np.uint8)
    return out[: entry("zlib_stream")(tokens[:made], values, lengths, work, out)].tobytes()


def inflated(data: Bytes, count: int) -> Bytes | None:
    """A zlib stream, RFC 1950 → its bytes, which must be exactly so many; None where the stream is broken."""
    if len(data) < 6 or data[0] & 15 != 8 or data[1] & 32 or (int(data[0]) << 8 | int(data[1])) % 31:
        return None
    out = np.empty(count, dtype=np.uint8)
    tables, lengths = np.empty((2, 1 << 15), dtype=np.int32), np.empty(320, dtype=np.int32)
    read = entry("inflate")(data[2:], out, tables, lengths, np.empty(4, dtype=np.int64))
    if read < 0 or data[2 + read : 6 + read].tobytes() != zlib.adler32(out.data).to_bytes(4, "big"):
        return None
    return out


def feather(
    row_starts: Ints,
    starts: Places,
    stops: Places,
    values: Bytes,
    *,
    row_shares: Floats,
    row_sides: Ints,
    column_shares: Floats,
    column_sides: Ints,
) -> tuple[Ints, Places, Places, Bytes]:
    """What a field shows of a picture that it shares with its neighbours, as runs.

    shares: (rows,) and (columns,) what the earlier of two fields keeps; sides: 0 alone, 1 the earlier, 2 the later.
    """
    shared = int(np.count_nonzero(column_sides))
    most = len(starts) + (shared + 2) * (len(row_starts) - 1)
    out = np.empty(most, dtype=np.int32), np.empty(most, dtype=np.int32), np.empty(most, dtype=np.uint8)
    out_row_starts = np.empty_like(row_starts)
    made = entry("feather")(
        row_starts, starts, stops, values, row_shares, row_sides, column_shares, column_sides, out_row_starts, *out
    )
    return out_row_starts, out[0][:made].copy(), out[1][:made].copy(), out[2][:made].copy()


def draw(points: Floats, triangles: Ints, *, rows: int, columns: int) -> tuple[Floats, Ints]:
    """Which triangle is nearest at each pixel of a picture, and how near.

    points: (n, 3) as (column px, row px, nearness). Returns depth (rows, columns), −inf where nothing is, and the
    triangle seen there, -1 where none is. A pixel shows the nearest triangle that covers its centre.
    """
    depth = np.full((rows, columns), -np.inf)
    seen = np.full((rows, columns), -1, dtype=np.int64)
    entry("draw")(np.ascontiguousarray(points), np.ascontiguousarray(triangles), depth, seen)
    return depth, seen


def _room_for_bytes(most: int) -> tuple[Bytes, Ints]:
    return np.empty(most, dtype=np.uint8), np.empty(most, dtype=np.int64)
