"""Rows of light become blurred rows, four at a time: sums of shifted rows, which is what processors are fast at.

Taps are worked off in fours, after the first one or three, so that no more numbers are under way than there are registers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit_fused

Singles = NDArray[np.float32]


@jit_fused
def blur_strip(
    light: Singles, row: int, column: int, columns: int, down: Singles, along: Singles, room: Singles
) -> None:
    """Blur four rows by taps down the columns and along the rows.

    light: from (row, column) on, 2·radius rows and columns more than the strip, read in whole vectors.
    room: (8, n); the blurred rows are its first four, the last four are in between.
    """
    wide = _even(columns + len(along) - 1)
    _down(light, row, column, wide, down, room)
    for k in range(4):
        _along(room[4 + k], _even(columns), along, room[k])


@jit_fused
def spread_strip(light: Singles, row: int, column: int, columns: int, taps: Singles, side: int, room: Singles) -> None:
    """Blur four rows by taps that are no product.

    taps: (side + 6, side) with three rows of zeros above and below.
    """
    wide = _even(columns)
    for k in range(4):
        room[k, :wide] = 0.0
    for i in range(side + 3):
        lit = light[row + i, column:]
        _add_first_spread(lit, wide, taps, i, side % 4, room)
        for j in range(side % 4, side, 4):
            _add_spread(lit, wide, taps, i, j, room)


@jit_fused
def _even(columns: int) -> int:
    return (columns + 63) // 64 * 64


@jit_fused
def _down(light: Singles, row: int, column: int, wide: int, taps: Singles, room: Singles) -> None:
    if len(taps) % 4 == 1:
        _set_one_down(light, row, column, wide, taps, room)
        done = 1
    else:
        _set_three_down(light, row, column, wide, taps, room)
        done = 3
    while done < len(taps):
        _add_four_down(light, row + done, column, wide, taps, done, room)
        done += 4


@jit_fused
def _set_one_down(light: Singles, row: int, column: int, wide: int, taps: Singles, room: Singles) -> None:
    a = taps[0]
    for k in range(4):
        lit, out = light[row + k, column : column + wide], room[4 + k]
        for i in range(wide):
            out[i] = a * lit[i]


@jit_fused
def _set_three_down(light: Singles, row: int, column: int, wide: int, taps: Singles, room: Singles) -> None:
    a, b, c = taps[0], taps[1], taps[2]
    r0, r1, r2 = light[row, column:], light[row + 1, column:], light[row + 2, column:]
    r3, r4, r5 = light[row + 3, column:], light[row + 4, column:], light[row + 5, column:]
    out0, out1, out2, out3 = room[4], room[5], room[6], room[7]
    for i in range(wide):
        x1, x2, x3, x4 = r1[i], r2[i], r3[i], r4[i]
        out0[i] = a * r0[i] + b * x1 + c * x2
        out1[i] = a * x1 + b * x2 + c * x3
        out2[i] = a * x2 + b * x3 + c * x4
        out3[i] = a * x3 + b * x4 + c * r5[i]


@jit_fused
def _add_four_down(light: Singles, row: int, column: int, wide: int, taps: Singles, done: int, room: Singles) -> None:
    a, b, c, d = taps[done], taps[done + 1], taps[done + 2], taps[done + 3]
    r0, r1, r2, r3 = light[row, column:], light[row + 1, column:], light[row + 2, column:], light[row + 3, column:]
    r4, r5, r6 = light[row + 4, column:], light[row + 5, column:], light[row + 6, column:]
    out0, out1, out2, out3 = room[4], room[5], room[6], room[7]
    for i in range(wide):
        x1, x2, x3, x4, x5 = r1[i], r2[i], r3[i], r4[i], r5[i]
        out0[i] = out0[i] + a * r0[i] + b * x1 + c * x2 + d * x3
        out1[i] = out1[i] + a * x1 + b * x2 + c * x3 + d * x4
        out2[i] = out2[i] + a * x2 + b * x3 + c * x4 + d * x5
        out3[i] = out3[i] + a * x3 + b * x4 + c * x5 + d * r6[i]


@jit_fused
def _along(lit: Singles, wide: int, taps: Singles, out: Singles) -> None:
    if len(taps) % 4 == 1:
        a = taps[0]
        for i in range(wide):
            out[i] = a * lit[i]
        done = 1
    else:
        a, b, c = taps[0], taps[1], taps[2]
        q1, q2 = lit[1:], lit[2:]
        for i in range(wide):
            out[i] = a * lit[i] + b * q1[i] + c * q2[i]
        done = 3
    while done < len(taps):
        _add_four_along(lit[done:], wide, taps, done, out)
        done += 4


@jit_fused
def _add_four_along(lit: Singles, wide: int, taps: Singles, done: int, out: Singles) -> None:
    a, b, c, d = taps[done], taps[done + 1], taps[done + 2], taps[done + 3]
    q1, q2, q3 = lit[1:], lit[2:], lit[3:]
    for i in range(wide):
        out[i] = out[i] + a * lit[i] + b * q1[i] + c * q2[i] + d * q3[i]


@jit_fused
def _add_first_spread(lit: Singles, wide: int, taps: Singles, i: int, count: int, room: Singles) -> None:
    """The first one or three taps of four rows on one row of light."""
    if count == 3:
        q1, q2 = lit[1:], lit[2:]
        for k in range(4):
            a, b, c = taps[i + 3 - k, 0], taps[i + 3 - k, 1], taps[i + 3 - k, 2]
            out = room[k]
            for n in range(wide):
                out[n] = out[n] + a * lit[n] + b * q1[n] + c * q2[n]
        return
    a, b, c, d = taps[i + 3, 0], taps[i + 2, 0], taps[i + 1, 0], taps[i, 0]
    out0, out1, out2, out3 = room[0], room[1], room[2], room[3]
    for n in range(wide):
        x = lit[n]
        out0[n] = out0[n] + a * x
        out1[n] = out1[n] + b * x
        out2[n] = out2[n] + c * x
        out3[n] = out3[n] + d * x


@jit_fused
def _add_spread(lit: Singles, wide: int, taps: Singles, i: int, j: int, room: Singles) -> None:
    """Four taps of four rows on one row of light: row k of the strip sees it by its own row of taps."""
    q0, q1, q2, q3 = lit[j:], lit[j + 1 :], lit[j + 2 :], lit[j + 3 :]
    a0, b0, c0, d0 = taps[i + 3, j], taps[i + 3, j + 1], taps[i + 3, j + 2], taps[i + 3, j + 3]
    a1, b1, c1, d1 = taps[i + 2, j], taps[i + 2, j + 1], taps[i + 2, j + 2], taps[i + 2, j + 3]
    a2, b2, c2, d2 = taps[i + 1, j], taps[i + 1, j + 1], taps[i + 1, j + 2], taps[i + 1, j + 3]
    a3, b3, c3, d3 = taps[i, j], taps[i, j + 1], taps[i, j + 2], taps[i, j + 3]
    out0, out1, out2, out3 = room[0], room[1], room[2], room[3]
    for n in range(wide):
        x, y, z, w = q0[n], q1[n], q2[n], q3[n]
        out0[n] = out0[n] + a0 * x + b0 * y + c0 * z + d0 * w
        out1[n] = out1[n] + a1 * x + b1 * y + c1 * z + d1 * w
        out2[n] = out2[n] + a2 * x + b2 * y + c2 * z + d2 * w
        out3[n] = out3[n] + a3 * x + b3 * y + c3 * z + d3 * w
