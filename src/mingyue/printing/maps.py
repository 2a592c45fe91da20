"""A print's deviations to look at: a surface with a deviation at each corner in; files and pictures out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.colours import deviation_colours, divided, nice_limit, with_legend
from mingyue.printing.formats.coloured import write_coloured_glb, write_coloured_ply
from mingyue.printing.formats.stl import write_stl
from mingyue.printing.meshes import Mesh
from mingyue.printing.pictures import picture_of_mesh

_WRITTEN = frozenset({".ply", ".glb", ".stl"})
# Name → turn about z and tilt in degrees; from below is where print-through shows.
VIEWS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType({
    "slanted": (-35.0, 32.0), "top": (0.0, 90.0), "front": (0.0, 0.0), "side": (90.0, 0.0), "below": (-35.0, -40.0),
})  # fmt: skip
# Triangles of a coloured design are at most this share of its longest side.
_FINEST = 1 / 150


@dataclass(frozen=True)
class ColourMap:
    """mesh: build frame; deviation_um: (corners,); limit_um: where the colours end; tolerance_um: marked in the legend."""

    mesh: Mesh
    deviation_um: NDArray[np.floating]
    limit_um: float
    tolerance_um: float

    @property
    def colours(self) -> NDArray[np.uint8]:
        return deviation_colours(self.deviation_um, limit_um=self.limit_um)

    def write(self, path: Path) -> None:
        """As the name's ending says: .ply and .glb with colours, .stl the shape alone, in mm."""
        require_surface_name(path)
        match path.suffix.lower():
            case ".ply":
                write_coloured_ply(self.mesh, self.colours, self.deviation_um, path)
            case ".glb":
                write_coloured_glb(self.mesh, self.colours, path)
            case _:
                write_stl(self.mesh, path, unit="mm")

    def pictures(self, *, width_px: int = 1200, height_px: int = 900) -> Iterator[tuple[str, Image.Image]]:
        """A picture from each of the fixed views, by its name."""
        colours = self.colours
        for name, (turn_deg, tilt_deg) in VIEWS.items():
            seen = picture_of_mesh(
                self.mesh, width_px=width_px, height_px=height_px, turn_deg=turn_deg, tilt_deg=tilt_deg, colours=colours
            )
            yield name, with_legend(seen, limit_um=self.limit_um, tolerance_um=self.tolerance_um)


def require_surface_name(path: Path) -> None:
    """Raises BadInputError where a name says no format that a surface can be written in."""
    if path.suffix.lower() not in _WRITTEN:
        raise BadInputError(
            say("A surface cannot be written as {file}.", file=path.name),
            remedy=say("Let its name end in .ply, .glb or .stl."),
        )


def colour_limit_um(abs_p95_um: float, tolerance_um: float) -> float:
    """Where the colours end: a round number beyond which little of the surface lies."""
    return nice_limit(max(abs_p95_um, 2 * tolerance_um))


def canvas_of_colours(design: Mesh) -> Mesh:
    """A design whose triangles are fine enough to be coloured at their corners."""
    return divided(design, longest_um=float(design.size_um.max()) * _FINEST)
