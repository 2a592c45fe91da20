"""A real platform with demonstration data, and a real browser that looks at it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.web.serving.demonstrated import copied, short_folder
from tests.web.serving.running import Served, serve

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
SETTINGS = {"DJANGO_SETTINGS_MODULE": "mingyue.web.site.settings", "MINGYUE_WEB_PROCESSES": "1"}
# Draws three dimensions without a graphics card.
DRAWING = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
# What the browser itself says about drawing in software is no fault of a page.
NO_FAULTS = ("GPU stall", "GL Driver Message", "willReadFrequently")
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True)
class Park:
    """The platform that runs, and who signs in how."""

    served: Served
    passwords: dict[str, str]

    @property
    def address(self) -> str:
        return self.served.address


@pytest.fixture(scope="session")
def park(demonstration: Path) -> Iterator[Park]:
    """`mingyue serve` with what `manage demonstrate` makes."""
    with short_folder() as folder:
        home = copied(demonstration, folder / "home")
        served = serve(home, **SETTINGS)
        try:
            yield Park(served, json.loads((home / "demonstration.json").read_text(encoding="utf-8"))["passwords"])
        finally:  # as who presses Ctrl-C twice: nobody waits for the checks that run
            served.process.send_signal(signal.SIGINT)
            time.sleep(0.5)
            served.stop(signal.SIGINT)


@pytest.fixture(
    scope="module"
)  # while it runs, so does a loop in this thread, which Django's tests after it would trip over
def chromium() -> Iterator[Callable[..., Browser]]:
    """Starts browsers, with these arguments beside those that a container needs."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have a Chromium; scripts/system-needs installs it.")
        pytest.skip("there is no Chromium here")
    with sync_playwright() as playwright:
        started: dict[tuple[str, ...], Browser] = {}

        def start(*arguments: str) -> Browser:
            if arguments not in started:
                started[arguments] = playwright.chromium.launch(
                    executable_path=CHROMIUM, args=["--no-sandbox", *arguments]
                )
            return started[arguments]

        yield start
        for browser in started.values():
            browser.close()


Opening = Callable[..., Page]


@pytest.fixture
def open_page(park: Park, chromium: Callable[..., Browser]) -> Iterator[Opening]:
    """Opens a page, signed in where `who` is given. Whatever it complains about, but for what is expected, fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(
        *,
        who: str = "",
        args: tuple[str, ...] = DRAWING,
        width: int = 1280,
        height: int = 900,
        expected: str = "",
        **more: Any,
    ) -> Page:
        def complain(text: str) -> None:
            if not any(known in text for known in (*NO_FAULTS, *filter(None, [expected]))):
                complaints.append(text)

        context = chromium(*args).new_context(
            viewport={"width": width, "height": height}, base_url=park.address, **({"locale": "en-GB"} | more)
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda said: complain(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complain(str(error)))
        if who:
            page.goto("/accounts/login/")
            page.fill("[name=login]", who)
            page.fill("[name=password]", park.passwords[who])
            page.press("[name=password]", "Enter")
            page.wait_for_url("**/")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def shot(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Page, str], None]:
    """Keeps a picture of the page for people to look at, where MINGYUE_SCREENSHOTS says."""
    folder = Path(os.environ.get("MINGYUE_SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))

    def take(page: Page, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)

    return take
