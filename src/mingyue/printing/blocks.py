"""Layers become mask files, a block of layers at a time: side by side, in order, and never many at once in memory."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from mingyue import __version__
from mingyue.printing.digests import digest_of
from mingyue.printing.fields import FieldGrid
from mingyue.printing.formats.png import encode_png
from mingyue.printing.kept import Kept
from mingyue.printing.kernels.threads import processors
from mingyue.printing.layers import LayerTable, cover_corners
from mingyue.printing.masks import masks_of
from mingyue.printing.meshes import Mesh
from mingyue.printing.portions import portions

Floats = NDArray[np.float64]

# Enough layers that a block is worth a task, few enough that its masks stay a few megabytes.
LAYERS_A_BLOCK = 16
# Blocks handed to somebody else's executor at a time, unless it is said how many it can take.
BLOCKS_AHEAD = 8


@dataclass(frozen=True, slots=True)
class MaskFile:
    """One mask, packed: the field that shows it, its PNG, and how many of its pixels get light."""

    field: int
    png: bytes
    lit_px: int


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


@dataclass(frozen=True, slots=True)
class _Task:
    """All that a block needs and no more, so that it can be made in another thread, process or machine.

    corners_px: (c, 9) of the triangles that it cuts, see `portions`.
    """

    corners_px: Floats
    cut_um: Floats
    grid: FieldGrid
    binary: bool


def blocks(
    placed: Mesh,
    grid: FieldGrid,
    table: LayerTable,
    *,
    binary: bool,
    executor: Executor | None = None,
    blocks_ahead: int = BLOCKS_AHEAD,
    kept: Kept | None = None,
) -> Iterator[Block]:
    """The blocks of a placed part in order. Without an executor: a thread for each processor of this process.

    blocks_ahead: how many the executor works on at a time. kept: where finished blocks are kept, and taken from.
    """
    tasks = _tasks(placed, grid, table, binary)
    if executor is not None:
        yield from _in_order(executor, tasks, most_waiting=blocks_ahead, kept=kept)
        return
    threads = processors()
    pool = ThreadPoolExecutor(threads)
    try:
        yield from _in_order(pool, tasks, most_waiting=2 * threads, kept=kept)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _tasks(placed: Mesh, grid: FieldGrid, table: LayerTable, binary: bool) -> Iterator[_Task]:
    for block, portion in enumerate(portions(placed, grid.canvas, table.cut_um, layers=LAYERS_A_BLOCK)):
        cut_um = table.cut_um[block * LAYERS_A_BLOCK : (block + 1) * LAYERS_A_BLOCK]
        yield _Task(portion, cut_um, grid, binary)


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
    for covered in cover_corners(task.corners_px, task.cut_um, rows=canvas.rows, columns=canvas.columns):
        runs = covered.binary() if task.binary else covered
        done = time.perf_counter()
        cover_s += done - began
        files = tuple(
            MaskFile(mask.field, encode_png(mask.runs), mask.runs.lit_px) for mask in masks_of(runs, task.grid)
        )
        layers.append(LayerMasks(runs.area_px, runs.lit_px, files))
        began = time.perf_counter()
        encode_s += began - done
    return Block(tuple(layers), cover_s, encode_s)
