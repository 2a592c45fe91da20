"""People at their browsers: each asks for pages one after the other, thinks in between, and sometimes sends a part."""

from __future__ import annotations

import asyncio
import base64
import os
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

PIECE_BYTES = 8 << 20  # as the page sends them
THINK_S = (1.0, 3.0)
_PATIENCE_S = 60.0
FACILITY = "/facilities/two-micrometre-printing/"


@dataclass
class Log:
    """What was asked: by name the seconds of each answer, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def note(self, name: str, seconds: float, *, error: str = "") -> None:
        """One answer."""
        self.seconds.setdefault(name, []).append(seconds)
        if error:
            self.errors.append(f"{name}: {error}")


class Visitor:
    """One person, signed in. parts: those of the own organisation, as addresses below /parts/."""

    def __init__(self, address: str, person: dict[str, str], parts: list[str], log: Log, seed: int) -> None:
        self.person, self.parts, self.log = person, parts, log
        self.choose = random.Random(seed)
        self.client = httpx.AsyncClient(
            base_url=address,
            cookies={"sessionid": person["session"], "csrftoken": person["csrf"]},
            headers={"X-CSRFToken": person["csrf"], "Accept-Language": "en"},
            timeout=_PATIENCE_S,
        )

    async def browse(self, until: float, *, think: bool) -> None:
        """Look around until then, by time.monotonic."""
        if think:
            await asyncio.sleep(self.choose.uniform(0.0, THINK_S[1]))
        while time.monotonic() < until:
            await self.choose.choice([self._page, self._page, self._part])(think)

    async def _page(self, think: bool) -> None:
        pages = {
            "home": "/",
            "parts": "/parts/",
            "facility": FACILITY,
            "materials": "/materials/",
            "organisation": f"/organisations/{self.person['organisation']}/",
        }
        name = self.choose.choice(list(pages))
        await self.get(name, pages[name])
        await self._think(think)

    async def _part(self, think: bool) -> None:
        """The page, then what its scripts ask for; while one looks at it, it listens for news."""
        part = self.choose.choice(self.parts)
        await self.get("part", f"/parts/{part}/")
        news = asyncio.create_task(self._listen(part)) if think else None
        state = await self.get("state", f"/parts/{part}/state")
        found = [check["findings"] for check in state.json()["revisions"][0]["checks"]] if state else []
        if any(found):
            await self.get("findings", next(filter(None, found)))
        await self._think(think)
        if news:
            news.cancel()
            with suppress(asyncio.CancelledError):
                await news

    async def _listen(self, part: str) -> None:
        began = time.perf_counter()
        try:
            async with self.client.stream("GET", f"/parts/{part}/live") as lines:
                heard = False
                async for line in lines.aiter_lines():
                    if line.startswith("event") and not heard:
                        self.log.note("news begin", time.perf_counter() - began)
                        heard = True
        except (httpx.HTTPError, httpx.StreamError) as error:
            self.log.errors.append(f"live: {error!r}")

    async def _think(self, think: bool) -> None:
        if think:
            await asyncio.sleep(self.choose.uniform(*THINK_S))

    async def get(self, name: str, address: str) -> httpx.Response | None:
        """One answer, noted; None where it was no good one."""
        return await self._asked(name, lambda: self.client.get(address), 200)

    async def send_part(self, content: bytes, name: str) -> str:
        """Upload a part as the page does; its id, empty where that failed."""
        said = {"filename": f"{name}.stl", "organisation": self.person["organisation"]}
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
        tus = {"Tus-Resumable": "1.0.0"}
        begin = tus | {"Upload-Length": str(len(content)), "Upload-Metadata": metadata}
        begun = await self._asked("upload, begin", lambda: self.client.post("/uploads/", headers=begin), 201)
        if begun is None:
            return ""
        place = begun.headers["Location"]
        for start in range(0, len(content), PIECE_BYTES):
            piece = tus | {"Upload-Offset": str(start), "Content-Type": "application/offset+octet-stream"}
            body = content[start : start + PIECE_BYTES]
            sent = await self._asked(
                "upload, piece",
                lambda piece=piece, body=body: self.client.patch(place, headers=piece, content=body),
                204,
            )
            if sent is None:
                return ""
        about = {"upload": place.rpartition("/")[2], "name": name, "confidentiality": "internal", "units": "mm"}
        added = await self._asked("upload, part", lambda: self.client.post("/parts/", json=about), 201)
        return added.json()["part"] if added else ""

    async def state(self, part: str) -> dict[str, Any]:
        """The part as it stands, not noted."""
        answer = await self.client.get(f"/parts/{part}/state")
        answer.raise_for_status()
        return answer.json()

    async def cancel_checks(self, part: str) -> None:
        """No more work for this part."""
        for revision in (await self.state(part))["revisions"]:
            for check in revision["checks"]:
                await self.client.post(f"/parts/checks/{check['id']}/cancel", json={})

    async def _asked(self, name: str, ask: Callable[[], Any], wanted: int) -> httpx.Response | None:
        began = time.perf_counter()
        try:
            answer = await ask()
        except httpx.HTTPError as error:
            self.log.note(name, time.perf_counter() - began, error=repr(error))
            return None
        error = "" if answer.status_code == wanted else f"{answer.status_code} {answer.text[:200]}"
        self.log.note(name, time.perf_counter() - began, error=error)
        return None if error else answer


def never_the_same(stl: bytes) -> bytes:
    """The same surface under another digest: the head of a binary STL says nothing."""
    return os.urandom(40).hex().encode() + stl[80:]
