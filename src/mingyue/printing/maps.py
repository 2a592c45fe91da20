"""A print's deviations to look at: a surface with a deviation at each corner in; files and pictures out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.colours import deviation_colours, nice_limit, with_legend
from mingyue.printing.curing.doses import Cure, DosePlane, dose_planes
from mingyue.printing.curing.lights import Light, Window
from mingyue.printing.curing.solids import surface_pieces
from mingyue.printing.formats.coloured import write_coloured_glb, write_coloured_ply
from mingyue.printing.formats.stl import write_stl
from mingyue.printing.measuring.readings import ahead
from mingyue.printing.measuring.slices import window_canvas
from mingyue.printing.meshes import Mesh
from mingyue.printing.pictures import picture_of_mesh
from mingyue.printing.virtual_print import Prediction

if TYPE_CHECKING:
    from PIL.Image import Image

_WRITTEN = frozenset({".ply", ".glb", ".stl"})
# Name → turn about z and tilt in degrees; from below is where print-through shows.
VIEWS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType({
    "slanted": (-35.0, 32.0), "top": (0.0, 90.0), "front": (0.0, 0.0), "side": (90.0, 0.0), "below": (-35.0, -40.0),
})  # fmt: skip
# A file of some hundred megabytes, which a viewer still turns.
MOST_CORNERS = 2_000_000


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

    def pictures(self, *, width_px: int = 1200, height_px: int = 900) -> Iterator[tuple[str, Image]]:
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


@dataclass(frozen=True, slots=True)
class _Coarse:
    """A light's layers on every step-th pixel in either direction, as far as a surface needs to know."""

    rows: int
    columns: int
    pitch_um: float
    left_um: float
    top_um: float
    bottom_um: NDArray[np.float64]
    thickness_um: NDArray[np.float64]

    def seconds(self, layer: int, window: Window) -> NDArray[np.float32]:
        raise TypeError("its doses are there already")


def print_surface(light: Light, cure: Cure, window: Window, *, step: int) -> Mesh:
    """What comes out in the window, as one closed surface; every step-th pixel in either direction is looked at."""
    canvas = window_canvas(light, window)
    inset_um = (1 - step) / 2 * canvas.pitch_um  # the first pixel's centre stays where it is
    rows, columns = -(-window.rows // step), -(-window.columns // step)
    coarse = _Coarse(
        rows, columns, step * canvas.pitch_um, canvas.left_um + inset_um, canvas.top_um - inset_um,
        np.asarray(light.bottom_um), np.asarray(light.thickness_um),
    )  # fmt: skip
    planes = (
        DosePlane(plane.layer, np.ascontiguousarray(plane.dose[::step, ::step]))
        for plane in ahead(dose_planes(light, cure, window))
    )
    within = Window(0, 0, rows, columns, window.first_layer, window.after_layer)
    pieces = list(surface_pieces(planes, coarse, cure, within))
    return Mesh(
        np.concatenate([piece.vertices_um for piece in pieces]), np.concatenate([piece.triangles for piece in pieces])
    )


def map_of(prediction: Prediction, light: Light, *, most_corners: int = MOST_CORNERS) -> ColourMap:
    """The surface of what comes out, coloured by how far outside of the design it is.

    most_corners: about so many; where there would be more, not every pixel is looked at.
    """
    voxel_um2 = light.pitch_um * float(np.min(light.thickness_um))
    step = max(1, round(np.sqrt(prediction.solid_area_um2 / voxel_um2 / most_corners)))
    mesh = print_surface(light, prediction.cure, prediction.window, step=step)
    deviations = prediction.deviations
    limit_um = colour_limit_um(max(deviations.of_design.abs_p95, deviations.of_solid.abs_p95), prediction.tolerance_um)
    return ColourMap(mesh, prediction.sides.signed_um(mesh.vertices_um), limit_um, prediction.tolerance_um)
