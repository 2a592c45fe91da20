"""`mingyue build` with layers that adapt to slopes and exposures that begin with a base."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mingyue.printing.formats.print_package import open_package
from mingyue.printing.formats.stl import write_stl
from mingyue.printing.meshes import joined
from tests.cli.conftest import Ended
from tests.solids import ball, box

Run = Callable[..., Ended]


@pytest.fixture
def dome(tmp_path: Path) -> str:
    """A plate of 30 µm with a ball of 100 µm on it."""
    parts = joined([box((-80, -80, 0), (80, 80, 30)), ball(radius_um=50, centre_um=(0, 0, 70), rings=24)])
    write_stl(parts, tmp_path / "dome.stl", unit="um")
    return "dome.stl"


def test_thin_layers_go_where_the_surface_lies_flat_and_the_sums_stay_right(mingyue: Run, dome: str) -> None:
    even = mingyue("build", dome, "--units", "um", "--layer-um", "1", "-o", "even.zip", "--json").json
    made = mingyue("build", dome, "--units", "um", "--layer-um", "10", "--cusp-um", "2", "-o", "job.zip", "--json").json

    with open_package(Path("job.zip")) as package:
        manifest = package.manifest
    thickness = np.array([layer.thickness_um for layer in manifest.layers])
    assert thickness[:2].tolist() == [10.0, 10.0]  # the walls of the plate
    assert (thickness[-4:] <= 2.0).all()  # the pole of the ball lies flat: cusps of 2 µm
    assert manifest.layers[-1].bottom_um + thickness[-1] == pytest.approx(120.0)
    assert len(thickness) < even["layers"] / 2
    by_hand_mm3 = sum(layer.area_px * layer.thickness_um for layer in manifest.layers) * 2.0**2 / 1e9
    assert made["volume_mm3"] == pytest.approx(by_hand_mm3, rel=1e-12)
    assert made["volume_mm3"] == pytest.approx(even["volume_mm3"], rel=2e-3)
    # Each layer cures through two of its kind: PR48's light falls off by e in 45 µm or so, whatever the layer.
    seconds = np.array([layer.exposures[0].seconds for layer in manifest.layers])
    depth_um = manifest.resin.penetration_depth_um
    np.testing.assert_allclose(seconds, made["exposure_s"] * np.exp(2 * (thickness - 10) / depth_um), rtol=1e-12)


def test_the_base_is_exposed_for_longer(mingyue: Run, dome: str) -> None:
    base = ("--base-layers", "2", "--base-exposure-s", "4.5", "--transition-layers", "3")
    ended = mingyue(
        "build", dome, "--units", "um", "--layer-um", "10", "--exposure-s", "0.5", *base, "-o", "job.zip", "--json"
    )

    assert ended.json["exposure_s"] == 0.5
    with open_package(Path("job.zip")) as package:
        seconds = [layer.exposures[0].seconds for layer in package.manifest.layers]
    assert seconds == pytest.approx([4.5, 4.5, 3.5, 2.5, 1.5] + [0.5] * 7)


@pytest.mark.parametrize(
    ("arguments", "says", "remedy"),
    [
        (["--cusp-um", "0"], "cusp height of 0.0", "--cusp-um"),
        (["--cusp-um", str(math.nan)], "cusp height", "--cusp-um"),
        (["--cusp-um", "1", "--machine", "s350"], "how thin", "--cusp-um"),
        (["--base-layers", "3"], "exposure of their own", "--base-exposure-s"),
        (["--base-exposure-s", "3"], "exposure of their own", "--base-layers"),
        (["--base-layers", "-3", "--base-exposure-s", "3"], "-3 base layers", "--base-layers"),
    ],
)
def test_what_makes_no_sense_is_refused(mingyue: Run, dome: str, arguments: list[str], says: str, remedy: str) -> None:
    ended = mingyue("build", dome, "--units", "um", "--exposure-s", "1", *arguments)

    assert ended.code == 3
    error, advice = ended.err.split("remedy:")
    assert says in error
    assert remedy in advice
    assert [path.name for path in Path().iterdir()] == [dome]
