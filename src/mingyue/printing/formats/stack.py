"""Masks on their way between two formats: what is shown where, in which layer, for how long; read when asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import BadInputError, FileFormatError, LimitError
from mingyue.phrases import Phrase, say
from mingyue.printing.formats.manifest import CanvasOf, FieldOf, Manifest, StitchingOf
from mingyue.printing.layers import MOST_LAYERS
from mingyue.printing.runs import FULL, Runs, blank

# A screen of 15,360 × 8,640 px is the largest there is; reading a picture takes a few bytes for each of its pixels.
MOST_SCREEN_PX = 1 << 27
MOST_SIDE_PX = 65_536
# A platform of 50 mm takes 336 fields of the finest machine; a stage that stands at more places is an attack.
MOST_FIELDS = 20_000
# Two exposures of 1 ms more or less are the same: files carry float32 or whole milliseconds.
_SAME_S = 1e-4
# float32 millimetres are good to 4 nm at 50 mm.
SAME_UM = 0.01


@dataclass(frozen=True, slots=True)
class Picture:
    """One mask, not yet read. name: equal names in a stack are equal pictures; read: raises as the format's reader."""

    name: str
    read: Callable[[], Runs]


@dataclass(frozen=True, slots=True)
class Exposure:
    """One flash: the field by its place in the list, for how long, and the picture shown."""

    field: int
    seconds: float
    picture: Picture


@dataclass(frozen=True, slots=True)
class StackLayer:
    """One layer. exposures: in the order of the stage; none where the layer is dark."""

    bottom_um: float
    thickness_um: float
    cut_um: float
    exposures: tuple[Exposure, ...]


@dataclass(frozen=True, eq=False)
class MaskStack:
    """All masks of a print, whatever file they stand in. Use it with `with`, or close it: it holds its file open.

    format: of the file; field_px: columns, rows; canvas, fields, stitching: as in a print package's manifest.
    sha256: of the file's bytes; package: what a print package said of part, machine and resin, None elsewhere.
    notes: what the reader assumed, or left out.
    """

    name: str
    format: str
    pixel_um: float
    field_px: tuple[int, int]
    canvas: CanvasOf
    fields: tuple[FieldOf, ...]
    layers: tuple[StackLayer, ...]
    stitching: StitchingOf
    sha256: str
    package: Manifest | None = None
    notes: tuple[Phrase, ...] = ()
    close: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        """What no stack may exceed, whichever reader made it."""
        check_picture_size(*self.field_px, name=self.name)
        if not (math.isfinite(self.pixel_um) and self.pixel_um > 0):
            raise FileFormatError(
                say("{file} has pixels of {pixel} µm.", file=self.name, pixel=self.pixel_um), remedy=ASK_PIXEL
            )
        if not self.layers:
            raise FileFormatError(say("{file} has no layers.", file=self.name), remedy=EXPORT_AGAIN)
        check_counts(len(self.layers), len(self.fields), name=self.name)
        for layer in self.layers:
            numbers = (layer.bottom_um, layer.thickness_um, *(exposure.seconds for exposure in layer.exposures))
            if not all(map(math.isfinite, numbers)) or min(layer.bottom_um, *numbers[2:], 0) < 0:
                raise FileFormatError(
                    say("{file} has a layer whose height or exposure is no number above 0.", file=self.name),
                    remedy=EXPORT_AGAIN,
                )
            if layer.thickness_um <= 0:
                raise FileFormatError(
                    say("{file} has a layer of {layer} µm.", file=self.name, layer=layer.thickness_um),
                    remedy=EXPORT_AGAIN,
                )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def exposures(self) -> int:
        """How many flashes the whole print takes."""
        return sum(len(layer.exposures) for layer in self.layers)

    def shown(self, layer: int, field_index: int) -> Runs:
        """What a field shows in a layer, all its exposures together; dark where there is none."""
        columns, rows = self.field_px
        exposures = [exposure for exposure in self.layers[layer].exposures if exposure.field == field_index]
        return added([(exposure.picture.read(), 0, 0, 1.0) for exposure in exposures], rows=rows, columns=columns)


