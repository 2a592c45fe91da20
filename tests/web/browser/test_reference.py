"""The API's pages in a real browser: nobody is shut out, nothing sticks out sideways, the search follows the typing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.web.browser.conftest import Opening
from tests.web.browser.test_parts import faults_for_axe

PAGES = ("/api/docs", "/api/docs/basics", "/api/docs/quote", "/api/docs/facility")


@pytest.mark.parametrize(
    ("locale", "width", "scheme"), [("en-GB", 1280, "light"), ("zh-CN", 390, "dark")], ids=["wide", "phone"]
)
def test_the_pages_shut_nobody_out(open_page: Opening, locale: str, width: int, scheme: str) -> None:
    page = open_page(locale=locale, width=width, color_scheme=scheme)
    for address in PAGES:
        page.goto(address)
        assert faults_for_axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_is_typed_narrows_the_list_and_stays_in_the_address(open_page: Opening) -> None:
    page = open_page()
    page.goto("/api/docs")
    expect(page.locator(".api-list li")).not_to_have_count(1)

    page.get_by_role("searchbox").press_sequentially("accept_quote")

    expect(page.locator(".api-list li")).to_have_count(1)
    expect(page).to_have_url("/api/docs?q=accept_quote")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Tab")  # the button
    page.keyboard.press("Tab")  # the group
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/api/docs/quote#accept_quote")
    expect(page.locator("#accept_quote h2")).to_be_in_viewport()


def test_the_search_needs_no_script(open_page: Opening) -> None:
    page = open_page(java_script_enabled=False)
    page.goto("/api/docs/quote")

    page.fill("#search", "accept_quote")
    page.press("#search", "Enter")

    expect(page).to_have_url("/api/docs?q=accept_quote")
    expect(page.locator(".api-list li")).to_have_count(1)


def test_an_example_is_reached_by_key_and_scrolls_by_itself(open_page: Opening) -> None:
    page = open_page(width=390)
    page.goto("/api/docs/quote")
    example = page.locator("#ask_quote pre").first

    example.focus()
    page.keyboard.press("ArrowRight")

    expect(example).to_be_focused()
    assert example.evaluate("box => box.scrollWidth > box.clientWidth")
