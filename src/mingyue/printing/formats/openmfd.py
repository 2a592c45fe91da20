"""Print files of open PµSL printers (schema 5), both ways: a zip of one JSON file and the PNG files that it names.

Each layer has its own thickness and any number of exposures, each with its time and stage position. What the stage
moves one way, the picture moves the other: in the build frame a field lies at x = −offset, y = +offset.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from mingyue.errors import FileFormatError
from mingyue.phrases import Phrase, say
from mingyue.printing.formats.archives import Archive, number, png_size, sha256_of, unfinished_zip
from mingyue.printing.formats.openmfd_settings import Defaults, LayerSettings, layer_settings
from mingyue.printing.formats.png import encode_png
from mingyue.printing.formats.stack import (
    ASK_PIXEL,
    EXPORT_AGAIN,
    Exposure,
    Losses,
    MaskStack,
    Picture,
    StackLayer,
    check_counts,
    lose_package,
    lose_uneven_cuts,
    placed_fields,
    stacked,
)
from mingyue.printing.runs import Runs, blank, from_picture

_SCHEMA = re.compile(r"5\.\d+\.\d+")
# Light engines whose pixel is known by their name; the file itself does not say it.
_PIXEL_UM = {"visitech": 7.6, "wintech": 0.75}
_PIXEL_COMMENT = re.compile(r"pixel ([0-9.e+-]+) µm")
_LONGEST_MS = 10_000  # the schema's own limit for one exposure
_IMAGES = "slices"
# Offsets are written to 0.1 µm.
_OFFSET_UM = 0.1


def find_settings(archive: Archive) -> str | None:
    """The entry that holds a print file's settings, None where there is none."""
    for name in archive.names:
        if name.endswith(".json") and name.count("/") <= 1:
            try:
                found = archive.json(name)
            except FileFormatError:
                continue
            header = found.get("Header") if isinstance(found, dict) else None
            if isinstance(header, dict) and "Schema version" in header:
                return name
    return None


def read_openmfd(path: Path, *, pixel_um: float | None = None) -> MaskStack:
    """The masks of a print file of schema 5; named settings, groups, repeats and variables are resolved.

    pixel_um: where neither the stage's steps nor the light engine's name tell. Raises FileFormatError, LimitError.
    """
    archive = Archive(path)
    name = find_settings(archive)
    if name is None:
        raise FileFormatError(say("{file} has no {name}.", file=path.name, name="print_settings.json"),
                              remedy=EXPORT_AGAIN)  # fmt: skip
    settings = archive.json(name)
    header = settings["Header"]
    if not _SCHEMA.fullmatch(str(header["Schema version"])):
        raise FileFormatError(
            say("{file} follows schema {version}; only 5 is known.",
                file=path.name, version=repr(header["Schema version"])[:20]),
            remedy=EXPORT_AGAIN,
        )  # fmt: skip
    folder = posixpath.join(posixpath.dirname(name), str(header.get("Image directory", _IMAGES)))
    layers = list(layer_settings(settings, file=path.name))
    check_counts(sum(layer.repeats for layer in layers), 1, name=path.name)
    return _Reading(archive, path, folder, header, layers).stack(pixel_um)