EXPORT_AGAIN = say("Export the file again from the program that made it.")
ASK_PIXEL = say("Say how large a pixel is: --pixel-um.")


def check_picture_size(columns: int, rows: int, *, name: str) -> None:
    """Refuse a screen that does not exist, before a picture of it is made."""
    if min(columns, rows) < 1 or max(columns, rows) > MOST_SIDE_PX or columns * rows > MOST_SCREEN_PX:
        raise LimitError(
            say(
                "{file} wants a screen of {columns} × {rows} px; {most:,} px are the most.",
                file=name,
                columns=columns,
                rows=rows,
                most=MOST_SCREEN_PX,
            ),
            remedy=say("Use a format that keeps the fields apart: a print package, openmfd or png."),
        )


def check_counts(layers: int, fields: int, *, name: str) -> None:
    """Refuse more layers or fields than a print can have, before they are listed."""
    for count, most, what in ((layers, MOST_LAYERS, say("layers")), (fields, MOST_FIELDS, say("fields"))):
        if count > most:
            raise LimitError(
                say(
                    "{file} has {count:,} {what}; {most:,} are the most.", file=name, count=count, what=what, most=most
                ),
                remedy=EXPORT_AGAIN,
            )


def one_screen(*, pixel_um: float, field_px: tuple[int, int]) -> tuple[CanvasOf, tuple[FieldOf, ...], StitchingOf]:
    """Canvas, fields and stitching of a machine whose one screen stands over the middle of the platform."""
    columns, rows = field_px
    canvas = CanvasOf(pixel_um, rows, columns, -columns * pixel_um / 2, rows * pixel_um / 2)
    return canvas, (FieldOf(0, 0, (0.0, 0.0)),), StitchingOf(0, "none")


def placed_fields(
    offsets_um: Sequence[tuple[float, float]], *, pixel_um: float, field_px: tuple[int, int]
) -> tuple[CanvasOf, tuple[FieldOf, ...], StitchingOf]:
    """Canvas, fields and stitching from where the stage stands: the canvas is the smallest that holds all fields."""
    columns, rows = field_px
    left, top = min(x for x, _ in offsets_um), max(y for _, y in offsets_um)
    fields = tuple(
        FieldOf(round((top - y) / pixel_um), round((x - left) / pixel_um), (float(x), float(y))) for x, y in offsets_um
    )
    canvas = CanvasOf(
        pixel_um,
        rows + max(field.row_px for field in fields),
        columns + max(field.column_px for field in fields),
        left - columns * pixel_um / 2,
        top + rows * pixel_um / 2,
    )
    return canvas, fields, StitchingOf(_overlap_px(fields, field_px), "none")


def _overlap_px(fields: Iterable[FieldOf], field_px: tuple[int, int]) -> int:
    """What the nearest neighbours of a regular grid share; 0 where none do."""
    shared = []
    for side, places in zip(
        field_px,
        (sorted({field.column_px for field in fields}), sorted({field.row_px for field in fields})),
        strict=True,
    ):
        shared += [max(0, side - step) for step in np.diff(places).tolist()]
    return min(shared, default=0)


def stacked(
    thickness_um: Iterable[float], exposures: Iterable[tuple[Exposure, ...]], *, first_um: float = 0.0
) -> tuple[StackLayer, ...]:
    """Layers on top of each other; each is taken to be cut at mid-height, as files of other programs do not say."""
    bottom = first_um
    layers = []
    for thickness, shown in zip(thickness_um, exposures, strict=True):
        layers.append(StackLayer(bottom, thickness, bottom + thickness / 2, shown))
        bottom = round(bottom + thickness, 9)  # a picometre is no height: sums of decimal fractions stay decimal
    return tuple(layers)


