"""How long does it take to compare ways of laying a part of a million triangles? Markdown on stdout."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # `benchmarks` is no package that anyone installs

from benchmarks.contestants import our_program
from benchmarks.measured import measure
from benchmarks.sections import facts, facts_table, write_section
from benchmarks.tables import count, table
from mingyue.printing.formats.stl import write_stl
from mingyue.printing.meshes import Mesh
from mingyue.printing.samples.gyroid import Gyroid, gyroid

# Longer in each direction than it is wide, and leaning: no two ways of laying it are alike, and it needs many fields.
_STRETCHED = np.array([[4.0, 0.6, 0.3], [0.0, 3.0, 0.5], [0.0, 0.0, 2.2]])


def main() -> int:
    """Run it. Returns 0: being slow is no error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each runs, after one that does not count (3)")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    options = parser.parse_args()
    heads = ("part", "triangles", "ways compared", "named", "seconds", "CPU, s", "peak, MiB", "runs", "others used")
    text = f"{facts_table(facts())}\n\n{table(heads, _rows(options.rounds))}"
    print(text)
    if options.write:
        write_section("orientations", text)
    return 0


def _parts() -> Iterator[tuple[str, Mesh]]:
    mesh = gyroid(Gyroid(step_um=11.5)).mesh
    yield "gyroid of a million", mesh
    yield "the same, stretched and leaning", mesh.moved(_STRETCHED, np.zeros(3))


def _rows(rounds: int) -> Iterator[tuple[str, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "part.stl"
        for name, mesh in _parts():
            write_stl(mesh, path, unit="mm")
            command = [our_program(), "orient", path, "--units", "mm", "--json"]
            costs = [measure(command) for _ in range(rounds + 1)][1:]
            told = json.loads(costs[0].stdout)
            wall, cpu = median(cost.wall_s for cost in costs), median(cost.cpu_s for cost in costs)
            peak, others = max(cost.peak_mib for cost in costs), max(cost.others_share for cost in costs)
            yield (
                name, count(len(mesh.triangles)), count(told["tried"]), str(len(told["choices"])),
                f"{wall:.2f}", f"{cpu:.1f}", f"{peak:.0f}", str(len(costs)), f"{others:.0%}",
            )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