@dataclass
class _Reading:
    """One print file on its way to a stack."""

    archive: Archive
    path: Path
    folder: str
    header: dict[str, Any]
    layers: list[LayerSettings]

    def stack(self, pixel_um: float | None) -> MaskStack:
        shown = [image for layer in self.layers for image in layer.images if image.seconds > 0]
        if not shown:
            raise FileFormatError(say("{file} exposes nothing.", file=self.path.name), remedy=EXPORT_AGAIN)
        first = self._entry(shown[0].file)
        field_px = png_size(self.archive.head(first), name=first)
        offsets = list(dict.fromkeys((-image.x_um + 0.0, image.y_um + 0.0) for image in shown))
        check_counts(1, len(offsets), name=self.path.name)
        pixel_um = pixel_um or self._pixel_um(offsets, field_px, {image.engine for image in shown})
        canvas, fields, stitching = placed_fields(offsets, pixel_um=pixel_um, field_px=field_px)
        places = {offset: index for index, offset in enumerate(offsets)}
        pictures: dict[tuple[str, bool, bool], Picture] = {}
        thickness: list[float] = []
        exposures: list[tuple[Exposure, ...]] = []
        for layer in self.layers:
            flashes = tuple(
                Exposure(
                    places[-image.x_um + 0.0, image.y_um + 0.0],
                    image.seconds,
                    pictures.setdefault(
                        (image.file, image.flip_rows, image.flip_columns),
                        self._picture(image.file, field_px, image.flip_rows, image.flip_columns),
                    ),
                )
                for image in layer.images
                if image.seconds > 0
            )
            thickness += [layer.thickness_um] * layer.repeats
            exposures += [flashes] * layer.repeats
        return MaskStack(
            name=self.path.name,
            format="openmfd",
            pixel_um=pixel_um,
            field_px=field_px,
            canvas=canvas,
            fields=fields,
            layers=stacked(thickness, exposures),
            stitching=stitching,
            sha256=sha256_of(self.path),
            notes=tuple(self._notes()),
            close=self.archive.close,
        )

    def _entry(self, file: str) -> str:
        """An image is an entry of the same zip; its name leads nowhere else."""
        return posixpath.join(self.folder, file).removeprefix("./")

    def _picture(self, file: str, field_px: tuple[int, int], flip_rows: bool, flip_columns: bool) -> Picture:
        picture = self.archive.picture(self._entry(file), field_px=field_px)
        if not (flip_rows or flip_columns):
            return picture

        def turned() -> Runs:
            painted = picture.read().painted()[:: -1 if flip_rows else 1, :: -1 if flip_columns else 1]
            return from_picture(np.ascontiguousarray(painted))

        return Picture(f"{file} {flip_rows} {flip_columns}", turned)

    def _pixel_um(self, offsets: list[tuple[float, float]], field_px: tuple[int, int], engines: set[str]) -> float:
        """From our own comment, from the light engine's name, or from the stage's steps along both sides."""
        comment = _PIXEL_COMMENT.search(str(self.header.get("Comment", "")))
        if comment:
            return number({"pixel": comment[1]}, "pixel", file=self.path.name)
        if len(engines) > 1:
            raise FileFormatError(
                say("{file} uses {count} light engines, whose pixels differ.",
                    file=self.path.name, count=len(engines)),
                remedy=say("Split it into one file for each light engine, or say the pixel: --pixel-um."),
            )  # fmt: skip
        known = _PIXEL_UM.get(next(iter(engines)))
        stepped = _stepped_pixel_um(offsets, field_px)
        if stepped and (known is None or abs(stepped - known) > 0.01 * known):
            return stepped
        if known is None:
            raise FileFormatError(
                say("{file} does not say how large its pixels are.", file=self.path.name), remedy=ASK_PIXEL
            )
        return known

    def _notes(self) -> Iterator[Phrase]:
        yield say("Motions, waits, light power, wavelength and focus were left out.")
        special: Counter[str] = Counter()
        for layer in self.layers:
            special.update(layer.special)
            for image in layer.images:
                special.update(image.special)
        for what, count in special.items():
            yield say("Left out: {what} ({count:,} times).", what=what, count=count)
        if any(image.flip_rows or image.flip_columns for layer in self.layers for image in layer.images):
            yield say("Some exposures are mirrored; they were mirrored here as well.")


