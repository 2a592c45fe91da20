"""Elegoo GOO files V3.0, both ways: a header with previews, then each layer's settings and its runs of grey.

One screen over the middle of the platform; greys, thicknesses and exposures are each layer's own. Numbers are
big-endian. The layout follows the specification that Elegoo publishes (Goo Format Spec V1.2).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from mingyue import __version__
from mingyue.errors import FileFormatError, LimitError
from mingyue.files import unfinished
from mingyue.phrases import Phrase, say
from mingyue.printing.formats.archives import LIMITS, layers_promised, sha256_of
from mingyue.printing.formats.goo_runs import RunsError, checksum, decode_runs, encode_runs
from mingyue.printing.formats.limits import file_bytes
from mingyue.printing.formats.stack import (
    EXPORT_AGAIN,
    Exposure,
    Losses,
    MaskStack,
    Picture,
    Shown,
    base_exposure,
    check_counts,
    check_picture_size,
    commonest,
    lose_package,
    lose_uneven_cuts,
    on_one_screen,
    one_screen,
    screen_px,
    stacked,
)
from mingyue.printing.formats.thumbnails import shrunk
from mingyue.printing.runs import Runs, from_picture

_VERSION = b"V3.0"
MAGIC = bytes.fromhex("07 00 00 00 44 4C 50 00")
_END = bytes.fromhex("00 00 00 07 00 00 00 44 4C 50 00")
_LINE_END = b"\r\n"
_LAYER_MAGIC = 0x55
_PREVIEWS_PX = (116, 290)  # two squares, RGB565
_TEXTS = struct.Struct(">4s8s32s24s24s32s32s32s3H")
# Counts and sizes; then how the machine moves, of which we know nothing and which is carried by nobody else.
_PRINT = struct.Struct(">IHH??5f?8fI16fHH?I3f8sI?H")
_LAYER = struct.Struct(">H15fH2s")
HEADER_BYTES = _TEXTS.size + sum(2 * side**2 + 2 for side in _PREVIEWS_PX) + _PRINT.size
_MOST_SIDE_PX = 65_535
_UNEQUAL = 2e-3  # pixels whose sides differ by less are square: sizes of screens are rounded to 0.01 mm
# A machine that is not asked lifts and lowers by this much, mm and mm/min; Elegoo's own defaults for a small vat.
_LIFT_MM, _LIFT_SPEED, _RETRACT_SPEED = 5.0, 65.0, 150.0
_FULL_LIGHT = 255


@dataclass(frozen=True, slots=True)
class _Header:
    layers: int
    field_px: tuple[int, int]
    size_mm: tuple[float, float]
    mirrored: tuple[bool, bool]
    layer_mm: float
    seconds: tuple[float, float]
    base_layers: int
    first_layer_at: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where a layer's runs lie, its upper height, and its exposure."""

    at: int
    count: int
    top_mm: float
    seconds: float


def is_goo(head: bytes) -> bool:
    """Whether a file's first bytes are those of a GOO file."""
    return len(head) >= 12 and head[4:12] == MAGIC


def read_goo(path: Path, *, pixel_um: float | None = None) -> MaskStack:
    """The masks of a GOO file; each layer's runs are read, and their checksum compared, when asked for.

    pixel_um: instead of what the file says. Raises FileFormatError, LimitError.
    """
    size = file_bytes(path, limits=LIMITS)
    with path.open("rb") as file:
        header = _read_header(file, size, path.name)
        entries = tuple(_entries(file, header, size, path.name))
    pixel_um = pixel_um or _pixel_um(header, path.name)
    canvas, fields, stitching = one_screen(pixel_um=pixel_um, field_px=header.field_px)
    tops_um = np.round(np.array([1e3 * entry.top_mm for entry in entries]), 3)  # float32 of mm: 4 nm at 50 mm
    thickness_um = np.diff(tops_um, prepend=0.0).round(3).tolist()
    if min(thickness_um) <= 0:  # some programs leave the heights of layers out
        thickness_um = [round(1e3 * header.layer_mm, 3)] * len(entries)
    exposures = [
        (Exposure(0, entry.seconds, Picture(str(layer), _reader(path, entry, header, layer))),)
        for layer, entry in enumerate(entries)
    ]
    return MaskStack(
        name=path.name,
        format="goo",
        pixel_um=pixel_um,
        field_px=header.field_px,
        canvas=canvas,
        fields=fields,
        layers=stacked(thickness_um, exposures),
        stitching=stitching,
        sha256=sha256_of(path),
        notes=(say("Its screen is turned or mirrored; the masks were turned back to how the platform sees them."),)
        if any(header.mirrored)
        else (),
    )


