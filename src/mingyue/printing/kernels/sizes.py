"""How much room the loops need: known to them and to those who bring it, without waking the compiler."""

from __future__ import annotations

# More edges side by side than this in one band of one row are put in order by sampling: it bounds the time that a
# hostile soup can cost. Solid parts have two to eight.
MOST_CROSSING = 64

ROOM_ROWS = 6
SCRATCH_ROWS = 4

LONGEST_MATCH = 258
SYMBOLS = 286
WORK_ROWS = 9
WORK_COLUMNS = 2 * SYMBOLS  # a Huffman tree of that many leaves has one node fewer


def room_columns(widest: int, columns: int) -> int:
    """Columns of `room` for rows of at most `widest` pieces on a canvas of so many columns."""
    return max(2 * widest, MOST_CROSSING * (MOST_CROSSING - 1) // 2 + 2, columns + 3)


def stream_bytes(runs: int, total: int) -> int:
    """Bytes that suffice for a stream of so many runs of so many bytes in all: a token is at most 21 bits."""
    return 800 + (5 * runs + total // LONGEST_MATCH) * 21 // 8
