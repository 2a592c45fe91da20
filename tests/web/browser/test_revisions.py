"""A part in a real browser that gets a second revision: what changed is seen, and the same is asked for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mingyue.printing.formats.stl import write_stl
from mingyue.printing.samples.solids import box, meshed, united
from tests.web.browser.conftest import Opening
from tests.web.browser.test_parts import ENGINEER, faults_for_axe, send

QUOTE = re.compile(r"/quotes/[0-9a-f-]{36}/$")


@pytest.fixture
def posts(tmp_path: Path) -> tuple[Path, Path]:
    """A post of some tenths of a millimetre, and the same with an arm that hangs in the air."""
    post, arm = box((0.0, 0.0, 0.0), (300.0, 240.0, 300.0)), box((0.0, 0.0, 240.0), (900.0, 240.0, 300.0))
    paths = tmp_path / "post.stl", tmp_path / "arm.stl"
    for path, solid in zip(paths, (post, united([post, arm])), strict=True):
        write_stl(meshed(solid), path, unit="um")
    return paths


def test_a_second_revision_is_compared_and_asked_for(
    open_page: Opening, posts: tuple[Path, Path], shot: Callable[[Page, str], None]
) -> None:
    page = open_page(who=ENGINEER)
    page.goto("/parts/new/")
    send(page, posts[0], units="um")
    part = page.url
    quote, number = quoted_in_two_ways(page)
    page.goto(part)
    page.get_by_role("link", name="Upload a revision").click()
    send(page, posts[1], units="um")
    page.goto(f"{part}compare/")
    looked_at(page)
    shot(page, "revisions-compare")
    assert faults_for_axe(page) == []

    page.goto(quote)
    asked_again(page, quote)
    expect(page.get_by_role("heading", name=f"Against revision 1 {number}")).to_be_visible()
    expect(page.locator(".price-change")).to_have_count(2)
    page.locator(".price-change summary").first.click()
    shot(page, "revisions-quote")
    assert faults_for_axe(page) == []
    followed = page.url

    page.goto(quote)
    expect(page.locator("main")).to_contain_text("This quote was withdrawn.")
    page.goto(f"{part}compare/")
    expect(page.locator("#prices .price-change")).to_have_count(2)
    phone = open_page(who=ENGINEER, width=390, locale="zh-CN", color_scheme="dark")
    for name, address in (("compare", f"{part}compare/"), ("quote", followed)):
        phone.goto(address)
        expect(phone.locator(".price-change")).to_have_count(2)
        phone.locator(".price-change summary").first.click()
        shot(phone, f"revisions-{name}-phone")
        assert faults_for_axe(phone) == []
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def quoted_in_two_ways(page: Page) -> tuple[str, str]:
    """Laid otherwise it is another check, and both are options of one quote: its address and number."""
    expect(page.locator("#verdict h2")).to_contain_text("Can be made on S230")
    expect(page.locator(".under-way")).to_have_count(0)
    page.get_by_role("button", name="Compare ways of laying it").click()
    page.get_by_role("button", name=re.compile("^Check this way: fastest")).click()
    expect(page.locator('#checks [aria-selected="true"]')).to_contain_text("on its front")
    expect(page.locator(".under-way")).to_have_count(0)
    page.get_by_role("link", name="Ask for a quote").click()
    lying = page.get_by_label(re.compile(r"S230.*PR48 .*on its front, 240 µm high"))
    lying.check()
    page.get_by_label(re.compile(r"S230.* · PR48 · .*as uploaded, 300 µm high")).check()
    page.get_by_role("button", name="Ask for a quote").click()
    page.wait_for_url(QUOTE)
    return page.url, page.locator("main .eyebrow").inner_text()


def looked_at(page: Page) -> None:
    """What is gained is flown to, in the surface to which it belongs."""
    gained = page.locator('[data-group="gained"] .difference-entry').first
    expect(gained).to_be_visible()
    expect(page.locator("#overlay.is-ready canvas")).to_be_visible()
    assert page.locator("#figures tr").nth(0).inner_text().split("\t") == ["Size x", "300 µm", "900 µm", "+600 µm"]
    before = page.locator("#overlay [data-ruler]").inner_text()
    gained.click()
    expect(page.locator('[data-shown="now"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#overlay [data-ruler]")).not_to_have_text(before)
    expect(page.locator("#prices")).to_contain_text("This revision was not quoted yet.")


def asked_again(page: Page, quote: str) -> None:
    """The same for the new revision; where its checks still run, the page follows them."""
    page.check("#again-withdraw")
    page.get_by_role("button", name="Ask the same for revision 2").click()
    page.wait_for_url(lambda address: address != quote)
    if "/again/" in page.url:
        get = page.get_by_role("button", name="Get the quote")
        expect(get).to_be_enabled()
        expect(page.locator("#again-withdraw")).to_be_checked()
        get.click()
    page.wait_for_url(QUOTE)
