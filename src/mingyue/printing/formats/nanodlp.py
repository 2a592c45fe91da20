"""NanoDLP files, both ways: a zip of JSON files and one PNG a layer, numbered from 1.

One screen over the middle of the platform, one thickness, and an exposure for the base and one for the rest.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from PIL import Image

from mingyue.errors import FileFormatError
from mingyue.phrases import Phrase, say
from mingyue.printing.formats.archives import (
    Archive,
    layers_promised,
    number,
    png_size,
    sha256_of,
    unfinished_zip,
)
from mingyue.printing.formats.png import PngError, encode_png
from mingyue.printing.formats.stack import (
    ASK_PIXEL,
    EXPORT_AGAIN,
    Exposure,
    Losses,
    MaskStack,
    Picture,
    Shown,
    base_exposure,
    check_picture_size,
    commonest,
    even_thickness_um,
    lose_layer_times,
    lose_package,
    lose_uneven_cuts,
    on_one_screen,
    one_screen,
    screen_px,
    stacked,
)
from mingyue.printing.runs import Runs, from_picture

_UNEQUAL = 1e-3  # pixels whose sides differ by less are square
_RGB = 2  # a PNG's colour type


def read_nanodlp(path: Path, *, pixel_um: float | None = None) -> MaskStack:
    """The masks of a NanoDLP file; three grey pixels packed into one coloured one are taken apart.

    pixel_um: for files that do not say it. Raises FileFormatError, LimitError.
    """
    archive = Archive(path)
    options = _first_of(archive, "options.json", "slicer.json")
    profile = _first_of(archive, "profile.json")
    plate = _first_of(archive, "plate.json")
    count = 0
    while f"{count + 1}.png" in archive:
        count += 1
    promised = int(number(plate, "LayersCount", file=path.name, default=0.0, above_zero=False)) or count
    if promised != count or not count:
        raise layers_promised(path.name, promised=promised, found=count)
    field_px = _field_px(archive, options, path.name)
    pixel_um = pixel_um or _pixel_um(options, path.name)
    layer_um = number(options, "Thickness", file=path.name, default=0.0, above_zero=False) or number(
        profile, "Depth", file=path.name
    )
    usual_s = number(profile, "CureTime", file=path.name)
    base_s = number(profile, "SupportCureTime", file=path.name, default=usual_s)
    base = number(profile, "SupportLayerNumber", file=path.name, default=0.0, above_zero=False)
    canvas, fields, stitching = one_screen(pixel_um=pixel_um, field_px=field_px)
    exposures = [
        (Exposure(0, base_s if layer < base else usual_s, _picture(archive, f"{layer + 1}.png", field_px)),)
        for layer in range(count)
    ]
    return MaskStack(
        name=path.name,
        format="nanodlp",
        pixel_um=pixel_um,
        field_px=field_px,
        canvas=canvas,
        fields=fields,
        layers=stacked([layer_um] * count, exposures),
        stitching=stitching,
        sha256=sha256_of(path),
        notes=tuple(_notes(archive, profile, path.name)),
        close=archive.close,
    )


def _first_of(archive: Archive, *names: str) -> dict[str, Any]:
    for name in names:
        if name in archive:
            found = archive.json(name)
            if isinstance(found, dict):
                return found
    return {}


def _notes(archive: Archive, profile: dict[str, Any], file: str) -> list[Phrase]:
    notes = []
    if "override.json" in archive:
        notes.append(say("Its settings for single layers (override.json) were left out."))
    if number(profile, "TransitionalLayer", file=file, default=0.0, above_zero=False):
        notes.append(say("Its transition from base to common exposure was left out: it steps at once."))
    return notes


def _field_px(archive: Archive, options: dict[str, Any], file: str) -> tuple[int, int]:
    """As the options say, else as the first picture is."""
    stored = png_size(archive.head("1.png"), name="1.png")
    if "PWidth" not in options:
        return stored
    columns, rows = (int(number(options, key, file=file)) for key in ("PWidth", "PHeight"))
    check_picture_size(columns, rows, name=file)
    return columns, rows


def _pixel_um(options: dict[str, Any], file: str) -> float:
    if not options.get("XPixelSize"):
        raise FileFormatError(say("{file} does not say how large its pixels are.", file=file), remedy=ASK_PIXEL)
    width, height = (1e3 * number(options, key, file=file) for key in ("XPixelSize", "YPixelSize"))
    if abs(width - height) > _UNEQUAL * width:
        raise FileFormatError(
            say("The pixels of {file} are not square: {width:.4g} × {height:.4g} µm.",
                file=file, width=width, height=height),
            remedy=say("Slice the part again with square pixels."),
        )  # fmt: skip
    return round(width, 6)


def _picture(archive: Archive, name: str, field_px: tuple[int, int]) -> Picture:
    grey = archive.picture(name, field_px=field_px)

    def read() -> Runs:
        head = archive.head(name)
        packed = png_size(head, name=name) == (field_px[0] // 3, field_px[1]) and field_px[0] % 3 == 0
        return _unpacked(archive.read(name), name) if packed and head[25] == _RGB else grey.read()

    return Picture(name, read)


def _unpacked(data: bytes, name: str) -> Runs:
    """Red, green and blue are three pixels side by side on a screen without colours."""
    try:
        with Image.open(BytesIO(data), formats=("PNG",)) as image:
            colours = np.asarray(image.convert("RGB"), dtype=np.uint8)
    except (OSError, SyntaxError, ValueError) as error:
        problem = say("The mask cannot be read: {why}.", why=str(error))
        raise PngError(say("{file}: {problem}", file=name, problem=problem), remedy=EXPORT_AGAIN) from error
    return from_picture(colours.reshape(len(colours), -1))


def write_nanodlp(stack: MaskStack, path: Path) -> tuple[Phrase, ...]:
    """Write a NanoDLP file. Returns what could not be carried over.

    Raises BadInputError where layers differ in thickness.
    """
    losses = Losses()
    layer_um = even_thickness_um(stack, format_name="nanodlp")
    lose_package(stack, losses)
    lose_uneven_cuts(stack, losses)
    seconds, areas = [], []
    with unfinished_zip(path) as archive:
        for count, shown in enumerate(on_one_screen(stack, losses), start=1):
            seconds.append(shown.seconds)
            areas.append(_area(shown, stack.pixel_um))
            archive.add(f"{count}.png", encode_png(shown.runs, always_8_bit=True))
        usual_s = commonest(seconds) or 1.0
        base, base_s = base_exposure(seconds)
        base_s = base_s or usual_s
        lose_layer_times(seconds, [base_s] * base + [usual_s] * (len(seconds) - base), losses)
        for name, content in (
            ("meta.json", {"format_version": 1, "distro": "generic", "program": "mingyue", "profile": False}),
            ("plate.json", _plate(stack, layer_um, areas)),
            ("profile.json", _profile(layer_um, usual_s, base_s, base)),
            ("options.json", _options(stack, layer_um, base)),
            ("slicer.json", _options(stack, layer_um, base)),  # some programs look for this name
            ("info.json", areas),
        ):
            archive.add(name, msgspec.json.encode(content))
    return losses.told()


def _area(shown: Shown, pixel_um: float) -> dict[str, float]:
    """What NanoDLP reckons resin with; islands are not told apart, so the whole layer counts as one."""
    runs = shown.runs
    area = round(runs.area_px * (pixel_um / 1e3) ** 2, 6)
    lit_rows = np.flatnonzero(np.diff(runs.row_starts))
    box = (runs.starts.min(), lit_rows[0], runs.stops.max() - 1, lit_rows[-1]) if len(runs) else (0, 0, 0, 0)
    sides = {key: int(value) for key, value in zip(("MinX", "MinY", "MaxX", "MaxY"), box, strict=True)}
    areas = dict.fromkeys(("TotalSolidArea", "LargestArea", "SmallestArea"), area)
    return areas | sides | {"AreaCount": int(len(runs) > 0)}


def _plate(stack: MaskStack, layer_um: float, areas: list[dict[str, float]]) -> dict[str, object]:
    columns, rows = screen_px(stack)
    width, depth = columns * stack.pixel_um / 1e3, rows * stack.pixel_um / 1e3
    return {
        "PlateID": 0,
        "ProfileID": 0,
        "Path": stack.name,
        "LayersCount": len(stack.layers),
        "Processed": True,
        "TotalSolidArea": sum(area["TotalSolidArea"] for area in areas) * layer_um / 1e6,  # ml
        "XMin": -width / 2,
        "XMax": width / 2,
        "YMin": -depth / 2,
        "YMax": depth / 2,
        "ZMin": 0.0,
        "ZMax": len(stack.layers) * layer_um / 1e3,
    }


def _profile(layer_um: float, usual_s: float, base_s: float, base: int) -> dict[str, object]:
    return {
        "ProfileID": 0,
        "Title": "mingyue",
        "Depth": layer_um,
        "SupportDepth": layer_um,
        "CureTime": usual_s,
        "SupportCureTime": base_s,
        "SupportLayerNumber": base,
        "TransitionalLayer": 0,
    }


def _options(stack: MaskStack, layer_um: float, base: int) -> dict[str, object]:
    columns, rows = screen_px(stack)
    return {
        "PWidth": columns,
        "PHeight": rows,
        "Thickness": layer_um,
        "SupportDepth": layer_um,
        "SupportLayerNumber": base,
        "XOffset": columns // 2,
        "YOffset": rows // 2,
        "XPixelSize": stack.pixel_um / 1e3,
        "YPixelSize": stack.pixel_um / 1e3,
        "ImageMirror": 0,
    }
