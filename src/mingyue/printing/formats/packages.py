"""A print package as a stack of masks, and back: the one format that loses nothing."""

from __future__ import annotations

from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np

from mingyue import __version__
from mingyue.phrases import Phrase, say
from mingyue.printing.formats.archives import mask_from_png, sha256_of
from mingyue.printing.formats.manifest import (
    SCHEMA_VERSION,
    ExposureOf,
    LayerOf,
    MachineOf,
    Manifest,
    MaskOf,
    PartOf,
    PlacementOf,
    ResinOf,
    Vector,
)
from mingyue.printing.formats.png import encode_png
from mingyue.printing.formats.print_package import PackageWriter, PrintPackage, open_package
from mingyue.printing.formats.stack import Exposure, Losses, MaskStack, Picture, StackLayer, screen_of
from mingyue.printing.formats.thumbnails import shrunk
from mingyue.printing.runs import FULL, Runs, from_picture

_PREVIEW_PX = 480
_KEPT_MASKS = 8
_AS_IT_IS = PlacementOf(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (0.0, 0.0, 0.0))


def read_package(path: Path) -> MaskStack:
    """The masks of a print package. Raises PackageError."""
    with ExitStack() as opened:
        package = opened.enter_context(open_package(path))
        manifest = package.manifest
        read = lru_cache(maxsize=_KEPT_MASKS)(lambda mask: _mask(package, mask))
        pictures = [Picture(mask.path, lambda mask=index: read(mask)) for index, mask in enumerate(manifest.masks)]  # type: ignore[misc]
        return MaskStack(
            name=path.name,
            format="package",
            pixel_um=manifest.machine.pixel_um,
            field_px=manifest.machine.field_px,
            canvas=manifest.canvas,
            fields=manifest.fields,
            layers=tuple(_layer(layer, pictures) for layer in manifest.layers),
            stitching=manifest.stitching,
            sha256=sha256_of(path),
            package=manifest,
            close=opened.pop_all().close,
        )


def _mask(package: PrintPackage, mask: int) -> Runs:
    found = package.manifest.masks[mask]
    return mask_from_png(package.mask_png(mask), name=found.path, field_px=package.manifest.machine.field_px)


def _layer(layer: LayerOf, pictures: list[Picture]) -> StackLayer:
    exposures = tuple(Exposure(shown.field, shown.seconds, pictures[shown.mask]) for shown in layer.exposures)
    return StackLayer(layer.bottom_um, layer.thickness_um, layer.cut_um, exposures)


def write_package(stack: MaskStack, path: Path) -> tuple[Phrase, ...]:
    """Write a print package. Returns what its manifest should say and nobody knows."""
    losses = Losses()
    extent = _Extent()
    layers: list[LayerOf] = []
    is_binary = True
    preview = from_picture(np.zeros((1, 1), dtype=np.uint8))
    with PackageWriter(path) as writer:
        places: dict[str, int | None] = {}
        for index, layer in enumerate(stack.layers):
            exposures = []
            for count, shown in enumerate(layer.exposures):
                if shown.picture.name not in places:
                    runs = shown.picture.read()
                    is_binary = is_binary and bool((runs.values == FULL).all())
                    name = f"{index:05d}-{shown.field:03d}" + (f"-{count}" if _comes_again(layer, count) else "")
                    stored = writer.add_mask(encode_png(runs), name=name, lit_px=runs.lit_px) if len(runs) else None
                    places[shown.picture.name] = stored
                mask = places[shown.picture.name]
                if mask is not None and shown.seconds > 0:
                    exposures.append(ExposureOf(shown.field, mask, shown.seconds))
            screen = screen_of(stack, index)
            extent.add(screen)
            if index == len(stack.layers) // 2:
                preview = from_picture(shrunk(screen, most_px=_PREVIEW_PX))
            area_px = screen.area_px if stack.package is None else stack.package.layers[index].area_px
            layers.append(LayerOf(layer.bottom_um, layer.thickness_um, layer.cut_um, area_px, tuple(exposures)))
        manifest = _manifest(stack, layers, extent.size_um(stack), writer.masks, losses)
        manifest = msgspec.structs.replace(manifest, grey="binary" if is_binary else "coverage")
        writer.finish(manifest, preview_png=encode_png(preview))
    return losses.told()


def _comes_again(layer: StackLayer, count: int) -> bool:
    field = layer.exposures[count].field
    return any(earlier.field == field for earlier in layer.exposures[:count])


class _Extent:
    """The box of all that is lit, in pixels of the canvas."""

    def __init__(self) -> None:
        self.low, self.high = np.array([np.inf, np.inf]), np.zeros(2)

    def add(self, runs: Runs) -> None:
        if len(runs):
            rows = np.flatnonzero(np.diff(runs.row_starts))
            self.low = np.minimum(self.low, (runs.starts.min(), rows[0]))
            self.high = np.maximum(self.high, (runs.stops.max(), rows[-1] + 1))

    def size_um(self, stack: MaskStack) -> Vector:
        width, depth = np.maximum(self.high - self.low, 0.0) * stack.pixel_um
        top = stack.layers[-1]
        return float(width), float(depth), top.bottom_um + top.thickness_um


def _manifest(
    stack: MaskStack, layers: list[LayerOf], size_um: Vector, masks: list[MaskOf], losses: Losses
) -> Manifest:
    known = stack.package
    if known is None:
        losses.add(say("The part is known by the file {file} and its digest only.", file=stack.name))
        losses.add(say("Machine and resin are unknown; the package says so."))
    return Manifest(
        format="mingyue-print-package",
        version=SCHEMA_VERSION,
        made_by=f"mingyue {__version__}",
        part=known.part if known else PartOf(stack.name, stack.format, stack.sha256, 0, size_um),
        placement=known.placement if known else _AS_IT_IS,
        machine=known.machine if known else MachineOf("unknown", stack.pixel_um, stack.field_px, None, False),
        resin=known.resin if known else ResinOf("unknown", None, None),
        canvas=stack.canvas,
        stitching=stack.stitching,
        grey="coverage",
        fields=stack.fields,
        layers=tuple(layers),
        masks=tuple(masks),
        preview="preview.png",
        light_map=known.light_map if known else None,
        regions=known.regions if known else None,
    )
