"""A stranger comes, registers, founds an organisation, sends parts and sees what is wrong with them; in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser.conftest import Opening
from tests.web.browser.test_parts import faults_for_axe, send

QUEUE_MS = 240_000  # the checks of the parts before it come first
# What is read on the way, so that a page in the wrong language fails.
WORDS = {
    "en-GB": {
        "register": "Register",
        "organisations": "Your organisations",
        "found": "Register an organisation",
        "fails": re.compile("Cannot be made"),
        "to do": "What to do",
    },
    "zh-CN": {
        "register": "注册",
        "organisations": "您的机构",
        "found": "登记机构",
        "fails": re.compile("不能|无法"),
        "to do": re.compile("处理办法"),
    },
}


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_from_registration_to_findings(
    open_page: Opening, data_dir: Path, shot: Callable[[Page, str], None], locale: str
) -> None:
    words = WORDS[locale]
    parts = data_dir / "parts"
    page = open_page(locale=locale)

    page.goto("/")
    page.get_by_role("main").get_by_role("link", name=words["register"], exact=True).click()
    page.fill("[name=email]", f"stranger-{locale.lower()}@example.org")
    page.fill("[name=name]", "Ouyang")
    page.fill("[name=password1]", "moon-over-the-lake")
    shot(page, f"{locale}-register")
    assert faults_for_axe(page) == []
    page.press("[name=password1]", "Enter")
    page.wait_for_url("**/")

    page.goto("/organisations/")
    expect(page.get_by_role("heading", name=words["organisations"])).to_be_visible()
    page.fill("[name=name]", f"Workshop {locale}")
    page.select_option("[name=kind]", "company")
    shot(page, f"{locale}-organisation-new")
    assert faults_for_axe(page) == []
    page.get_by_role("main").locator("form button.btn-primary").first.click()
    expect(page.get_by_role("heading", level=1, name=f"Workshop {locale}")).to_be_visible()
    shot(page, f"{locale}-organisation")
    assert faults_for_axe(page) == []

    page.goto("/parts/new/")
    send(page, parts / "plate_holes.STL", units="um")
    expect(page.locator(".finding-head").first).to_be_visible(timeout=QUEUE_MS)
    expect(page.locator("#view.is-ready canvas")).to_be_visible()
    shot(page, f"{locale}-plate")

    page.goto("/parts/new/")
    send_as_it_is(page, parts / "featuretype.3MF")
    expect(page.locator("#view.is-ready canvas")).to_be_visible()
    shot(page, f"{locale}-featuretype")

    page.goto("/parts/new/")
    send(page, parts / "bunny.ply", units="mm")
    expect(page.locator("#verdict h2")).to_contain_text(words["fails"], timeout=QUEUE_MS)
    first = page.locator(".finding-head").first
    first.click()
    expect(page.locator(".finding-details").first).to_contain_text(words["to do"])
    expect(page.locator("#view.is-ready canvas")).to_be_visible()
    shot(page, f"{locale}-bunny")
    assert faults_for_axe(page) == []

    page.goto("/parts/")
    for name in ("plate_holes", "featuretype", "bunny"):
        expect(page.get_by_role("link", name=name)).to_be_visible()
    shot(page, f"{locale}-parts")


def send_as_it_is(page: Page, file: Path) -> None:
    """A file that says its own unit."""
    page.set_input_files("#file", file)
    page.check("#terms")
    page.click("#send")
    page.wait_for_url(re.compile(r"/parts/[0-9a-f-]{36}/$"))


# Each pair of language, scheme and width once.
@pytest.mark.parametrize(
    ("locale", "scheme", "width"),
    [("en-GB", "light", 1280), ("zh-CN", "dark", 1280), ("zh-CN", "light", 390), ("en-GB", "dark", 390)],
)
def test_everyones_pages_shut_nobody_out(
    open_page: Opening, shot: Callable[[Page, str], None], locale: str, scheme: str, width: int
) -> None:
    """Nothing serious for axe, nothing wider than the screen."""
    page = open_page(who="manager@mingyue.example", locale=locale, color_scheme=scheme, width=width)
    faults = {}
    for path in (
        "/",
        "/facilities/",
        "/facilities/two-micrometre-printing/",
        "/facilities/two-micrometre-printing/stock/",
        "/facilities/new/",
        "/materials/",
        "/materials/recipes/new/",
        "/organisations/mingyue-lake-institute/",
    ):
        page.goto(path)
        name = path.strip("/").replace("/", "-") or "home"
        shot(page, f"{name}-{locale}-{scheme}-{width}")
        if found := faults_for_axe(page):
            faults[path] = found
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px wider than the screen"
    assert faults == {}
