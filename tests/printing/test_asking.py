"""Doubtful places are printed virtually: what the model bears out stays, what it refutes is lowered, and it is bounded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mingyue.phrases import in_language
from mingyue.printing.asking import MOST_ASKED, ask
from mingyue.printing.chain import BuildSettings
from mingyue.printing.checks import CheckResult, check
from mingyue.printing.curing.cures import CureUnknownError, cure_for
from mingyue.printing.curing.doses import dose_planes
from mingyue.printing.curing.lights import MaskStack
from mingyue.printing.curing.uncertainty import stacks
from mingyue.printing.findings.finding import Finding, ModelAnswer
from mingyue.printing.findings.limits import read_limits
from mingyue.printing.findings.setting import Setting
from mingyue.printing.findings.survey import survey
from mingyue.printing.formats.parts import Part
from mingyue.printing.frames import centred_canvas
from mingyue.printing.layers import cover_layers, layer_table
from mingyue.printing.meshes import Mesh, joined
from mingyue.printing.profiles.machines import machine
from mingyue.printing.profiles.resins import resin
from tests.solids import box

S230 = machine("s230")
DEEP = resin("pr48-385")  # light goes 39 µm deep
SHALLOW = replace(resin("pegda-nps3-365"), critical_dose_mj_cm2=10.0)  # 6.5 µm; nobody published its critical dose
SETS = 9  # the nominal one, and four parameters up and down
PLATE = box((-60, -60, 0), (60, 60, 20))


def two_walls(gap_um: float) -> Mesh:
    return joined([
        PLATE, box((-gap_um / 2 - 40, -50, 10), (-gap_um / 2, 50, 60)), box((gap_um / 2, -50, 10), (gap_um / 2 + 40, 50, 60))
    ])  # fmt: skip


def wall(width_um: float) -> Mesh:
    return joined([PLATE, box((-width_um / 2, -50, 10), (width_um / 2, 50, 50))])


def channel(height_um: float) -> Mesh:
    """Two walls on a plate, and a roof over them."""
    sides = [box((x - 20, -60, 10), (x + 20, 60, 20 + height_um)) for x in (-40, 40)]
    return joined([PLATE, *sides, box((-60, -60, 20 + height_um), (60, 60, 80 + height_um))])


def checked(mesh: Mesh, cured: object = SHALLOW, *, model: bool = True, **settings: object) -> CheckResult:
    part = Part(mesh=mesh, format="stl", unit="um", unit_is_from_file=True, sha256="", name="a.stl", notes=())
    chosen = BuildSettings(machine=S230, resin=cured)  # type: ignore[arg-type]
    return check(part, replace(chosen, **settings), model=model)  # type: ignore[arg-type]


def the_only(result: CheckResult, kind: str) -> tuple[Finding, ModelAnswer]:
    (found,) = (found for found in result.findings if found.kind == kind)
    assert found.model is not None
    return found, found.model


# --- what is borne out, and what is not ---------------------------------------------------------------------------------


def test_a_gap_that_the_rule_warns_of_and_that_grows_together_stays_and_says_so() -> None:
    found, answer = the_only(checked(two_walls(1.5), DEEP), "narrow_gap")

    assert (found.severity, answer.by_rule) == ("fails", "fails")
    assert (answer.predicted, answer.agree, answer.sets) == ("bridges", SETS, SETS)
    assert answer.said == "predicted to bridge (9 of 9 parameter sets)"
    assert in_language(answer.said, "zh") == "预测会粘连（9 组参数中有 9 组）"


def test_a_gap_that_stays_open_is_a_note_and_a_failing_one_a_risk() -> None:
    wide, narrow = the_only(checked(two_walls(11.0)), "narrow_gap"), the_only(checked(two_walls(7.0)), "narrow_gap")

    assert (wide[0].severity, wide[1].by_rule, wide[1].predicted) == ("note", "risk", "stays_open")
    assert (narrow[0].severity, narrow[1].by_rule, narrow[1].predicted) == ("risk", "fails", "stays_open")


def test_with_far_too_much_light_the_same_gap_grows_together() -> None:
    result = checked(two_walls(7.0), exposure_s=1e3)

    found, answer = the_only(result, "narrow_gap")

    assert (found.severity, answer.predicted, answer.agree) == ("fails", "bridges", SETS)
    assert not result.can_be_made


def test_a_wall_that_gels_is_a_risk_and_one_that_does_not_fails() -> None:
    thick, thin = the_only(checked(wall(3.0)), "thin_wall"), the_only(checked(wall(0.4)), "thin_wall")

    assert (thick[0].severity, thick[1].predicted, thick[1].agree) == ("risk", "comes_out", SETS)
    assert (thin[0].severity, thin[1].predicted, thin[1].agree) == ("fails", "lost", SETS)


def test_a_low_channel_closes_where_light_goes_deep_and_stays_open_where_it_does_not() -> None:
    deep, shallow = (the_only(checked(channel(30.0), cured), "closed_channel") for cured in (DEEP, SHALLOW))

    assert (deep[0].severity, deep[1].predicted, deep[1].agree) == ("fails", "closes", SETS)
    assert (shallow[0].severity, shallow[1].by_rule, shallow[1].predicted) == ("note", "risk", "stays_open")


def test_where_parameter_sets_differ_it_stays_as_the_rule_has_it() -> None:
    heights = range(50, 126, 5)
    told = [the_only(checked(channel(float(height)), DEEP), "closed_channel") for height in heights]

    split = [(found, answer) for found, answer in told if answer.agree < SETS]
    assert split
    assert {found.severity for found, _ in split} == {"fails"}
    assert {answer.predicted for _, answer in told} == {"closes", "stays_open"}
    # The higher, the more sets leave it open.
    open_sets = [answer.agree if answer.predicted == "stays_open" else SETS - answer.agree for _, answer in told]
    assert open_sets == sorted(open_sets)


# --- the light is that of the whole part ----------------------------------------------------------------------------------


@pytest.mark.parametrize("cured", [DEEP, SHALLOW], ids=["deep", "shallow"])
def test_a_gap_bridges_from_the_exposure_on_at_which_it_does_in_a_print_of_the_whole_part(cured: object) -> None:
    mesh = two_walls(7.0)
    canvas, table = centred_canvas(rows=70, columns=70, pitch_um=2.0), layer_table(60.0, layer_um=5.0)
    setting = Setting(canvas=canvas, table=table, machine=S230, resin=cured, limits=read_limits())  # type: ignore[arg-type]
    cure = cure_for(S230, cured).cure  # type: ignore[arg-type]
    found = [one for one in survey(mesh, setting).findings if one.kind == "narrow_gap"]
    layers = cover_layers(canvas.to_px(mesh.vertices_um), mesh.triangles, table.cut_um, rows=70, columns=70)
    light = MaskStack(np.stack([layer.painted() for layer in layers]), pitch_um=2.0, thickness_um=5.0, exposure_s=1.0)
    per_second = {plane.layer: plane.dose[35, 30:40].min() for plane in dose_planes(light, cure)}
    # Half of the places decide, and the gap is the same in all of its layers but for the light from above.
    needed_s = cure.threshold_mj_cm2 / np.median([per_second[layer] for layer in _inner_layers(found[0], setting)])

    def predicted(exposure_s: float) -> str:
        (one,) = ask(found, mesh, setting, trials=stacks(cure, None), exposure_s=exposure_s)
        assert one.model is not None
        return one.model.predicted

    assert predicted(0.99 * needed_s) == "stays_open"
    assert predicted(1.01 * needed_s) == "bridges"


def _inner_layers(found: Finding, setting: Setting) -> list[int]:
    return [int(np.abs(setting.table.cut_um - z_um).argmin()) for _, _, z_um in found.points_um[1:-1]]


# --- bounds -----------------------------------------------------------------------------------------------------------


def test_of_many_gaps_the_worst_are_asked_about_and_the_others_say_so() -> None:
    count, step_um = MOST_ASKED + 6, 40.0
    teeth = [box((k * step_um, 0, 10), ((k + 1) * step_um - 7.0 - (k % 5) / 10, 60, 40)) for k in range(count + 1)]
    comb = joined([box((0, 0, 0), ((count + 1) * step_um, 60, 20)), *teeth])

    gaps = [found for found in checked(comb).findings if found.kind == "narrow_gap"]

    answers = [(found, found.model) for found in gaps if found.model is not None]
    asked = [found for found, answer in answers if answer.sets]
    left_out = [(found, answer) for found, answer in answers if not answer.sets]
    assert (len(gaps), len(answers), len(asked)) == (count, count, MOST_ASKED)
    assert {(answer.predicted, found.severity, answer.agree) for found, answer in left_out} == {
        ("not_asked", "fails", 0)
    }
    assert max(found.measured or 0 for found in asked) <= min(found.measured or 0 for found, _ in left_out)


def test_two_checks_say_the_same() -> None:
    part = joined([two_walls(3.0), wall(2.0)])

    assert checked(part, DEEP).findings == checked(part, DEEP).findings


def test_the_order_is_that_of_severity_after_asking() -> None:
    part = joined([two_walls(7.0), box((100, -60, 0), (200, 60, 20)), box((149.8, -50, 10), (150.2, 50, 50))])

    assert [(found.kind, found.severity) for found in checked(part).findings] == [
        ("thin_wall", "fails"),
        ("narrow_gap", "risk"),
    ]


# --- where it cannot be asked ---------------------------------------------------------------------------------------------


def test_a_resin_of_which_nobody_knows_the_critical_dose_is_not_asked_about() -> None:
    result = checked(two_walls(7.0), resin("pegda-nps3-365"))

    (found,) = result.findings
    assert (found.severity, found.model) == ("fails", None)
    (note,) = result.notes
    assert note.startswith("The model was not asked. Nobody stated how")


def test_a_machine_of_which_nobody_knows_the_light_is_not_asked_about() -> None:
    result = checked(two_walls(7.0), machine=replace(S230, irradiance_mw_cm2=None), exposure_s=1.0)

    assert [found.model for found in result.findings] == [None]
    assert "irradiance" in result.notes[0]


def test_a_part_without_doubtful_places_needs_no_note() -> None:
    assert checked(PLATE, resin("pegda-nps3-365")).notes == ()


def test_without_the_model_everything_is_as_the_rules_have_it() -> None:
    result = checked(two_walls(7.0), model=False)

    assert [(found.severity, found.model) for found in result.findings] == [("fails", None)]
    assert result.notes == ()


def test_a_cure_needs_a_machine_and_a_resin_that_are_known() -> None:
    with pytest.raises(CureUnknownError, match="irradiance"):
        cure_for(replace(S230, irradiance_mw_cm2=None), DEEP)
    with pytest.raises(CureUnknownError, match="critical dose"):
        cure_for(S230, resin("pegda-nps3-365"))
    known = cure_for(replace(S230, blur_sigma_um=1.0), DEEP).cure
    assert known.blur.radius_px == 2
