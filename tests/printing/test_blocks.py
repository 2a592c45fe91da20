"""Blocks of layers are the layers: their borders are seen in no mask."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from mingyue.printing.blocks import LAYERS_A_BLOCK, LayerMasks, Shown, blocks
from mingyue.printing.fields import field_grid
from mingyue.printing.formats.light_maps import Dimming
from mingyue.printing.formats.png import decode_png
from mingyue.printing.kept import Kept
from mingyue.printing.layers import cover_layers, layer_table
from mingyue.printing.masks import masks_of
from mingyue.printing.meshes import Mesh, joined
from mingyue.printing.regions import split
from mingyue.printing.runs import Runs, from_picture
from tests.solids import ball, box

GRID = field_grid((120.0, 100.0), field_px=(48, 40), pitch_um=2.0, overlap_px=6)
TABLE = layer_table(100.0, layer_um=1.5)
DIMMING = Dimming(from_picture(np.arange(1, 48 * 40 + 1).reshape(40, 48).astype(np.uint8) % 3 + 1), (0.7, 0.9, 1.0))


@pytest.fixture(scope="module")
def part() -> Mesh:
    """A ball, a plate that rests on nothing and begins where a block does, and a leaning roof of steps."""
    plate_um = LAYERS_A_BLOCK * 1.5
    steps = [box((-55 + 3 * k, -45, 60 + k), (-30 + 3 * k, -20, 64 + k)) for k in range(30)]
    return joined(
        [
            ball(radius_um=50, centre_um=(0, 0, 50), rings=30),
            box((-58, 20, plate_um), (58, 48, plate_um + 4)),
            *steps,
        ]
    )


def made(part: Mesh, shown: Shown, executor: Executor | None = None, kept: Kept | None = None) -> list[LayerMasks]:
    found = blocks(part, GRID, TABLE, shown=shown, executor=executor, kept=kept)
    return [layer for block in found for layer in block.layers]


@pytest.mark.parametrize("layers_below", [0, 1, 3, 16])
@pytest.mark.parametrize("edge_px", [0, 3])
@pytest.mark.parametrize("binary", [False, True])
def test_regions_are_those_of_all_layers_together(part: Mesh, layers_below: int, edge_px: int, binary: bool) -> None:
    canvas = GRID.canvas
    whole: list[Runs] = []
    for runs in cover_layers(
        canvas.to_px(part.vertices_um), part.triangles, TABLE.cut_um, rows=canvas.rows, columns=canvas.columns
    ):
        whole.append(runs.binary() if binary else runs)

    layers = made(part, Shown(binary=binary, layers_below=layers_below, edge_px=edge_px))

    assert len(layers) == len(TABLE)
    for k, layer in enumerate(layers):
        regions = split(whole[k], whole[max(0, k - layers_below) : k], edge_px=edge_px)
        wanted = [(mask.field, region, mask.runs) for region, runs in regions for mask in masks_of(runs, GRID)]
        found = [(file.field, file.region, decode_png(file.png, columns=48, rows=40)) for file in layer.files]
        assert found == sorted(wanted, key=lambda mask: mask[:2])
        assert layer.area_px == whole[k].area_px


@pytest.mark.parametrize(
    "executor",
    [lambda: ThreadPoolExecutor(3), lambda: ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))],
    ids=["threads", "process"],
)
def test_regions_and_dimming_are_the_same_whoever_makes_them(part: Mesh, executor: Callable[[], Executor]) -> None:
    shown = Shown(layers_below=2, edge_px=3, dimming=DIMMING)
    with executor() as hired:
        assert made(part, shown, hired) == made(part, shown)


def test_kept_blocks_of_other_regions_or_light_are_not_taken(part: Mesh, tmp_path: Path) -> None:
    settings = [
        Shown(),
        Shown(layers_below=2),
        Shown(layers_below=2, edge_px=3),
        Shown(layers_below=2, edge_px=3, dimming=DIMMING),
        Shown(dimming=Dimming(DIMMING.levels, (0.7, 0.9, 0.95))),
    ]
    alone = [made(part, shown) for shown in settings]

    for again in (False, True):
        for shown, layers in zip(settings, alone, strict=True):
            kept = Kept(str(tmp_path / "work"))
            assert made(part, shown, kept=kept) == layers
            assert kept.found == (-(-len(TABLE) // LAYERS_A_BLOCK) if again else 0)


def test_a_dimmed_mask_without_light_is_not_shown(part: Mesh) -> None:
    dark = Dimming(DIMMING.levels, (0.0, 0.0, 0.0))

    assert all(not layer.files for layer in made(part, Shown(dimming=dark)))
