"""Masks as PNG files: runs → PNG and back, checked against a hostile header before anything is unpacked."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import FileFormatError
from mingyue.phrases import say
from mingyue.printing.kernels import fast
from mingyue.printing.runs import FULL, Runs, from_picture

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_BUILD_AGAIN: Final = say("The file is damaged or was changed: build the package again.")


class PngError(FileFormatError):
    """A mask is no PNG, or not the one that was promised."""


def encode_png(runs: Runs, *, always_8_bit: bool = False) -> bytes:
    """Grey PNG, 1 bit a pixel where the picture is black and white only, else 8; no filter, and no pixel is painted.

    always_8_bit: for readers that know no other.
    """
    is_binary = not always_8_bit and bool((runs.values == FULL).all())
    if is_binary:
        byte_runs = fast.binary_bytes(runs.row_starts, runs.starts, runs.stops, runs.columns)
    else:
        byte_runs = fast.grey_bytes(runs.row_starts, runs.starts, runs.stops, runs.values, runs.columns)
    header = struct.pack(">IIBBBBB", runs.columns, runs.rows, 1 if is_binary else 8, 0, 0, 0, 0)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", fast.zlib_stream(*byte_runs)) + _chunk(b"IEND", b"")


def rgb_png(picture: NDArray[np.uint8]) -> bytes:
    """Colour PNG of a small picture, (rows, columns, 3) uint8."""
    rows, columns, _ = picture.shape
    unfiltered = np.zeros((rows, 1 + 3 * columns), dtype=np.uint8)
    unfiltered[:, 1:] = picture.reshape(rows, -1)
    header = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)
    data = zlib.compress(unfiltered.tobytes(), level=1)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))


_END: Final = _chunk(b"IEND", b"")


def check_png_size(data: bytes, *, columns: int, rows: int) -> None:
    """Raises PngError unless this begins as a PNG of exactly this size; nothing is unpacked."""
    if data[:8] != _SIGNATURE or len(data) < 33:
        raise PngError(say("The mask is not a PNG file."), remedy=_BUILD_AGAIN)
    found = struct.unpack(">II", data[16:24])
    if found != (columns, rows):
        raise PngError(
            say(
                "The mask is {found} px, not {wanted} px.",
                found="{} × {}".format(*found),
                wanted=f"{columns} × {rows}",
            ),
            remedy=_BUILD_AGAIN,
        )


def decode_png(data: bytes, *, columns: int, rows: int) -> Runs:
    """The runs of a grey PNG of exactly this size. Raises PngError for anything else."""
    return from_picture(decode_picture(data, columns=columns, rows=rows))


def decode_picture(data: bytes, *, columns: int, rows: int) -> NDArray[np.uint8]:
    """A grey PNG of exactly this size, painted: (rows, columns) uint8. Raises PngError for anything else."""
    check_png_size(data, columns=columns, rows=rows)
    picture = _decoded_plainly(data, columns=columns, rows=rows)
    if picture is not None:
        return picture
    from PIL import Image

    try:
        with Image.open(BytesIO(data), formats=("PNG",)) as image:
            if image.mode not in {"1", "L"}:
                raise PngError(say("The mask has colours ({mode}), not grey.", mode=image.mode), remedy=_BUILD_AGAIN)
            return np.asarray(image.convert("L"), dtype=np.uint8)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PngError(say("The mask cannot be read: {why}.", why=str(error)), remedy=_BUILD_AGAIN) from error


def _decoded_plainly(data: bytes, *, columns: int, rows: int) -> NDArray[np.uint8] | None:
    """A picture as we write it: one IDAT, grey of 1 or 8 bits, no filter. None for any other, and for a damaged one."""
    depth = data[24]
    length = int.from_bytes(data[33:37], "big")
    is_ours = data[25:29] == b"\0\0\0\0" and depth in (1, 8) and data[37:41] == b"IDAT"
    if not is_ours or data[45 + length :] != _END or int.from_bytes(data[29:33], "big") != zlib.crc32(data[12:29]):
        return None
    if zlib.crc32(data[37 : 41 + length]) != int.from_bytes(data[41 + length : 45 + length], "big"):
        return None
    row_bytes = 1 + (columns * depth + 7) // 8
    lines = fast.inflated(np.frombuffer(data, dtype=np.uint8, count=length, offset=41), rows * row_bytes)
    if lines is None or lines[::row_bytes].any():
        return None
    picture = np.ascontiguousarray(lines.reshape(rows, row_bytes)[:, 1:])
    return picture if depth == 8 else np.unpackbits(picture, axis=1, count=columns) * np.uint8(FULL)