class Losses:
    """What a format cannot carry over, each said once, in the order in which it was met."""

    def __init__(self) -> None:
        self._phrases: dict[Phrase, None] = {}

    def add(self, phrase: Phrase) -> None:
        self._phrases[phrase] = None

    def told(self) -> tuple[Phrase, ...]:
        return tuple(self._phrases)


def lose_package(stack: MaskStack, losses: Losses) -> None:
    """What only a print package says of a print."""
    if stack.package is None:
        return
    losses.add(say("Not carried over: the part's name and digest, and how it was placed."))
    losses.add(say("Not carried over: the numbers of the machine and of the resin."))
    if stack.package.light_map is not None:
        losses.add(say("Not carried over: by which light map the masks were dimmed; they stay dimmed."))
    if stack.package.regions is not None:
        losses.add(say("Not carried over: which exposures are those of edges and of what faces down."))


def lose_uneven_cuts(stack: MaskStack, losses: Losses) -> None:
    """Heights at which layers were cut, where they are not in the middle."""
    if any(abs(layer.cut_um - layer.bottom_um - layer.thickness_um / 2) > SAME_UM for layer in stack.layers):
        losses.add(say("Not carried over: the heights at which layers were cut that are not cut in the middle."))


@dataclass(frozen=True, slots=True)
class Shown:
    """A layer as one picture: what a machine with a single screen can show."""

    layer: StackLayer
    runs: Runs
    seconds: float


def screen_px(stack: MaskStack) -> tuple[int, int]:
    """Columns and rows of the one screen that holds all fields side by side."""
    return (stack.canvas.columns, stack.canvas.rows) if len(stack.fields) > 1 else stack.field_px


def on_one_screen(stack: MaskStack, losses: Losses) -> Iterator[Shown]:
    """Each layer as one picture: fields side by side, their doses added, full where they add to more than one.

    Raises LimitError where no screen is that large.
    """
    columns, rows = screen_px(stack)
    check_picture_size(columns, rows, name=stack.name)
    if len(stack.fields) > 1:
        losses.add(
            say(
                "{count} fields became one screen of {columns} × {rows} px.",
                count=len(stack.fields),
                columns=columns,
                rows=rows,
            )
        )
    if any(any(field.offset_um) for field in stack.fields):
        losses.add(say("Not carried over: the stage's positions."))
    for layer in stack.layers:
        yield _shown(stack, layer, losses, rows=rows, columns=columns)


def screen_of(stack: MaskStack, layer: int) -> Runs:
    """All fields of a layer together, on the canvas."""
    rows, columns = stack.canvas.rows, stack.canvas.columns
    return _shown(stack, stack.layers[layer], Losses(), rows=rows, columns=columns).runs


def _shown(stack: MaskStack, layer: StackLayer, losses: Losses, *, rows: int, columns: int) -> Shown:
    if not layer.exposures:
        return Shown(layer, blank(rows=rows, columns=columns), 0.0)
    longest = max(exposure.seconds for exposure in layer.exposures)
    if any(longest - exposure.seconds > _SAME_S for exposure in layer.exposures):
        losses.add(say("Exposures of different lengths in one layer became one: shorter ones are shown darker."))
    if len({exposure.field for exposure in layer.exposures}) < len(layer.exposures):
        losses.add(say("Several exposures of one field in a layer became one."))
    parts = []
    for exposure in layer.exposures:
        field = stack.fields[exposure.field] if len(stack.fields) > 1 else FieldOf(0, 0, (0.0, 0.0))
        share = exposure.seconds / longest if longest - exposure.seconds > _SAME_S else 1.0
        parts.append((exposure.picture.read(), field.row_px, field.column_px, share))
    return Shown(layer, added(parts, rows=rows, columns=columns, losses=losses), longest)


