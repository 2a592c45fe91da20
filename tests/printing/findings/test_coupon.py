"""The coupon of 60 planted faults: all of them are found, each as what it is, and nothing that is done well is called bad."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from mingyue.printing.chain import BuildSettings
from mingyue.printing.checks import CheckResult, check
from mingyue.printing.findings.finding import KINDS
from mingyue.printing.formats.parts import Part
from mingyue.printing.meshes import Mesh
from mingyue.printing.profiles.machines import machine
from mingyue.printing.profiles.resins import resin
from mingyue.printing.samples.fault_coupon import Planted, fault_coupon

SAMPLE = fault_coupon()
PLANTED: Sequence[Planted] = SAMPLE.features  # type: ignore[assignment]
SETTINGS = BuildSettings(machine=machine("s230"), resin=resin("pegda-nps3-365"))
# Half a cell, so that what is found beside a feature is found beside no other.
AROUND_UM = 60.0


def part(mesh: Mesh) -> Part:
    return Part(mesh=mesh, format="sample", unit="um", unit_is_from_file=True, sha256="", name="coupon", notes=())


def kinds_at(result: CheckResult, planted: Planted) -> Counter[str]:
    """What is found within half a cell of a planted feature, as the part stands."""
    matrix, offset = np.array(result.placement.matrix), np.array(result.placement.offset_um)
    corners = np.array([planted.low_um, planted.high_um]) @ matrix.T + offset
    low, high = corners.min(axis=0) - AROUND_UM, corners.max(axis=0) + AROUND_UM
    middles = [(np.array(found.box_um[0]) + np.array(found.box_um[1])) / 2 for found in result.findings]
    return Counter(
        found.kind
        for found, middle in zip(result.findings, middles, strict=True)
        if (middle[:2] >= low[:2]).all() and (middle[:2] <= high[:2]).all()
    )


@pytest.fixture(scope="module", params=[0.0, 90.0])
def result(request: pytest.FixtureRequest) -> CheckResult:
    return check(part(SAMPLE.mesh), replace(SETTINGS, rotate_deg=(0.0, 0.0, request.param)))


@pytest.fixture(scope="module")
def asked() -> CheckResult:
    """The same with a resin whose critical dose is known, so that the model can be asked."""
    return check(part(SAMPLE.mesh), replace(SETTINGS, resin=replace(SETTINGS.resin, critical_dose_mj_cm2=10.0)))


def test_there_are_sixty_faults_and_sixty_that_are_done_well() -> None:
    assert Counter(planted.is_fault for planted in PLANTED) == {True: 60, False: 60}
    assert len({planted.kind for planted in PLANTED}) == 15
    assert {planted.kind for planted in PLANTED} <= set(KINDS)


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
def test_a_fault_is_found_as_what_it_is_and_what_is_done_well_is_not(result: CheckResult, planted: Planted) -> None:
    assert kinds_at(result, planted) == ({planted.kind: 1} if planted.is_fault else {})


def test_nothing_else_is_found(result: CheckResult) -> None:
    assert len(result.findings) == 60


@pytest.mark.parametrize(
    "planted", [p for p in PLANTED if p.is_fault and p.kind in {"thin_wall", "narrow_gap"}], ids=str
)
def test_widths_are_measured_to_a_twentieth(result: CheckResult, planted: Planted) -> None:
    matrix, offset = np.array(result.placement.matrix), np.array(result.placement.offset_um)
    middle = matrix @ ((np.array(planted.low_um) + np.array(planted.high_um)) / 2) + offset

    nearest = min(
        (found for found in result.findings if found.kind == planted.kind),
        key=lambda found: float(np.linalg.norm((np.array(found.box_um[0]) + found.box_um[1])[:2] / 2 - middle[:2])),
    )

    assert nearest.measured == pytest.approx(planted.size_um, rel=0.05)


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
def test_the_model_hides_no_fault(asked: CheckResult, planted: Planted) -> None:
    assert kinds_at(asked, planted) == ({planted.kind: 1} if planted.is_fault else {})


def test_the_model_lowers_by_one_and_only_what_no_parameter_set_bears_out(asked: CheckResult) -> None:
    lower = {"fails": "risk", "risk": "note"}
    answers = [(found, found.model) for found in asked.findings if found.model is not None]

    assert len(answers) == 28  # four of each of seven kinds
    for found, answer in answers:
        refuted = answer.predicted in ("stays_open", "comes_out") and answer.agree == answer.sets == 9
        assert found.severity == (lower[answer.by_rule] if refuted else answer.by_rule)
    assert Counter(found.severity for found in asked.findings) == {"fails": 5, "risk": 39, "note": 16}
    assert {found.kind for found in asked.findings if found.severity == "fails"} == {"island", "closed_channel"}
