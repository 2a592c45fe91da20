"""The findings of a report: what was found, where, how bad, by which limit and what to do; or why nothing is told."""

from __future__ import annotations

import re
from dataclasses import replace

import msgspec
import pytest

from mingyue.phrases import Language, in_language
from mingyue.printing.chain import BuildSettings
from mingyue.printing.checks import CheckResult, check
from mingyue.printing.curing.cures import Known, cure_of
from mingyue.printing.findings.finding import KINDS
from mingyue.printing.formats.parts import Part, part_of_mesh
from mingyue.printing.measuring.designs import Design
from mingyue.printing.meshes import joined
from mingyue.printing.profiles.machines import machine
from mingyue.printing.profiles.resins import resin
from mingyue.printing.reports.page import report_html
from mingyue.printing.reports.rechecks import check_design
from mingyue.printing.reports.report import PrintReport
from tests.printing.reports.test_page import Page
from tests.solids import box

# On a plate: a wall of 3 µm, and four more on the same plate; above it a block that nothing carries.
FAULTY = joined([
    box((0, 0, 0), (400, 400, 40)),
    *(box((x, 100, 30), (x + 3, 300, 100)) for x in (60, 120, 180, 240, 300)),
    box((340, 340, 80), (380, 380, 120)),
])  # fmt: skip
SETTINGS = BuildSettings(machine=machine("s230"), resin=resin("pegda-nps3-365"))


@pytest.fixture(scope="module")
def part() -> Part:
    return part_of_mesh(FAULTY, name="faulty", made_as="coupon")


@pytest.fixture(scope="module")
def checked(part: Part) -> CheckResult:
    return check(part, SETTINGS)


def page_of(report: PrintReport, checked: CheckResult | None, language: Language = "en") -> Page:
    return Page(report_html(replace(report, checked=checked), language=language))


def test_each_kind_is_counted_with_its_remedy_and_the_source_of_its_limit(
    report: PrintReport, checked: CheckResult
) -> None:
    page = page_of(report, checked)

    assert checked.counts == {"thin_wall": 5, "island": 1}
    for kind, count in checked.counts.items():
        of_kind = [found for found in checked.findings if found.kind == kind]
        (cells,) = (row for row in page.rows if len(row) == 6 and row[0] == KINDS[kind].title)
        assert sum(int(cell) for cell in cells[1:4] if cell != "–") == count
        assert cells[4] == of_kind[0].remedy
        assert of_kind[0].source is not None
        assert cells[5] == f"{of_kind[0].source.text} ({of_kind[0].source.mark})"
    assert page.row("all")[:3] == ["6", "–", "–"]
    assert any("Some of it is predicted to fail" in words for words in page.words)


def test_the_worst_of_each_kind_are_told_with_place_and_numbers(report: PrintReport, checked: CheckResult) -> None:
    page = page_of(report, checked)
    island = next(found for found in checked.findings if found.kind == "island")
    walls = [row for row in page.rows if len(row) == 7 and row[0] == "thin wall"]

    (cells,) = (row for row in page.rows if len(row) == 7 and row[0] == "island")
    assert cells[1:] == ["fails", "16", "160, 160, 82", "0 px", "1 px", "–"]
    assert island.layers == (16, 16)
    assert len(walls) == 3
    assert all(row[1] == "fails" and row[5] == "4 µm" for row in walls)
    assert "2 more: `mingyue check PART --json` has all." in page.words


def test_a_reader_of_chinese_reads_kinds_sources_and_remedies_in_chinese(
    report: PrintReport, checked: CheckResult
) -> None:
    page = page_of(report, checked, "zh")

    (cells,) = (row for row in page.rows if len(row) == 6 and row[0] == "薄壁")
    assert cells[5] == "经验法则：小于 2 px 的凸起结构无法成形（推算）"
    assert cells[4] == in_language(KINDS["thin_wall"].remedy, "zh")
    found = [" ".join(row) for row in page.rows if len(row) in {6, 7} and row[0] in {"孤岛", "薄壁", "合计"}]
    assert len(found) == 3 + 4
    assert re.findall(r"[A-Za-z']+(?: [A-Za-z']+){2,}", " ".join(found)) == []


def test_that_nothing_is_found_is_said(report: PrintReport, checked: CheckResult) -> None:
    page = page_of(report, replace(checked, findings=(), layers=24))

    assert "Nothing was found: no rule warns of anything in 24 layers." in page.words
    assert not any(row[0] in {"all", "thin wall"} for row in page.rows)


def test_where_the_part_is_not_known_that_is_said_and_what_to_do(report: PrintReport) -> None:
    page = page_of(report, None)

    assert any("The part is not known" in words and "--part FILE" in words for words in page.words)
    assert not any("predicted to fail" in words for words in page.words)


def test_why_layers_were_not_looked_at_is_told(report: PrintReport, part: Part) -> None:
    huge = check(part, replace(SETTINGS, scale=1e6))

    page = page_of(report, huge)

    assert huge.notes
    assert all(str(note) in page.words for note in huge.notes)


def test_a_design_is_checked_with_the_numbers_it_was_built_with(report: PrintReport, part: Part) -> None:
    manifest = report.manifest
    choice = cure_of(manifest, Known(penetration_depth_um=10.0))

    found = check_design(manifest, Design(FAULTY), choice, known=Known(penetration_depth_um=10.0), part=part)
    thirsty = replace(resin("pr48-385"), penetration_depth_um=10.0)
    straight = check(part, replace(SETTINGS, layer_um=4.0, resin=thirsty, field_px=(96, 80), exposure_s=0.45))

    assert found is not None
    assert found.layers == 30
    assert found.counts["seam_crossing"] == 5
    assert [one.kind for one in found.findings] == [one.kind for one in straight.findings]
    assert [one.measured for one in found.findings] == pytest.approx([one.measured for one in straight.findings])
    assert [one.model for one in found.findings] == [one.model for one in straight.findings]


def test_a_design_that_only_masks_show_is_not_checked(report: PrintReport) -> None:
    assert check_design(report.manifest, Design(None), report.choice, known=Known()) is None


def test_a_machine_and_a_resin_that_only_the_package_knows_are_checked_all_the_same(
    report: PrintReport, part: Part
) -> None:
    manifest = msgspec.structs.replace(
        report.manifest,
        machine=msgspec.structs.replace(report.manifest.machine, name="nobody's"),
        resin=msgspec.structs.replace(report.manifest.resin, name="nobody's"),
    )

    found = check_design(manifest, Design(FAULTY), report.choice, known=Known(blur_px=0.5), part=part)

    assert found is not None
    assert found.counts["thin_wall"] == 5
