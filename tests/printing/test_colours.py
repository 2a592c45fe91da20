"""Colours of deviations: ordered, told apart by everybody, and explained beside the picture."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mingyue.printing.colours import deviation_colours, nice_limit, with_legend

# How a person without one of the three kinds of cones sees linear colours. Source: G. Machado, M. Oliveira & L. Fernandes,
# A physiologically-based model for simulation of color vision deficiency (2009), severity 1.
BLIND = {
    "protan": [(0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)],
    "deutan": [(0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)],
    "tritan": [(1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)],
}


@pytest.mark.parametrize("kind", [*BLIND, "none"])
def test_too_much_and_too_little_differ_for_everybody(kind: str) -> None:
    colours = deviation_colours(np.array([-1.0, -0.5, 0.5, 1.0]), limit_um=1.0) / 255.0
    seen = colours @ np.array(BLIND.get(kind, np.eye(3))).T

    assert np.linalg.norm(seen[0] - seen[3]) > 0.2
    assert np.linalg.norm(seen[1] - seen[2]) > 0.2


def test_colours_grow_darker_away_from_the_middle() -> None:
    lightness = deviation_colours(np.linspace(-1, 1, 41), limit_um=1.0) @ np.array([0.30, 0.59, 0.11])

    assert (np.diff(lightness[:21]) > 0).all()
    assert (np.diff(lightness[20:]) < 0).all()


def test_what_is_beyond_the_limit_has_the_last_colour() -> None:
    beyond, last = (
        deviation_colours(np.array([-50.0, 50.0]), limit_um=2.0),
        deviation_colours(np.array([-2.0, 2.0]), limit_um=2.0),
    )

    assert np.array_equal(beyond, last)


@given(st.floats(0.002, 1e5))
def test_a_limit_is_round_and_large_enough(largest_um: float) -> None:
    limit = nice_limit(largest_um)

    assert largest_um * (1 - 1e-9) <= limit <= 2.5 * largest_um * (1 + 1e-9)
    assert f"{limit:e}"[0] in "125"


@pytest.mark.parametrize("height", [200, 480, 1400])
def test_the_legend_is_in_micrometres_not_in_um(height: int) -> None:
    sheet = with_legend(Image.new("RGB", (10, height)), limit_um=10.0, tolerance_um=2.0).convert("L")
    size = max(11, height // 55)
    label = np.asarray(sheet)[round(0.12 * height - 2.2 * size) : round(0.12 * height - 0.6 * size), 10:] < 128
    inked = np.flatnonzero(label.any(axis=0))
    below_the_line = np.flatnonzero(label[round(1.1 * size) :].any(axis=0))

    assert len(below_the_line) > 0
    assert below_the_line.max() - inked.min() <= size / 5


def test_the_legend_stands_beside_the_picture_and_leaves_it_as_it_is() -> None:
    picture = Image.new("RGB", (300, 200), (1, 2, 3))

    sheet = with_legend(picture, limit_um=10.0, tolerance_um=2.0)

    assert sheet.height == 200
    assert sheet.width > 300
    assert sheet.crop((0, 0, 300, 200)).getcolors() == [(60_000, (1, 2, 3))]
    assert len(sheet.crop((300, 0, sheet.width, 200)).getcolors(100_000) or []) > 50
