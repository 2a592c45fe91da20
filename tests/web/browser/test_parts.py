"""A part in a real browser: sent, checked live, looked at, measured, compared; on a phone, in the dark, in Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from mingyue.printing.formats.parts import read_part
from mingyue.units import length_unit
from tests.web.browser.conftest import Opening
from tests.web.serving.running import until

# One platform, in which one test goes on with the part of another: a file is run by one worker (`--dist loadfile`).

ENGINEER = "engineer@mingyue.example"
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
SEEN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .filter(({impact}) => impact === "serious" || impact === "critical")
    .map(({id, nodes}) => `${id}: ${nodes.map(({html}) => html.slice(0, 160)).join(" ")}`)"""

Shot = Callable[[Page, str], None]


def faults_for_axe(page: Page) -> Any:
    """Serious and critical faults of accessibility. It comes as a script of the debugger, past the page's policy."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(SEEN)


def send(page: Page, file: Path, *, units: str) -> None:
    page.set_input_files("#file", file)
    page.check(f"[name=units][value={units}]")
    if page.locator("#terms").count():
        page.check("#terms")
    page.click("#send")
    page.wait_for_url(re.compile(r"/parts/[0-9a-f-]{36}/$"))


def um(text: str) -> float:
    """`679.2 µm` → 679.2"""
    number, unit = text.split()
    return float(number.replace(",", "")) * {"µm": 1, "mm": 1000}[unit]


@pytest.fixture(scope="session")
def plate(data_dir: Path) -> Path:
    """A plate with holes, 203 × 305 × 12.7 of whatever unit one says."""
    return data_dir / "parts" / "plate_holes.STL"


@pytest.fixture(scope="session")
def addresses() -> dict[str, str]:
    """Where the part of the first test is, for those after it."""
    return {}


def test_a_part_is_sent_checked_and_looked_at(
    open_page: Opening, plate: Path, addresses: dict[str, str], shot: Shot
) -> None:
    page = open_page(who=ENGINEER)
    page.goto("/parts/")
    expect(page.get_by_role("heading", name="Upload your first part")).to_be_visible()
    shot(page, "list-empty")
    page.goto("/parts/new/")
    send(page, plate, units="um")
    addresses["part"] = page.url

    # It is read and checked while one looks: nobody loads the page again.
    expect(page.locator("#view-described")).to_have_text(
        "The part is 203.2 × 304.8 × 12.7 µm, holds 767,400 µm³ and has 1,252 triangles."
    )
    entries = page.locator(".finding-head")
    expect(entries.first).to_be_visible()
    expect(page.locator("#verdict h2")).to_contain_text("S230")
    expect(page.locator("#view.is-ready canvas")).to_be_visible()
    expect(page.locator("#checks .icon use[href$=clock]")).to_have_count(0)
    shot(page, "part")

    before = page.locator("#view [data-ruler]").inner_text()
    place = entries.filter(has_text="layer").first
    place.click()
    expect(place).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".finding-details").first).to_contain_text("What to do")
    expect(page.locator("#view [data-ruler]")).not_to_have_text(before)  # the camera flew nearer
    shot(page, "finding")

    page.locator(".finding-details button").click()
    slider = page.get_by_role("slider", name="Layer number")
    first = slider.input_value()
    slider.press("ArrowRight")
    expect(slider).not_to_have_value(first)
    slider.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"Layer \d+ of \d+, z [\d.]+–[\d.]+ µm"))
    until(lambda: page.evaluate(LIT))
    shot(page, "layer")


# Whether the pane of the masks shows anything that is lit.
LIT = """() => {
    const canvas = document.getElementById("masks");
    const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value, at) => at % 4 === 0 && value > 250 && data[at + 1] > 250 && data[at + 2] > 250);
}"""


def test_the_distance_between_two_edges_is_that_of_the_file(
    open_page: Opening, plate: Path, addresses: dict[str, str], shot: Shot
) -> None:
    corners = read_part(plate, unit=length_unit("um")).mesh.vertices_um
    corners = corners - (corners.min(axis=0) + corners.max(axis=0)) / 2
    right = corners[(corners[:, 0] > 101.59) & (corners[:, 2] > 6.3)]
    y = float(right[:, 1].min())  # where the straight side ends and the rounded corner begins
    # The mouse reaches only what is on the screen; without motion the view is where it goes at once.
    page = open_page(who=ENGINEER, height=1600, reduced_motion="reduce")
    page.goto(addresses["part"])
    page.wait_for_selector("#view.is-ready")
    expect(page.locator(".finding-head").first).to_be_visible()
    page.click("#tool-measure")
    page.locator("#view").press("1")  # from the top; corners attract
    box = page.locator("#view canvas").bounding_box()
    assert box is not None
    per_um = 0.86 * min(box["width"] / 203.2, box["height"] / 304.8)
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for side in (-1, 1):
        page.mouse.click(middle[0] + side * (101.6 * per_um - 3), middle[1] - y * per_um - 3)
    told = page.locator("#measured dd")
    expect(told).to_have_count(4)
    shot(page, "measure")

    assert um(told.nth(0).inner_text()) == pytest.approx(203.2, abs=0.05)
    assert um(told.nth(1).inner_text()) == pytest.approx(203.2, abs=0.05)
    assert um(told.nth(2).inner_text()) == um(told.nth(3).inner_text()) == 0
    page.locator("#view").press("Escape")
    expect(page.locator("#measured")).to_contain_text("Pick a first place")


def test_a_section_is_cut_where_the_slider_says(open_page: Opening, addresses: dict[str, str], shot: Shot) -> None:
    page = open_page(who=ENGINEER)
    page.goto(addresses["part"])
    page.wait_for_selector("#view.is-ready")
    page.click("#tool-section")
    expect(page.locator("#section-at")).to_have_text("x = 0 µm")
    page.locator("#section-share").fill("750")
    expect(page.locator("#section-at")).to_have_text("x = 50.8 µm")
    page.get_by_label("y", exact=True).check(force=True)
    expect(page.locator("#section-at")).to_have_text("y = 76.2 µm")
    shot(page, "section")


def test_a_revision_is_compared_with_the_one_before(
    open_page: Opening, plate: Path, addresses: dict[str, str], shot: Shot
) -> None:
    page = open_page(who=ENGINEER)
    page.goto(addresses["part"])
    page.get_by_role("link", name="Upload a revision").click()
    page.set_input_files("#file", plate)
    page.click("#send")
    page.wait_for_url(addresses["part"])
    # Its unit was not said: one chooses by the size that would follow.
    choice = page.locator(".unit-choice").filter(has_text="203.2 × 304.8 × 12.7 µm")
    choice.get_by_role("radio").check()
    page.get_by_role("button", name="Read it so").click()
    page.wait_for_selector("#view.is-ready")

    page.goto(f"{addresses['part']}compare/")
    rows = page.locator("#figures tr")
    expect(rows).to_have_count(7)
    assert rows.nth(0).inner_text().split("\t") == ["Size x", "203.2 µm", "203.2 µm", "="]
    expect(page.locator("#overlay.is-ready canvas")).to_be_visible()
    before = page.locator("#overlay [data-ruler]").inner_text()
    for _ in range(6):
        page.locator("#overlay").press("+")
    expect(page.locator("#overlay [data-ruler]")).not_to_have_text(before)
    expect(page.locator('[data-group="gained"] summary')).to_have_text("New findings 0")  # it is the same part
    shot(page, "compare")


def test_only_a_fitting_file_is_taken(open_page: Opening, tmp_path: Path) -> None:
    (tmp_path / "part.step").write_text("ISO-10303-21;")
    (tmp_path / "none.stl").write_bytes(b"")
    page = open_page(who=ENGINEER)
    page.goto("/parts/new/")
    for name, told in (("part.step", "part.step is none of STL, OBJ, PLY, 3MF."), ("none.stl", "none.stl is empty.")):
        page.set_input_files("#file", tmp_path / name)
        expect(page.locator("#upload-problem")).to_contain_text(told)


def test_an_upload_goes_on_after_the_connection_was_lost(open_page: Opening, plate: Path) -> None:
    page = open_page(who=ENGINEER, expected="503")
    page.goto("/parts/new/")
    lost = []

    def lose_once(route: Any) -> None:
        if not lost and route.request.method == "PATCH":
            lost.append(route.request.url)
            route.fulfill(status=503)
        else:
            route.continue_()

    page.route("**/uploads/*", lose_once)
    send(page, plate, units="um")

    assert len(lost) == 1


def test_without_three_dimensions_all_else_works(open_page: Opening, addresses: dict[str, str], shot: Shot) -> None:
    page = open_page(who=ENGINEER, args=("--disable-3d-apis", "--disable-gpu"))
    page.goto(addresses["part"])
    expect(page.get_by_role("heading", name="This browser cannot draw in three dimensions")).to_be_visible()
    page.locator(".finding-head").first.click()
    expect(page.locator(".finding-details")).to_be_visible()
    page.click("[data-panes=masks]")
    until(lambda: page.evaluate(LIT))
    shot(page, "no-webgl")


def test_without_scripts_the_pages_say_what_is_missing(open_page: Opening, addresses: dict[str, str]) -> None:
    page = open_page(who=ENGINEER, java_script_enabled=False)
    page.goto("/parts/new/")
    expect(page.get_by_text("Uploading needs JavaScript")).to_be_visible()
    expect(page.locator("#upload")).to_be_hidden()
    page.goto(addresses["part"])
    expect(page.get_by_text("need JavaScript")).to_be_visible()


@pytest.mark.parametrize(("scheme", "locale", "width"), [("light", "en-GB", 1280), ("dark", "zh-CN", 390)])
@pytest.mark.parametrize("which", ["list", "new", "part", "compare", "terms"])
def test_pages_shut_nobody_out(
    open_page: Opening, addresses: dict[str, str], shot: Shot, which: str, scheme: str, locale: str, width: int
) -> None:
    paths = {"list": "/parts/", "new": "/parts/new/", "terms": "/terms/", "part": addresses["part"]}
    page = open_page(who=ENGINEER, color_scheme=scheme, locale=locale, width=width)
    page.goto(paths.get(which, f"{addresses['part']}compare/"))
    page.wait_for_load_state("networkidle") if which in ("list", "new", "terms") else page.wait_for_selector("canvas")
    if which == "part":
        page.locator(".finding-head").first.click()
        page.wait_for_timeout(700)
    shot(page, f"{which}-{scheme}-{locale}-{width}")

    assert faults_for_axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width  # nothing sticks out sideways
    assert page.locator("html").get_attribute("lang") == ("zh-Hans" if locale == "zh-CN" else "en")
