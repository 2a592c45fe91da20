"""News reach the pages that wait for them, and only those."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

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
    """The next that is no comment; comments come often enough to keep a wait for each alive for ever."""
    async with asyncio.timeout(20):
        while True:
            said = await anext(stream)
            if b"event:" in said:
                return said


def test_a_page_hears_at_once_and_then_whenever_its_part_changed(db: None) -> None:
    async def scene() -> None:
        first = live._events("part", "0")
        await event_of(first)
        await listening()
        mine, others = live._events("part", "1"), live._events("part", "2")
        assert b'data: {"part": "1"}' in await event_of(mine)
        await event_of(others)
        await tell('{"part": "1"}')
        assert b'data: {"part": "1"}' in await event_of(mine)
        waits = asyncio.ensure_future(event_of(others))
        await tell('{"part": "1"}')
        await event_of(mine)
        assert not waits.done()
        await tell('{"part": "2"}')
        assert b'"2"' in await waits
        for stream in (first, mine, others):
            await stream.aclose()

    asyncio.run(scene())


async def listening() -> None:
    """Past what all are told when the listening begins: that may be one with what they are told at once, or come after it."""
    while live.hub().listening_since is None:
        await asyncio.sleep(0.01)


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