def added(
    parts: Sequence[tuple[Runs, int, int, float]], *, rows: int, columns: int, losses: Losses | None = None
) -> Runs:
    """Pictures laid over each other, their greys added up to full. parts: (picture, row, column, share of its grey).

    Nothing is painted: the cost is that of the runs. Each part must lie within rows × columns.
    """
    if len(parts) == 1 and parts[0][1:] == (0, 0, 1.0) and (parts[0][0].rows, parts[0][0].columns) == (rows, columns):
        return parts[0][0]
    stride = columns + 1  # a run that ends with its row ends there, and not where the next row begins
    places, steps = [], []
    for runs, row, column, share in parts:
        base = (np.repeat(np.arange(runs.rows), np.diff(runs.row_starts)) + row) * stride + column
        values = np.rint(runs.values * share).astype(np.int64)
        places += [base + runs.starts, base + runs.stops]
        steps += [values, -values]
    if not places:
        return blank(rows=rows, columns=columns)
    place, where = np.unique(np.concatenate(places), return_inverse=True)
    step = np.zeros(len(place), dtype=np.int64)
    np.add.at(step, where, np.concatenate(steps))
    grey = np.cumsum(step)
    if losses is not None and bool((grey > FULL).any()):
        losses.add(say("Where exposures add up to more than full light, full light is shown."))
    return _from_changes(place, np.minimum(grey, FULL), rows=rows, columns=columns)


def _from_changes(place: NDArray[np.int64], grey: NDArray[np.int64], *, rows: int, columns: int) -> Runs:
    """Runs from the places (row · (columns + 1) + column) after which a grey holds."""
    before = np.concatenate(([0], grey[:-1]))
    changed = grey != before
    place, grey = place[changed], grey[changed]
    opens = np.flatnonzero(grey > 0)
    starts, stops = place[opens], place[opens + 1] if len(opens) else place[:0]
    stride = columns + 1
    row_of = starts // stride
    return Runs(
        rows,
        columns,
        np.concatenate(([0], np.cumsum(np.bincount(row_of, minlength=rows)))).astype(np.int64),
        (starts - row_of * stride).astype(np.int32),
        (stops - row_of * stride).astype(np.int32),
        grey[opens].astype(np.uint8),
    )


def even_thickness_um(stack: MaskStack, *, format_name: str, free_first: bool = False) -> float:
    """The one thickness of all layers (of all but the first), for formats that know no other.

    Raises BadInputError where layers differ: left unsaid, they would be printed at another height.
    """
    layers = stack.layers[1:] if free_first and len(stack.layers) > 1 else stack.layers
    thickness = [layer.thickness_um for layer in layers]
    if max(thickness) - min(thickness) > SAME_UM:
        raise BadInputError(
            say(
                "Layers are {thinnest:g} to {thickest:g} µm thick; {format} knows one thickness only.",
                thinnest=min(thickness),
                thickest=max(thickness),
                format=format_name,
            ),
            remedy=say("Use goo, openmfd, png or a print package, or build with equal layers."),
        )
    return thickness[0]


def commonest(seconds: Iterable[float]) -> float:
    """The exposure that most layers have; dark layers, with 0 s, do not count."""
    lit = [value for value in seconds if value > 0]
    if not lit:
        return 0.0
    values, counts = np.unique(lit, return_counts=True)
    return float(values[counts.argmax()])


def base_exposure(seconds: Sequence[float]) -> tuple[int, float]:
    """How many layers at the bottom are exposed longer than most, and for how long the first of them."""
    usual = commonest(seconds)
    count = next((k for k, value in enumerate(seconds) if value <= usual + _SAME_S), len(seconds))
    return count, (seconds[0] if count else usual)


def lose_layer_times(wanted: Sequence[float], written: Sequence[float], losses: Losses) -> None:
    """Exposure times that the format replaces by others; dark layers do not count."""
    if any(abs(a - b) > _SAME_S for a, b in zip(wanted, written, strict=True) if a > 0):
        losses.add(
            say("Exposures of single layers are not carried over: the format knows a first and a common one only.")
        )


def name_of(path: Path) -> str:
    """What a file is called in messages."""
    return path.name or str(path)
