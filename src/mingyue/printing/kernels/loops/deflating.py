"""Runs of bytes become a zlib stream, without the bytes ever being written out.

A PNG of a mask is nearly all runs: darkness over whole rows, light across a wall. So the compressor is told the runs
instead of searching for them: each is a literal and matches of distance one, under a Huffman code of the picture.

Source: RFC 1950 and RFC 1951.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit
from mingyue.printing.kernels.sizes import LONGEST_MATCH, SYMBOLS

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]

_END = 256  # the literal/length symbol that ends a block
_LONGEST_CODE = 15
_LONGEST_LENGTH_CODE = 7  # of the code for code lengths
_ADLER = 65_521
# In this order a block's header gives the lengths of the code for code lengths (RFC 1951, 3.2.7).
_HEADER_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)


@jit
def grey_bytes(
    row_starts: Ints,
    starts: NDArray[np.int32],
    stops: NDArray[np.int32],
    values: Bytes,
    columns: int,
    out: Bytes,
    lengths: Ints,
) -> int:
    """Runs of a picture → runs of the bytes of its 8-bit PNG rows: a filter byte 0 and a byte a pixel; how many.

    out, lengths: (2 · runs + 2,). Darkness goes on from row to row, since the filter byte is 0 as well.
    """
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
    return _append(out, lengths, made, 0, dark)


@jit
def binary_bytes(
    row_starts: Ints, starts: NDArray[np.int32], stops: NDArray[np.int32], columns: int, out: Bytes, lengths: Ints
) -> int:
    """As `grey_bytes`, for a black and white picture: eight pixels a byte, the leftmost in the high bit.

    out, lengths: (5 · runs + 2,).
    """
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
    return _append(out, lengths, made, 0, dark)


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


# Rows of `work`, what each is for.
_COUNTS, _LENGTHS, _CODES, _ORDER, _WEIGHTS, _PARENTS, _LISTED, _REPEATS, _BITS = 0, 1, 2, 3, 4, 5, 6, 7, 8


@jit
def zlib_stream(values: Bytes, lengths: Ints, work: Ints, out: Bytes) -> int:
    """Runs of bytes → a zlib stream (RFC 1950) of one block with its own Huffman code; how many bytes it has.

    work and out: as `sizes` says.
    """
    counts, code_lengths, codes = work[_COUNTS], work[_LENGTHS], work[_CODES]
    state = work[_BITS]  # next byte, bits waiting, how many they are
    _count_symbols(values, lengths, counts)
    _code_lengths(counts, SYMBOLS, _LONGEST_CODE, code_lengths, work)
    _codes(code_lengths, SYMBOLS, codes, work)
    out[0], out[1] = 0x78, 0x01
    state[0], state[1], state[2] = 2, 0, 0
    _write_header(out, state, code_lengths, work)
    _codes(code_lengths, SYMBOLS, codes, work)
    at, waiting, have = state[0], state[1], state[2]
    for i in range(len(values)):
        value = values[i]
        code, bits = codes[value], code_lengths[value]
        waiting |= code << have
        have += bits
        length = lengths[i] - 1
        while length > 0:
            step = _step(length)
            length -= step
            if step < 3:
                for _ in range(step):
                    at, waiting, have = _flush(out, at, waiting, have)
                    waiting |= code << have
                    have += bits
            else:
                at, waiting, have = _flush(out, at, waiting, have)
                symbol, extra, extra_bits = _length_symbol(step)
                waiting |= (codes[symbol] | (extra << code_lengths[symbol])) << have
                have += code_lengths[symbol] + extra_bits + 1  # and a zero bit: distance one, the only distance
        at, waiting, have = _flush(out, at, waiting, have)
    state[0], state[1], state[2] = at, waiting, have
    _put(out, state, codes[_END], code_lengths[_END])
    _put(out, state, 0, (8 - state[2]) % 8)
    checksum = _adler(values, lengths)
    at = state[0]
    for k in range(4):
        out[at + k] = (checksum >> (24 - 8 * k)) & 255
    return at + 4


@jit
def _flush(out: Bytes, at: int, waiting: int, have: int) -> tuple[int, int, int]:
    """Write four bytes when there are as many: afterwards under 32 bits wait, and the longest token still fits."""
    if have >= 32:
        out[at] = waiting & 255
        out[at + 1] = (waiting >> 8) & 255
        out[at + 2] = (waiting >> 16) & 255
        out[at + 3] = (waiting >> 24) & 255
        return at + 4, waiting >> 32, have - 32
    return at, waiting, have


@jit
def _step(length: int) -> int:
    """How much of a run the next match takes: as much as it can, but never so that one or two bytes are left over."""
    if length <= LONGEST_MATCH:
        return length
    return LONGEST_MATCH if length - LONGEST_MATCH >= 3 else length - 3


@jit
def _length_symbol(length: int) -> tuple[int, int, int]:
    """(symbol, extra bits' value, how many) of a match length, RFC 1951, 3.2.5."""
    if length == LONGEST_MATCH:
        return 285, 0, 0
    if length <= 10:
        return 254 + length, 0, 0
    offset = length - 3
    bits = 0
    while (offset >> bits) >= 8:
        bits += 1
    return 257 + 4 * bits + (offset >> bits), offset & ((1 << bits) - 1), bits


@jit
def _count_symbols(values: Bytes, lengths: Ints, counts: Ints) -> None:
    counts[:] = 0
    counts[_END] = 1
    for i in range(len(values)):
        counts[values[i]] += 1
        length = lengths[i] - 1
        whole = (length - 3) // LONGEST_MATCH  # all but the last one or two steps are the longest match
        if whole > 0:
            counts[285] += whole
            length -= whole * LONGEST_MATCH
        while length > 0:
            step = _step(length)
            if step < 3:
                counts[values[i]] += step
            else:
                counts[_length_symbol(step)[0]] += 1
            length -= step


@jit
def _code_lengths(counts: Ints, symbols: int, longest: int, lengths: Ints, work: Ints) -> None:
    """Lengths of a Huffman code for the first `symbols` counts, none over `longest`; 0 where one does not occur."""
    order, weights, parents = work[_ORDER], work[_WEIGHTS], work[_PARENTS]
    leaves = 0
    for symbol in range(symbols):
        lengths[symbol] = 0
        if counts[symbol] == 0:
            continue
        at = leaves  # by insertion: rarest first
        while at > 0 and counts[order[at - 1]] > counts[symbol]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = symbol
        leaves += 1
    if leaves == 1:
        lengths[order[0]] = 1
        return
    # Two queues, both ascending: the symbols and the nodes made of two; the two smallest ahead are joined.
    for k in range(leaves):
        weights[k] = counts[order[k]]
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
    depths = weights  # the weights have done their duty
    depths[2 * leaves - 2] = 0
    for k in range(2 * leaves - 3, -1, -1):
        depths[k] = depths[parents[k]] + 1
    # Where the tree is too deep, cut it and make room by lengthening shorter codes, the rarest first (Kraft's sum ≤ 1).
    taken_room, all_room = 0, 1 << longest
    for k in range(leaves):
        depths[k] = min(depths[k], longest)
        taken_room += 1 << (longest - depths[k])
    k = 0
    while taken_room > all_room:
        while depths[k] == longest:
            k += 1
        depths[k] += 1
        taken_room -= 1 << (longest - depths[k])
    # What was made too much is given back, to the commonest that can use it: decoders refuse a code with gaps.
    for k in range(leaves - 1, -1, -1):
        while taken_room + (1 << (longest - depths[k])) <= all_room:
            taken_room += 1 << (longest - depths[k])
            depths[k] -= 1
    for k in range(leaves):
        lengths[order[k]] = depths[k]


@jit
def _codes(lengths: Ints, symbols: int, codes: Ints, work: Ints) -> None:
    """Canonical codes for these lengths, bits reversed, as deflate writes them from the lowest bit."""
    next_code = work[_ORDER]
    next_code[: _LONGEST_CODE + 2] = 0
    for symbol in range(symbols):
        if lengths[symbol] > 0:
            next_code[lengths[symbol] + 1] += 1
    for bits in range(1, _LONGEST_CODE + 2):  # codes of a length begin where those one shorter end, doubled
        next_code[bits] = (next_code[bits - 1] + next_code[bits]) << 1 if bits > 1 else 0
    for symbol in range(symbols):
        if lengths[symbol] == 0:
            continue
        code = next_code[lengths[symbol]]
        next_code[lengths[symbol]] += 1
        turned = 0
        for _ in range(lengths[symbol]):
            turned = (turned << 1) | (code & 1)
            code >>= 1
        codes[symbol] = turned


@jit
def _write_header(out: Bytes, state: Ints, code_lengths: Ints, work: Ints) -> None:
    """The start of a final block with a code of its own, RFC 1951, 3.2.7; the only distance is one.

    Uses the rows of `work` that hold counts and codes: the codes of the symbols must be made afterwards.
    """
    listed, repeats = work[_LISTED], work[_REPEATS]
    made, i = 0, 0
    while i < SYMBOLS + 1:
        here = code_lengths[i] if i < SYMBOLS else 1  # after the symbols, a code of one distance
        j = i + 1
        while here == 0 and j < SYMBOLS and code_lengths[j] == 0 and j - i < 138:
            j += 1
        if j - i >= 3:  # a stretch of zeros
            listed[made], repeats[made] = (17, j - i - 3) if j - i <= 10 else (18, j - i - 11)
            i = j
        else:
            listed[made], repeats[made] = here, 0
            i += 1
        made += 1
    counts, codes, lengths = work[_COUNTS], work[_CODES], work[_CODES][32:64]
    counts[:19] = 0
    for k in range(made):
        counts[listed[k]] += 1
    _code_lengths(counts, 19, _LONGEST_LENGTH_CODE, lengths, work)
    _codes(lengths, 19, codes, work)
    _put(out, state, 0b101, 3)  # final, with its own codes
    _put(out, state, SYMBOLS - 257, 5)
    _put(out, state, 0, 5)
    _put(out, state, 19 - 4, 4)
    for k in range(19):
        _put(out, state, lengths[_HEADER_ORDER[k]], 3)
    for k in range(made):
        _put(out, state, codes[listed[k]], lengths[listed[k]])
        if listed[k] == 17:
            _put(out, state, repeats[k], 3)
        elif listed[k] == 18:
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
