"""Whole parts: odd ones are named for what they are, and nothing that somebody sends breaks the check."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mingyue.errors import BadInputError
from mingyue.printing.chain import BuildSettings
from mingyue.printing.checks import CheckResult, check
from mingyue.printing.formats.parts import Part
from mingyue.printing.meshes import Mesh, joined
from mingyue.printing.profiles.machines import machine
from mingyue.printing.profiles.resins import resin
from tests.solids import ball, box

SETTINGS = BuildSettings(machine=machine("s230"), resin=resin("pegda-nps3-365"))


def checked(mesh: Mesh, **settings: object) -> CheckResult:
    part = Part(mesh=mesh, format="stl", unit="mm", unit_is_from_file=False, sha256="", name="a.stl", notes=())
    return check(part, replace(SETTINGS, **settings))


def scaled(mesh: Mesh, factor: float) -> Mesh:
    return Mesh(mesh.vertices_um * factor, mesh.triangles)


TABLE = joined([box((0, 0, 0), (400, 400, 40)), box((100, 100, 30), (300, 300, 200))])


def test_a_sound_part_has_no_findings() -> None:
    result = checked(TABLE)

    assert (result.findings, result.layers, result.mended, result.notes) == ((), 40, False, ())
    assert result.can_be_made


def test_a_part_in_inches_read_as_mm_is_a_little_small_but_sound() -> None:
    assert checked(scaled(TABLE, 1 / 25.4)).counts["wrong_unit"] == 1


def test_a_part_in_metres_read_as_mm_is_called_by_its_unit() -> None:
    (unit,) = (found for found in checked(scaled(TABLE, 1e-3)).findings if found.kind == "wrong_unit")

    assert unit.severity == "risk"
    assert unit.measured == pytest.approx(0.4)
    assert "taken as mm" in unit.remedy
    assert " m" in unit.remedy


def test_a_part_of_five_nanometres_prints_nothing() -> None:
    result = checked(scaled(box((0, 0, 0), (1, 1, 1)), 0.005))

    assert set(result.counts) == {"wrong_unit", "empty_layer"}
    assert not result.can_be_made


def test_a_part_of_five_metres_is_outside_and_its_layers_are_left_alone() -> None:
    result = checked(scaled(box((0, 0, 0), (1, 1, 1)), 5e6))

    assert result.counts == {"outside_platform": 1, "wrong_unit": 1}
    assert result.layers == 0
    assert len(result.notes) == 1
    outside = result.findings[0]
    assert (outside.kind, outside.severity, outside.measured, outside.limit) == (
        "outside_platform",
        "fails",
        pytest.approx(5e6),
        50_000,
    )
    assert "5 m along" in outside.message


def test_a_part_a_little_too_long_is_outside_but_looked_at() -> None:
    result = checked(box((0, 0, 0), (60_000, 20, 20)))

    assert result.counts["outside_platform"] == 1
    assert result.layers == 4


def test_whoever_does_not_want_to_wait_has_a_part_beyond_the_platform_left_alone() -> None:
    def quick(length_um: float) -> CheckResult:
        mesh = box((0, 0, 0), (length_um, 100, 100))
        part = Part(mesh=mesh, format="stl", unit="mm", unit_is_from_file=False, sha256="", name="a.stl", notes=())
        return check(part, SETTINGS, model=False, beyond=False)

    beyond, within = quick(50_010), quick(49_990)

    assert beyond.counts == {"outside_platform": 1}
    assert beyond.layers == 0
    assert [str(note) for note in beyond.notes] == ["It is larger than the platform, so its layers were not looked at."]
    assert within.counts.get("outside_platform", 0) == 0
    assert within.layers == 20


def test_upside_down_a_table_hangs() -> None:
    upright = checked(TABLE)
    turned = checked(TABLE, rotate_deg=(180.0, 0.0, 0.0))

    assert upright.can_be_made
    assert turned.counts == {"overhang": 1}
    (overhang,) = turned.findings
    assert overhang.measured == pytest.approx(np.hypot(100, 100), abs=12)
    assert overhang.box_um[0][2] == pytest.approx(160)


def test_three_hundred_bodies_are_one_check() -> None:
    pegs = [box((i * 40.0, j * 40.0, 0), (i * 40.0 + 24, j * 40.0 + 24, 60)) for i in range(15) for j in range(20)]
    crumb = box((-100, 0, 0), (-90, 10, 10))

    assert checked(joined(pegs)).findings == ()
    assert checked(joined([*pegs, crumb])).counts == {"tiny_body": 1}


def test_an_inside_out_part_is_named_mended_and_looked_at() -> None:
    inside_out = Mesh(TABLE.vertices_um, TABLE.triangles[:, ::-1])

    result = checked(inside_out)

    assert result.counts == {"mesh_fault": 1}
    assert (result.mended, result.layers) == (True, 40)
    assert len(result.notes) == 1


def test_one_body_inside_out_among_others_is_found() -> None:
    good, bad = box((0, 0, 0), (100, 100, 100)), box((200, 0, 0), (300, 100, 100))

    result = checked(joined([good, Mesh(bad.vertices_um, bad.triangles[:, ::-1])]))

    assert result.counts == {"mesh_fault": 1}
    assert result.mended


def test_an_open_part_is_named_where_it_is_open_and_looked_at() -> None:
    whole = box((0, 0, 0), (100, 100, 100))

    result = checked(Mesh(whole.vertices_um, whole.triangles[1:]))

    assert [found.severity for found in result.findings] == ["fails"]
    assert "edges are open" in result.findings[0].message
    assert result.mended


def test_a_part_that_nobody_can_mend_is_not_looked_at() -> None:
    flat = Mesh(np.array([[0.0, 0, 0], [100, 0, 0], [0, 100, 0]]), np.array([[0, 1, 2]]))

    result = checked(flat)

    assert not result.can_be_made
    assert (result.layers, result.mended) == (0, False)


def test_a_gap_between_two_bodies_is_an_empty_layer_and_an_island() -> None:
    result = checked(joined([box((0, 0, 0), (100, 100, 50)), box((0, 0, 100), (100, 100, 150))]))

    assert result.counts["empty_layer"] == result.counts["island"] == 1
    (empty,) = (found for found in result.findings if found.kind == "empty_layer")
    assert (empty.layers, empty.measured) == ((10, 19), 10)


def test_a_thin_wall_is_found_where_a_seam_cuts_it_and_a_block_is_not() -> None:
    walls = joined([box((100, 0, 0), (110, 400, 50)), box((200, 0, 0), (260, 400, 50)), box((0, 0, 0), (400, 400, 20))])

    result = checked(walls, field_px=(256, 120))

    assert result.counts == {"seam_crossing": 1}
    (seam,) = result.findings
    assert seam.measured == pytest.approx(10, rel=0.05)
    assert seam.box_um[0][0] == pytest.approx(-100, abs=4)  # the part stands in the middle


def test_findings_are_where_they_are_in_the_part() -> None:
    hanging = joined([TABLE, ball(radius_um=30, centre_um=(50.0, 300.0, 140.0), rings=12)])

    (island,) = (found for found in checked(hanging).findings if found.kind == "island")

    offset = np.array(checked(hanging).placement.offset_um)
    middle = (np.array(island.box_um[0]) + island.box_um[1]) / 2 - offset
    assert middle[:2] == pytest.approx([50, 300], abs=3)
    assert island.box_um[0][2] == pytest.approx(110, abs=5)
    assert np.array(island.points_um[0])[:2] - offset[:2] == pytest.approx([50, 300], abs=25)


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(BadInputError, match="cannot be printed"):
        checked(TABLE, layer_um=0.0)
