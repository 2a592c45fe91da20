"""Huffman codes for deflate: how long each code is, and its bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Ints = NDArray[np.int64]

LONGEST_CODE = 15
# Rows of `work` that a code is made in.
_ORDER, _WEIGHTS, _PARENTS = 0, 1, 2


@jit
def code_lengths(counts: Ints, symbols: int, longest: int, lengths: Ints, work: Ints) -> None:
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
def codes_of(lengths: Ints, symbols: int, codes: Ints, work: Ints) -> None:
    """Canonical codes for these lengths, bits reversed, as deflate writes them from the lowest bit."""
    next_code = work[_ORDER]
    next_code[: LONGEST_CODE + 2] = 0
    for symbol in range(symbols):
        if lengths[symbol] > 0:
            next_code[lengths[symbol] + 1] += 1
    for bits in range(1, LONGEST_CODE + 2):  # codes of a length begin where those one shorter end, doubled
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