def _stepped_pixel_um(offsets: list[tuple[float, float]], field_px: tuple[int, int]) -> float | None:
    """The pixel that makes the overlap of neighbouring fields equal along both sides; None where nothing tells."""
    steps = []
    for axis in (0, 1):
        places = sorted({offset[axis] for offset in offsets})
        gaps = {round(step, 1) for step in np.diff(places).tolist()}
        if len(gaps) != 1:
            return None
        steps.append(gaps.pop())
    if field_px[0] == field_px[1]:
        return None
    pixel_um = (steps[0] - steps[1]) / (field_px[0] - field_px[1])
    overlap_px = field_px[0] - steps[0] / pixel_um if pixel_um > 0 else -1
    is_whole = abs(overlap_px - round(overlap_px)) * pixel_um < 2 * _OFFSET_UM
    return round(pixel_um, 4) if 0 <= overlap_px < min(field_px) and is_whole else None


def write_openmfd(stack: MaskStack, path: Path) -> tuple[Phrase, ...]:
    """Write a print file of schema 5.0.0. Returns what could not be carried over."""
    losses = Losses()
    lose_package(stack, losses)
    lose_uneven_cuts(stack, losses)
    losses.add(say("Motions, light engine, power and wavelength are common defaults: set them for your machine."))
    losses.add(say("The size of a pixel stands in a comment only: the format has no place for it."))
    columns, rows = stack.field_px
    layers: list[dict[str, Any]] = []
    with unfinished_zip(path) as archive:
        written: dict[str, str] = {}

        def stored(picture: Picture) -> str:
            if picture.name not in written:
                png = encode_png(picture.read(), always_8_bit=True)
                written[picture.name] = archive.add_once(f"{_IMAGES}/{len(written):05d}.png", png)
            return posixpath.basename(written[picture.name])

        defaults = Defaults(image="dark.png", thickness_um=stack.layers[0].thickness_um)
        dark = encode_png(blank(rows=rows, columns=columns), always_8_bit=True)
        defaults.image = posixpath.basename(archive.add_once(f"{_IMAGES}/dark.png", dark))
        for layer in stack.layers:
            described = _described(stack, layer, defaults, stored, losses)
            if layers and layers[-1] | {"Number of duplications": 1} == described:
                layers[-1]["Number of duplications"] += 1
            else:
                layers.append(described)
        archive.add("print_settings.json", msgspec.json.format(msgspec.json.encode(_settings(stack, defaults, layers))))
    return losses.told()


def _described(stack: MaskStack, layer: StackLayer, defaults: Defaults, stored: Any, losses: Losses) -> dict[str, Any]:
    images = []
    for exposure in layer.exposures:
        x_um, y_um = stack.fields[exposure.field].offset_um
        left_ms = round(1e3 * exposure.seconds, 6)
        while left_ms > 0:
            part_ms = min(left_ms, _LONGEST_MS)
            images.append(
                {
                    "Image file": stored(exposure.picture),
                    "Image x offset (um)": -x_um + 0.0,
                    "Image y offset (um)": y_um + 0.0,
                    "Layer exposure time (ms)": part_ms,
                }
            )
            left_ms = round(left_ms - part_ms, 6)
        if exposure.seconds * 1e3 > _LONGEST_MS:
            losses.add(say("Exposures over 10 s became several in a row: the format allows no longer ones."))
    if not images:  # a layer without exposures would show the default picture
        images = [{"Image file": defaults.image, "Layer exposure time (ms)": 0.0}]
    described: dict[str, Any] = {"Number of duplications": 1}
    if layer.thickness_um != defaults.thickness_um:
        described["Position settings"] = {"Layer thickness (um)": layer.thickness_um}
    return described | {"Image settings list": images}


def _settings(stack: MaskStack, defaults: Defaults, layers: list[dict[str, Any]]) -> dict[str, Any]:
    package = stack.package
    design = {"Slicer": "mingyue", "Design file": stack.name}
    if package is not None:
        design |= {"Design file": package.part.name, "Resin": package.resin.name, "3D printer": package.machine.name}
    return {
        "Header": {
            "Schema version": "5.0.0",
            "Image directory": _IMAGES,
            "Comment": f"pixel {stack.pixel_um:.10g} µm",
        },
        "Design": design,
        "Default layer settings": defaults.as_json(),
        "Layers": layers,
    }
