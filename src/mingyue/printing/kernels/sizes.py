"""How much room the loops need: known to them and to those who bring it, without waking the compiler."""

from __future__ import annotations

# More edges side by side than this in one band of one row are put in order by sampling: it bounds the time that a
# hostile soup can cost. Solid parts have two to eight.
MOST_CROSSING = 64

# Heights are rounded to the picometre before they are cut, see `frames`.
HEIGHT_STEPS = 1e6

ROOM_ROWS = 6
SCRATCH_ROWS = 4

LONGEST_MATCH = 258
SYMBOLS = 286
DISTANCES = 30
WORK_ROWS = 11
WORK_COLUMNS = 2 * (SYMBOLS + DISTANCES)  # a Huffman tree of so many leaves has one node fewer than twice as many
MATCH_SLOTS = 1 << 13


def room_columns(widest: int, columns: int) -> int:
    """Columns of `room` for rows of at most `widest` pieces on a canvas of so many columns."""
    return max(2 * widest, MOST_CROSSING * (MOST_CROSSING - 1) // 2 + 2, columns + 3)


def most_tokens(runs: int) -> int:
    """Tokens that suffice for so many runs of bytes."""
    return 5 * runs + 1


def stream_bytes(tokens: int, total: int) -> int:
    """Bytes that suffice for a stream of so many tokens over so many bytes, each at most 48 bits, and its header."""
    return 800 + 6 * (tokens + total // LONGEST_MATCH)
