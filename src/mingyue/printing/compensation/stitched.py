"""The fields of a package as one canvas, and a canvas as fields again: of one copy, the others show the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.fields import Field, FieldGrid
from mingyue.printing.formats.manifest import ExposureOf, LayerOf, Manifest
from mingyue.printing.formats.png import decode_png
from mingyue.printing.formats.print_package import PrintPackage
from mingyue.printing.formats.stack import added
from mingyue.printing.frames import Canvas
from mingyue.printing.masks import Mask, masks_of
from mingyue.printing.runs import Runs

_KEPT_MASKS = 8
_SAME_S = 1e-6


class UnevenPackageError(BadInputError):
    """A package whose fields were not laid out, or not exposed, as `mingyue build` does it."""


@dataclass(frozen=True)
class Stitched:
    """A package whose layers are read as whole canvases. copies: for each field of the first copy, itself and the others."""

    package: PrintPackage
    grid: FieldGrid
    copies: tuple[tuple[int, ...], ...]
    _read: Callable[[int], Runs] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_read", lru_cache(maxsize=_KEPT_MASKS)(self._decoded))

    def seconds(self, layer: int) -> float:
        """How long this layer is exposed; 0 where it is dark. Raises UnevenPackageError."""
        exposures = self._own(layer)
        times = [exposure.seconds for exposure in exposures]
        if len({exposure.field for exposure in exposures}) < len(exposures) or np.ptp(times or [0.0]) > _SAME_S:
            raise _uneven(layer)
        return max(times, default=0.0)

    def canvas(self, layer: int) -> Runs:
        """What is shown in a layer, all fields of one copy together."""
        parts = []
        for exposure in self._own(layer):
            place = self.package.manifest.fields[exposure.field]
            parts.append((self._read(exposure.mask), place.row_px, place.column_px, 1.0))
        return added(parts, rows=self.grid.canvas.rows, columns=self.grid.canvas.columns)

    def masks(self, canvas: Runs) -> Iterator[Mask]:
        """A canvas as the fields of one copy show it; dark ones are left out."""
        return masks_of(canvas, self.grid)

    def check(self) -> None:
        """Raises UnevenPackageError where a layer taken apart again is not what it was. The first one lit is tried."""
        for layer in range(len(self.package.manifest.layers)):
            shown = {exposure.field: self._read(exposure.mask) for exposure in self._own(layer)}
            if shown:
                again = {self.copies[mask.field][0]: mask.runs for mask in self.masks(self.canvas(layer))}
                if {place: runs for place, runs in shown.items() if len(runs)} != again:
                    raise _uneven(layer)
                return

    def _own(self, layer: int) -> list[ExposureOf]:
        first = {copies[0] for copies in self.copies}
        return [exposure for exposure in self._layer(layer).exposures if exposure.field in first]

    def _layer(self, layer: int) -> LayerOf:
        return self.package.manifest.layers[layer]

    def _decoded(self, mask: int) -> Runs:
        columns, rows = self.package.manifest.machine.field_px
        return decode_png(self.package.mask_png(mask), columns=columns, rows=rows)


def stitched(package: PrintPackage) -> Stitched:
    """The package with its fields sorted by copy. Raises UnevenPackageError where they cannot be."""
    manifest = package.manifest
    found = Stitched(package, _grid(manifest), _copies(manifest))
    found.check()
    return found


def _copies(manifest: Manifest) -> tuple[tuple[int, ...], ...]:
    """Fields that stand for the same place of the canvas, in their order."""
    places: dict[tuple[int, int], list[int]] = {}
    for index, place in enumerate(manifest.fields):
        places.setdefault((place.row_px, place.column_px), []).append(index)
    return tuple(map(tuple, places.values()))


def _grid(manifest: Manifest) -> FieldGrid:
    columns_px, rows_px = manifest.machine.field_px
    canvas = manifest.canvas
    fields = tuple(
        Field(place, manifest.fields[copies[0]].row_px, manifest.fields[copies[0]].column_px, (0.0, 0.0))
        for place, copies in enumerate(_copies(manifest))
    )
    return FieldGrid(
        Canvas(canvas.pitch_um, canvas.rows, canvas.columns, canvas.left_um, canvas.top_um),
        rows_px,
        columns_px,
        manifest.stitching.overlap_px,
        manifest.stitching.ramp,
        fields,
    )


def _uneven(layer: int) -> UnevenPackageError:
    return UnevenPackageError(
        say("Layer {layer} shows its fields in a way that cannot be put together again.", layer=layer),
        remedy=say("Compensate a package that `mingyue build` made: one exposure a field, all as long."),
    )
