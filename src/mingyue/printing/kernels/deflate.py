"""Runs of bytes become a zlib stream, without the bytes ever being written out.

A PNG of a mask is nearly all runs: darkness over whole rows, light across a wall. So the compressor is told the runs
instead of searching for them: each is a literal and matches of distance one, under a Huffman code of the picture.

Source: RFC 1950 and RFC 1951.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]

_END = 256  # the literal/length symbol that ends a block
_SYMBOLS = 286
_LONGEST_MATCH = 258
_LONGEST_CODE = 15
_LONGEST_LENGTH_CODE = 7  # of the code for code lengths
_ADLER = 65_521
# In this order a block's header gives the lengths of the code for code lengths (RFC 1951, 3.2.7).
_HEADER_ORDER = np.array([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15], dtype=np.int64)


@jit
def grey_bytes(
    row_starts: Ints, starts: NDArray[np.int32], stops: NDArray[np.int32], values: Bytes, columns: int
) -> tuple[Bytes, Ints]:
    """Runs of a picture → runs of the bytes of its 8-bit PNG rows: a filter byte 0 and a byte a pixel.

    Returns (values, lengths); darkness goes on from row to row, since the filter byte is 0 as well.
    """
    out = np.empty(2 * len(starts) + 2, dtype=np.uint8)
    lengths = np.empty(2 * len(starts) + 2, dtype=np.int64)
    made, dark = 0, 0
    for row in range(len(row_starts) - 1):
        dark += 1
        column = 0
        for i in range(row_starts[row], row_starts[row + 1]):
            dark += starts[i] - column
            made = _append(out, lengths, made, 0, dark)
            made = _append(out, lengths, made, values[i], stops[i] - starts[i])
            column, dark = stops[i], 0
        dark += columns - column
    made = _append(out, lengths, made, 0, dark)
    return out[:made], lengths[:made]


@jit
def binary_bytes(
    row_starts: Ints, starts: NDArray[np.int32], stops: NDArray[np.int32], columns: int
) -> tuple[Bytes, Ints]:
    """As `grey_bytes`, for a black and white picture: eight pixels a byte, the leftmost in the high bit."""
    out = np.empty(5 * len(starts) + 2, dtype=np.uint8)
    lengths = np.empty(5 * len(starts) + 2, dtype=np.int64)
    width = (columns + 7) // 8
    made, dark = 0, 0
    for row in range(len(row_starts) - 1):
        dark += 1
        done, partial = 0, 0  # whole bytes of the row so far, and the bits of the next one
        for i in range(row_starts[row], row_starts[row + 1]):
            first, last = starts[i] // 8, (stops[i] - 1) // 8
            if first > done:
                if partial:
                    made = _append(out, lengths, made, partial, 1)
                    done, partial = done + 1, 0
                dark += first - done
                done = first
            head = 255 >> (starts[i] % 8)
            tail = 255 & (255 << (7 - (stops[i] - 1) % 8))
            if dark:
                made = _append(out, lengths, made, 0, dark)
                dark = 0
            if first == last:
                partial |= head & tail
                continue
            made = _append(out, lengths, made, partial | head, 1)
            made = _append(out, lengths, made, 255, last - first - 1)
            done, partial = last, tail
        if partial:
            made = _append(out, lengths, made, partial, 1)
            done += 1
        dark += width - done
    made = _append(out, lengths, made, 0, dark)
    return out[:made], lengths[:made]


@jit
def _append(out: Bytes, lengths: Ints, made: int, value: int, length: int) -> int:
    """Append a run of bytes, or lengthen the last one; nothing for no length."""
    if length <= 0:
        return made
    if made > 0 and out[made - 1] == value:
        lengths[made - 1] += length
        return made
    out[made], lengths[made] = value, length
    return made + 1


@jit
def zlib_stream(values: Bytes, lengths: Ints) -> Bytes:
    """Runs of bytes → a zlib stream (RFC 1950) of one block with its own Huffman code."""
    counts, tokens = _count_symbols(values, lengths)
    code_lengths = _code_lengths(counts, _LONGEST_CODE)
    codes = _codes(code_lengths)
    out = np.empty(400 + tokens * 5 // 2, dtype=np.uint8)  # a token is at most 15 + 5 extra + 1 distance bits
    out[0], out[1] = 0x78, 0x01
    state = np.array([2, 0, 0], dtype=np.int64)  # next byte, bits waiting, how many they are
    _write_header(out, state, code_lengths)
    for i in range(len(values)):
        length = lengths[i]
        _put(out, state, codes[values[i]], code_lengths[values[i]])
        length -= 1
        while length > 0:
            step = _step(length)
            if step < 3:
                for _ in range(step):
                    _put(out, state, codes[values[i]], code_lengths[values[i]])
            else:
                symbol, extra, extra_bits = _length_symbol(step)
                _put(out, state, codes[symbol], code_lengths[symbol])
                _put(out, state, extra, extra_bits)
                _put(out, state, 0, 1)  # distance one, the only distance
            length -= step
    _put(out, state, codes[_END], code_lengths[_END])
    _put(out, state, 0, (8 - state[2]) % 8)
    checksum = _adler(values, lengths)
    at = state[0]
    for k in range(4):
        out[at + k] = (checksum >> (24 - 8 * k)) & 255
    return out[: at + 4].copy()


@jit
def _step(length: int) -> int:
    """How much of a run the next match takes: as much as it can, but never so that one or two bytes are left over."""
    if length <= _LONGEST_MATCH:
        return length
    return _LONGEST_MATCH if length - _LONGEST_MATCH >= 3 else length - 3


@jit
def _length_symbol(length: int) -> tuple[int, int, int]:
    """(symbol, extra bits' value, how many) of a match length, RFC 1951, 3.2.5."""
    if length == _LONGEST_MATCH:
        return 285, 0, 0
    if length <= 10:
        return 254 + length, 0, 0
    offset = length - 3
    bits = 0
    while (offset >> bits) >= 8:
        bits += 1
    return 257 + 4 * bits + (offset >> bits), offset & ((1 << bits) - 1), bits


@jit
def _count_symbols(values: Bytes, lengths: Ints) -> tuple[Ints, int]:
    counts = np.zeros(_SYMBOLS, dtype=np.int64)
    tokens = 1
    counts[_END] = 1
    for i in range(len(values)):
        counts[values[i]] += 1
        tokens += 1
        length = lengths[i] - 1
        whole = (length - 3) // _LONGEST_MATCH  # all but the last one or two steps are the longest match
        if whole > 0:
            counts[285] += whole
            tokens += whole
            length -= whole * _LONGEST_MATCH
        while length > 0:
            step = _step(length)
            if step < 3:
                counts[values[i]] += step
                tokens += step
            else:
                counts[_length_symbol(step)[0]] += 1
                tokens += 1
            length -= step
    return counts, tokens


@jit
def _code_lengths(counts: Ints, longest: int) -> Ints:
    """Lengths of a Huffman code for these counts, none over `longest`; 0 where a symbol does not occur."""
    lengths = np.zeros(len(counts), dtype=np.int64)
    used = np.flatnonzero(counts)
    if len(used) == 1:
        lengths[used[0]] = 1
        return lengths
    order = used[np.argsort(counts[used], kind="mergesort")]
    leaves = len(order)
    # Two queues, both ascending: the symbols and the nodes made of two; the two smallest ahead are joined.
    weights = np.empty(2 * leaves - 1, dtype=np.int64)
    parents = np.zeros(2 * leaves - 1, dtype=np.int64)
    weights[:leaves] = counts[order]
    leaf, node = 0, leaves
    for new in range(leaves, 2 * leaves - 1):
        total = 0
        for _ in range(2):
            if node >= new or (leaf < leaves and weights[leaf] <= weights[node]):
                taken, leaf = leaf, leaf + 1
            else:
                taken, node = node, node + 1
            parents[taken] = new
            total += weights[taken]
        weights[new] = total
    depths = np.zeros(2 * leaves - 1, dtype=np.int64)
    for k in range(2 * leaves - 3, -1, -1):
        depths[k] = depths[parents[k]] + 1
    # Where the tree is too deep, cut it and make room by lengthening shorter codes, the rarest first (Kraft's sum ≤ 1).
    room = 0
    for k in range(leaves):
        depths[k] = min(depths[k], longest)
        room += 1 << (longest - depths[k])
    k = 0
    while room > (1 << longest):
        while depths[k] == longest:
            k += 1
        depths[k] += 1
        room -= 1 << (longest - depths[k])
    # What was made too much is given back, to the commonest that can use it: decoders refuse a code with gaps.
    for k in range(leaves - 1, -1, -1):
        while room + (1 << (longest - depths[k])) <= (1 << longest):
            room += 1 << (longest - depths[k])
            depths[k] -= 1
    lengths[order] = depths[:leaves]
    return lengths


@jit
def _codes(lengths: Ints) -> Ints:
    """Canonical codes for these lengths, bits reversed, as deflate writes them from the lowest bit."""
    of_length = np.zeros(_LONGEST_CODE + 1, dtype=np.int64)
    for length in lengths:
        of_length[length] += 1
    of_length[0] = 0
    next_code = np.zeros(_LONGEST_CODE + 1, dtype=np.int64)
    for bits in range(1, _LONGEST_CODE + 1):
        next_code[bits] = (next_code[bits - 1] + of_length[bits - 1]) << 1
    codes = np.zeros(len(lengths), dtype=np.int64)
    for symbol in range(len(lengths)):
        code = next_code[lengths[symbol]]
        next_code[lengths[symbol]] += 1
        turned = 0
        for _ in range(lengths[symbol]):
            turned = (turned << 1) | (code & 1)
            code >>= 1
        codes[symbol] = turned
    return codes


@jit
def _write_header(out: Bytes, state: Ints, code_lengths: Ints) -> None:
    """The start of a final block with a code of its own, RFC 1951, 3.2.7; the only distance is one."""
    listed = np.empty(_SYMBOLS + 1, dtype=np.int64)
    listed[:_SYMBOLS] = code_lengths
    listed[_SYMBOLS] = 1  # a code of one distance
    symbols = np.empty(_SYMBOLS + 1, dtype=np.int64)
    repeats = np.empty(_SYMBOLS + 1, dtype=np.int64)
    made, i = 0, 0
    while i < _SYMBOLS + 1:
        j = i + 1
        while j < _SYMBOLS + 1 and listed[j] == listed[i] and listed[i] == 0 and j - i < 138:
            j += 1
        if j - i >= 3:  # a stretch of zeros
            symbols[made], repeats[made] = (17, j - i - 3) if j - i <= 10 else (18, j - i - 11)
            i = j
        else:
            symbols[made], repeats[made] = listed[i], 0
            i += 1
        made += 1
    counts = np.zeros(19, dtype=np.int64)
    for k in range(made):
        counts[symbols[k]] += 1
    if np.count_nonzero(counts) == 1:
        counts[0 if counts[0] == 0 else 1] = 1  # a lone symbol needs a partner to make a whole code
    lengths = _code_lengths(counts, _LONGEST_LENGTH_CODE)
    codes = _codes(lengths)
    _put(out, state, 0b101, 3)  # final, with its own codes
    _put(out, state, _SYMBOLS - 257, 5)
    _put(out, state, 0, 5)
    _put(out, state, 19 - 4, 4)
    for symbol in _HEADER_ORDER:
        _put(out, state, lengths[symbol], 3)
    for k in range(made):
        _put(out, state, codes[symbols[k]], lengths[symbols[k]])
        if symbols[k] == 17:
            _put(out, state, repeats[k], 3)
        elif symbols[k] == 18:
            _put(out, state, repeats[k], 7)


@jit
def _put(out: Bytes, state: Ints, bits: int, count: int) -> None:
    waiting = state[1] | (bits << state[2])
    have = state[2] + count
    at = state[0]
    while have >= 8:
        out[at] = waiting & 255
        waiting >>= 8
        have -= 8
        at += 1
    state[0], state[1], state[2] = at, waiting, have


@jit
def _adler(values: Bytes, lengths: Ints) -> int:
    """Adler-32 over the runs: a run of n bytes v adds n·a + v·n(n+1)/2 to the second sum (RFC 1950, 8.2)."""
    a, b = 1, 0
    for i in range(len(values)):
        n, v = lengths[i], np.int64(values[i])
        n_mod = n % _ADLER
        triangle = ((n % (2 * _ADLER)) * ((n + 1) % (2 * _ADLER)) // 2) % _ADLER
        b = (b + n_mod * a + v * triangle) % _ADLER
        a = (a + v * n_mod) % _ADLER
    return (b << 16) | a
