"""Slivers of a slope are told from islands by the grey light that joins them to what stands."""

from __future__ import annotations

import numpy as np
import pytest

from mingyue.printing.components import components_of
from mingyue.printing.runs import from_picture
from mingyue.printing.slivers import are_slivers

# # stands, o is solid and lies on nothing, . is lit a little
LAYERS = {
    "a pixel at a corner of what stands, joined by grey": ("###  ", "###. ", "  .o ", True),
    "a row a pixel wide, joined by grey": ("##### ", ".....  ", "ooooo", True),
    "a pixel with darkness in between": ("###  ", "###  ", "   o ", False),
    "a row with darkness in between": ("##### ", "     ", "ooooo", False),
    "two pixels wide, joined by grey": ("###.oo", "###.oo", "", False),
    "three pixels around a corner, joined by grey": ("###.oo", "####.o", "", True),
    "grey that joins it to nothing that stands": ("#   . ", "   .o ", "#  .  ", False),
}


def layer(*lines: str) -> np.ndarray:
    wide, greys = max(map(len, lines)), {"#": 255, "o": 128, ".": 30, " ": 0}
    return np.array([[greys[letter] for letter in line.ljust(wide)] for line in lines], dtype=np.uint8)


@pytest.mark.parametrize("name", LAYERS)
def test_a_sliver_hangs_by_grey_light_on_what_stands(name: str) -> None:
    *lines, expected = LAYERS[name]
    greys = layer(*lines)
    grey = from_picture(greys)
    parts = components_of(grey.binary())
    stands = np.zeros(parts.count, dtype=np.bool_)
    for number in range(parts.count):
        one = parts.only(np.arange(parts.count) == number).painted() > 0
        stands[number] = greys[one].max() == 255

    slivers = are_slivers(parts, grey, stands=stands)

    assert not slivers[stands].any()
    assert slivers[~stands].tolist() == [expected] * int((~stands).sum())


def test_a_layer_without_parts_has_no_slivers() -> None:
    grey = from_picture(layer("...", ". ."))

    assert are_slivers(components_of(grey.binary()), grey, stands=np.zeros(0, dtype=np.bool_)).shape == (0,)
