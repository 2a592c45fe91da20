"""`mingyue simulate`: a package becomes figures, surfaces and pictures, or a clear reason why not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import trimesh
from PIL import Image

from mingyue.printing.formats.stl import write_stl
from tests.cli.conftest import Ended
from tests.solids import box

Run = Callable[..., Ended]


@pytest.fixture
def bridge(mingyue: Run, tmp_path: Path) -> Path:
    """A table of 120 × 80 µm on two legs of 160 µm, built; beside it its STL."""
    from mingyue.printing.meshes import joined

    legs = [box((0, 0, 0), (20, 80, 180)), box((100, 0, 0), (120, 80, 180)), box((0, 0, 160), (120, 80, 180))]
    write_stl(joined(legs), tmp_path / "bridge.stl", unit="mm")
    assert mingyue("build", "bridge.stl", "--units", "mm", "-o", "bridge.job.zip").code == 0
    return tmp_path / "bridge.job.zip"


def test_a_print_is_predicted_with_a_band_for_each_figure(mingyue: Run, bridge: Path) -> None:
    ended = mingyue("simulate", bridge, "--part", "bridge.stl", "--units", "mm", "--json")

    assert ended.code == 0
    found = ended.json
    assert set(found["deviation_um"]) >= {"p5", "p50", "p95", "abs_p95", "abs_max"}
    assert 0 < found["within_tolerance"] < 1
    # Light goes on below the table, so it is printed too thick, and its faces that look down are too low.
    assert found["volume_mm3"] > 1.1 * (2 * 20 * 80 * 160 + 120 * 80 * 20) / 1e9
    assert found["bias_um"]["down"] > 5 > abs(found["bias_um"]["up"])
    for name, value in found["deviation_um"].items():
        low, high = found["bands"]["deviation_um"][name]
        assert low <= value <= high
    assert found["bands"]["volume_mm3"][0] < found["volume_mm3"] < found["bands"]["volume_mm3"][1]
    assert set(found["matters"]["volume_mm3"]) == {"penetration_depth", "critical_dose", "irradiance", "blur"}
    assert found["runs"] == 9
    assert found["notes"][0].startswith("Nobody measured how far a pixel")


def test_without_bands_the_nominal_print_is_the_same(mingyue: Run, bridge: Path) -> None:
    asked = ("simulate", bridge, "--part", "bridge.stl", "--units", "mm", "--json")

    banded, plain = mingyue(*asked).json, mingyue(*asked, "--no-bands").json

    assert "bands" not in plain
    assert plain["deviation_um"] == banded["deviation_um"]


def test_twice_the_light_is_twice_the_exposure(mingyue: Run, bridge: Path) -> None:
    asked = ("simulate", bridge, "--no-bands", "--json", "--part", "bridge.stl", "--units", "mm")

    bright = mingyue(*asked, "--irradiance-mw-cm2", "66").json
    sensitive = mingyue(*asked, "--critical-dose-mj-cm2", "6.15").json

    assert bright["volume_mm3"] == pytest.approx(sensitive["volume_mm3"], rel=1e-5)
    assert bright["volume_mm3"] > mingyue(*asked).json["volume_mm3"]


def test_people_read_the_same_figures(mingyue: Run, bridge: Path) -> None:
    ended = mingyue("simulate", bridge, "--part", "bridge.stl", "--units", "mm", "--tolerance-um", "3")

    assert ended.code == 0
    assert "within ±3 µm" in ended.out
    assert "What moves the 95 % most:" in ended.out
    assert "(" in ended.out.split("volume")[1].splitlines()[0]


def test_without_the_part_the_masks_are_compared_with(mingyue: Run, bridge: Path) -> None:
    ended = mingyue("simulate", bridge, "--no-bands", "--json")

    assert ended.code == 0
    assert any("contours that its masks show" in note for note in ended.json["notes"])
    assert ended.json["bias_um"]["down"] > 5


def test_a_sample_makes_its_own_part_and_its_features_are_measured(mingyue: Run) -> None:
    assert mingyue("build", "sample:channel_coupon", "-o", "c.zip", "--machine", "s230").code == 0

    found = mingyue(
        "simulate", "c.zip", "--no-bands", "--json", "--penetration-depth-um", "4",
        "--critical-dose-mj-cm2", "0.5", "--blur-px", "0.5",
    ).json  # fmt: skip

    there = {place["name"]: place["there"] for place in found["features"]}
    assert len(there) == 36
    assert there["channel-60x40"]
    assert not there["channel-10x4"]


def test_a_window_is_looked_at_alone(mingyue: Run, bridge: Path) -> None:
    asked = ("simulate", bridge, "--part", "bridge.stl", "--units", "mm", "--no-bands", "--json")

    leg = mingyue(*asked, "--window", "-60,-40,-40,40,0,40").json

    assert leg["volume_mm3"] == pytest.approx(20 * 80 * 40 / 1e9, rel=0.15)
    assert leg["window"]["after_layer"] == 8


def test_the_surface_is_written_with_colours(mingyue: Run, bridge: Path) -> None:
    for name in ("out.ply", "out.glb", "out.stl"):
        asked = ("--part", "bridge.stl", "--units", "mm", "--no-bands", "--surface", name)
        assert mingyue("simulate", bridge, *asked).code == 0

    ply, stl = trimesh.load("out.ply"), trimesh.load("out.stl")
    glb = next(iter(trimesh.load("out.glb").geometry.values()))
    assert ply.is_watertight
    assert len(ply.faces) == len(glb.faces) == len(stl.faces)
    assert len({tuple(colour) for colour in ply.visual.vertex_colors[:, :3].tolist()}) > 10
    assert ply.extents == pytest.approx([0.12, 0.08, 0.18], abs=0.01)
    # glTF is in metres with y up.
    assert glb.extents * 1e3 == pytest.approx([ply.extents[0], ply.extents[2], ply.extents[1]], rel=1e-4)


def test_pictures_show_the_deviations_from_five_sides(mingyue: Run, bridge: Path) -> None:
    ended = mingyue("simulate", bridge, "--part", "bridge.stl", "--units", "mm", "--no-bands", "--pictures", "seen")

    assert ended.code == 0
    assert sorted(path.name for path in Path("seen").iterdir()) == [
        "below.png", "front.png", "side.png", "slanted.png", "top.png",
    ]  # fmt: skip
    with Image.open("seen/below.png") as picture:
        red, _, blue = (channel.getextrema() for channel in picture.convert("RGB").split())
    assert red[1] - red[0] > 100
    assert blue[1] - blue[0] > 100


def _without(package: Path, *, group: str, key: str) -> Path:
    """The same package, in whose manifest a number is not stated."""
    changed = package.with_name("changed.zip")
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "manifest.json":
                manifest = json.loads(data)
                manifest[group][key] = None
                manifest[group]["name"] = "unknown"
                data = json.dumps(manifest).encode()
            new.writestr(name, data)
    return changed


@pytest.mark.parametrize(
    ("group", "key", "option"),
    [
        ("machine", "irradiance_mw_cm2", "--irradiance-mw-cm2"),
        ("resin", "critical_dose_mj_cm2", "--critical-dose-mj-cm2"),
        ("resin", "penetration_depth_um", "--penetration-depth-um"),
    ],
)
def test_what_nobody_stated_must_be_given(mingyue: Run, bridge: Path, group: str, key: str, option: str) -> None:
    package = _without(bridge, group=group, key=key)

    refused = mingyue("simulate", package, "--no-bands", "--json")
    given = mingyue("simulate", package, "--no-bands", "--json", option, 33)

    assert (refused.code, refused.out) == (3, "")
    assert "Nobody stated" in refused.err
    assert option in refused.err
    assert given.code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--tolerance-um", "0"), "A tolerance of 0 µm"),
        (("--surface", "out.obj"), "cannot be written as out.obj"),
        (("--window", "1,2,3"), "'1,2,3' is no window"),
        (("--window", "5000,5000,6000,6000"), "The window lies beside the print"),
        (("--part", "sample:artefact"), "artefact would be"),
        (("--surface", "bridge.job.zip"), "would be written over itself"),
        (("--critical-dose-mj-cm2", "-1"), "cures nothing"),
        (("--blur-px", "-1"), "cannot be computed"),
    ],
)
def test_what_makes_no_sense_is_refused(mingyue: Run, bridge: Path, arguments: tuple[str, ...], said: str) -> None:
    before = bridge.read_bytes()

    ended = mingyue("simulate", bridge, "--no-bands", *arguments)

    assert ended.code == 3
    assert said in ended.err
    assert "remedy:" in ended.err
    assert bridge.read_bytes() == before


def test_it_can_be_stopped_and_leaves_nothing_behind(mingyue: Run, tmp_path: Path) -> None:
    assert mingyue("build", "sample:gyroid", "-o", "g.zip").code == 0
    command = [sys.executable, "-m", "mingyue", "simulate", "g.zip", "--surface", "g.ply"]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, env=os.environ, cwd=tmp_path, encoding="utf-8")

    time.sleep(2.0)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=60)

    assert running.returncode == 130
    assert "stopped" in told
    assert not list(tmp_path.glob("*.ply*"))
