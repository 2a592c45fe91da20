"""Pictures without pixels: a row is a few runs of equal grey, so 25,000 × 25,000 px cost what their contours cost."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels import fast

FULL = 255


@dataclass(frozen=True, eq=False)
class Runs:
    """A grey picture of rows × columns pixels; 0 is dark, 255 wholly covered. Row 0 is y max.

    Row r owns the runs row_starts[r] … row_starts[r + 1]; run i covers the columns starts[i] … stops[i] (exclusive)
    with the grey values[i] > 0. Runs of a row are ascending, do not overlap, and neighbours that touch differ in
    grey: so a picture has exactly one form, and equal pictures have equal arrays.

    row_starts: (rows + 1,) int64; starts, stops: (n,) int32; values: (n,) uint8. 9 bytes a run, 8 a row.
    """

    rows: int
    columns: int
    row_starts: NDArray[np.int64]
    starts: NDArray[np.int32]
    stops: NDArray[np.int32]
    values: NDArray[np.uint8]

    def __post_init__(self) -> None:
        for array in (self.row_starts, self.starts, self.stops, self.values):
            array.setflags(write=False)  # frozen is only skin-deep for arrays

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Runs):
            return NotImplemented
        return (self.rows, self.columns) == (other.rows, other.columns) and all(
            np.array_equal(mine, theirs)
            for mine, theirs in (
                (self.row_starts, other.row_starts),
                (self.starts, other.starts),
                (self.stops, other.stops),
                (self.values, other.values),
            )
        )

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def lit_px(self) -> int:
        """How many pixels get any light."""
        return self._sums[0]

    @property
    def area_px(self) -> float:
        """Covered area in pixels: grey pixels count in part."""
        return self._sums[1] / FULL

    @cached_property
    def _sums(self) -> tuple[int, int]:
        """Lit pixels, and their greys added up."""
        return fast.light_of(self.starts, self.stops, self.values)

    def window(self, *, row: int, column: int, rows: int, columns: int) -> Runs:
        """The rectangle whose top left pixel is (row, column). It must lie within the picture."""
        if row < 0 or column < 0 or row + rows > self.rows or column + columns > self.columns:
            raise IndexError(f"window {(row, column, rows, columns)} leaves {self.rows} × {self.columns}")
        first, after = int(self.row_starts[row]), int(self.row_starts[row + rows])
        starts = np.clip(self.starts[first:after] - column, 0, columns)
        stops = np.clip(self.stops[first:after] - column, 0, columns)
        kept = stops > starts
        kept_before = np.concatenate(([0], np.cumsum(kept)))
        row_starts = kept_before[self.row_starts[row : row + rows + 1] - first]
        return Runs(
            rows,
            columns,
            row_starts.astype(np.int64),
            starts[kept].astype(np.int32),
            stops[kept].astype(np.int32),
            self.values[first:after][kept],
        )

    def binary(self, *, at_least: int = 128) -> Runs:
        """Wholly lit where the grey reaches `at_least`, dark elsewhere. 128 is half of the pixel's area."""
        row_of = np.repeat(np.arange(self.rows), np.diff(self.row_starts))
        kept = self.values >= at_least
        row_of, starts, stops = row_of[kept], self.starts[kept], self.stops[kept]
        # A run opens unless it goes on where the last one of its row ended.
        opens = np.ones(len(starts), dtype=np.bool_)
        opens[1:] = (starts[1:] != stops[:-1]) | (row_of[1:] != row_of[:-1])
        closes = np.append(opens[1:], True)[: len(opens)]
        counts = np.bincount(row_of[opens], minlength=self.rows)
        return Runs(
            self.rows,
            self.columns,
            np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
            starts[opens],
            stops[closes],
            np.full(int(opens.sum()), FULL, dtype=np.uint8),
        )

    def painted(self) -> NDArray[np.uint8]:
        """The whole picture, (rows, columns) uint8. Only for fields and small windows: never for a platform."""
        # Greys as steps along the flattened picture; a run that ends with its row steps down at the next row's start.
        steps = np.zeros(self.rows * self.columns + 1, dtype=np.int16)
        base = np.repeat(np.arange(self.rows, dtype=np.int64) * self.columns, np.diff(self.row_starts))
        np.add.at(steps, base + self.starts, self.values.astype(np.int16))
        np.subtract.at(steps, base + self.stops, self.values.astype(np.int16))
        return np.cumsum(steps[:-1], dtype=np.int16).astype(np.uint8).reshape(self.rows, self.columns)


def blank(*, rows: int, columns: int) -> Runs:
    """A dark picture."""
    none = np.empty(0, dtype=np.int32)
    return Runs(rows, columns, np.zeros(rows + 1, dtype=np.int64), none, none.copy(), np.empty(0, dtype=np.uint8))


def from_picture(picture: NDArray[np.uint8]) -> Runs:
    """The runs of a painted picture, (rows, columns) uint8."""
    if picture.dtype != np.uint8 or picture.ndim != 2:
        raise TypeError(f"picture must be 2-D uint8, got {picture.dtype} {picture.shape}")
    rows, columns = picture.shape
    edged = np.zeros((rows, columns + 2), dtype=np.uint8)
    edged[:, 1:-1] = picture
    changes = edged[:, 1:] != edged[:, :-1]  # (rows, columns + 1): a border before each column and after the last
    row_of, column_of = np.nonzero(changes)
    grey_after = edged[row_of, column_of + 1]
    opens = np.flatnonzero(grey_after > 0)  # the change after an opening one closes it, in the same row
    counts = np.bincount(row_of[opens], minlength=rows)
    return Runs(
        rows,
        columns,
        np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        column_of[opens].astype(np.int32),
        column_of[opens + 1].astype(np.int32) if len(opens) else np.empty(0, dtype=np.int32),
        grey_after[opens].astype(np.uint8),
    )
