"""A text file becomes blocks of whole lines, in bounded memory whatever the file holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from mingyue.errors import LimitError
from mingyue.phrases import say
from mingyue.printing.formats.limits import ReadLimits

_BLOCK_BYTES = 1 << 20  # large enough that per-block work does not show, small beside what a mesh needs


def text_blocks(file: BinaryIO, *, limits: ReadLimits, first_line: int = 1) -> Iterator[tuple[int, bytes]]:
    """From where the file stands: (number of the block's first line, whole lines, each ended by a newline).

    Lines may end in \\n, \\r\\n or \\r. Raises LimitError for a line over max_text_line_bytes.
    """
    number, rest = first_line, b""
    while block := file.read(_BLOCK_BYTES):
        if block.endswith(b"\r"):
            block += file.read(1)  # so that the two bytes of \r\n stay together
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        text = rest + block
        cut = text.rfind(b"\n") + 1
        lines, rest = text[:cut], text[cut:]
        _check_lines(lines, rest, number, limits)
        if lines:
            yield number, lines
            number += lines.count(b"\n")
    if rest:
        yield number, rest + b"\n"


def _check_lines(lines: bytes, rest: bytes, number: int, limits: ReadLimits) -> None:
    longest, at = limits.max_text_line_bytes, 0
    while at + longest < len(lines):  # leap from line end to line end: a few steps a block
        end = lines.rfind(b"\n", at, at + longest + 1)
        if end < 0:
            raise _too_long(number + lines.count(b"\n", 0, at), longest)
        at = end + 1
    if len(rest) > longest:
        raise _too_long(number + lines.count(b"\n"), longest)


def _too_long(number: int, longest: int) -> LimitError:
    return LimitError(
        say("Line {line:,} is longer than {longest:,} bytes, which no mesh file needs.", line=number, longest=longest),
        remedy=say("Export the part again, as binary STL or 3MF."),
    )
