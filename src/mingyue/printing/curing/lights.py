"""What each layer is exposed to: masks in, seconds of full light for each pixel of a window out."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.formats.manifest import ExposureOf
from mingyue.printing.formats.png import decode_picture
from mingyue.printing.formats.print_package import PrintPackage
from mingyue.printing.kernels.exposing import add_shares
from mingyue.printing.runs import FULL

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Greys = NDArray[np.uint8]

# Masks kept unpacked: neighbouring layers of a straight part show the same ones.
_KEPT_MASKS: Final = 8


@dataclass(frozen=True, slots=True)
class Window:
    """A box of pixels and layers: rows from `row`, columns from `column` on the canvas, layers up to `after_layer`."""

    row: int
    column: int
    rows: int
    columns: int
    first_layer: int
    after_layer: int

    def __post_init__(self) -> None:
        if min(self.rows, self.columns) < 1 or not 0 <= self.first_layer < self.after_layer:
            raise BadInputError(
                say("A window of {rows} × {columns} pixels and layers {first} to {after} is empty.",
                    rows=self.rows, columns=self.columns, first=self.first_layer, after=self.after_layer),
                remedy=say("Give it at least one row, one column and one layer."),
            )  # fmt: skip

    def grown(self, margin_px: int) -> Window:
        """With so many more pixels on each side; it may leave the canvas, where it is dark."""
        return Window(
            self.row - margin_px,
            self.column - margin_px,
            self.rows + 2 * margin_px,
            self.columns + 2 * margin_px,
            self.first_layer,
            self.after_layer,
        )

    def from_layer(self, first_layer: int) -> Window:
        """The same pixels from another layer on."""
        return Window(self.row, self.column, self.rows, self.columns, first_layer, self.after_layer)


class Light(Protocol):
    """Where the canvas is, which layers there are, and what each is exposed to.

    left_um, top_um: its top left corner in the build frame; bottom_um, thickness_um: (layers,) float64, ascending.
    """

    @property
    def rows(self) -> int: ...
    @property
    def columns(self) -> int: ...
    @property
    def pitch_um(self) -> float: ...
    @property
    def left_um(self) -> float: ...
    @property
    def top_um(self) -> float: ...
    @property
    def bottom_um(self) -> Floats: ...
    @property
    def thickness_um(self) -> Floats: ...

    def seconds(self, layer: int, window: Window) -> Singles:
        """(rows, columns) float32: how long each pixel of the window is lit in this layer, in seconds of full light.

        Outside the canvas it is dark. May be called from several threads.
        """
        ...


def whole(light: Light) -> Window:
    """All of the canvas and all layers."""
    return Window(0, 0, light.rows, light.columns, 0, len(light.bottom_um))


@dataclass(frozen=True)
class MaskStack:
    """Masks in memory. shares: (layers, rows, columns) uint8 greys, or float32 shares of full light.

    exposure_s, thickness_um: of each layer, or one number for all.
    """

    shares: Greys | Singles
    pitch_um: float
    thickness_um: Floats
    exposure_s: Floats
    left_um: float = 0.0
    top_um: float = 0.0

    def __init__(
        self,
        shares: Greys | Singles,
        *,
        pitch_um: float,
        thickness_um: ArrayLike,
        exposure_s: ArrayLike,
        left_um: float = 0.0,
        top_um: float = 0.0,
    ) -> None:
        if shares.ndim != 3 or shares.dtype not in (np.uint8, np.float32):
            raise TypeError(f"shares must be 3-D uint8 or float32, got {shares.dtype} {shares.shape}")
        for name, value in (("shares", shares), ("pitch_um", pitch_um), ("left_um", left_um), ("top_um", top_um)):
            object.__setattr__(self, name, value)
        for name, values in (("thickness_um", thickness_um), ("exposure_s", exposure_s)):
            object.__setattr__(self, name, np.broadcast_to(np.asarray(values, dtype=np.float64), len(shares)))

    @property
    def rows(self) -> int:
        return int(self.shares.shape[1])

    @property
    def columns(self) -> int:
        return int(self.shares.shape[2])

    @property
    def bottom_um(self) -> Floats:
        return np.concatenate(([0.0], np.cumsum(self.thickness_um)[:-1]))

    def seconds(self, layer: int, window: Window) -> Singles:
        full = FULL if self.shares.dtype == np.uint8 else 1
        lit = np.zeros((window.rows, window.columns), dtype=np.float32)
        shown = _Overlap.of(window, row=0, column=0, rows=self.rows, columns=self.columns)
        if shown is not None:
            lit[shown.inside] = self.shares[layer][shown.of_picture] * np.float32(self.exposure_s[layer] / full)
        return lit


@dataclass(frozen=True, slots=True)
class _Overlap:
    """Where a picture and a window meet: the same pixels, counted from either."""

    inside: tuple[slice, slice]
    of_picture: tuple[slice, slice]

    @classmethod
    def of(cls, window: Window, *, row: int, column: int, rows: int, columns: int) -> _Overlap | None:
        """row, column: where on the canvas the picture's top left pixel is. None where they do not meet."""
        first_row, after_row = max(row, window.row), min(row + rows, window.row + window.rows)
        first_column, after_column = max(column, window.column), min(column + columns, window.column + window.columns)
        if first_row >= after_row or first_column >= after_column:
            return None
        return cls(
            (
                slice(first_row - window.row, after_row - window.row),
                slice(first_column - window.column, after_column - window.column),
            ),
            (slice(first_row - row, after_row - row), slice(first_column - column, after_column - column)),
        )


