"""What grows: for each series of measurements its steps, each a part on disk and the options it is built with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.cases import sphere
from mingyue.printing.formats.stl import write_stl
from mingyue.printing.meshes import Mesh, joined
from mingyue.printing.samples import make_sample
from mingyue.printing.samples.gyroid import Gyroid, gyroid

# The platform, and what of it surely fits one field of 25,000 px.
PLATFORM_UM = 50_000.0
FIELD_UM = 49_900.0
GIB = 1024.0


@dataclass(frozen=True, slots=True)
class Step:
    """One build. asked: `times` the seconds of the first step, or `mib` of memory, at most."""

    label: str
    part: Path
    options: tuple[str, ...] = ()
    asked: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Series:
    """Steps that differ in one thing. steps: writes the parts into a folder."""

    name: str
    steps: Callable[[Path], Iterator[Step]]


def finer_pixels(folder: Path) -> Iterator[Step]:
    """The nest as one field on machines whose pixels are halved three times."""
    part = written(make_sample("birds_nest").mesh, folder, "nest")
    asked = {1.0: 2.1, 0.5: 4.3}  # half the pixel, and a quarter
    for halvings, pixel_um in enumerate((2.0, 1.0, 0.5, 0.25)):
        own = own_machine(folder, pixel_um=pixel_um, side_px=2048 << halvings)
        bound = {"times": asked[pixel_um]} if pixel_um in asked else {}
        yield Step(f"{pixel_um:g} µm", part, ("--machine", str(own)), bound)


def more_triangles(folder: Path) -> Iterator[Step]:
    """A sphere of 1.8 mm, drawn ever finer."""
    for times in (1, 2, 4, 8):
        ball = sphere(900.0, around=125 * times, upwards=63 * times)
        part = written(ball, folder, f"sphere{times}")
        yield Step(f"{len(ball.triangles):,} triangles", part, ("--field-px", "1920x1080"))


def more_layers(folder: Path) -> Iterator[Step]:
    """The nest in ever thinner layers."""
    part = written(make_sample("birds_nest").mesh, folder, "nest")
    for layer_um in (8, 4, 2, 1):
        yield Step(f"layers of {layer_um} µm", part, ("--field-px", "2048x2048", "--layer-um", str(layer_um)))


def wider_platform(folder: Path) -> Iterator[Step]:
    """The same 24 balls, ever farther apart: the surface stays, the platform grows."""
    for label, width_um, depth_um in (
        ("24 balls on 1 field", 3_800.0, 2_100.0),
        ("24 balls on 16 fields", 15_300.0, 8_600.0),
        ("24 balls on 336 fields", PLATFORM_UM, PLATFORM_UM),
    ):
        yield Step(label, written(balls_apart(width_um, depth_um), folder, label))


def fuller_platform(folder: Path) -> Iterator[Step]:
    """The microneedles, scaled until they fill the platform, always in 200 layers: surface and platform grow."""
    part = written(make_sample("microneedles").mesh, folder, "needles")
    for side_mm in (10.0, 20.0, 50.0):
        options = ("--fit-mm", str(side_mm), "--layer-um", str(round(0.4 * side_mm, 3)))
        yield Step(f"needles, {side_mm:g} mm", part, options)


def more_copies(folder: Path) -> Iterator[Step]:
    """Arrays of nests."""
    part = written(make_sample("birds_nest").mesh, folder, "nest")
    for side in (1, 2, 5, 10):
        asked = {"times": 1.3} if side == 10 else {}
        yield Step(f"{side**2} nests", part, ("--field-px", "2048x2048", "--array", f"{side}x{side}"), asked)


def full_platform_field(folder: Path) -> Iterator[Step]:
    """About a million triangles on 25,000 × 25,000 px that are one field."""
    field_px = ("--field-px", "25000x25000")
    ball = written(sphere(FIELD_UM / 2, around=1000, upwards=500), folder, "ball")
    bound = {"mib": 1.5 * GIB}
    yield Step("ball of 998,000 triangles, 20 µm", ball, (*field_px, "--layer-um", "20"), bound)
    lattice = gyroid(Gyroid(step_um=11.628)).mesh  # 129 steps: a million triangles
    flat = lattice.moved(np.diag([FIELD_UM / 1500, FIELD_UM / 1500, 2.0 / 3.0]), np.zeros(3))
    label = f"lattice of {len(lattice.triangles):,} triangles, 1 mm high"
    yield Step(label, written(flat, folder, "lattice"), field_px, bound)


def ten_million(folder: Path) -> Iterator[Step]:
    """Parts of ten million triangles on one field."""
    ball = sphere(900.0, around=3200, upwards=1600)
    bound = {"mib": 4.0 * GIB}
    part = written(ball, folder, "ball")
    yield Step(f"ball of {len(ball.triangles):,} triangles", part, ("--field-px", "1920x1080"), bound)
    del ball
    lattice = gyroid(Gyroid(edge_um=3000.0, step_um=10.0)).mesh
    part = written(lattice, folder, "lattice")
    yield Step(f"lattice of {len(lattice.triangles):,} triangles", part, ("--field-px", "2048x2048"), bound)


SERIES = (
    Series("pixel", finer_pixels),
    Series("triangles", more_triangles),
    Series("layers", more_layers),
    Series("platform, spread", wider_platform),
    Series("platform, filled", fuller_platform),
    Series("copies", more_copies),
    Series("one field of 25,000²", full_platform_field),
    Series("ten million triangles", ten_million),
)


def balls_apart(width_um: float, depth_um: float) -> Mesh:
    """Six by four balls of 0.2 mm whose outermost touch the rectangle's sides."""
    ball = sphere(100.0, around=64, upwards=32)
    columns_um = np.linspace(100.0, width_um - 100.0, 6)
    rows_um = np.linspace(100.0, depth_um - 100.0, 4)
    return joined([ball.moved(np.eye(3), np.array([x, y, 0.0])) for x in columns_um for y in rows_um])


def own_machine(folder: Path, *, pixel_um: float, side_px: int) -> Path:
    """A machine file: a square field of so many pixels."""
    path = folder / f"machine-{pixel_um:g}.toml"
    path.write_text(
        f"[bench]\npixel_um = {pixel_um}\nfield_px = [{side_px}, {side_px}]\n"
        "layer_um = [0.5, 20.0]\nirradiance_mw_cm2 = 33.0\n"
    )
    return path


def written(mesh: Mesh, folder: Path, name: str) -> Path:
    """The part as a file."""
    path = folder / f"{name}.stl"
    write_stl(mesh, path, unit="mm")
    return path
