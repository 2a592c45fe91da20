"""The bell of a page that is open rings when something happens, and leads there; it also works as a plain link."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from mingyue.client import Client
from tests.web.browser.conftest import Opening, Park
from tests.web.browser.test_parts import faults_for_axe
from tests.web.parts.conftest import box_stl

ENGINEER = "engineer@mingyue.example"
QUEUE_MS = 240_000  # the checks of other tests' parts come first


def test_a_check_that_ends_rings_the_bell_of_the_page_that_is_open(
    open_page: Opening, park: Park, tmp_path: Path, shot: Callable[[Page, str], None]
) -> None:
    page = open_page(who=ENGINEER)
    page.goto("/facilities/")
    count = page.locator("#bell .bell-count")
    before = int(count.text_content() or 0)
    (tmp_path / "box.stl").write_bytes(box_stl(0.1))
    key = json.loads((park.served.home / "demonstration.json").read_text(encoding="utf-8"))["key"]

    with Client(park.address, key) as program:
        program.upload(tmp_path / "box.stl", units="mm", name="Ringing box")

    expect(count).to_have_text(str(before + 1), timeout=QUEUE_MS)
    expect(count).to_be_visible()
    expect(page.locator("#bell-news")).to_have_text("1 new notice")
    assert page.url.endswith("/facilities/")
    page.click("#bell")
    expect(page.get_by_role("heading", level=1, name="Notices")).to_be_visible()
    shot(page, "notices")
    assert faults_for_axe(page) == []
    page.get_by_role("link", name=re.compile("Ringing box was checked")).click()
    page.wait_for_url(re.compile(r"/parts/[0-9a-f-]{36}/$"))
    expect(count).to_have_text(str(before))


def test_the_pages_of_notices_and_webhooks_shut_nobody_out(
    open_page: Opening, shot: Callable[[Page, str], None]
) -> None:
    for locale, scheme, width in (("en-GB", "light", 390), ("zh-CN", "dark", 1280)):
        page = open_page(who=ENGINEER, locale=locale, color_scheme=scheme, width=width)
        for path in ("/notices/", "/notices/settings/", "/organisations/jialing-university/webhooks/"):
            page.goto(path)
            shot(page, f"{path.strip('/').replace('/', '-')}-{locale}-{scheme}-{width}")
            assert faults_for_axe(page) == []
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{path} is {wide} px wider than the screen"