def _cut_short(name: str) -> FileFormatError:
    return FileFormatError(say("{file} is cut short.", file=name), remedy=EXPORT_AGAIN)


def _read_header(file: BinaryIO, size: int, name: str) -> _Header:
    head = file.read(HEADER_BYTES)
    if not is_goo(head):
        raise FileFormatError(say("{file} is not a GOO file.", file=name), remedy=EXPORT_AGAIN)
    if head[:4] != _VERSION:
        raise FileFormatError(
            say("{file} is GOO {version}; only {known} is known.",
                file=name, version=repr(head[:4].decode("latin-1")), known=_VERSION.decode()),
            remedy=EXPORT_AGAIN,
        )  # fmt: skip
    if len(head) < HEADER_BYTES:
        raise _cut_short(name)
    values = _PRINT.unpack_from(head, HEADER_BYTES - _PRINT.size)
    layers, columns, rows = values[:3]
    check_picture_size(columns, rows, name=name)
    check_counts(layers, 1, name=name)
    if layers * (_LAYER.size + 8) > size:
        raise layers_promised(name, promised=layers, found=size // (_LAYER.size + 8))
    seconds, base_s, base_layers, first_layer_at = float(values[9]), float(values[18]), int(values[19]), int(values[-3])
    return _Header(
        layers,
        (columns, rows),
        (float(values[5]), float(values[6])),
        (values[3], values[4]),
        float(values[8]),
        (base_s, seconds),
        base_layers,
        first_layer_at,
    )


def _entries(file: BinaryIO, header: _Header, size: int, name: str) -> Iterator[_Entry]:
    """Walk through the layers without their runs; every place is checked against the file's true end."""
    at = header.first_layer_at or HEADER_BYTES
    most_bytes = 2 * header.field_px[0] * header.field_px[1] + 2  # a pixel takes two bytes at most
    for layer in range(header.layers):
        file.seek(at)
        data = file.read(_LAYER.size + 5)
        if len(data) < _LAYER.size + 5:
            raise layers_promised(name, promised=header.layers, found=layer)
        values = _LAYER.unpack_from(data)
        count, magic = struct.unpack_from(">IB", data, _LAYER.size)
        if values[-1] != _LINE_END or magic != _LAYER_MAGIC or not 2 <= count <= most_bytes:
            raise FileFormatError(
                say("Layer {layer} of {file} does not begin as it should.", layer=layer, file=name),
                remedy=EXPORT_AGAIN,
            )
        end = at + _LAYER.size + 4 + count + len(_LINE_END)
        if end > size:
            raise _cut_short(name)
        base_s, seconds = header.seconds
        own = float(values[3])
        yield _Entry(
            at + _LAYER.size + 5,
            count - 2,
            float(values[2]),
            _decimal(own if own > 0 else base_s if layer < header.base_layers else seconds),
        )
        at = end


def _decimal(seconds: float) -> float:
    """float32 → the decimal fraction that was meant."""
    return float(f"{seconds:.7g}")


def _pixel_um(header: _Header, name: str) -> float:
    width, height = (1e3 * side / count for side, count in zip(header.size_mm, header.field_px, strict=True))
    if not (width > 0 and abs(width - height) <= _UNEQUAL * width):
        raise FileFormatError(
            say("The pixels of {file} are not square: {width:.4g} × {height:.4g} µm.",
                file=name, width=width, height=height),
            remedy=say("Slice the part again with square pixels."),
        )  # fmt: skip
    return _decimal(width)


def _reader(path: Path, entry: _Entry, header: _Header, layer: int) -> Callable[[], Runs]:
    columns, rows = header.field_px

    def read() -> Runs:
        with path.open("rb") as file:
            file.seek(entry.at)
            data = file.read(entry.count + 1)
        try:
            if len(data) != entry.count + 1 or checksum(data[:-1]) != data[-1]:
                raise RunsError(say("its checksum is wrong"))
            runs = decode_runs(data[:-1], rows=rows, columns=columns)
        except RunsError as error:
            raise FileFormatError(
                say("Layer {layer} of {file} is damaged: {why}.", layer=layer, file=path.name, why=error.args[0]),
                remedy=EXPORT_AGAIN,
            ) from error
        return _turned_back(runs, header.mirrored)

    return read


def _turned_back(runs: Runs, mirrored: tuple[bool, bool]) -> Runs:
    if not any(mirrored):
        return runs
    x, y = mirrored
    return from_picture(np.ascontiguousarray(runs.painted()[:: -1 if y else 1, :: -1 if x else 1]))


def write_goo(stack: MaskStack, path: Path) -> tuple[Phrase, ...]:
    """Write a GOO file. Returns what could not be carried over. Raises LimitError for screens over 65,535 px wide."""
    losses = Losses()
    columns, rows = screen_px(stack)
    if max(columns, rows) > _MOST_SIDE_PX:
        raise LimitError(
            say("A GOO file holds a screen of at most {most:,} px, not {columns} × {rows}.",
                most=_MOST_SIDE_PX, columns=columns, rows=rows),
            remedy=say("Use a format that keeps the fields apart: a print package, openmfd or png."),
        )  # fmt: skip
    lose_package(stack, losses)
    lose_uneven_cuts(stack, losses)
    losses.add(say("The machine's motions are common defaults: set them for your machine."))
    seconds, middle = [], None
    with unfinished(path) as beside, beside.open("wb") as file:
        file.write(bytes(HEADER_BYTES))
        for count, shown in enumerate(on_one_screen(stack, losses)):
            file.write(_layer(shown))
            seconds.append(shown.seconds)
            if count <= len(stack.layers) // 2 and len(shown.runs):
                middle = shown.runs
        file.write(_END)
        file.seek(0)
        file.write(_header(stack, seconds, middle))
    return losses.told()


def _layer(shown: Shown) -> bytes:
    data = encode_runs(shown.runs)
    top_mm = (shown.layer.bottom_um + shown.layer.thickness_um) / 1e3
    pause_at_mm = off_s = 0.0
    waits_s = (0.0, 0.0, 0.0)
    moves = (_LIFT_MM, _LIFT_SPEED, 0.0, 0.0, _LIFT_MM, _RETRACT_SPEED, 0.0, 0.0)
    head = _LAYER.pack(0, pause_at_mm, top_mm, shown.seconds, off_s, *waits_s, *moves, _FULL_LIGHT, _LINE_END)
    return head + struct.pack(">IB", len(data) + 2, _LAYER_MAGIC) + data + bytes([checksum(data)]) + _LINE_END


def _header(stack: MaskStack, seconds: list[float], middle: Runs | None) -> bytes:
    columns, rows = screen_px(stack)
    base, base_s = base_exposure(seconds)
    usual_s = commonest(seconds) or 1.0
    top = stack.layers[-1]
    waits_s = (0.0,) * 7
    lifts = (_LIFT_MM, _LIFT_SPEED) * 2 + (_LIFT_MM, _RETRACT_SPEED) * 2 + (0.0,) * 8
    volume_ml = weight_g = price = 0.0
    texts = _TEXTS.pack(
        _VERSION, MAGIC, b"mingyue", __version__.encode(), b"", b"standard", b"Default", b"mingyue", 0, 0, 0
    )
    numbers = _PRINT.pack(
        len(seconds), columns, rows, False, False,
        columns * stack.pixel_um / 1e3, rows * stack.pixel_um / 1e3, (top.bottom_um + top.thickness_um) / 1e3,
        stack.layers[0].thickness_um / 1e3, usual_s, True,
        *waits_s, base_s or usual_s, base, *lifts, _FULL_LIGHT, _FULL_LIGHT,
        True,  # each layer's own settings count, not these
        min(round(sum(seconds)), 0xFFFFFFFF), volume_ml, weight_g, price, b"",
        HEADER_BYTES, True, 0,
    )  # fmt: skip
    previews = b"".join(_preview(middle, side) + _LINE_END for side in _PREVIEWS_PX)
    return texts + previews + numbers


def _preview(runs: Runs | None, side: int) -> bytes:
    """A square picture of a layer in RGB565."""
    grey = np.zeros((side, side), dtype=np.uint16)
    if runs is not None:
        small = shrunk(runs, most_px=side)
        top, left = (side - small.shape[0]) // 2, (side - small.shape[1]) // 2
        grey[top : top + small.shape[0], left : left + small.shape[1]] = small
    colours = (grey >> 3 << 11) | (grey >> 2 << 5) | (grey >> 3)
    return colours.astype(">u2").tobytes()
