"""`mingyue inspect` of a file of masks: its layers, fields and exposures, what is lit, and how a layer looks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from mingyue.cli.drawing import drawn_in_text, layer_choice
from mingyue.cli.output import print_json, print_line, print_notes, print_pairs
from mingyue.phrases import say
from mingyue.printing.formats.convert import read_stack
from mingyue.printing.formats.stack import MaskStack, screen_of
from mingyue.printing.formats.thumbnails import shrunk
from mingyue.printing.runs import Runs

_DRAWN_PX = 1600


@dataclass(frozen=True, slots=True)
class _Lit:
    """What all masks together light, and the layer that is to be drawn."""

    volume_mm3: float
    chosen: int
    screen: Runs


def inspect_masks(
    path: Path, *, layer: int | None, picture: Path | None, pixel_um: float | None, as_json: bool
) -> None:
    """Read every mask once, and say what is in the file. Raises FileFormatError where a mask is damaged."""
    with read_stack(path, pixel_um=pixel_um) as stack:
        lit = _lit(stack, layer_choice(layer, len(stack.layers)))
    sheet = Image.fromarray(shrunk(lit.screen, most_px=_DRAWN_PX))
    if picture is not None:
        sheet.save(picture)
    print_notes(stack.notes)
    if as_json:
        print_json(_as_json(path, stack, lit))
    else:
        _print(path, stack, lit, sheet)


def _lit(stack: MaskStack, chosen: int) -> _Lit:
    """One layer at a time is in memory."""
    pixel_um2, volume_um3 = stack.pixel_um**2, 0.0
    screen: Runs | None = None
    for index, layer in enumerate(stack.layers):
        shown = screen_of(stack, index)
        volume_um3 += shown.area_px * pixel_um2 * layer.thickness_um
        if index == chosen:
            screen = shown
    assert screen is not None
    return _Lit(volume_um3 / 1e9, chosen, screen)


def _height_um(stack: MaskStack) -> float:
    return stack.layers[-1].bottom_um + stack.layers[-1].thickness_um


def _seconds(stack: MaskStack) -> list[float]:
    return [exposure.seconds for layer in stack.layers for exposure in layer.exposures]


def _as_json(path: Path, stack: MaskStack, lit: _Lit) -> dict[str, object]:
    layer, seconds = stack.layers[lit.chosen], _seconds(stack)
    return {
        "file": path,
        "format": stack.format,
        "sha256": stack.sha256,
        "pixel_um": stack.pixel_um,
        "field_px": stack.field_px,
        "layers": len(stack.layers),
        "fields": [field.offset_um for field in stack.fields],
        "overlap_px": stack.stitching.overlap_px,
        "exposures": stack.exposures,
        "exposure_s": {"least": min(seconds, default=0.0), "most": max(seconds, default=0.0), "sum": sum(seconds)},
        "height_um": _height_um(stack),
        "volume_mm3": lit.volume_mm3,
        "layer": {
            "index": lit.chosen,
            "bottom_um": layer.bottom_um,
            "thickness_um": layer.thickness_um,
            "area_px": lit.screen.area_px,
            "exposures": [(exposure.field, exposure.seconds) for exposure in layer.exposures],
        },
        "notes": stack.notes,
    }


def _print(path: Path, stack: MaskStack, lit: _Lit, sheet: Image.Image) -> None:
    seconds = _seconds(stack)
    columns, rows = stack.field_px
    thickness = [layer.thickness_um for layer in stack.layers]
    print_pairs(
        {
            say("file"): f"{path} ({stack.format})",
            say("digest"): stack.sha256,
            say("pixels"): f"{columns:,} × {rows:,} px, {stack.pixel_um:g} µm",
            say("fields"): f"{len(stack.fields):,}",
            say("overlap"): f"{stack.stitching.overlap_px} px",
            say("layers"): f"{len(thickness):,} × {_range(thickness, 'µm')}",
            say("exposures"): f"{len(seconds):,} × {_range(seconds, 's')}",
            say("height"): f"{_height_um(stack):,.2f} µm",
            say("volume"): f"{lit.volume_mm3:.5f} mm³",
        }
    )
    layer = stack.layers[lit.chosen]
    print_line(
        say(
            "Layer {layer}, cut at {cut:g} µm, exposed for {seconds:.3f} s:",
            layer=lit.chosen,
            cut=layer.cut_um,
            seconds=max((exposure.seconds for exposure in layer.exposures), default=0.0),
        )
    )
    print_line(drawn_in_text(sheet))


def _range(values: list[float], unit: str) -> str:
    least, most = min(values, default=0.0), max(values, default=0.0)
    return f"{least:g} {unit}" if most - least < 1e-9 else f"{least:g}–{most:g} {unit}"
