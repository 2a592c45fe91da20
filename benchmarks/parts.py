"""The parts that are compared, samples of our own and parts by others, and their print packages."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mingyue.cli.choices import sample_part
from mingyue.printing.chain import BuildSettings, build
from mingyue.printing.formats.manifest import Manifest
from mingyue.printing.formats.parts import Part, read_part
from mingyue.printing.mending.edges import is_closed
from mingyue.printing.mending.repairs import repair
from mingyue.printing.meshes import Mesh
from mingyue.printing.profiles.machines import machine
from mingyue.printing.profiles.resins import resin

LAYER_UM = 5.0
MACHINE = "s230"
RESIN = "pr48-385"


@dataclass(frozen=True, slots=True)
class Choice:
    """A part to compare. file: in the folder of parts by others, None for a sample; fit_mm: longest side."""

    name: str
    file: str | None = None
    fit_mm: float | None = None

    @property
    def label(self) -> str:
        return self.name if self.fit_mm is None else f"{self.name}, {self.fit_mm:g} mm"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A part that is closed. label: its name, and what had to be done to it."""

    part: Part
    label: str


def others_dir() -> Path:
    """Where the parts by others are; see MINGYUE_DATA in docs/reference/environment.md."""
    data = os.environ.get("MINGYUE_DATA") or Path(__file__).parents[2] / "shared" / "data"
    return Path(data) / "parts"


def load(choice: Choice) -> Chosen:
    """Read or make the part; an open one is repaired first, and its label says so."""
    if choice.file is None:
        return Chosen(sample_part(choice.name), choice.label)
    path = others_dir() / choice.file
    part = read_part(path, unit=None if path.suffix.lower() == ".3mf" else "mm")
    if is_closed(part.mesh):
        return Chosen(part, choice.label)
    return Chosen(replace(part, mesh=repair(part.mesh).mesh), f"{choice.label}, repaired")


def build_package(
    part: Part,
    package: Path,
    *,
    fit_mm: float | None,
    binary: bool = False,
    field_px: tuple[int, int] | None = None,
) -> Path:
    """The print package of a part, for the 2 µm machine in layers of 5 µm."""
    settings = BuildSettings(
        machine=machine(MACHINE),
        resin=resin(RESIN),
        layer_um=LAYER_UM,
        fit_um=fit_mm * 1e3 if fit_mm else None,
        field_px=field_px,
        binary=binary,
    )
    build(part, settings, package=package)
    return package


def placed(mesh: Mesh, manifest: Manifest) -> Mesh:
    """The mesh where the package says that it stands, build frame."""
    return mesh.moved(np.array(manifest.placement.matrix), np.array(manifest.placement.offset_um))
