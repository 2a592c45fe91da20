"""The main job on the defaults, as somebody would type it: the bird's nest is checked, built and printed virtually."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

from mingyue.cli.output import print_line
from mingyue.phrases import say
from mingyue.printing.formats.print_package import open_package
from mingyue.printing.pictures import picture_of_layer, picture_of_mesh
from mingyue.printing.samples import make_sample

PART = "sample:birds_nest"
CHOSEN = ("--machine", "s230", "--resin", "pr48-385", "--layer-um", "5")
# `check` ends with 8 where something is predicted to fail, which it is: PR48 lets light through 39 µm deep.
FAILS_PREDICTED = 8


def main(out: Path) -> None:
    """Check, build, predict, draw."""
    print_line(say("The bird's nest for the S230 class: 2 µm pixels, 5 µm layers."))
    out.mkdir(parents=True, exist_ok=True)
    package = out / "birds_nest.job.zip"
    run("check", PART, *CHOSEN, may_end_with=FAILS_PREDICTED)
    run("build", PART, *CHOSEN, "-o", package)
    run("simulate", package, "--no-bands", "--pictures", out / "predicted")
    print_line(say("Pictures:"))
    for path in (*drawn(package, out), *sorted((out / "predicted").glob("*.png"))):
        print_line(f"  {path}")


def run(*words: object, may_end_with: int = 0) -> None:
    """A command, shown and run; its exit code ends this one too."""
    print_line(f"\n$ mingyue {' '.join(map(str, words))}")
    sys.stdout.flush()
    program = Path(sysconfig.get_path("scripts")) / "mingyue"
    ended = subprocess.run([program, *map(str, words)], check=False)
    if ended.returncode not in {0, may_end_with}:
        sys.exit(ended.returncode)


def drawn(package: Path, out: Path) -> list[Path]:
    """Pictures of the part and of three layers."""
    whole = out / "birds_nest.png"
    picture_of_mesh(make_sample("birds_nest").mesh).save(whole)
    paths = [whole]
    with open_package(package) as opened:
        for share in (0.15, 0.5, 0.85):
            layer = round(share * len(opened.manifest.layers))
            paths.append(out / f"birds_nest.layer-{layer:03d}.png")
            picture_of_layer(opened, layer).save(paths[-1])
    return paths


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("out"))
