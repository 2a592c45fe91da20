"""Small stacks of masks made by hand or by chance, and what two of them have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from mingyue.printing.formats.stack import Exposure, MaskStack, Picture, placed_fields, stacked
from mingyue.printing.runs import FULL, Runs, from_picture

Grey = NDArray[np.uint8]
Flash = tuple[int, float, Grey]
"""Field, seconds, picture."""

BLACK_WHITE = st.sampled_from([0, FULL])
GREYS = st.one_of(BLACK_WHITE, st.integers(0, FULL))


def stack_of(
    layers: Sequence[Sequence[Flash]],
    *,
    offsets_um: Sequence[tuple[float, float]] = ((0.0, 0.0),),
    pixel_um: float = 2.0,
    thickness_um: Sequence[float] | float = 5.0,
    field_px: tuple[int, int] | None = None,
) -> MaskStack:
    """A stack of these pictures; field_px: of the first of them where not said."""
    if field_px is None:
        rows, columns = next(picture.shape for layer in layers for _, _, picture in layer)
        field_px = columns, rows
    canvas, fields, stitching = placed_fields(offsets_um, pixel_um=pixel_um, field_px=field_px)
    thick = [thickness_um] * len(layers) if isinstance(thickness_um, float) else thickness_um
    return MaskStack(
        name="made by a test",
        format="test",
        pixel_um=pixel_um,
        field_px=field_px,
        canvas=canvas,
        fields=fields,
        layers=stacked(thick, [tuple(_exposure(*flash) for flash in layer) for layer in layers]),
        stitching=stitching,
        sha256="0" * 64,
    )


def _exposure(field: int, seconds: float, picture: Grey) -> Exposure:
    runs = from_picture(picture)
    return Exposure(field, seconds, Picture(f"{picture.tobytes().hex()}", lambda: runs))


def pictures(rows: int, columns: int, greys: st.SearchStrategy[int] = GREYS) -> st.SearchStrategy[Any]:
    """Grey pictures of one size."""
    return hnp.arrays(np.uint8, (rows, columns), elements=greys)


SECONDS = st.sampled_from([0.25, 0.5, 1.0, 2.5])


@st.composite
def single_screens(draw: st.DrawFn, greys: st.SearchStrategy[int] = GREYS) -> MaskStack:
    """One field in the middle, one exposure a layer, all equal: what every format can hold."""
    rows, columns, count = draw(st.integers(1, 7)), draw(st.integers(1, 19)), draw(st.integers(1, 5))
    seconds, thickness = draw(SECONDS), draw(st.sampled_from([1.0, 5.0, 12.5]))
    layers = [[(0, seconds, draw(pictures(rows, columns, greys)))] for _ in range(count)]
    return stack_of(layers, pixel_um=draw(st.sampled_from([2.0, 7.6, 0.75])), thickness_um=thickness)


@st.composite
def stitched(draw: st.DrawFn, greys: st.SearchStrategy[int] = GREYS) -> MaskStack:
    """Up to four fields that may overlap, layers of any thickness, any exposures, dark layers too."""
    rows, columns = draw(st.integers(2, 6)), draw(st.integers(2, 9))
    pixel_um = 2.0
    step = draw(st.integers(1, 10)), draw(st.integers(1, 7))
    grid = [(i * step[0] * pixel_um, j * step[1] * pixel_um) for j in range(2) for i in range(2)]
    offsets = draw(st.lists(st.sampled_from(grid), min_size=1, max_size=4, unique=True))
    one = st.tuples(st.integers(0, len(offsets) - 1), SECONDS, pictures(rows, columns, greys))
    layers = draw(st.lists(st.lists(one, max_size=4), min_size=1, max_size=4))
    thickness = draw(st.lists(st.sampled_from([1.0, 2.5, 10.0]), min_size=len(layers), max_size=len(layers)))
    return stack_of(layers, offsets_um=offsets, pixel_um=pixel_um, thickness_um=thickness, field_px=(columns, rows))


def shown(stack: MaskStack) -> list[dict[tuple[float, float], Runs]]:
    """For each layer what lies where the stage stands; places without light are left out."""
    found = []
    for layer in range(len(stack.layers)):
        at = {field.offset_um: stack.shown(layer, index) for index, field in enumerate(stack.fields)}
        found.append({place: runs for place, runs in at.items() if len(runs)})
    return found


def flashes(stack: MaskStack) -> list[list[tuple[tuple[float, float], float, bytes]]]:
    """For each layer its exposures in order: where, how long, and the picture; dark ones are left out."""
    return [
        [
            (stack.fields[flash.field].offset_um, round(flash.seconds, 9), runs.painted().tobytes())
            for flash in layer.exposures
            if len(runs := flash.picture.read())
        ]
        for layer in stack.layers
    ]


def heights(stack: MaskStack) -> list[tuple[float, float]]:
    """Bottom and thickness of each layer, to 10 nm."""
    return [(round(layer.bottom_um, 2), round(layer.thickness_um, 2)) for layer in stack.layers]
