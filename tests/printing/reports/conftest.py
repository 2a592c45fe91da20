"""A small print that is predicted once, under a name that somebody meant ill with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from mingyue.printing.chain import BuildSettings, build
from mingyue.printing.curing.cures import Known, cure_of
from mingyue.printing.curing.lights import PackageLight
from mingyue.printing.formats.parts import part_of_mesh
from mingyue.printing.formats.print_package import open_package
from mingyue.printing.measuring.designs import Design, design_of
from mingyue.printing.meshes import joined
from mingyue.printing.profiles.machines import machine
from mingyue.printing.profiles.resins import resin
from mingyue.printing.reports.rechecks import check_design
from mingyue.printing.reports.report import PrintReport, report_of
from mingyue.printing.samples import Detail
from mingyue.printing.virtual_print import simulate
from tests.solids import box

HOSTILE = "<script>alert('1')</script>\"&</main><img src=x onerror=y>.stl"


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrintReport]:
    """Two blocks with a slot between them on a plate: the slot closes from below, the blocks grow."""
    mesh = joined([
        box((0.0, 0.0, 0.0), (100.0, 60.0, 12.0)),
        box((0.0, 0.0, 10.0), (40.0, 60.0, 40.0)),
        box((60.0, 0.0, 10.0), (100.0, 60.0, 40.0)),
    ])  # fmt: skip
    features = (
        Detail("slot <b>20</b>", "slot", (40.0, 0.0, 12.0), (60.0, 60.0, 40.0), {"width": 20.0}),
        Detail("block", "block", (0.0, 0.0, 12.0), (40.0, 60.0, 40.0), {"width": 40.0, "length": 60.0}),
    )
    settings = BuildSettings(
        machine=machine("s230"), resin=resin("pr48-385"), field_px=(96, 80), layer_um=4.0, exposure_s=0.45
    )
    path = tmp_path_factory.mktemp("report") / "job & co.zip"
    part = replace(part_of_mesh(mesh, name="x", made_as="coupon"), name=HOSTILE)
    build(part, settings, package=path)
    with open_package(path) as package:
        chosen, light = cure_of(package.manifest), PackageLight(package)
        placed = design_of(package.manifest, part)
        design = Design(placed.mesh, features, placed.placement)
        prediction = simulate(light, chosen.cure, design, ranges=chosen.ranges, samples=5_000)
        checked = check_design(package.manifest, design, chosen, known=Known(), part=part)
        yield report_of(package, light, prediction, chosen, design=design, checked=checked)
