"""What should come out: the part's surface where its package puts it, and what of each pixel it covers in each layer."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import BadInputError
from mingyue.phrases import Phrase, say
from mingyue.printing.curing.lights import Light, Window
from mingyue.printing.formats.manifest import Manifest
from mingyue.printing.formats.parts import Part
from mingyue.printing.frames import Placement
from mingyue.printing.layers import cover_layers
from mingyue.printing.measuring.slices import window_canvas
from mingyue.printing.meshes import Mesh
from mingyue.printing.runs import FULL, Runs, from_picture
from mingyue.printing.samples import SAMPLES, Feature, make_sample

Floats = NDArray[np.float64]

# A placed part must be as large as its package says to this share, or it is another one, or in another unit.
_SIZE_AGREES = 1e-3
# Layers cut together: enough to be worth a pass over the triangles, few enough to stay small.
_LAYERS_AT_ONCE = 16
_IN_PLACE = Placement(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (0.0, 0.0, 0.0))


class OtherPartError(BadInputError):
    """The part given is not the one that the package was made of."""


@dataclass(frozen=True)
class Design:
    """mesh: the part in the build frame, None where only the masks tell what was meant.

    features: what of it can be measured, part frame; placement leads from there to the build frame.
    notes: what is worth knowing about where it comes from.
    """

    mesh: Mesh | None
    features: Sequence[Feature] = ()
    placement: Placement = field(default=_IN_PLACE)
    notes: tuple[Phrase, ...] = ()

    @property
    def scale(self) -> float:
        """How much larger than in the part frame things are built."""
        return float(np.cbrt(abs(np.linalg.det(np.array(self.placement.matrix)))))

    def placed(self, points_um: Floats) -> Floats:
        """(n, 3) part frame → build frame."""
        return np.asarray(points_um @ np.array(self.placement.matrix).T + np.array(self.placement.offset_um))


def design_of(manifest: Manifest, part: Part | None = None) -> Design:
    """The part where its package puts it; a sample makes itself, and without any part the masks must do.

    Raises OtherPartError where the part is not as large as the package says.
    """
    placement = Placement(manifest.placement.matrix, manifest.placement.offset_um)
    if part is not None:
        notes = () if part.sha256 == manifest.part.sha256 else (
            say("{part} is not the file that the package was made of, though it is as large.", part=part.name),
        )  # fmt: skip
        placed = _placed(part.mesh, manifest, name=part.name)
        features = make_sample(part.name).features if part.format == "sample" else ()
        return Design(placed, features, placement, notes)
    if manifest.part.format == "sample" and manifest.part.name in SAMPLES:
        sample = make_sample(manifest.part.name)
        if sample.sha256 == manifest.part.sha256:
            return Design(_placed(sample.mesh, manifest, name=sample.name), sample.features, placement)
    note = say("The part is not there, so the print is compared with the contours that its masks show.")
    return Design(None, notes=(note,))


def _placed(mesh: Mesh, manifest: Manifest, *, name: str) -> Mesh:
    placed = mesh.moved(np.array(manifest.placement.matrix), np.array(manifest.placement.offset_um))
    wanted, found = np.array(manifest.part.size_um), placed.size_um
    if np.abs(wanted - found).max() > _SIZE_AGREES * wanted.max():
        raise OtherPartError(
            say("{part} would be {found} mm large where the package has {wanted} mm.",
                part=name, found=_lengths(found), wanted=_lengths(wanted)),
            remedy=say("Give the part that the package was made of (--part), in the unit it was built in (--units)."),
        )  # fmt: skip
    return placed


def _lengths(extents_um: Floats) -> str:
    return " × ".join(f"{extent / 1e3:.4g}" for extent in extents_um)


class DesignLayers(Protocol):
    """What of each pixel of a window the design covers in a layer."""

    def runs(self, layer: int) -> Runs: ...


def design_layers(design: Design, light: Light, window: Window) -> DesignLayers:
    """From the mesh where there is one, else from the masks."""
    if design.mesh is None:
        return MaskLayers(light, window)
    return MeshLayers(design.mesh, light, window)


class MaskLayers:
    """The masks themselves: what is lit for as long as anything in its layer counts as wholly covered."""

    def __init__(self, light: Light, window: Window) -> None:
        self._light, self._window = light, window

    def runs(self, layer: int) -> Runs:
        return from_picture(self.greys(layer))

    def greys(self, layer: int) -> NDArray[np.uint8]:
        """(rows, columns) coverage, 255 is whole."""
        seconds = self._light.seconds(layer, self._window)
        longest = float(seconds.max())
        return np.round(seconds * (FULL / longest if longest else 0.0)).astype(np.uint8)

    def lit_box(self) -> tuple[int, int, int, int]:
        """First row, first column, row after the last and column after the last that get light in any layer.

        Raises BadInputError where all is dark.
        """
        rows, columns = np.zeros(self._window.rows, np.bool_), np.zeros(self._window.columns, np.bool_)
        for layer in range(self._window.first_layer, self._window.after_layer):
            lit = self._light.seconds(layer, self._window) > 0
            rows |= lit.any(axis=1)
            columns |= lit.any(axis=0)
        if not rows.any():
            raise BadInputError(
                say("The package shows no light at all."), remedy=say("Build it again, and look at its layers.")
            )
        (down,), (across,) = np.nonzero(rows), np.nonzero(columns)
        return int(down[0]), int(across[0]), int(down[-1]) + 1, int(across[-1]) + 1


class MeshLayers:
    """A mesh cut at the middle of each layer, some layers at a time, the next ones while these are looked at."""

    def __init__(self, mesh: Mesh, light: Light, window: Window) -> None:
        self._mesh, self._window = mesh, window
        self._places_px = window_canvas(light, window).to_px(mesh.vertices_um)
        bottom, thickness = np.asarray(light.bottom_um), np.asarray(light.thickness_um)
        self._cut_um = bottom + thickness / 2
        top = float(mesh.box_um[1][2])
        if bottom[-1] < top:  # a top that does not reach mid-height is there all the same
            self._cut_um[-1] = min(self._cut_um[-1], (bottom[-1] + top) / 2)
        self._aside = ThreadPoolExecutor(1)
        self._cut: dict[int, Future[list[Runs]]] = {}

    def runs(self, layer: int) -> Runs:
        block = layer // _LAYERS_AT_ONCE
        for wanted in (block, block - 1):
            if wanted >= 0 and wanted not in self._cut:
                self._cut[wanted] = self._aside.submit(self._cut_block, wanted)
        for old in [known for known in self._cut if known > block]:
            del self._cut[old]
        return self._cut[block].result()[layer - block * _LAYERS_AT_ONCE]

    def _cut_block(self, block: int) -> list[Runs]:
        cut_um = self._cut_um[block * _LAYERS_AT_ONCE : (block + 1) * _LAYERS_AT_ONCE]
        rows, columns = self._window.rows, self._window.columns
        return list(cover_layers(self._places_px, self._mesh.triangles, cut_um, rows=rows, columns=columns))


def covered(picture: Runs, places_px: Floats, *, at_least: int = FULL // 2 + 1) -> NDArray[np.bool_]:
    """(n,) whether pixels are covered by half or more. places_px: (n, 2 or more) as (column, row, …)."""
    column, row = np.floor(places_px[:, 0]).astype(np.int64), np.floor(places_px[:, 1]).astype(np.int64)
    inside = (column >= 0) & (row >= 0) & (column < picture.columns) & (row < picture.rows)
    if not len(picture):
        return np.zeros(len(column), dtype=np.bool_)
    row_of = np.repeat(np.arange(picture.rows, dtype=np.int64), np.diff(picture.row_starts))
    starts, stops = row_of * picture.columns + picture.starts, row_of * picture.columns + picture.stops
    place = row * picture.columns + column
    run = np.searchsorted(starts, place, side="right") - 1
    held = np.maximum(run, 0)
    return np.asarray(inside & (run >= 0) & (place < stops[held]) & (picture.values[held] >= at_least))
