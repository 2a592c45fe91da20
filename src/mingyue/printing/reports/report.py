"""What a report is made of: a package, what was predicted of it, what a check of its part finds, and pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image

from mingyue.phrases import Phrase, say
from mingyue.printing.checks import CheckResult
from mingyue.printing.curing.cures import CureChoice
from mingyue.printing.curing.lights import Light
from mingyue.printing.findings.finding import Finding
from mingyue.printing.findings.saying import SEVERITY_TITLES, worst
from mingyue.printing.formats.manifest import Manifest
from mingyue.printing.formats.print_package import PrintPackage
from mingyue.printing.maps import VIEWS, ColourMap, map_of
from mingyue.printing.measuring.designs import Design
from mingyue.printing.meshes import Mesh
from mingyue.printing.pictures import as_png, picture_of_layer, picture_of_mesh
from mingyue.printing.sights import picture_of_finding
from mingyue.printing.virtual_print import Prediction

_LAYERS_SHOWN: Final = 4
_PLACES_SHOWN: Final = 8
_LAYER_PX, _VIEW_PX = 420, (960, 720)
_MOST_PREVIEW_PX: Final = 4096
_CORNERS: Final = 400_000  # as many as the picture has pixels
_COLOURS: Final = 255  # a shaded map needs no more, and a third of the bytes
_SHOWN: Final[dict[str, Phrase]] = {
    "slanted": say("slanted, from above"),
    "below": say("slanted, from below: where light goes through"),
    "top": say("from above"),
    "front": say("from the front"),
    "side": say("from the side"),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG file, and what it shows."""

    png: bytes
    shows: Phrase


@dataclass(frozen=True)
class PrintReport:
    """Everything a report says, before it is said in one language. sha256: of the package's file.

    preview: the part, None where the package's own picture is none; views: what comes out, coloured by deviation, empty
    where nothing does, to limit_um either way; layers: some masks. checked: None where the part is not known; places: some of
    what it finds.
    """

    name: str
    sha256: str
    manifest: Manifest
    prediction: Prediction
    choice: CureChoice
    preview: Picture | None
    views: tuple[Picture, ...]
    limit_um: float
    layers: tuple[Picture, ...]
    checked: CheckResult | None = None
    places: tuple[Picture, ...] = ()

    @property
    def masks_sha256(self) -> str:
        """One digest of the digests of all masks, in their order."""
        return hashlib.sha256("".join(mask.sha256 for mask in self.manifest.masks).encode()).hexdigest()

    @property
    def masks_mm3(self) -> float:
        """Volume of what the masks cover in the window that was looked at as a whole."""
        pixel_um2 = self.manifest.machine.pixel_um**2
        return sum(layer.area_px * pixel_um2 * layer.thickness_um for layer in self.manifest.layers) / 1e9


def report_of(
    package: PrintPackage,
    light: Light,
    prediction: Prediction,
    choice: CureChoice,
    *,
    design: Design,
    checked: CheckResult | None,
) -> PrintReport:
    """Gather what a report says; draws the pictures. light, design: of the package; checked: see `check_design`."""
    map_ = map_of(prediction, light, most_corners=_CORNERS) if prediction.volume_mm3 else None
    return PrintReport(
        name=package.path.name,
        sha256=_sha256(package),
        manifest=package.manifest,
        prediction=prediction,
        choice=choice,
        preview=_preview(package),
        views=() if map_ is None else tuple(_views(map_)),
        limit_um=0.0 if map_ is None else map_.limit_um,
        layers=tuple(_layers(package)),
        checked=checked,
        places=tuple(_places(design.mesh, checked.findings)) if checked and design.mesh else (),
    )


def _sha256(package: PrintPackage) -> str:
    with package.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _preview(package: PrintPackage) -> Picture | None:
    """The package's own picture, drawn again, so that nothing but a picture of ordinary size gets into the page."""
    try:
        with Image.open(BytesIO(package.preview_png()), formats=("PNG",)) as image:
            if max(image.size) > _MOST_PREVIEW_PX:
                return None
            png = as_png(image.convert("RGB"))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    return Picture(png, say("The part as it stands on the platform"))


def _views(map_: ColourMap) -> Iterator[Picture]:
    """Without a scale of colours: the page has one for all."""
    (width, height), colours = _VIEW_PX, map_.colours
    for name, shows in _SHOWN.items():
        turn, tilt = VIEWS[name]
        seen = picture_of_mesh(
            map_.mesh, width_px=width, height_px=height, turn_deg=turn, tilt_deg=tilt, colours=colours
        )
        yield Picture(as_png(seen.quantize(_COLOURS, dither=Image.Dither.NONE)), shows)


def _layers(package: PrintPackage) -> Iterator[Picture]:
    """Evenly spread layers, cropped to what is lit in any of them."""
    count = len(package.manifest.layers)
    chosen = sorted({round((k + 0.5) * count / _LAYERS_SHOWN - 0.5) for k in range(_LAYERS_SHOWN)})
    sheets = [picture_of_layer(package, layer) for layer in chosen]
    boxes = [box for sheet in sheets if (box := sheet.getbbox())]
    if not boxes:
        return
    lit = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    for layer, sheet in zip(chosen, sheets, strict=True):
        shown = sheet.crop(lit)
        shown.thumbnail((_LAYER_PX, _LAYER_PX), Image.Resampling.BOX)
        height_um = package.manifest.layers[layer].bottom_um
        yield Picture(as_png(shown), say("Layer {layer}, at {height:g} µm", layer=layer, height=height_um))


def _places(placed: Mesh, findings: Sequence[Finding]) -> Iterator[Picture]:
    """The worst finding of each kind and severity, what fails first."""
    for _, found in list(worst(findings, most=1))[:_PLACES_SHOWN]:
        drawn = picture_of_finding(placed, found).quantize(_COLOURS, dither=Image.Dither.NONE)
        x, y, z = found.middle_um
        said = say(
            "{severity}: {what}, at {x:.0f}, {y:.0f}, {z:.0f} µm",
            severity=SEVERITY_TITLES[found.severity], what=found.message, x=x, y=y, z=z,
        )  # fmt: skip
        yield Picture(as_png(drawn), said)
