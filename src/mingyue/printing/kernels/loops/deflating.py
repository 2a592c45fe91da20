"""Tokens become a zlib stream: one block under Huffman codes made for it.

Source: RFC 1950 and RFC 1951.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit
from mingyue.printing.kernels.loops.huffman import LONGEST_CODE, code_lengths, codes_of
from mingyue.printing.kernels.loops.matching import DISTANCE_SHIFT, REPEATS_SHIFT
from mingyue.printing.kernels.sizes import DISTANCES, LONGEST_MATCH, SYMBOLS

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]

_END = 256  # the literal/length symbol that ends a block
_LONGEST_LENGTH_CODE = 7  # of the code for code lengths
_ADLER = 65_521
# A run shorter than this, met by sums no larger than this, leaves them below 2^57: there is room in 63 bits.
_SHORT_RUN, _LARGE_SUM = 1 << 16, 1 << 40
# In this order a block's header gives the lengths of the code for code lengths (RFC 1951, 3.2.7).
_HEADER_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
# Rows of `work`, what each is for; the first three belong to `huffman`. Distances stand after the symbols.
_COUNTS, _LENGTHS, _CODES, _LISTED, _REPEATS, _STATE, _LENGTH_CODES, _LENGTH_BITS = 3, 4, 5, 6, 7, 8, 9, 10
_ALL = SYMBOLS + DISTANCES
# Tokens are written one by one until the bytes of eight of them have surely left the bits that wait: 8 · this many.
_PERIODS = 8


@jit
def zlib_stream(tokens: Ints, values: Bytes, lengths: Ints, work: Ints, out: Bytes) -> int:
    """The tokens of some runs of bytes → a zlib stream of them; how many bytes it has.

    work and out: as `sizes` says. The runs are needed for the checksum.
    """
    counts, sizes, codes = work[_COUNTS], work[_LENGTHS], work[_CODES]
    state = work[_STATE]  # next byte, bits waiting, how many they are
    _count(tokens, counts, work[_LENGTH_BITS])
    code_lengths(counts[:SYMBOLS], SYMBOLS, LONGEST_CODE, sizes[:SYMBOLS], work)
    code_lengths(counts[SYMBOLS:_ALL], DISTANCES, LONGEST_CODE, sizes[SYMBOLS:_ALL], work)
    out[0], out[1] = 0x78, 0x01
    state[0], state[1], state[2] = 2, 0, 0
    _write_header(out, state, sizes, work)
    codes_of(sizes[:SYMBOLS], SYMBOLS, codes[:SYMBOLS], work)
    codes_of(sizes[SYMBOLS:_ALL], DISTANCES, codes[SYMBOLS:_ALL], work)
    of_length, bits_of_length = work[_LENGTH_CODES], work[_LENGTH_BITS]
    for length in range(3, LONGEST_MATCH + 1):
        symbol, extra, extra_bits = _length_symbol(length)
        of_length[length] = codes[symbol] | (extra << sizes[symbol])
        bits_of_length[length] = sizes[symbol] + extra_bits
    at, waiting, have = state[0], state[1], state[2]
    for token in tokens:
        if token < 256:
            waiting |= codes[token] << have
            have += sizes[token]
            at, waiting, have = _flush(out, at, waiting, have)
            continue
        length_code, length_bits = of_length[token & 0xFFFF], bits_of_length[token & 0xFFFF]
        distance = (token >> DISTANCE_SHIFT) & 0xFFFF
        if distance == 1:  # a run goes on: most matches
            distance_code, distance_bits = codes[SYMBOLS], sizes[SYMBOLS]
        else:
            symbol, extra, extra_bits = _distance_symbol(distance)
            distance_code, distance_bits = codes[symbol] | (extra << sizes[symbol]), sizes[symbol] + extra_bits
        again = token >> REPEATS_SHIFT
        while again >= 0:
            waiting |= length_code << have
            at, waiting, have = _flush(out, at, waiting, have + length_bits)
            waiting |= distance_code << have
            at, waiting, have = _flush(out, at, waiting, have + distance_bits)
            again -= 1
            if again == (token >> REPEATS_SHIFT) - _PERIODS * 8:
                # Eight equal tokens are a whole number of bytes, so from here on the bytes repeat.
                whole = (again + 1) // 8
                period = length_bits + distance_bits
                at = _repeat(out, at, period, whole * period)
                again -= whole * 8
    state[0], state[1], state[2] = at, waiting, have
    _put(out, state, codes[_END], sizes[_END])
    _put(out, state, 0, (8 - state[2]) % 8)
    checksum = _adler(values, lengths)
    at = state[0]
    for k in range(4):
        out[at + k] = (checksum >> (24 - 8 * k)) & 255
    return at + 4


@jit
def _repeat(out: Bytes, at: int, period: int, count: int) -> int:
    """Write `count` more bytes that go on as the last `period` did; returns where the next one goes."""
    first, done = at - period, 0
    while done < count:  # what is there doubles, so that few and long pieces are copied
        step = min(period + done, count - done)
        for k in range(step):
            out[at + done + k] = out[first + k]
        done += step
    return at + count


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
def _distance_symbol(distance: int) -> tuple[int, int, int]:
    """(symbol, extra bits' value, how many) of a match distance, RFC 1951, 3.2.5; counted on from the other symbols."""
    if distance <= 4:
        return SYMBOLS + distance - 1, 0, 0
    offset = distance - 1
    bits = 1
    while (offset >> bits) >= 4:
        bits += 1
    return SYMBOLS + 2 * bits + (offset >> bits), offset & ((1 << bits) - 1), bits


@jit
def _count(tokens: Ints, counts: Ints, lengths: Ints) -> None:
    """How often each symbol occurs; a code of distances has at least one, or decoders refuse it. lengths: room."""
    counts[:_ALL] = 0
    lengths[: LONGEST_MATCH + 1] = 0
    counts[_END] = 1
    for token in tokens:
        if token < 256:
            counts[token] += 1
        else:
            times = 1 + (token >> REPEATS_SHIFT)
            lengths[token & 0xFFFF] += times
            distance = (token >> DISTANCE_SHIFT) & 0xFFFF
            counts[SYMBOLS if distance == 1 else _distance_symbol(distance)[0]] += times
    for length in range(3, LONGEST_MATCH + 1):
        counts[_length_symbol(length)[0]] += lengths[length]
    if not counts[SYMBOLS:_ALL].any():
        counts[SYMBOLS] = 1


@jit
def _write_header(out: Bytes, state: Ints, sizes: Ints, work: Ints) -> None:
    """The start of a final block with codes of its own, RFC 1951, 3.2.7. Uses the rows that hold counts and codes."""
    listed, repeats = work[_LISTED], work[_REPEATS]
    made, i = 0, 0
    while i < _ALL:
        j = i + 1
        while sizes[i] == 0 and j < _ALL and sizes[j] == 0 and j - i < 138:
            j += 1
        if j - i >= 3:  # a stretch of zeros; it may run on from the symbols into the distances
            listed[made], repeats[made] = (17, j - i - 3) if j - i <= 10 else (18, j - i - 11)
            i = j
        else:
            listed[made], repeats[made] = sizes[i], 0
            i += 1
        made += 1
    counts, codes, lengths = work[_COUNTS], work[_CODES], work[_CODES][32:64]
    counts[:19] = 0
    for k in range(made):
        counts[listed[k]] += 1
    code_lengths(counts, 19, _LONGEST_LENGTH_CODE, lengths, work)
    codes_of(lengths, 19, codes, work)
    _put(out, state, 0b101, 3)  # final, with its own codes
    _put(out, state, SYMBOLS - 257, 5)
    _put(out, state, DISTANCES - 1, 5)
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
    """Adler-32 over the runs: a run of n bytes v adds n·a + v·n(n+1)/2 to the second sum (RFC 1950, 8.2).

    Sums are brought below the modulus only where they grow large: for short runs, which most are, dividing would take
    longer than all else that a run costs.
    """
    a, b = 1, 0
    for i in range(len(values)):
        n, v = lengths[i], np.int64(values[i])
        if n < _SHORT_RUN:
            b += n * a + v * ((n * (n + 1)) >> 1)
            a += v * n
            if b >= _LARGE_SUM:  # a is never larger than b, but for a run's bytes
                a, b = a % _ADLER, b % _ADLER
            continue
        n_mod = n % _ADLER
        triangle = ((n % (2 * _ADLER)) * ((n + 1) % (2 * _ADLER)) // 2) % _ADLER
        a, b = (a + v * n_mod) % _ADLER, (b % _ADLER + n_mod * (a % _ADLER) + v * triangle) % _ADLER
    return ((b % _ADLER) << 16) | (a % _ADLER)
