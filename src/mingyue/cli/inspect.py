"""`mingyue inspect`: what is in a part, a print package or a file of masks, what is wrong, and how it looks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from PIL import Image

from mingyue.cli.build import PartArgument
from mingyue.cli.choices import SAMPLE, read_choice
from mingyue.cli.convert import PixelOption
from mingyue.cli.drawing import drawn_in_text, layer_choice
from mingyue.cli.masks import inspect_masks
from mingyue.cli.options import UnitsOption
from mingyue.cli.output import AsJson, print_json, print_line, print_notes, print_pairs, tell
from mingyue.files import write_whole
from mingyue.phrases import Phrase, say
from mingyue.printing.formats.convert import stack_format
from mingyue.printing.formats.manifest import Manifest
from mingyue.printing.formats.print_package import PrintPackage, is_package, open_package
from mingyue.printing.mending.faults import CROSSINGS_SHOWN, MeshReport, find_faults, why_not_sliceable
from mingyue.printing.pictures import as_png, picture_of_layer, picture_of_mesh

PACKAGE_DAMAGED = 6


def inspect(
    part: PartArgument,
    units: UnitsOption = None,
    layer: Annotated[
        int | None, typer.Option("--layer", help=tell("Which layer of a package to draw; the middle one if not said."))
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", help=tell("Write the part or the layer as a PNG file."))
    ] = None,
    pixel_um: PixelOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue inspect FILE`."""
    if not part.startswith(SAMPLE) and is_package(Path(part)):
        _inspect_package(Path(part), layer, picture, as_json)
    elif not part.startswith(SAMPLE) and stack_format(Path(part)):
        inspect_masks(Path(part), layer=layer, picture=picture, pixel_um=pixel_um, as_json=as_json)
    else:
        _inspect_part(part, units, picture, as_json)


def _inspect_part(text: str, units: str | None, picture: Path | None, as_json: bool) -> None:
    part = read_choice(text, units=units)
    report = find_faults(part.mesh, crossings=True)
    reasons = why_not_sliceable(report)
    if picture is not None:
        write_whole(picture, as_png(picture_of_mesh(part.mesh)))
    print_notes(part.notes)
    if as_json:
        described = {"name": part.name, "format": part.format, "units": part.unit, "sha256": part.sha256}
        found = report.to_json() | {
            "sliceable": not reasons,
            "reasons": [reason._asdict() for reason in reasons],
        }
        print_json(described | found | {"notes": part.notes})
        return
    print_pairs({say("part"): part.name, say("format"): part.format, say("unit"): part.unit} | _described(report))
    for reason in reasons:
        print_line(say("✗ {text}", text=reason.message), style="red")
        print_line(say("  remedy: {text}", text=reason.remedy))
    if not reasons:
        print_line(say("✓ It bounds a volume and can be built."), style="green")


def _described(report: MeshReport) -> dict[str, object]:
    x, y, z = (extent / 1e3 for extent in report.size_um)
    crossings = report.crossing_pairs.count if report.crossing_pairs is not None else 0
    counted = say("{count:,} pairs", count=crossings)
    if crossings >= CROSSINGS_SHOWN:
        counted = say("at least {count:,} pairs", count=crossings)
    return {
        say("triangles"): f"{report.triangles:,}",
        say("bodies"): f"{report.bodies:,}",
        say("size"): f"{x:.4g} × {y:.4g} × {z:.4g} mm",
        say("volume"): tell("{volume:.5g} mm³ (overlaps count twice)", volume=report.volume_um3 / 1e9),
        say("open edges"): report.open_edges.count,
        say("edges whose faces disagree"): report.flipped_edges.count,
        say("edges of more than two faces"): report.nonmanifold_edges.count,
        say("bodies inside out"): report.inside_out_bodies.count,
        say("degenerate faces"): report.degenerate_faces.count,
        say("double faces"): report.duplicate_faces.count,
        say("crossing triangles"): tell("{counted} (overlapping shells print as one solid)", counted=counted),
    }


