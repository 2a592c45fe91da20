"""PrusaSlicer beside us: a mesh goes in, black and white or grey pictures of its layers come out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.parts import LAYER_UM, MACHINE
from mingyue.printing.formats.stl import write_stl
from mingyue.printing.meshes import Mesh
from mingyue.printing.profiles.machines import machine

PROGRAM = "prusa-slicer"
MISSING = f"{PROGRAM} is not installed, so this was not run: apt-get install prusa-slicer"
# A square of 4.096 mm holds the parts, and its half is a whole number of pixels.
SIDE_PX = 2048


def program_version() -> str | None:
    """Which PrusaSlicer there is; None where there is none."""
    if shutil.which(PROGRAM) is None:
        return None
    told = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=False)
    found = re.search(r"PrusaSlicer-(\S+)", told.stdout + told.stderr)
    return found[1] if found else "of unknown version"


def slice_with_prusa(mesh: Mesh, folder: Path) -> Path:
    """PrusaSlicer's black and white pictures of a mesh in the build frame, as its zip of PNG files."""
    half_um = SIDE_PX * machine(MACHINE).pixel_um / 2
    # Its bed begins at (0, 0) where ours has its middle; half a canvas is a whole number of pixels.
    moved = mesh.moved(np.eye(3), np.array([half_um, half_um, 0.0]))
    part, out = folder / "part.stl", folder / "theirs.sl1"
    write_stl(moved, part, unit="mm")
    command = prusa_command(part, out, canvas_px=(SIDE_PX, SIDE_PX), gamma=0.0)
    ran = subprocess.run(command, env=home_in(folder), capture_output=True, text=True, check=False)
    if ran.returncode or not out.exists():
        raise RuntimeError(f"{PROGRAM} ended with {ran.returncode}: {(ran.stderr or ran.stdout)[-500:]}")
    return out


def prusa_command(part: Path, out: Path, *, canvas_px: tuple[int, int], gamma: float) -> list[str]:
    """How to slice a part that lies on a canvas (columns, rows) from (0, 0) on. gamma: 0 is black and white, 1 is grey.

    Writes the settings beside `out`.
    """
    settings = out.with_suffix(".ini")
    settings.write_text("".join(f"{key} = {value}\n" for key, value in _settings(canvas_px, gamma)))
    return [PROGRAM, "--export-sla", "--dont-arrange", "--load", str(settings), "-o", str(out), str(part)]


def home_in(folder: Path) -> dict[str, str]:
    """An environment in which it finds nobody's settings."""
    return os.environ | {"HOME": str(folder)}


def _settings(canvas_px: tuple[int, int], gamma: float) -> Iterator[tuple[str, object]]:
    """Nothing that would change the contours: no closing, no corrections, no supports."""
    width_mm, height_mm = (side * machine(MACHINE).pixel_um / 1e3 for side in canvas_px)
    yield "printer_technology", "SLA"
    yield "bed_shape", f"0x0,{width_mm}x0,{width_mm}x{height_mm},0x{height_mm}"
    for axis, side, side_mm, side_px in zip("xy", ("width", "height"), (width_mm, height_mm), canvas_px, strict=True):
        yield f"display_{side}", side_mm
        yield f"display_pixels_{axis}", side_px
        yield f"display_mirror_{axis}", 0
        yield f"relative_correction_{axis}", 1
    yield "display_orientation", "landscape"
    yield "gamma_correction", gamma  # 0 is a threshold in the middle
    yield "layer_height", LAYER_UM / 1e3
    yield "initial_layer_height", LAYER_UM / 1e3
    yield "faded_layers", 3  # the fewest it takes; they change exposures only
    yield "max_print_height", 50
    for key in ("slice_closing_radius", "elefant_foot_compensation", "absolute_correction"):
        yield key, 0
    for key in ("supports_enable", "pad_enable", "hollowing_enable"):
        yield key, 0
