"""People who ask what their parts cost: each opens the page that asks, sends it, and reads the quote."""

from __future__ import annotations

import re
import time

import httpx

from benchmarks.visitors import Visitor

_CHECK = re.compile(r'name="checks"[^>]*value="([0-9a-f-]{36})"')
_CLASS = re.compile(r'name="service_class_id"[^>]*value="([0-9a-f-]{36})"')
_TOLERANCE = re.compile(r'name="tolerance_um"[^>]*value="(\d+)"')
QUANTITIES = (1, 1, 2, 3, 5, 10, 20)


class Customer(Visitor):
    """One person with parts that are checked. What is noted as "quote, asked and shown" is what they wait for."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._revisions: dict[str, str] = {}

    async def browse(self, until: float, *, think: bool) -> None:
        """Ask for one quote after the other until then, by time.monotonic."""
        if think:
            await self._think(think)
        while time.monotonic() < until:
            await self._quote(think)

    async def _quote(self, think: bool) -> None:
        await self.quote(self.choose.choice(self.parts), think=think)

    async def quote(self, part: str, *, think: bool) -> None:
        """Ask what this part costs, and read the answer."""
        if part not in self._revisions:  # whoever comes from the part's page knows it
            self._revisions[part] = (await self.state(part))["revisions"][0]["id"]
        address = f"/quotes/new/?revision={self._revisions[part]}"
        page = await self.get("quote, form", address)
        await self._think(think)
        if page is None:
            return
        said = self._filled(page.text)
        began = time.perf_counter()
        asked = await self._asked("quote, asked", lambda: self.client.post(address, data=said), 302)
        if asked is not None and await self.get("quote, shown", asked.headers["Location"]):
            self.log.note("quote, asked and shown", time.perf_counter() - began)
        await self._think(think)

    def _filled(self, page: str) -> httpx._types.RequestData:
        """The form, with one option or two."""
        checks = _CHECK.findall(page)
        classes, tolerances = _CLASS.findall(page), _TOLERANCE.findall(page)
        if not checks or not classes or not tolerances:
            raise RuntimeError("the page that asks for quotes has another form than is known here")
        return {
            "checks": self.choose.sample(checks, min(len(checks), self.choose.choice((1, 2)))),
            "quantity": str(self.choose.choice(QUANTITIES)),
            "inspection": "visual",
            "tolerance_um": tolerances[0],
            "service_class_id": self.choose.choice(classes),
        }
