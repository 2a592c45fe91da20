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


# What a strip of light is worked off in: four rows at once, so that each row of light is read once for all four; in
# pieces of columns that stay in the second cache with the rows above and below; vectors come out even in 64 columns.
STRIP_ROWS = 4
PIECE_COLUMNS = 4032
EVEN_COLUMNS = 64
# Light is looked for in cells of so many columns: where a cell and its neighbours are dark nothing is filtered.
CELL_COLUMNS = 192


def padded_columns(columns: int, radius: int) -> int:
    """How wide a plane of light must be for a window of so many columns, so that no vector leaves it."""
    return -(-(columns + 2 * radius) // EVEN_COLUMNS) * EVEN_COLUMNS + EVEN_COLUMNS


def padded_rows(rows: int, radius: int) -> int:
    """How many rows a plane of light must have for a window of so many."""
    return rows + 2 * radius + STRIP_ROWS - 1


def most_cells(columns: int, radius: int) -> int:
    """In how many cells light is looked for at once."""
    return (min(columns, PIECE_COLUMNS) + 2 * radius) // CELL_COLUMNS + 1


def strip_room(columns: int, radius: int) -> tuple[int, int]:
    """Shape of the room in which a strip is filtered."""
    return 2 * STRIP_ROWS, padded_columns(min(columns, PIECE_COLUMNS), radius)
