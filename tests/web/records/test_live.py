"""News reach the pages that wait for them, and only those."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import psycopg

from mingyue.web.records import live


def address() -> str:
    """The same server, whoever tells the news."""
    said = live.server_address()
    return f"host={said['host']} dbname={said['dbname']} user={said['user']}"


async def tell(payload: str) -> None:
    async with await psycopg.AsyncConnection.connect(address(), autocommit=True) as connection:
        await connection.execute("SELECT pg_notify(%s, %s)", [live.CHANNEL, payload])


async def event_of(stream: AsyncIterator[bytes]) -> bytes:
    """The next that is no comment."""
    while True:
        said = await asyncio.wait_for(anext(stream), 20)
        if b"event:" in said:
            return said


def test_a_page_hears_at_once_and_then_whenever_its_part_changed(db: None) -> None:
    async def scene() -> None:
        mine, others = live._events("part", "1"), live._events("part", "2")
        assert b'data: {"part": "1"}' in await event_of(mine)
        await event_of(others)
        await settled(mine)
        await settled(others)
        await tell('{"part": "1"}')
        assert b'data: {"part": "1"}' in await event_of(mine)
        waits = asyncio.ensure_future(event_of(others))
        await tell('{"part": "1"}')
        await event_of(mine)
        assert not waits.done()
        await tell('{"part": "2"}')
        assert b'"2"' in await waits
        await mine.aclose()
        await others.aclose()

    asyncio.run(scene())


async def settled(stream: Any) -> None:
    """Past what is told when the listening begins."""
    hub = live.hub()
    while hub.listening_since is None:
        await asyncio.sleep(0.01)
    await event_of(stream)


def test_the_last_to_leave_ends_the_listening(db: None) -> None:
    async def scene() -> None:
        stream = live._events("part", "1")
        await event_of(stream)
        hub = live.hub()
        assert hub.subscribers == 1
        await stream.aclose()
        assert hub.subscribers == 0
        assert hub.listening_since is None

    asyncio.run(scene())
