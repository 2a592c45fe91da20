"""Our masks beside those of PrusaSlicer, pixel for pixel: both black and white, the same canvas, heights and place."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from itertools import product
from pathlib import Path

import manifold3d
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.areas import solid_of
from benchmarks.parts import Choice, build_package, load, placed
from benchmarks.prusa import SIDE_PX, slice_with_prusa
from benchmarks.tables import count, table
from mingyue.printing.formats.manifest import CanvasOf
from mingyue.printing.formats.print_package import PrintPackage, open_package
from mingyue.printing.meshes import Mesh
from mingyue.printing.runs import FULL

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Greys = NDArray[np.uint8]

TIE_UM = 1e-3
CHOICES = (
    Choice("birds_nest"),
    Choice("artefact"),
    Choice("featuretype.STL", "featuretype.STL", 3.5),
)
# Upper ends of the classes of our grey at pixels that differ; 127 is dark and 128 lit in a binary mask.
GREYS = (0, 63, 111, 126, 127, 128, 143, 191, 254, 255)


@dataclass(frozen=True, slots=True)
class Turn:
    """How their picture becomes ours: mirrored, then moved by whole pixels (down, right)."""

    flip_rows: bool
    flip_columns: bool
    rows: int = 0
    columns: int = 0

    def __call__(self, picture: Bools) -> Bools:
        turned = picture[:: -1 if self.flip_rows else 1, :: -1 if self.flip_columns else 1]
        return np.roll(turned, (self.rows, self.columns), axis=(0, 1))

    def __str__(self) -> str:
        flips = [name for name, on in (("rows", self.flip_rows), ("columns", self.flip_columns)) if on]
        mirrored = f"{' and '.join(flips)} mirrored" if flips else "not mirrored"
        return f"{mirrored}, moved by ({self.rows}, {self.columns}) px"


@dataclass(slots=True)
class Differences:
    """Pixels that differ, added up over layers. by_grey: how many of each of our greys, (256,).

    mixed: our grey is neither 0 nor 255, so the contour passes through the pixel. beside: our grey is 0 or 255, but
    one of the eight neighbours has another grey, so the contour is less than a pixel away. away: all others.
    """

    pixels: int = 0
    lit: int = 0
    boundary: int = 0
    ours_only: int = 0
    theirs_only: int = 0
    mixed: int = 0
    beside: int = 0
    away: int = 0
    by_grey: NDArray[np.int64] = field(default_factory=lambda: np.zeros(256, dtype=np.int64))

    @property
    def differing(self) -> int:
        return self.ours_only + self.theirs_only

    def add(self, ours: Bools, grey: Greys, theirs: Bools) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """One layer: our binary mask, our grey mask and their binary mask, all of one shape.

        Returns the rows and columns that differ.
        """
        rows, columns = np.nonzero(ours != theirs)
        ours_only = int(ours[rows, columns].sum())
        greys = grey[rows, columns]
        mixed = (greys > 0) & (greys < FULL)
        beside = ~mixed & _has_other_neighbour(grey, rows, columns)
        self.pixels += ours.size
        self.lit += int(ours.sum())
        self.boundary += int(((grey > 0) & (grey < FULL)).sum())
        self.ours_only += ours_only
        self.theirs_only += len(rows) - ours_only
        self.mixed += int(mixed.sum())
        self.beside += int(beside.sum())
        self.away += int((~mixed & ~beside).sum())
        self.by_grey += np.bincount(greys, minlength=256)
        return rows, columns


def _has_other_neighbour(grey: Greys, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Bools:
    edged = np.pad(grey, 1, mode="edge")
    around = np.array([edged[rows + i, columns + j] for i, j in product(range(3), repeat=2)])
    return np.asarray((around != grey[rows, columns]).any(axis=0))


@dataclass(slots=True)
class Verdict:
    """Who is right at pixels that differ, by their exact area. worst_grey: how far our grey is from 255 × that."""

    ours_right: int = 0
    theirs_right: int = 0
    worst_grey: float = 0.0

    def add(self, grey: Greys, exact: Floats) -> None:
        """(n,) our greys and (n,) the covered shares of the same pixels."""
        right = int(((grey > FULL // 2) == (exact >= 0.5)).sum())
        self.ours_right += right
        self.theirs_right += len(grey) - right
        self.worst_grey = max(self.worst_grey, float(np.abs(grey - FULL * exact).max(initial=0.0)))


@dataclass(frozen=True, slots=True)
class PixelRow:
    """How one part fared.

    layers: of ours and of theirs; unmatched_lit: our lit pixels in layers they do not have. in_face: layers whose
    plane lies in a flat face, so that rounding decides what it meets; in_face_differing: pixels that differ there.
    """

    part: str
    turn: Turn
    our_layers: int
    their_layers: int
    unmatched_lit: int
    in_face: int
    in_face_differing: int
    differences: Differences
    verdict: Verdict


def compare_pixels(choice: Choice, folder: Path) -> PixelRow:
    """Build the part black and white, and grey; let PrusaSlicer slice it; compare layer by layer from the bottom."""
    chosen = load(choice)
    field_px = (SIDE_PX, SIDE_PX)
    binary = build_package(chosen.part, folder / "binary.zip", fit_mm=choice.fit_mm, field_px=field_px, binary=True)
    grey = build_package(chosen.part, folder / "grey.zip", fit_mm=choice.fit_mm, field_px=field_px)
    with open_package(binary) as ours, open_package(grey) as greys:
        mesh = placed(chosen.part.mesh, ours.manifest)
        theirs = slice_with_prusa(mesh, folder)
        with zipfile.ZipFile(theirs) as pictures:
            return _compare(chosen.label, mesh, ours, greys, pictures)


def _compare(part: str, mesh: Mesh, ours: PrintPackage, greys: PrintPackage, pictures: zipfile.ZipFile) -> PixelRow:
    names = sorted(name for name in pictures.namelist() if re.search(r"\d{5}\.png$", name))
    layers = len(ours.manifest.layers)
    both = min(layers, len(names))
    probes = [both * quarter // 4 for quarter in (1, 2, 3)]
    turn = find_turn([(_painted(ours, k) > 0, _picture(pictures, names[k])) for k in probes])
    ties = in_flat_face(mesh, np.array([layer.cut_um for layer in ours.manifest.layers[:both]]))
    differences, verdict, in_face_differing = Differences(), Verdict(), 0
    solid = solid_of(mesh)
    for layer in range(both):
        lit, grey = _painted(ours, layer) > 0, _painted(greys, layer)
        theirs = turn(_picture(pictures, names[layer]))
        if ties[layer]:
            in_face_differing += int((lit != theirs).sum())
            continue
        rows, columns = differences.add(lit, grey, theirs)
        section = solid.slice(ours.manifest.layers[layer].cut_um)
        verdict.add(grey[rows, columns], exact_shares(section, ours.manifest.canvas, rows, columns))
    return PixelRow(
        part=part,
        turn=turn,
        our_layers=layers,
        their_layers=len(names),
        unmatched_lit=sum(int((_painted(ours, layer) > 0).sum()) for layer in range(both, layers)),
        in_face=int(ties.sum()),
        in_face_differing=in_face_differing,
        differences=differences,
        verdict=verdict,
    )


def in_flat_face(mesh: Mesh, cut_um: Floats) -> Bools:
    """(cuts,): whether the plane lies in a horizontal face, within the nanometre in which PrusaSlicer counts."""
    heights = mesh.vertices_um[:, 2][mesh.triangles]
    flat = np.unique(heights[np.ptp(heights, axis=1) < TIE_UM].ravel())
    return np.asarray(np.searchsorted(flat, cut_um - TIE_UM) < np.searchsorted(flat, cut_um + TIE_UM, side="right"))


def exact_shares(
    section: manifold3d.CrossSection, canvas: CanvasOf, rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> Floats:
    """(n,) how much of each pixel lies within the section, by exact clipping of its polygons."""
    pitch = canvas.pitch_um
    corners = np.array([[0.0, -pitch], [pitch, -pitch], [pitch, 0.0], [0.0, 0.0]])
    lefts_tops = np.stack([canvas.left_um + columns * pitch, canvas.top_um - rows * pitch], axis=1)
    squares = (manifold3d.CrossSection([corners + at]) for at in lefts_tops)
    return np.array([(section ^ square).area() for square in squares]) / pitch**2


def _painted(package: PrintPackage, layer: int) -> Greys:
    return package.mask(layer, 0).painted()


def _picture(pictures: zipfile.ZipFile, name: str) -> Bools:
    with Image.open(BytesIO(pictures.read(name))) as image:
        return np.asarray(image.convert("L")) >= FULL // 2 + 1


def find_turn(pairs: list[tuple[Bools, Bools]]) -> Turn:
    """The mirroring and whole-pixel move under which their pictures differ least from ours, over all pairs."""
    turns = [
        _moved_best(Turn(*flips), ours, theirs) for flips in product((False, True), repeat=2) for ours, theirs in pairs
    ]
    return min(turns, key=lambda turn: sum(int((ours != turn(theirs)).sum()) for ours, theirs in pairs))


def _moved_best(turn: Turn, ours: Bools, theirs: Bools) -> Turn:
    """The move at which most lit pixels fall on lit ones: the peak of the correlation."""
    spectra = (
        np.fft.rfft2(ours.astype(np.float32)),
        np.fft.rfft2(turn(theirs).astype(np.float32)),
    )
    overlap = np.fft.irfft2(spectra[0] * np.conj(spectra[1]), s=ours.shape)
    moves = np.unravel_index(int(overlap.argmax()), overlap.shape)
    rows, columns = (int((move + side // 2) % side - side // 2) for move, side in zip(moves, ours.shape, strict=True))
    return Turn(turn.flip_rows, turn.flip_columns, rows, columns)


def pixel_table(rows: list[PixelRow]) -> str:
    """One line a part: how much differs."""
    heads = ("part", "layers, ours / theirs", "lit px", "boundary px", "differ", "of lit", "of boundary", "of all")
    return table(heads, [_shares(row) for row in rows])


def _shares(row: PixelRow) -> tuple[str, ...]:
    found = row.differences
    layers = f"{row.our_layers} / {row.their_layers}"
    if row.our_layers != row.their_layers:
        layers += f" ({count(row.unmatched_lit)} px lit in the others)"
    shares = (found.differing / max(of, 1) for of in (found.lit, found.boundary, found.pixels))
    numbers = (found.lit, found.boundary, found.differing)
    return row.part, layers, *map(count, numbers), *(f"{share:.2g}" for share in shares)


def place_table(rows: list[PixelRow]) -> str:
    """One line a part: where it differs, and who is right."""
    heads = ["part", "contour passes through", "contour < 1 px away", "elsewhere", "only ours / only theirs"]
    heads += ["exact area says: ours / theirs", "our grey, most off", "planes in a flat face"]
    return table(heads, [_places(row) for row in rows])


def _places(row: PixelRow) -> tuple[str, ...]:
    found, verdict = row.differences, row.verdict
    return (
        row.part,
        *map(count, (found.mixed, found.beside, found.away)),
        f"{count(found.ours_only)} / {count(found.theirs_only)}",
        f"{count(verdict.ours_right)} / {count(verdict.theirs_right)}",
        f"{verdict.worst_grey:.3f}",
        f"{row.in_face} ({count(row.in_face_differing)} px differ)" if row.in_face else "0",
    )


def grey_table(rows: list[PixelRow]) -> str:
    """Our grey at the pixels that differ."""
    lows = (0, *(high + 1 for high in GREYS[:-1]))
    heads = ["part", *(f"{a}" if a == b else f"{a}–{b}" for a, b in zip(lows, GREYS, strict=True))]
    classes = [
        [count(int(row.differences.by_grey[a : b + 1].sum())) for a, b in zip(lows, GREYS, strict=True)] for row in rows
    ]
    return table(heads, [[row.part, *cells] for row, cells in zip(rows, classes, strict=True)])
