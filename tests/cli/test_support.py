"""`mingyue orient` and `mingyue support`: figures, files, and a build of what they make."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mingyue.printing.formats.limits import ReadLimits
from mingyue.printing.formats.stl import read_stl, write_stl
from mingyue.printing.formats.threemf import read_3mf
from mingyue.printing.meshes import Mesh, joined
from tests.cli.conftest import Ended
from tests.printing.formats.archives import item, model, write_3mf
from tests.solids import box

Run = Callable[..., Ended]


@pytest.fixture
def bracket(tmp_path: Path) -> str:
    """A post with an arm of 200 µm."""
    arm = joined([box((0, 0, 0), (60, 60, 300)), box((0, 0, 200), (260, 60, 240))])
    write_stl(arm, tmp_path / "bracket.stl", unit="um")
    return "bracket.stl"


def test_a_bracket_is_supported_and_built(mingyue: Run, bracket: str) -> None:
    asked = ("support", bracket, "--units", "um", "-o", "supported.3mf", "--pictures", "seen", "--json")
    told = mingyue(*asked).json

    assert (told["islands"], told["overhangs"], told["left"]) == (0, 1, [])
    assert told["necks"] == len(told["tips_um"]) > 0
    assert {tip[2] for tip in told["tips_um"]} == {200.0}
    assert (told["neck_um"], told["reach_um"]) == (8.0, 50.0)
    assert told["total_force_mn"] == pytest.approx(told["necks"] * told["neck_force_mn"])
    assert told["tensile_strength_source"]["mark"] == "2nd"
    assert [Path(path).name for path in told["pictures"]] == ["supported.png", "from-below.png", "supports.png"]
    for path in told["pictures"]:
        with Image.open(path) as picture:
            assert picture.size == (1200, 900)
    assert mingyue("inspect", "supported.3mf", "--json").code == 0
    built = mingyue("build", "supported.3mf", "-o", "job.zip", "--json").json
    assert built["layers"] == 60
    alone = mingyue("build", bracket, "--units", "um", "-o", "alone.zip", "--json").json
    assert 0 < built["volume_mm3"] - alone["volume_mm3"] < told["volume_mm3"] * 1.1


def test_supports_are_a_mesh_of_their_own(mingyue: Run, bracket: str) -> None:
    asked = ("support", bracket, "--units", "um", "--no-base", "--straight")
    mingyue(*asked, "-o", "both.stl")
    told = mingyue(*asked, "--supports-only", "-o", "supports.stl", "--json").json
    both, supports = (read_stl(Path(name), unit="mm", limits=ReadLimits()) for name in ("both.stl", "supports.stl"))

    assert told["trunks"] == told["branches"] == told["necks"]
    assert len(both.triangles) == len(supports.triangles) + 24
    assert len(supports.triangles) == told["triangles"]


def test_the_part_is_written_turned_and_lifted(mingyue: Run, bracket: str) -> None:
    ended = mingyue("support", bracket, "--units", "um", "--rotate", "0,90,0", "--lift-um", "100", "-o", "turned.3mf")

    assert ended.code == 0
    assert "nothing" in ended.out
    mesh = read_3mf(Path("turned.3mf"), limits=ReadLimits()).mesh
    assert mesh.box_um[1][2] == pytest.approx(360.0)
    assert mesh.box_um[0][2] == 0.0


def test_what_is_forbidden_and_what_is_left_is_told(mingyue: Run, bracket: str) -> None:
    Path("paint.json").write_text('{"boxes_um": [[[60, -10, 150], [300, 70, 210]]]}')

    ended = mingyue("support", bracket, "--units", "um", "--forbid", "paint.json", "-o", "out.stl")

    assert ended.code == 0
    assert "µm² still hang: no way from there to the platform is free." in ended.err


def test_a_part_that_needs_none_is_written_as_it_is(mingyue: Run, tmp_path: Path) -> None:
    write_stl(box((0, 0, 0), (90, 60, 30)), tmp_path / "block.stl", unit="um")

    assert mingyue("support", "block.stl", "--units", "um", "-o", "same.3mf", "--json").json["necks"] == 0
    assert len(read_3mf(Path("same.3mf"), limits=ReadLimits()).mesh.triangles) == 12
    refused = mingyue("support", "block.stl", "--units", "um", "--supports-only", "-o", "none.stl")
    assert "there is nothing to write" in refused.err
    assert refused.code == 3
    assert not Path("none.stl").exists()


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--neck-px", "1"), "A neck of 1 px does not print"),
        (("--reach-um", "0"), "A layer cannot hang by 0.0 µm"),
        (("--lift-um", "-5"), "A part cannot hang -5.0 µm above the platform"),
        (("--layer-um", "50"), "prints layers of 1 to 20 µm, not 50 µm"),
        (("--scale", "2", "--fit-mm", "1"), "--scale and --fit-mm say two different sizes"),
        (("--forbid", "none.json"), "none.json cannot be read: No such file or directory"),
    ],
)
def test_senseless_settings_are_refused(mingyue: Run, bracket: str, options: tuple[str, ...], why: str) -> None:
    ended = mingyue("support", bracket, "--units", "um", "-o", "out.3mf", *options)

    assert ended.code != 0
    assert why in ended.err
    assert not Path("out.3mf").exists()


def test_only_two_formats_are_written(mingyue: Run, bracket: str) -> None:
    ended = mingyue("support", bracket, "--units", "um", "-o", "out.obj")

    assert "out.obj is neither .3mf nor .stl." in ended.err


def test_orientations_are_compared_and_can_be_built(mingyue: Run, bracket: str) -> None:
    told = mingyue("orient", bracket, "--units", "um", "--pictures", "seen", "--json").json

    names = [name for laid in told["choices"] for name in laid["names"]]
    assert sorted(names) == ["as it is", "best surface", "cheapest", "fastest", "fewest supports"]
    assert told["tried"] > 250
    assert len(told["pictures"]) == len(told["choices"])
    fastest = next(laid for laid in told["choices"] if "fastest" in laid["names"])
    rotate = ",".join(str(angle) for angle in fastest["rotate_deg"])
    built = mingyue("build", bracket, "--units", "um", f"--rotate={rotate}", "-o", "job.zip", "--json").json
    assert built["layers"] == fastest["layers"] == 12


def test_orientations_are_told_to_people_too(mingyue: Run, bracket: str) -> None:
    Path("marks.csv").write_text("0\n1\n")

    ended = mingyue("orient", bracket, "--units", "um", "--mark-file", "marks.csv")

    assert ended.code == 0
    assert "fewest supports" in " ".join(ended.out.split())
    assert "orientations were compared" in ended.out


def limits(text: str) -> str:
    Path("own.toml").write_text(text, encoding="utf-8")
    return "own.toml"


def test_limits_of_ones_own_say_what_hangs(mingyue: Run, bracket: str) -> None:
    asked = ("support", bracket, "--units", "um", "-o", "out.stl", "--json")
    wide = limits("[overhang]\nrisk = 300.0\nunit = 'um'\n")

    eased = mingyue(*asked, "--limits", wide).json
    strict = mingyue(*asked, "--limits", wide, "--reach-um", "40").json

    assert (eased["overhangs"], eased["necks"], eased["reach_um"]) == (0, 0, 300.0)
    assert (strict["overhangs"], strict["reach_um"]) == (1, 40.0)
    checked = mingyue("check", bracket, "--units", "um", "--limits", wide, "--json").json
    assert "overhang" not in checked["counts"]


def test_how_much_of_an_island_must_lie_on_something_is_read_from_limits(mingyue: Run, tmp_path: Path) -> None:
    roof = joined([box((0, 0, 0), (60, 60, 100)), box((48, 0, 100), (130, 60, 120))])  # lies on some 200 pixels
    write_stl(roof, tmp_path / "roof.stl", unit="um")
    asked = ("roof.stl", "--units", "um", "--json", "--limits")

    for text, islands in (
        ("[weak_island]\nrisk = 0.9\n", 1),
        ("[island]\nfails = 250\n", 1),
        ("[overhang]\nrisk = 10.0\n", 0),
    ):
        told = mingyue("support", *asked, limits(text), "-o", "out.stl").json
        counts = mingyue("check", *asked, "own.toml").json["counts"]
        assert told["islands"] == islands
        assert counts.get("weak_island", 0) + counts.get("island", 0) == islands


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[overhang]\nrisk = 2.0\nunit = 'dp'\n", "Limit overhang is in penetration depths"),
        ("[moon]\nrisk = 2.0\n", "no limit called 'moon'"),
    ],
)
def test_limits_that_cannot_be_used_are_refused_and_nothing_is_written(
    mingyue: Run, bracket: str, text: str, says: str
) -> None:
    ended = mingyue("support", bracket, "--units", "um", "-o", "out.stl", "--limits", limits(text))

    assert ended.code == 3
    assert says in ended.err
    assert not Path("out.stl").exists()


def test_a_bar_that_necks_carry_is_no_island_any_more(mingyue: Run, tmp_path: Path) -> None:
    write_stl(
        joined([box((0, 0, 0), (60, 60, 300)), box((120, 0, 200), (360, 24, 300))]), tmp_path / "bar.stl", unit="um"
    )
    mingyue("support", "bar.stl", "--units", "um", "-o", "held.3mf")

    before = mingyue("check", "bar.stl", "--units", "um", "--no-model", "--json").json["counts"]
    after = mingyue("check", "held.3mf", "--no-model", "--json").json["counts"]

    assert before["island"] == 1
    assert {"island", "weak_island", "overhang"} & set(after) == set()


def in_colours(path: Path, mesh: Mesh, *, coloured: Iterable[int], of_object: str = "") -> None:
    """The part as a 3MF in µm in which some triangles are red, and the object blue where that is asked for."""
    corners = "".join(f'<vertex x="{x}" y="{y}" z="{z}"/>' for x, y, z in mesh.vertices_um)
    chosen = set(coloured)
    faces = "".join(
        f'<triangle v1="{a}" v2="{b}" v3="{c}"{" pid=" + repr("9") + " p1=" + repr("0") if face in chosen else ""}/>'
        for face, (a, b, c) in enumerate(mesh.triangles)
    )
    colours = '<m:colorgroup id="9"><m:color color="#FF0000"/><m:color color="#0000FF"/></m:colorgroup>'
    body = (
        f'<object id="1" {of_object}><mesh><vertices>{corners}</vertices><triangles>{faces}</triangles></mesh></object>'
    )
    material = 'xmlns:m="http://schemas.microsoft.com/3dmanufacturing/material/2015/02"'
    write_3mf(path, model(colours + body, item(1), unit="micron", namespaces=material))


@pytest.mark.parametrize("of_object", ["", 'pid="9" pindex="1"'])
def test_triangles_painted_in_a_3mf_are_kept_free_of_supports(mingyue: Run, tmp_path: Path, of_object: str) -> None:
    arm = joined([box((0, 0, 0), (60, 60, 300)), box((0, 0, 200), (260, 60, 240))])
    below = np.flatnonzero((arm.vertices_um[arm.triangles][:, :, 2] == 200.0).all(axis=1))
    in_colours(tmp_path / "red.3mf", arm, coloured=below, of_object=of_object)
    in_colours(tmp_path / "plain.3mf", arm, coloured=(), of_object=of_object)

    free = mingyue("support", "red.3mf", "-o", "out.stl", "--json").json
    kept_off = mingyue("support", "red.3mf", "--forbid", "red.3mf", "-o", "out.stl", "--json").json
    Path("named.json").write_text(json.dumps({"triangles": below.tolist()}))
    named = mingyue("support", "red.3mf", "--forbid", "named.json", "-o", "out.stl", "--json").json
    plain = mingyue("support", "red.3mf", "--forbid", "plain.3mf", "-o", "new.stl")
    marked = mingyue("orient", "red.3mf", "--mark-file", "red.3mf", "--exposure-s", 1, "--json").json
    by_number = mingyue("orient", "red.3mf", "--mark-file", "named.json", "--exposure-s", 1, "--json").json

    assert len(below) > 0
    assert (free["left"], len(kept_off["left"]), kept_off["necks"]) == ([], 1, 0)
    assert kept_off["left"] == named["left"]
    assert plain.code == 3
    assert "No triangle of plain.3mf has a colour of its own" in plain.err
    assert not Path("new.stl").exists()
    assert marked["choices"] == by_number["choices"]


def test_paint_of_another_part_is_refused(mingyue: Run, bracket: str, tmp_path: Path) -> None:
    in_colours(tmp_path / "other.3mf", box((0, 0, 0), (9, 9, 9)), coloured=[0])

    ended = mingyue("support", bracket, "--units", "um", "--forbid", "other.3mf", "-o", "out.stl")

    assert ended.code == 3
    assert "other.3mf has 12 triangles, and the part 24." in ended.err
