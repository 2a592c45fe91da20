"""Layers become mask files, a block of layers at a time: side by side, in order, and never many at once in memory."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from mingyue import __version__
from mingyue.printing.digests import digest_of
from mingyue.printing.fields import FieldGrid
from mingyue.printing.formats.light_maps import Dimming
from mingyue.printing.formats.png import encode_png
from mingyue.printing.kept import Kept
from mingyue.printing.kernels.threads import processors
from mingyue.printing.layers import LayerTable, cover_corners
from mingyue.printing.masks import masks_of
from mingyue.printing.meshes import Mesh
from mingyue.printing.portions import portions
from mingyue.printing.regions import BULK, split
from mingyue.printing.runs import Runs

Floats = NDArray[np.float64]

# Enough layers that a block is worth a task, few enough that its masks stay a few megabytes.
LAYERS_A_BLOCK = 16
# Blocks handed to somebody else's executor at a time, unless it is said how many it can take.
BLOCKS_AHEAD = 8


@dataclass(frozen=True, slots=True)
class MaskFile:
    """One mask, packed: the field that shows it, its PNG, how many of its pixels get light, and of which region it is."""

    field: int
    png: bytes
    lit_px: int
    region: int = BULK


@dataclass(frozen=True, slots=True)
class LayerMasks:
    """The masks of one layer, in the order of the stage. area_px: grey pixels count in part."""

    area_px: float
    lit_px: int
    files: tuple[MaskFile, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Some layers in order. cover_s, encode_s: the seconds one thread spent on them."""

    layers: tuple[LayerMasks, ...]
    cover_s: float
    encode_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How layers become what fields show. binary: pixels are wholly lit or dark; layers_below: how many layers are looked
    at for what faces down, edge_px: how wide the edge is, 0 where they are no regions of their own.
    """

    binary: bool = False
    layers_below: int = 0
    edge_px: int = 0
    dimming: Dimming | None = None


@dataclass(frozen=True, slots=True)
class _Task:
    """All that a block needs and no more, so that it can be made in another thread, process or machine.

    corners_px: (c, 9) of the triangles that it cuts, see `portions`; below: how many of the first cuts are layers of the
    block below, which these stand on.
    """

    corners_px: Floats
    cut_um: Floats
    below: int
    grid: FieldGrid
    shown: Shown


def blocks(
    placed: Mesh,
    grid: FieldGrid,
    table: LayerTable,
    *,
    shown: Shown,
    executor: Executor | None = None,
    blocks_ahead: int = BLOCKS_AHEAD,
    kept: Kept | None = None,
) -> Iterator[Block]:
    """The blocks of a placed part in order. Without an executor: a thread for each processor of this process.

    blocks_ahead: how many the executor works on at a time. kept: where finished blocks are kept, and taken from.
    """
    tasks = _tasks(placed, grid, table, shown)
    if executor is not None:
        yield from _in_order(executor, tasks, most_waiting=blocks_ahead, kept=kept)
        return
    threads = processors()
    pool = ThreadPoolExecutor(threads)
    try:
        yield from _in_order(pool, tasks, most_waiting=2 * threads, kept=kept)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _tasks(placed: Mesh, grid: FieldGrid, table: LayerTable, shown: Shown) -> Iterator[_Task]:
    dealt = portions(placed, grid.canvas, table.cut_um, layers=LAYERS_A_BLOCK, below=shown.layers_below)
    for block, portion in enumerate(dealt):
        first = block * LAYERS_A_BLOCK
        below = min(first, shown.layers_below)
        yield _Task(portion, table.cut_um[first - below : first + LAYERS_A_BLOCK], below, grid, shown)


def _in_order(executor: Executor, tasks: Iterable[_Task], *, most_waiting: int, kept: Kept | None) -> Iterator[Block]:
    waiting: deque[_Awaited] = deque()
    try:
        for task in tasks:
            if len(waiting) >= most_waiting:
                yield waiting.popleft().block()
            waiting.append(_begun(executor, task, kept))
        while waiting:
            yield waiting.popleft().block()
    finally:
        for awaited in waiting:
            awaited.future.cancel()


@dataclass(frozen=True, slots=True)
class _Awaited:
    """A block that is being made; where it has a key it is kept when it is finished."""

    future: Future[Block]
    kept: Kept | None = None
    key: str = ""

    def block(self) -> Block:
        block = self.future.result()
        if self.kept is not None:
            self.kept.keep(self.key, msgspec.msgpack.encode(block.layers))
        return block


def _begun(executor: Executor, task: _Task, kept: Kept | None) -> _Awaited:
    """Begin with a block, unless it is there already: the same share of the same part, cut and packed by this version."""
    if kept is None:
        return _Awaited(executor.submit(_make, task))
    key = digest_of(__version__, task)
    content = kept.find(key)
    if content is None:
        return _Awaited(executor.submit(_make, task), kept, key)
    there: Future[Block] = Future()
    there.set_result(Block(msgspec.msgpack.decode(content, type=tuple[LayerMasks, ...]), 0.0, 0.0))
    return _Awaited(there)


def _make(task: _Task) -> Block:
    cover_s = encode_s = 0.0
    layers = []
    canvas = task.grid.canvas
    began = time.perf_counter()
    below: deque[Runs] = deque(maxlen=task.shown.layers_below)
    for index, covered in enumerate(
        cover_corners(task.corners_px, task.cut_um, rows=canvas.rows, columns=canvas.columns)
    ):
        runs = covered.binary() if task.shown.binary else covered
        done = time.perf_counter()
        cover_s += done - began
        if index >= task.below:
            layers.append(LayerMasks(runs.area_px, runs.lit_px, tuple(_files(runs, below, task))))
        below.append(runs)
        began = time.perf_counter()
        encode_s += began - done
    return Block(tuple(layers), cover_s, encode_s)


def _files(runs: Runs, below: Collection[Runs], task: _Task) -> Iterator[MaskFile]:
    """The masks of a layer: field by field, as the stage goes, and at each field its regions."""
    shown = task.shown
    regions = split(runs, tuple(below), edge_px=shown.edge_px) if below or shown.edge_px else [(BULK, runs)]
    masks = [(mask, region) for region, piece in regions for mask in masks_of(piece, task.grid)]
    for mask, region in sorted(masks, key=lambda pair: (pair[0].field, pair[1])):
        lit = mask.runs if shown.dimming is None else shown.dimming.dimmed(mask.runs)
        if len(lit):
            yield MaskFile(mask.field, encode_png(lit), lit.lit_px, region)
