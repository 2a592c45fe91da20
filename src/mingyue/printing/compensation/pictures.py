"""A compensated package beside the one it was made from: masks and solid of a layer and of a section, drawn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mingyue.printing.curing.doses import Cure, dose_planes
from mingyue.printing.curing.lights import Light, PackageLight, Window
from mingyue.printing.formats.print_package import open_package

Singles = NDArray[np.float32]
Flags = NDArray[np.bool_]
Colours = NDArray[np.uint8]

# What is drawn at most, in pixels of the canvas: the most changed window of this size.
_SIDE_PX: Final = 240
_SCALE: Final = 3
_SECTION_SCALE: Final = 2
_MASK = np.array([44, 82, 130])
_RIGHT, _TOO_MUCH, _TOO_LITTLE, _PAPER = (
    np.array(colour) for colour in ((150, 170, 190), (214, 96, 64), (64, 128, 214), (250, 250, 247))
)


def before_and_after(source: Path, target: Path, cure: Cure) -> Iterator[tuple[str, Image.Image]]:
    """(name, picture): masks and solid of one layer, and a section through it; the original left, the bent right.

    Solid: grey where it is as designed, red where it is too much, blue where it is missing. The design is what the
    original's masks cover by half. Drawn is the layer, and the window in it, that changed most.
    """
    with open_package(source) as first, open_package(target) as second:
        before, after = PackageLight(first), PackageLight(second)
        layer = _most_changed_layer(before, after)
        window = _most_changed_window(before, after, layer)
        row = window.rows // 2
        design = _design(before, window)
        looks = [_look(light, cure, window, layer, row) for light in (before, after)]
        yield "masks", _beside([_grey(mask) for mask, _, _ in looks], _SCALE)
        yield "solid", _beside([_judged(solid, design[layer]) for _, solid, _ in looks], _SCALE)
        sections = [_judged(section[::-1], design[::-1, row]) for _, _, section in looks]
        yield "section", _beside(_stretched(sections, before), _SECTION_SCALE)


def _most_changed_layer(before: PackageLight, after: PackageLight) -> int:
    """By area of light; the lowest of equally changed ones."""
    was, now = (np.array([layer.area_px for layer in light.package.manifest.layers]) for light in (before, after))
    return int(np.argmax(np.abs(was - now)))


def _most_changed_window(before: Light, after: Light, layer: int) -> Window:
    """The window of a grid over the canvas in which that layer changed most; all layers of it."""
    whole = Window(0, 0, before.rows, before.columns, layer, layer + 1)
    change = np.abs(before.seconds(layer, whole) - after.seconds(layer, whole))
    rows, columns = min(_SIDE_PX, before.rows), min(_SIDE_PX, before.columns)
    sums = [
        (float(change[row : row + rows, column : column + columns].sum()), -row, -column)
        for row in range(0, before.rows - rows + 1, max(rows // 2, 1))
        for column in range(0, before.columns - columns + 1, max(columns // 2, 1))
    ]
    _, row, column = max(sums)
    return Window(-row, -column, rows, columns, 0, len(before.bottom_um))


def _design(light: PackageLight, window: Window) -> Flags:
    """(layers, rows, columns) what the masks cover by half."""
    longest = [
        max((exposure.seconds for exposure in layer.exposures), default=1.0) for layer in light.package.manifest.layers
    ]
    return np.array([light.seconds(layer, window) >= seconds / 2 for layer, seconds in enumerate(longest)])


def _look(light: Light, cure: Cure, window: Window, layer: int, row: int) -> tuple[Singles, Flags, Flags]:
    """The mask of a layer, and what is solid half way down it and along a row of all layers."""
    half = np.exp(-np.asarray(light.thickness_um) / 2 / cure.penetration_depth_um)
    section = np.zeros((window.after_layer, window.columns), dtype=np.bool_)
    solid = np.zeros((window.rows, window.columns), dtype=np.bool_)
    for plane in dose_planes(light, cure, window):
        cured = plane.dose * half[plane.layer] >= cure.threshold_mj_cm2
        section[plane.layer] = cured[row]
        if plane.layer == layer:
            solid = cured.copy()
    return light.seconds(layer, window), solid, section


def _grey(mask: Singles) -> Colours:
    share = (mask / max(float(mask.max()), 1e-9))[:, :, None]
    return np.asarray(_PAPER + (_MASK - _PAPER) * share).astype(np.uint8)


def _judged(solid: Flags, design: Flags) -> Colours:
    picture = np.empty((*solid.shape, 3), dtype=np.uint8)
    for is_there, is_wanted, colour in (
        (True, True, _RIGHT), (True, False, _TOO_MUCH), (False, True, _TOO_LITTLE), (False, False, _PAPER)
    ):  # fmt: skip
        picture[(solid == is_there) & (design == is_wanted)] = colour
    return picture


def _stretched(sections: list[Colours], light: Light) -> list[Colours]:
    """Each layer as high as it is thick."""
    high = np.maximum(1, np.rint(np.asarray(light.thickness_um)[::-1] / light.pitch_um)).astype(np.int64)
    return [np.repeat(section, high, axis=0) for section in sections]


def _beside(pictures: list[Colours], scale: int) -> Image.Image:
    gap = np.full((len(pictures[0]), 4, 3), _PAPER, dtype=np.uint8)
    sheet = np.concatenate([pictures[0], gap, pictures[1]], axis=1)
    return Image.fromarray(sheet).resize((sheet.shape[1] * scale, sheet.shape[0] * scale), Image.Resampling.NEAREST)
