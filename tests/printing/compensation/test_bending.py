"""Windows bent: undersides come out where they should, walls too, and what is far from any surface stays."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from mingyue.printing.compensation.bending import Bent, Core, bend
from mingyue.printing.compensation.columns import overcure_um
from mingyue.printing.compensation.tallies import STAGES
from tests.printing.compensation.windows_of import CURE, DEPTH_UM, LAYER_UM, SECONDS, bending, block, columns

# How far endless layers cure below the top of one: a geometric sum of doses.
ENDLESS_UM = 2 * LAYER_UM - DEPTH_UM * np.log(1 - np.exp(-LAYER_UM / DEPTH_UM))


def bent(greys: NDArray[np.uint8], *, steps: int = 12, **how: float) -> Bent:
    core = Core(0, slice(0, greys.shape[1]), slice(0, greys.shape[2]))
    return bend(greys, columns(*greys.shape), core, bending(steps, **how))


def reaches_um(greys: NDArray[np.uint8], layer: int) -> float:
    """How far below the top of a layer the middle column of these masks is solid."""
    middle = greys.shape[1] // 2, greys.shape[2] // 2
    light = columns(*greys.shape).shine(greys.astype(np.float32) / np.float32(255))[layer]
    return float(DEPTH_UM * np.log(light[middle]))


def test_thinning_ends_a_plate_exactly_where_it_should_end() -> None:
    greys = block(60, 9, 9)
    greys[:25] = 0  # 175 µm of plate over 125 µm of void

    before, after = reaches_um(greys, 25), reaches_um(bent(greys, steps=0).greys, 25)

    assert before == pytest.approx(ENDLESS_UM + DEPTH_UM * np.log(1 - np.exp(-35 * LAYER_UM / DEPTH_UM)), abs=0.01)
    assert after == pytest.approx(LAYER_UM, abs=0.2)  # greys of 8 bits


def test_thinning_follows_the_dose_and_not_a_number_of_layers() -> None:
    thick, thin = block(60, 9, 9), block(60, 9, 9)
    thick[:20], thin[:20], thin[26:] = 0, 0, 0

    columns_lit = [(bent(greys, steps=0).greys[:, 4, 4], greys[:, 4, 4]) for greys in (thick, thin)]
    dark = [int(((found == 0) & (was > 0)).sum()) for found, was in columns_lit]

    assert dark[0] == int((ENDLESS_UM - LAYER_UM) / LAYER_UM) == 17  # cured by what is above them
    assert dark[1] < 5
    assert reaches_um(bent(thin, steps=0).greys, 20) == pytest.approx(LAYER_UM, abs=0.2)


def test_what_stands_on_the_platform_is_not_thinned() -> None:
    greys = block(40, 9, 9)

    assert np.array_equal(bent(greys).greys, greys)


def test_what_is_far_from_any_surface_stays_as_it_is() -> None:
    greys = block(70, 30, 30)
    greys[:10, :, :15] = 0
    greys[:, :6] = 0

    found = bent(greys).greys

    assert np.array_equal(found[32:, 12:-1, 1:-1], greys[32:, 12:-1, 1:-1])
    assert not np.array_equal(found[10:30], greys[10:30])


def test_each_method_leaves_less_deviation_than_the_one_before() -> None:
    greys = block(60, 30, 30)
    greys[:25] = 0
    greys[:, :, :9], greys[:, :, 21:] = 0, 0

    tally = bent(greys).tally
    sizes = [tally.histograms[stage].spread().abs_p95 for stage in STAGES]

    assert sizes[0] > 30
    assert sizes[1] < sizes[0] / 10
    assert sizes[3] <= sizes[2] < sizes[1] / 2
    assert tally.thinned.darkened > 0
    assert tally.thinned.brightened == tally.thinned.newly_lit == 0
    assert tally.optimised.newly_lit > 0


def test_no_pixel_gets_more_light_than_bulk_allows() -> None:
    greys = block(60, 9, 9)

    dimmed = bent(greys, bulk_um=30.0).greys

    light = columns(*greys.shape).shine(dimmed.astype(np.float32) / np.float32(255))
    assert DEPTH_UM * np.log(light.max()) <= 30.0 + 0.3
    assert light.min() > np.exp(LAYER_UM / DEPTH_UM)


def test_half_the_strength_is_half_the_way() -> None:
    greys = block(30, 9, 9)
    greys[:12] = 0

    whole, half = bent(greys).greys.astype(int), bent(greys, strength=0.5).greys.astype(int)

    assert np.abs(half - (whole + greys) / 2).max() <= 1


def test_overcure_is_what_endless_layers_cure() -> None:
    found = overcure_um(CURE, thickness_um=np.full(9, LAYER_UM), seconds=np.full(9, SECONDS))

    assert found == pytest.approx(ENDLESS_UM)
    assert overcure_um(CURE, thickness_um=np.full(3, 5.0), seconds=np.zeros(3)) == 0.0


def test_no_light_appears_in_the_void_between_struts_that_cross() -> None:
    rows, columns_ = np.indices((40, 40))
    greys = np.zeros((70, 40, 40), dtype=np.uint8)
    for layer, along in ((55, rows - columns_), (25, rows + columns_ - 40)):
        for k in range(-3, 4):
            lit = np.abs(along) < 1.4 * (9 - k * k) ** 0.5
            greys[layer + k][lit] = 255  # a strut of 35 µm, tilted 45° to the pixels
    far = np.ones(greys.shape, dtype=np.bool_)
    for k, row, column in np.argwhere(greys > 0):
        far[k, max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2] = False

    found = bent(greys).greys

    assert far.sum() > 50_000
    assert not found[far].any()
