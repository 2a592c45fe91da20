"""The main job on the defaults: the bird's nest becomes a print package, and there is something to look at."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from mingyue.cli.build import build_with_progress, figures
from mingyue.cli.choices import sample_part
from mingyue.cli.output import print_line, print_notes, print_pairs
from mingyue.phrases import say
from mingyue.printing.chain import BuildSettings
from mingyue.printing.formats.print_package import open_package
from mingyue.printing.machines import machine
from mingyue.printing.meshes import Mesh
from mingyue.printing.pictures import picture_of_layer, picture_of_mesh
from mingyue.printing.resins import resin


def main(out: Path) -> None:
    """Build, report, draw."""
    print_line(say("Building the bird's nest for the S230 class: 2 µm pixels, 5 µm layers."))
    out.mkdir(parents=True, exist_ok=True)
    part = sample_part("birds_nest")
    package = out / "birds_nest.job.zip"
    settings = BuildSettings(machine=machine("s230"), resin=resin("pr48-385"), layer_um=5.0)
    result = build_with_progress(part, settings, package, quiet=not sys.stderr.isatty())
    print_pairs(figures(result))
    print_notes(result.notes)
    print_line(say("Pictures:"))
    for name in _pictures(part.mesh, package, out):
        print_line(f"  {name}")


def _pictures(mesh: Mesh, package: Path, out: Path) -> Iterator[Path]:
    whole = out / "birds_nest.png"
    picture_of_mesh(mesh).save(whole)
    yield whole
    with open_package(package) as opened:
        layers = len(opened.manifest.layers)
        for share in (0.15, 0.5, 0.85):
            layer = round(share * layers)
            path = out / f"birds_nest.layer-{layer:03d}.png"
            picture_of_layer(opened, layer).save(path)
            yield path


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("out"))
