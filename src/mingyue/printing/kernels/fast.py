"""The fast kernels: the same answers as `reference`, at a cost that grows with the contour, not with the picture.

They bring the room that the compiled loops need, and hand them the arrays.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

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
from mingyue.printing.kernels.surface import Surface
from mingyue.printing.kernels.threads import in_shares

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.int32]
Singles = NDArray[np.float32]
Standing = tuple[Surface, Floats, Floats]
"""A surface, a matrix (3, 3) and an offset (3,): matrix · corner + offset is where a corner stands."""
Bytes = NDArray[np.uint8]


def closes(surface: Surface) -> bool:
    """Whether every edge is used as often forward as backward, where corners in one place are one.

    One pass, whatever the order and however often a place is repeated.
    """
    bits, own_bits = surface.vertices.view(np.int64), surface.corners.view(np.int32)
    sums = in_shares(
        lambda share: entry("edge_balance")(bits, surface.triangles[share], own_bits[share]), surface.count
    )
    return sum(sums) % (1 << 64) == 0


def move(points: Floats, matrix: Floats, offset: Floats) -> Floats:
    """(n, 3): matrix · point + offset."""
    points, matrix, offset = (np.ascontiguousarray(array, dtype=np.float64) for array in (points, matrix, offset))
    moved = np.empty_like(points)
    in_shares(lambda share: entry("move")(points[share], matrix, offset, moved[share]), len(points))
    return moved


def box_of(surface: Surface, *, matrix: Floats, origin: Floats, offset: Floats) -> Floats:
    """(2, 3) lowest and highest of matrix · (corner − origin) + offset over the corners of the triangles."""
    matrix, origin, offset = (np.ascontiguousarray(array, dtype=np.float64) for array in (matrix, origin, offset))

    def of_share(share: slice) -> Floats:
        box = np.empty((2, 3))
        entry("box_of")(*surface.share(share).arrays, matrix, origin, offset, box)
        return box

    boxes = in_shares(of_share, surface.count)
    return np.stack([np.min([box[0] for box in boxes], axis=0), np.max([box[1] for box in boxes], axis=0)])


def stl_corners(facets: NDArray[np.uint16]) -> tuple[Singles, int]:
    """(m, 25) facets of a binary STL file → (m, 9) their corners, and how many facets have an odd number."""
    corners = np.empty((len(facets), 9), dtype=np.float32)
    odd = in_shares(lambda share: entry("stl_corners")(facets[share], corners[share]), len(facets))
    return corners, sum(odd)


def deal(standing: Standing, heights: Floats, *, layers: int, below: int = 0) -> tuple[Ints, Ints]:
    """Which triangles each block of `layers` heights cuts: (starts, order), block b owning order[starts[b]:starts[b + 1]].

    below: how many heights under its own a block cuts too. In each block the triangles are in their own order.
    """
    surface, matrix, offset = _standing(standing)
    heights = np.ascontiguousarray(heights)
    spans = np.empty((surface.count, 2), dtype=np.int32)
    blocks = -(-len(heights) // layers)

    def count(share: slice) -> tuple[slice, Ints]:
        counts = np.zeros(blocks, dtype=np.int64)
        own = surface.share(share).arrays
        entry("deal_count")(*own, matrix, offset, heights, layers, below, spans[share], counts)
        return share, counts

    counted = in_shares(count, surface.count)
    of_shares = np.array([counts for _, counts in counted])
    starts = np.concatenate(([0], np.cumsum(of_shares.sum(axis=0))))
    order = np.empty(int(starts[-1]), dtype=np.int64)
    # Within a block what a share deals comes after what those before it deal.
    first = starts[:-1] + np.cumsum(of_shares, axis=0) - of_shares
    filled = {share.start: np.ascontiguousarray(row) for (share, _), row in zip(counted, first, strict=True)}
    in_shares(lambda share: entry("deal_fill")(spans[share], share.start, filled[share.start], order), surface.count)
    return starts, order


def gather(standing: Standing, chosen: Ints, *, left: float, top: float, pitch: float) -> Floats:
    """(c, 9) the corners of the chosen triangles as (u px, v px, z µm) three times."""
    surface, matrix, offset = _standing(standing)
    corners = np.empty((len(chosen), 9))
    entry("gather")(*surface.arrays, matrix, offset, chosen, left, top, pitch, corners)
    return corners


def _standing(standing: Standing) -> Standing:
    surface, matrix, offset = standing
    return surface, np.ascontiguousarray(matrix), np.ascontiguousarray(offset)


def cut(vertices: Floats, triangles: Ints, heights: Floats) -> tuple[Ints, Floats]:
    """See `reference.cut`. Within a layer segments come in the order of their triangles."""
    return cut_corners(np.asarray(vertices, dtype=np.float64)[triangles].reshape(-1, 9), heights)


def cut_corners(corners: Floats, heights: Floats) -> tuple[Ints, Floats]:
    """As `cut`, of triangles given by their corners: (m, 9) as (u, v, z) three times."""
    corners, heights = np.ascontiguousarray(corners), np.ascontiguousarray(heights)
    starts = np.empty(len(heights) + 1, dtype=np.int64)
    segments = np.empty((entry("cut_count")(corners, heights, starts), 4))
    entry("cut_fill")(corners, heights, starts[:-1].copy(), segments)
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


def light_of(starts: Places, stops: Places, values: Bytes) -> tuple[int, int]:
    """How many pixels some runs light, and their greys added up."""
    sums = np.empty(2, dtype=np.int64)
    entry("light_of")(*(np.ascontiguousarray(array) for array in (starts, stops, values)), sums)
    return int(sums[0]), int(sums[1])


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
    tokens = np.empty(most_tokens(len(values)), dtype=np.int64)
    table = np.empty(MATCH_SLOTS, dtype=np.int64)
    made = entry("match_runs")(values, lengths, np.empty(len(values), dtype=np.int64), table, tokens)
    work = np.empty((WORK_ROWS, WORK_COLUMNS), dtype=np.int64)
    out = np.empty(stream_bytes(made, int(lengths.sum())), dtype=np.uint8)
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


FieldRuns = tuple[Ints, Places, Places, Bytes]
"""Row starts, first columns, columns after the last, greys: what `runs.Runs` is made of."""


def cut_up(
    row_starts: Ints,
    starts: Places,
    stops: Places,
    values: Bytes,
    *,
    field_px: tuple[int, int],
    step_px: tuple[int, int],
    fields: tuple[int, int],
) -> Iterator[tuple[int, int, FieldRuns]]:
    """The runs of each field of a grid that has any: (its place downwards, its place to the right, its runs).

    field_px: rows and columns of a field; step_px: from one to the next; fields: how many, downwards and to the right.
    """
    counts = np.empty(fields, dtype=np.int64)
    total = entry("field_count")(row_starts, starts, stops, *field_px, *step_px, counts)
    lit = np.flatnonzero(counts)
    places = np.full(fields, -1, dtype=np.int64)
    places.ravel()[lit] = np.arange(len(lit))
    ends = np.cumsum(counts.ravel()[lit])
    begins = np.concatenate(([0], ends[:-1])).astype(np.int64)
    field_row_starts = np.empty((len(lit), field_px[0] + 1), dtype=np.int64)
    firsts, afters, greys = np.empty(total, np.int32), np.empty(total, np.int32), np.empty(total, np.uint8)
    entry("field_fill")(
        *(row_starts, starts, stops, values, *field_px, *step_px),
        *(places, begins.copy(), field_row_starts, firsts, afters, greys),
    )
    for place, field in enumerate(lit):
        own = slice(begins[place], ends[place])
        runs = field_row_starts[place], firsts[own], afters[own], greys[own]
        yield int(field) // fields[1], int(field) % fields[1], runs


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


def combine(
    one: tuple[Ints, Places, Places, Bytes], other: tuple[Ints, Places, Places, Bytes], table: Bytes
) -> tuple[Ints, Places, Places, Bytes]:
    """See `reference.combine`: two pictures of one size as row_starts, starts, stops and values."""
    most = 2 * (len(one[1]) + len(other[1]))  # a run of the result begins where one of theirs begins or ends
    out = np.empty(most, dtype=np.int32), np.empty(most, dtype=np.int32), np.empty(most, dtype=np.uint8)
    row_starts = np.empty_like(one[0])
    made = entry("combine")(*one, *other, np.ascontiguousarray(table), row_starts, *out)
    return row_starts, out[0][:made].copy(), out[1][:made].copy(), out[2][:made].copy()


def erode(row_starts: Ints, starts: Places, stops: Places, reaches: Ints) -> tuple[Ints, Places, Places]:
    """See `reference.erode`: row_starts, starts and stops of runs that do not touch each other."""
    room = int(np.diff(row_starts).max(initial=0)) + 1
    most = 2 * len(starts) + 1
    out_row_starts = np.empty_like(row_starts)
    while True:  # few pictures fall into more pieces when they shrink; whichever does gets twice the room
        scratch, out = np.empty((4, room), dtype=np.int32), np.empty((2, most), dtype=np.int32)
        made = entry("erode")(row_starts, starts, stops, reaches, scratch, out_row_starts, out[0], out[1])
        if made >= 0:
            return out_row_starts, out[0, :made].copy(), out[1, :made].copy()
        room, most = 2 * room, 2 * most


def draw(surface: Surface, *, matrix: Floats, offset: Floats, rows: int, columns: int) -> tuple[Floats, Ints]:
    """Which triangle is nearest at each pixel of a picture, and how near.

    matrix · corner + offset is (column px, row px, nearness). Returns depth (rows, columns), −inf where
    nothing is, and the triangle seen there, -1 where none is. A pixel shows the nearest triangle that covers its centre.
    """
    depth = np.full((rows, columns), -np.inf)
    seen = np.full((rows, columns), -1, dtype=np.int64)
    matrix, offset = (np.ascontiguousarray(array, dtype=np.float64) for array in (matrix, offset))
    entry("draw")(*surface.arrays, matrix, offset, depth, seen)
    return depth, seen


def shade(surface: Surface, *, view: Floats, light: Floats, palette: Floats, depth: Floats, seen: Ints) -> Bytes:
    """(rows, columns, 3) the colours of what `draw` saw; view, light and palette: see the loop."""
    rows, columns = depth.shape
    colours = np.empty((rows, 3 * columns), dtype=np.uint8)
    view, light, palette = (np.ascontiguousarray(array, dtype=np.float64) for array in (view, light, palette))
    entry("shade")(*surface.arrays, view, light, palette, depth, seen, colours)
    return colours.reshape(rows, columns, 3)


def _room_for_bytes(most: int) -> tuple[Bytes, Ints]:
    return np.empty(most, dtype=np.uint8), np.empty(most, dtype=np.int64)