@dataclass(frozen=True)
class PackageLight:
    """A print package as light: its fields add up on the canvas, and so do several flashes of one field.

    Only masks of fields that touch the window are read. copy: which of the copies of an array.
    curve: (256,) share of full light that each grey gives; None: in proportion, as of a mirror.
    light_map: (field rows, field columns) how bright the projector is where, 1 on average; None: even.
    misplaced_px: field → (rows, columns) by which the stage stands wrong, down and right, for trials.
    """

    package: PrintPackage
    copy: int = 0
    curve: Floats | None = None
    light_map: Floats | None = None
    misplaced_px: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    _shares: Singles = field(init=False, repr=False)
    _of_copy: frozenset[int] = field(init=False, repr=False)
    _kept: OrderedDict[int, Greys] = field(default_factory=OrderedDict, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        manifest = self.package.manifest
        columns, rows = manifest.machine.field_px
        curve = np.arange(256) / FULL if self.curve is None else np.asarray(self.curve, dtype=np.float64)
        if curve.shape != (256,) or not np.isfinite(curve).all() or curve.min() < 0 or curve[0] != 0:
            raise BadInputError(
                say("A grey curve has 256 shares of light, none below 0, the first of them 0."),
                remedy=say("Give one share for each grey from 0 to 255."),
            )
        if self.light_map is not None and np.shape(self.light_map) != (rows, columns):
            raise BadInputError(
                say("The light map is {found} pixels, the field {wanted}.",
                    found=" × ".join(map(str, np.shape(self.light_map))), wanted=f"{rows} × {columns}"),
                remedy=say("Give the brightness of each pixel of the field."),
            )  # fmt: skip
        object.__setattr__(self, "_shares", curve.astype(np.float32))
        object.__setattr__(self, "_of_copy", _fields_of_copy(self.package, self.copy))

    @property
    def rows(self) -> int:
        return self.package.manifest.canvas.rows

    @property
    def columns(self) -> int:
        return self.package.manifest.canvas.columns

    @property
    def pitch_um(self) -> float:
        return self.package.manifest.canvas.pitch_um

    @property
    def left_um(self) -> float:
        return self.package.manifest.canvas.left_um

    @property
    def top_um(self) -> float:
        return self.package.manifest.canvas.top_um

    @property
    def bottom_um(self) -> Floats:
        return np.array([layer.bottom_um for layer in self.package.manifest.layers])

    @property
    def thickness_um(self) -> Floats:
        return np.array([layer.thickness_um for layer in self.package.manifest.layers])

    def seconds(self, layer: int, window: Window) -> Singles:
        lit = np.zeros((window.rows, window.columns), dtype=np.float32)
        for exposure in self.package.manifest.layers[layer].exposures:
            if exposure.field in self._of_copy:
                self._add(lit, exposure, window)
        return lit

    def _add(self, lit: Singles, exposure: ExposureOf, window: Window) -> None:
        columns, rows = self.package.manifest.machine.field_px
        place = self.package.manifest.fields[exposure.field]
        down, right = self.misplaced_px.get(exposure.field, (0, 0))
        shown = _Overlap.of(window, row=place.row_px + down, column=place.column_px + right, rows=rows, columns=columns)
        if shown is None:
            return
        shares, mask = self._shares * np.float32(exposure.seconds), self._mask(exposure.mask)
        if self.light_map is not None:
            bright = self.light_map[shown.of_picture].astype(np.float32)
            lit[shown.inside] += shares[mask[shown.of_picture]] * bright
            return
        (at_row, at_column), (from_row, from_column) = (
            (first.start, second.start) for first, second in (shown.inside, shown.of_picture)
        )
        sides = (shown.inside[0].stop - at_row, shown.inside[1].stop - at_column)
        add_shares(mask, (from_row, from_column), shares, lit, (at_row, at_column), sides)

    def _mask(self, mask: int) -> Greys:
        """A mask unpacked; the last few are kept."""
        with self._lock:
            if mask in self._kept:
                self._kept.move_to_end(mask)
                return self._kept[mask]
        columns, rows = self.package.manifest.machine.field_px
        picture = decode_picture(self.package.mask_png(mask), columns=columns, rows=rows)
        with self._lock:
            self._kept[mask] = picture
            while len(self._kept) > _KEPT_MASKS:
                self._kept.popitem(last=False)
        return picture


def _fields_of_copy(package: PrintPackage, copy: int) -> frozenset[int]:
    """The fields that expose one copy of an array: each place on the canvas comes once for every copy."""
    seen: dict[tuple[int, int], int] = {}
    chosen = set()
    for index, place in enumerate(package.manifest.fields):
        at = (place.row_px, place.column_px)
        if seen.setdefault(at, 0) == copy:
            chosen.add(index)
        seen[at] += 1
    if not chosen:
        raise BadInputError(
            say("The package has no copy {copy}; it has {copies}.", copy=copy, copies=max(seen.values())),
            remedy=say("Count copies from 0."),
        )
    return frozenset(chosen)
