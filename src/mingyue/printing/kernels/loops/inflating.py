"""Deflate streams become bytes again, RFC 1951; long runs, which masks are made of, are filled and not copied bytewise.

Nothing in a stream is trusted: a code that no table has, a distance before the beginning and a byte too many all end it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Ints = NDArray[np.int64]
Places = NDArray[np.int32]
Bytes = NDArray[np.uint8]

BROKEN = -1
_LONGEST_CODE = 15
_MASK = (1 << _LONGEST_CODE) - 1
# Where things are in `state`.
_BITS, _COUNT, _AT, _MADE = 0, 1, 2, 3


@jit
def inflate(data: Bytes, out: Bytes, tables: Places, lengths: Places, state: Ints) -> int:
    """Fill out; return how many bytes of data were read, or -1 where the stream is broken or does not fill out exactly.

    tables: (2, 1 << 15) room for the codes of symbols and of distances; lengths: (320,); state: (4,).
    """
    state[:] = 0
    while True:
        is_last, kind = _take(data, state, 1), _take(data, state, 2)
        if kind == 0:
            fine = _stored(data, out, state)
        elif kind == 1:
            _fixed(lengths)
            fine = _table(lengths[:288], tables[0]) and _table(lengths[288:318], tables[1])
            fine = fine and _block(data, out, tables, state)
        elif kind == 2:
            fine = _dynamic(data, tables, lengths, state) and _block(data, out, tables, state)
        else:
            fine = False
        read = state[_AT] - state[_COUNT] // 8  # whole bytes that were fetched ahead
        if not fine or read > len(data):
            return BROKEN
        if is_last:
            return read if state[_MADE] == len(out) else BROKEN


@jit
def _fill(data: Bytes, state: Ints) -> None:
    """At least 48 bits at hand; beyond the end of the data they are zero."""
    bits, count, at = state[_BITS], state[_COUNT], state[_AT]
    while count <= 48:
        if at < len(data):
            bits |= np.int64(data[at]) << count
        at += 1
        count += 8
    state[_BITS], state[_COUNT], state[_AT] = bits, count, at


@jit
def _take(data: Bytes, state: Ints, count: int) -> int:
    if state[_COUNT] < count:
        _fill(data, state)
    taken = state[_BITS] & ((1 << count) - 1)
    state[_BITS] >>= count
    state[_COUNT] -= count
    return taken


@jit
def _symbol(data: Bytes, state: Ints, table: Places) -> int:
    """The next symbol, or -1 where the bits are no code."""
    if state[_COUNT] < _LONGEST_CODE:
        _fill(data, state)
    entry = table[state[_BITS] & _MASK]
    state[_BITS] >>= entry & 15
    state[_COUNT] -= entry & 15
    return entry >> 4 if entry > 0 else BROKEN


@jit
def _table(lengths: Places, table: Places) -> bool:
    """For each 15 bits the symbol · 16 + the length of its code, 0 where there is none. False: more codes than fit."""
    table[:] = 0
    code, room = 0, 1
    for length in range(1, _LONGEST_CODE + 1):
        code, room = code << 1, room << 1
        for symbol in range(len(lengths)):
            if lengths[symbol] == length:
                room -= 1
                if room < 0:
                    return False
                turned = 0
                for bit in range(length):
                    turned |= ((code >> bit) & 1) << (length - 1 - bit)
                for place in range(turned, 1 << _LONGEST_CODE, 1 << length):
                    table[place] = symbol << 4 | length
                code += 1
    return True


@jit
def _fixed(lengths: Places) -> None:
    lengths[:144], lengths[144:256], lengths[256:280], lengths[280:288], lengths[288:318] = 8, 9, 7, 8, 5


@jit
def _dynamic(data: Bytes, tables: Places, lengths: Places, state: Ints) -> bool:
    symbols, distances = _take(data, state, 5) + 257, _take(data, state, 5) + 1
    count = _take(data, state, 4) + 4
    order = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
    lengths[:19] = 0
    for i in range(count):
        lengths[order[i]] = _take(data, state, 3)
    if not _table(lengths[:19], tables[0]):
        return False
    made, last = 0, 0
    while made < symbols + distances:
        symbol = _symbol(data, state, tables[0])
        repeat = 1
        if symbol < 0:
            return False
        if symbol < 16:
            last = symbol
        elif symbol == 16:
            if made == 0:
                return False
            repeat = 3 + _take(data, state, 2)
        else:
            last = 0
            repeat = 3 + _take(data, state, 3) if symbol == 17 else 11 + _take(data, state, 7)
        if made + repeat > symbols + distances:
            return False
        lengths[made : made + repeat] = last
        made += repeat
    return _table(lengths[:symbols], tables[0]) and _table(lengths[symbols:made], tables[1])


@jit
def _stored(data: Bytes, out: Bytes, state: Ints) -> bool:
    _take(data, state, state[_COUNT] % 8)
    count, check = _take(data, state, 16), _take(data, state, 16)
    made = state[_MADE]
    if count != check ^ 0xFFFF or made + count > len(out):
        return False
    for i in range(count):
        out[made + i] = _take(data, state, 8)
    state[_MADE] = made + count
    return state[_AT] - state[_COUNT] // 8 <= len(data)


@jit
def _block(data: Bytes, out: Bytes, tables: Places, state: Ints) -> bool:
    made = state[_MADE]
    while True:
        symbol = _symbol(data, state, tables[0])
        if symbol < 0 or symbol > 285 or state[_AT] > len(data) + 16:
            return False
        if symbol < 256:
            if made == len(out):
                return False
            out[made] = symbol
            made += 1
        elif symbol == 256:
            state[_MADE] = made
            return True
        else:
            length = _length(data, state, symbol)
            distance = _distance(data, state, _symbol(data, state, tables[1]))
            if distance < 1 or distance > made or made + length > len(out):
                return False
            _repeat(out, made, distance, length)
            made += length


@jit
def _length(data: Bytes, state: Ints, symbol: int) -> int:
    if symbol < 265:
        return symbol - 254
    if symbol == 285:
        return 258
    extra = (symbol - 261) // 4
    return ((4 + (symbol - 261) % 4) << extra) + 3 + _take(data, state, extra)


@jit
def _distance(data: Bytes, state: Ints, symbol: int) -> int:
    if symbol < 0 or symbol > 29:
        return BROKEN
    if symbol < 4:
        return symbol + 1
    extra = symbol // 2 - 1
    return ((2 + symbol % 2) << extra) + 1 + _take(data, state, extra)


@jit
def _repeat(out: Bytes, made: int, distance: int, length: int) -> None:
    target = out[made : made + length]
    if distance == 1:
        value = out[made - 1]
        for i in range(length):
            target[i] = value
        return
    source = out[made - distance : made - distance + length]
    for i in range(length):
        target[i] = source[i]
