"""Prusa SL1 files, both ways: a zip of config.ini, prusaslicer.ini and one grey PNG a layer.

One screen over the middle of the platform; one thickness but for the first layer; two exposures and a fade between.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

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
from mingyue.printing.formats.png import encode_png
from mingyue.printing.formats.stack import (
    ASK_PIXEL,
    EXPORT_AGAIN,
    Exposure,
    Losses,
    MaskStack,
    Picture,
    base_exposure,
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

# So many layers get the first exposure in full before it fades: in the machine and in PrusaSlicer's own sums alike.
_FIRST_LAYERS = 3
# The fewest and most layers that PrusaSlicer lets an exposure fade over.
_FEWEST_FADED, _MOST_FADED = 3, 20
_UNEQUAL = 1e-3  # pixels whose sides differ by less are square


def read_sl1(path: Path, *, pixel_um: float | None = None) -> MaskStack:
    """The masks of an SL1 file, turned to the build frame: as the platform sees them, not as the screen shows them.

    pixel_um: for files that do not say it. Raises FileFormatError, LimitError.
    """
    archive = Archive(path)
    if "config.ini" not in archive:
        raise FileFormatError(say("{file} has no {name}.", file=path.name, name="config.ini"), remedy=EXPORT_AGAIN)
    config = _settings(archive.text("config.ini"))
    slicer = _settings(archive.text("prusaslicer.ini")) if "prusaslicer.ini" in archive else {}
    names = _layer_names(archive, config.get("jobDir", ""), path.name)
    promised = number(config, "numFast", file=path.name, default=0.0, above_zero=False) + number(
        config, "numSlow", file=path.name, default=0.0, above_zero=False
    )
    if promised and promised != len(names):
        raise layers_promised(path.name, promised=int(promised), found=len(names))
    shown_px = png_size(archive.head(names[0]), name=names[0])
    turn = _Turn(slicer)
    field_px = (shown_px[1], shown_px[0]) if turn.is_portrait else shown_px
    pixel_um = pixel_um or _pixel_um(slicer, field_px, path.name)
    layer_um = 1e3 * number(config, "layerHeight", file=path.name)
    first_um = 1e3 * number(slicer, "initial_layer_height", file=path.name, default=layer_um / 1e3)
    seconds = exposure_times(
        len(names),
        first_s=number(config, "expTimeFirst", file=path.name),
        usual_s=number(config, "expTime", file=path.name),
        faded=int(number(config, "numFade", file=path.name, default=0.0, above_zero=False)),
    )
    canvas, fields, stitching = one_screen(pixel_um=pixel_um, field_px=field_px)
    pictures = [turn.back(archive.picture(name, field_px=shown_px)) for name in names]
    return MaskStack(
        name=path.name,
        format="sl1",
        pixel_um=pixel_um,
        field_px=field_px,
        canvas=canvas,
        fields=fields,
        layers=stacked(
            [round(height, 6) for height in (first_um, *(layer_um for _ in names[1:]))],
            [(Exposure(0, time_s, picture),) for time_s, picture in zip(seconds, pictures, strict=True)],
        ),
        stitching=stitching,
        sha256=sha256_of(path),
        notes=turn.notes,
        close=archive.close,
    )


def exposure_times(layers: int, *, first_s: float, usual_s: float, faded: int) -> list[float]:
    """Seconds of each layer: three times the first exposure, then even steps down (or up) to the common one."""
    step = (first_s - usual_s) / (faded + 1)
    return [
        first_s
        if layer < _FIRST_LAYERS
        else round(first_s - (layer - _FIRST_LAYERS + 1) * step, 9)
        if layer < _FIRST_LAYERS + faded
        else usual_s
        for layer in range(layers)
    ]


def _settings(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.splitlines())
    return {key.strip(): value.strip() for key, equals, value in pairs if equals}


def _layer_names(archive: Archive, job: str, file: str) -> list[str]:
    """The layers' entries by their numbers, which follow the job's name, begin at 0 and have no gap."""
    for named in (re.escape(job), "[^/]*?"):  # whoever renames a job forgets its name within
        layer = re.compile(rf"{named}(?P<number>[0-9]{{5}})\.png")
        found = [match for name in archive.names if (match := layer.fullmatch(name))]
        if found:
            break
    names = {int(match["number"]): match[0] for match in found}
    if not names or len(names) != len(found) or sorted(names) != list(range(len(names))):
        raise FileFormatError(
            say("{file} has no layers 0, 1, 2 … without a gap, but {count:,}.", file=file, count=len(found)),
            remedy=EXPORT_AGAIN,
        )
    return [names[layer] for layer in range(len(names))]


def _pixel_um(slicer: dict[str, str], field_px: tuple[int, int], file: str) -> float:
    """The display's size over its pixels: width and height are those of the display as it lies in the machine."""
    if "display_width" not in slicer or "display_height" not in slicer:
        raise FileFormatError(say("{file} does not say how large its pixels are.", file=file), remedy=ASK_PIXEL)
    sides_mm = [number(slicer, f"display_{side}", file=file) for side in ("width", "height")]
    pixel_um, other = (1e3 * side / count for side, count in zip(sides_mm, field_px, strict=True))
    if abs(pixel_um - other) > _UNEQUAL * pixel_um:
        raise FileFormatError(
            say("The pixels of {file} are not square: {width:.4g} × {height:.4g} µm.",
                file=file, width=pixel_um, height=other),
            remedy=say("Slice the part again with square pixels."),
        )  # fmt: skip
    return round(pixel_um, 6)


