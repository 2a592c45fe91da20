"""Who slices: each reads one STL file and leaves one zip of grey PNG files, as a process of its own."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks import peer_manifold, prusa
from benchmarks.cases import FieldPx
from benchmarks.measured import Cost, measure
from benchmarks.parts import LAYER_UM, MACHINE
from mingyue.printing.profiles.machines import machine

OURS, PRUSA, MANIFOLD = "mingyue", "PrusaSlicer", "manifold3d + OpenCV"


@dataclass(frozen=True, slots=True)
class Job:
    """One part on one canvas; contestants write into the folder."""

    part: Path
    field_px: FieldPx
    folder: Path

    def out(self, name: str) -> Path:
        """Where a contestant writes."""
        return self.folder / f"{self.part.stem}.{name.split(maxsplit=1)[0]}.zip"

    def bytes(self, name: str) -> int:
        """How large it became."""
        return self.out(name).stat().st_size


def run_ours(job: Job, *options: str) -> Cost:
    """As somebody would type it; what it tells as JSON is in `stdout`."""
    field = "{}x{}".format(*job.field_px)
    words = ["build", job.part, "--units", "mm", "--field-px", field, "--json", "-o", job.out(OURS), *options]
    return measure([our_program(), *words])


def run_prusa(job: Job) -> Cost:
    """With the settings of `prusa.py`, greys without gamma."""
    command = prusa.prusa_command(job.part, job.out(PRUSA), canvas_px=job.field_px, gamma=1.0)
    return measure(command, env=prusa.home_in(job.folder))


def run_manifold(job: Job) -> Cost:
    """See `peer_manifold.py`."""
    sizes = (*job.field_px, machine(MACHINE).pixel_um, LAYER_UM)
    return measure([sys.executable, peer_manifold.__file__, job.part, job.out(MANIFOLD), *map(str, sizes)])


RUNNERS = {OURS: run_ours, PRUSA: run_prusa, MANIFOLD: run_manifold}


def our_program() -> Path:
    """The command beside this Python."""
    beside = Path(sys.executable).parent / "mingyue"
    found = beside if beside.exists() else shutil.which("mingyue")
    if found is None:
        raise FileNotFoundError("the command mingyue is not installed: make setup")
    return Path(found)