def _inspect_package(path: Path, layer: int | None, picture: Path | None, as_json: bool) -> None:
    with open_package(path) as package:
        manifest = package.manifest
        chosen = layer_choice(layer, len(manifest.layers))
        problems = list(package.problems())
        sheet = None if problems else picture_of_layer(package, chosen)
        if picture is not None and sheet is not None:
            write_whole(picture, as_png(sheet))
        if as_json:
            print_json(_package_json(package, chosen, problems))
        else:
            _print_package(package, chosen, problems, sheet)
    if problems:
        raise typer.Exit(PACKAGE_DAMAGED)


def _package_json(package: PrintPackage, layer: int, problems: list[Phrase]) -> dict[str, object]:
    manifest = package.manifest
    return {
        "package": package.path,
        "whole": not problems,
        "problems": problems,
        "version": manifest.version,
        "made_by": manifest.made_by,
        "part": msgspec.to_builtins(manifest.part),
        "machine": msgspec.to_builtins(manifest.machine),
        "resin": msgspec.to_builtins(manifest.resin),
        "layers": len(manifest.layers),
        "fields": len(manifest.fields),
        "masks": len(manifest.masks),
        "volume_mm3": _volume_mm3(package),
        "light_map": msgspec.to_builtins(manifest.light_map),
        "regions": msgspec.to_builtins(manifest.regions),
        "layer": {"index": layer} | msgspec.to_builtins(manifest.layers[layer]),
    }


def _volume_mm3(package: PrintPackage) -> float:
    pixel_um2 = package.manifest.machine.pixel_um**2
    return sum(layer.area_px * pixel_um2 * layer.thickness_um for layer in package.manifest.layers) / 1e9


def _exposed_apart(manifest: Manifest) -> dict[str, object]:
    """What a package says of regions with exposures of their own, and of light that was evened out."""
    said: dict[str, object] = {}
    if manifest.regions is not None and manifest.regions.down_facing_s is not None:
        said[say("facing down")] = tell(
            "{seconds:g} s, {count} layers",
            seconds=manifest.regions.down_facing_s,
            count=manifest.regions.down_facing_layers,
        )
    if manifest.regions is not None and manifest.regions.edge_s is not None:
        said[say("edge")] = f"{manifest.regions.edge_s:g} s, {manifest.regions.edge_px} px"
    if manifest.light_map is not None:
        said[say("light map")] = tell(
            "{file}, uneven by {after:.1%} instead of {before:.1%}",
            file=manifest.light_map.file,
            after=manifest.light_map.uneven_after,
            before=manifest.light_map.uneven_before,
        )
    return said


def _print_package(package: PrintPackage, layer: int, problems: list[Phrase], sheet: Image.Image | None) -> None:
    manifest = package.manifest
    x, y, z = (extent / 1e3 for extent in manifest.part.size_um)
    print_pairs(
        {
            say("package"): f"{package.path} ({manifest.format} {manifest.version}, {manifest.made_by})",
            say("part"): tell(
                "{name} ({format}, {triangles:,} triangles)",
                name=manifest.part.name,
                format=manifest.part.format,
                triangles=manifest.part.triangles,
            ),
            say("digest of the part"): manifest.part.sha256,
            say("size"): f"{x:.4g} × {y:.4g} × {z:.4g} mm",
            say("machine"): f"{manifest.machine.name}, {manifest.machine.pixel_um:g} µm",
            say("resin"): manifest.resin.name,
            say("layers"): f"{len(manifest.layers):,}",
            say("fields"): f"{len(manifest.fields):,}",
            say("masks"): f"{len(manifest.masks):,}",
            say("volume"): f"{_volume_mm3(package):.5f} mm³",
        }
        | _exposed_apart(manifest)
    )
    for problem in problems:
        print_line(say("✗ {text}", text=problem), style="red")
    if problems:
        print_line(say("  remedy: {text}", text=say("The package is damaged: build it again.")))
    if sheet is not None:
        print_line(say("✓ All masks are as they were made."), style="green")
        shown = manifest.layers[layer]
        print_line(
            say(
                "Layer {layer}, cut at {cut:g} µm, exposed for {seconds:.3f} s:",
                layer=layer,
                cut=shown.cut_um,
                seconds=max((exposure.seconds for exposure in shown.exposures), default=0.0),
            )
        )
        print_line(drawn_in_text(sheet))