class _Turn:
    """How PrusaSlicer turns a layer before it becomes the screen's picture, and back.

    Landscape pictures are mirrored as asked; portrait ones have their axes swapped, which mirrors x once more.
    """

    def __init__(self, slicer: dict[str, str]) -> None:
        self.is_portrait = slicer.get("display_orientation") == "portrait"
        self.mirror_x = slicer.get("display_mirror_x") == "1"
        self.mirror_y = slicer.get("display_mirror_y") == "1"

    @property
    def notes(self) -> tuple[Phrase, ...]:
        if not (self.is_portrait or self.mirror_x or self.mirror_y):
            return ()
        return (say("Its screen is turned or mirrored; the masks were turned back to how the platform sees them."),)

    def back(self, picture: Picture) -> Picture:
        return Picture(picture.name, lambda: self._turned(picture.read())) if self.notes else picture

    def _turned(self, runs: Runs) -> Runs:
        painted = runs.painted()
        if self.mirror_x:
            painted = painted[:, ::-1]
        if self.mirror_y:
            painted = painted[::-1]
        if self.is_portrait:
            painted = painted[::-1].T
        return from_picture(np.ascontiguousarray(painted))


def write_sl1(stack: MaskStack, path: Path) -> tuple[Phrase, ...]:
    """Write an SL1 file in landscape, mirrored nowhere. Returns what could not be carried over.

    Raises BadInputError where layers beyond the first differ in thickness.
    """
    losses = Losses()
    layer_um = even_thickness_um(stack, format_name="sl1", free_first=True)
    lose_package(stack, losses)
    lose_uneven_cuts(stack, losses)
    seconds = []
    with unfinished_zip(path) as archive:
        for count, shown in enumerate(on_one_screen(stack, losses)):
            seconds.append(shown.seconds)
            archive.add(f"job{count:05d}.png", encode_png(shown.runs, always_8_bit=True))
        first_s, usual_s, faded = _times(seconds)
        written = exposure_times(len(seconds), first_s=first_s, usual_s=usual_s, faded=faded)
        lose_layer_times(seconds, written, losses)
        archive.add("config.ini", _config(stack, layer_um, first_s, usual_s, faded))
        archive.add("prusaslicer.ini", _display(stack, layer_um))
    return losses.told()


def _times(seconds: Sequence[float]) -> tuple[float, float, int]:
    """First and common exposure, and over how many layers the first fades, so that they come nearest to the wish."""
    count, first_s = base_exposure(seconds)
    usual_s = commonest(seconds) or 1.0
    return first_s or usual_s, usual_s, min(max(count - _FIRST_LAYERS, _FEWEST_FADED), _MOST_FADED)


def _config(stack: MaskStack, layer_um: float, first_s: float, usual_s: float, faded: int) -> str:
    values = {
        "action": "print",
        "expTime": usual_s,
        "expTimeFirst": first_s,
        "expUserProfile": 0,
        "jobDir": "job",
        "layerHeight": layer_um / 1e3,
        "materialName": "",
        "numFade": faded,
        "numFast": len(stack.layers),
        "numSlow": 0,
    }
    return "".join(f"{key} = {value}\n" for key, value in values.items())


def _display(stack: MaskStack, layer_um: float) -> str:
    columns, rows = screen_px(stack)
    values = {
        "display_height": rows * stack.pixel_um / 1e3,
        "display_mirror_x": 0,
        "display_mirror_y": 0,
        "display_orientation": "landscape",
        "display_pixels_x": columns,
        "display_pixels_y": rows,
        "display_width": columns * stack.pixel_um / 1e3,
        "initial_layer_height": stack.layers[0].thickness_um / 1e3,
        "layer_height": layer_um / 1e3,
        "printer_technology": "SLA",
    }
    return "".join(f"{key} = {value}\n" for key, value in values.items())
