"""How quickly the platform answers fifty people, and a part its sender. Markdown on stdout.

A real `mingyue serve` is asked over loopback; whoever asks shares the processors with it.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # `benchmarks` is no package that anyone installs

from benchmarks.answers import HEADS, Used, latencies, row, weights
from benchmarks.customers import Customer
from benchmarks.sections import facts, facts_table, write_section
from benchmarks.served import Served, served
from benchmarks.tables import count, table
from benchmarks.visitors import Log, Visitor, never_the_same
from mingyue.printing.formats.stl import write_stl
from mingyue.printing.samples.gyroid import Gyroid, gyroid

PEOPLE = 50
COPIES = 29
BROWSED_S, CLOSED_S = 60.0, 20.0
CLOSED = 10  # people who do not think
CUSTOMERS, QUOTED_S = 30, 60.0
ROUNDS = 3
TILES = 200
LATTICES = {"50 k": 50.0, "1 M": 11.62}  # a cube of 1.5 mm, sampled at so many µm
_PATIENCE_S = 300.0
_LOOK_S = 0.05
PACKAGES = ("django", "psycopg", "uvicorn")


def main() -> int:
    """Run it. Returns 0: being slow is no error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", default=list(MEASURED), help=f"any of: {', '.join(MEASURED)} (all)")
    parser.add_argument("--home", type=Path, help="keep the platform's data here, for the next run")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="my-") as folder:
        Path(folder).chmod(0o711)  # as root the database comes here as another user
        home = (options.home or Path(folder) / "home").absolute()
        with served(home) as running:
            people = asyncio.run(_prepared(running))
        for name in options.what:
            with served(home) as running:  # anew for each: none inherits a queue of work or a grown process
                text = f"{_facts()}\n\n{asyncio.run(MEASURED[name](running, people))}"
            print(f"## {name}\n\n{text}\n", flush=True)
            if options.write:
                write_section(f"serving, {name}", text)
    return 0


def _facts() -> str:
    from importlib.metadata import version

    known = facts()
    kept = ("CPU", "cores", "Python", "mingyue")
    told = {name: known[name] for name in kept} | {name: version(name) for name in PACKAGES}
    return facts_table(told | {"date": known["date"], "load before": known["load before"]})


# --- what is there before anything is measured -----------------------------------------------------------------------


People = list[dict[str, Any]]


async def _prepared(running: Served) -> People:
    """Fifty people, and for each organisation thirty parts that the worker has checked, or that are like one it has."""
    running.crowd("idle")
    people = running.crowd("people", str(PEOPLE))
    parts = running.crowd("copies", "0")
    if not parts:
        content = stl(LATTICES["50 k"])
        for slug in {person["organisation"] for person in people}:
            sender = Visitor(running.address, next(one for one in people if one["organisation"] == slug), [], Log(), 0)
            part = await sender.send_part(never_the_same(content), "Crowd part")
            await _until(sender, part, lambda check: check["state"] == "done")
            await sender.cancel_checks(part)
    parts = running.crowd("copies", str(COPIES))
    for person in people:
        person["parts"] = [one["part"] for one in parts if one["organisation"] == person["organisation"]]
    return people


async def _until(visitor: Visitor, part: str, true: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Ask for the part's state until that is true of one check."""
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        state = await visitor.state(part)
        checks = state["revisions"][0]["checks"]
        if any(map(true, checks)):
            return state
        await asyncio.sleep(_LOOK_S)
    raise TimeoutError(f"part {part} did not come so far: {state}")


def stl(step_um: float) -> bytes:
    """A gyroid of 1.5 mm as a binary STL."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gyroid.stl"
        write_stl(gyroid(Gyroid(step_um=step_um)).mesh, path, unit="mm")
        return path.read_bytes()


def _triangles(content: bytes) -> int:
    return int.from_bytes(content[80:84], "little")


def _visitors(running: Served, people: People, log: Log) -> list[Visitor]:
    return [Visitor(running.address, one, one["parts"], log, seed) for seed, one in enumerate(people)]


# --- browsing --------------------------------------------------------------------------------------------------------


async def browsing(running: Served, people: People) -> str:
    """With thinking in between, and without."""
    await _warm(running, people)
    log, used = Log(), Used(running)
    visitors = _visitors(running, people, log)
    await _together(visitors, BROWSED_S, think=True)
    told = [f"{PEOPLE} people, thinking 1–3 s, {BROWSED_S:.0f} s:", latencies(log), used.said(log, BROWSED_S)]
    log, used = Log(), Used(running)
    visitors = _visitors(running, people[:CLOSED], log)
    await _together(visitors, CLOSED_S, think=False)
    told += [f"{CLOSED} people who do not think, {CLOSED_S:.0f} s:", latencies(log), used.said(log, CLOSED_S)]
    return "\n\n".join([*told, weights(running)])


async def uploading(running: Served, people: People) -> str:
    """Each sends a part once in the minute, while the worker checks what comes."""
    await _warm(running, people)
    content = stl(LATTICES["50 k"])
    log, used = Log(), Used(running)
    visitors = _visitors(running, people, log)

    async def send(visitor: Visitor, after_s: float) -> None:
        await asyncio.sleep(after_s)
        await visitor.send_part(never_the_same(content), f"Sent by {visitor.person['organisation']}")

    spread = [send(visitor, BROWSED_S * number / PEOPLE) for number, visitor in enumerate(visitors)]
    await _together(visitors, BROWSED_S, think=True, beside=spread)
    told = [latencies(log), used.said(log, BROWSED_S), weights(running)]
    running.crowd("idle")
    head = (
        f"{PEOPLE} people, thinking 1–3 s, {BROWSED_S:.0f} s; each sends a part of {count(_triangles(content))} triangles "
        f"({len(content) / 1e6:.1f} MB), one every {BROWSED_S / PEOPLE:.1f} s:"
    )
    return "\n\n".join([head, *told])


# --- quotes ----------------------------------------------------------------------------------------------------------


async def quoting(running: Served, people: People) -> str:
    """Each asks for quotes of parts that are checked already, with thinking in between, and without."""
    told = []
    for think, seconds in ((True, QUOTED_S), (False, CLOSED_S)):
        await _warm(running, people)
        log, used = Log(), Used(running)
        customers = [
            Customer(running.address, one, one["parts"], log, seed) for seed, one in enumerate(people[:CUSTOMERS])
        ]
        await _together(customers, seconds, think=think)
        how = "thinking 1–3 s" if think else "not thinking"
        told += [f"{CUSTOMERS} customers, {how}, {seconds:.0f} s:", latencies(log), used.said(log, seconds)]
    return "\n\n".join([*told, weights(running)])


async def _warm(running: Served, people: People) -> None:
    """Templates and modules are loaded at their first use, in each process; nobody measures that here."""
    visitors = _visitors(running, people[:4], Log())
    await _together(visitors, 4.0, think=False)


async def _together(
    visitors: list[Visitor], seconds: float, *, think: bool, beside: list[Awaitable[None]] | None = None
) -> None:
    until = time.monotonic() + seconds
    await asyncio.gather(*(visitor.browse(until, think=think) for visitor in visitors), *(beside or []))
    for visitor in visitors:
        await visitor.client.aclose()


# --- a part's way ----------------------------------------------------------------------------------------------------


async def findings(running: Served, people: People) -> str:
    """From the first byte sent to the first findings in the part's state."""
    rows = []
    for name, step_um in LATTICES.items():
        content = stl(step_um)
        taken = [await _first_findings(running, people[0], never_the_same(content)) for _ in range(ROUNDS)]
        sent, read, found = (median(one[place] for one in taken) for place in range(3))
        each = ", ".join(f"{one[2]:.2f}" for one in taken)
        rows.append(
            (
                name,
                count(_triangles(content)),
                f"{len(content) / 1e6:.1f}",
                f"{sent:.2f}",
                f"{read:.2f}",
                f"{found:.2f}",
                each,
            )
        )
    heads = ("part", "triangles", "MB", "sent after, s", "read after, s", "first findings after, s", "each run, s")
    return table(heads, rows)


async def _first_findings(running: Served, person: dict[str, Any], content: bytes) -> tuple[float, float, float]:
    log = Log()
    visitor = Visitor(running.address, person, [], log, 0)
    began = time.perf_counter()
    part = await visitor.send_part(content, "Timed part")
    if not part:
        raise RuntimeError("; ".join(log.errors))
    sent_s = time.perf_counter() - began
    await _until(visitor, part, lambda _: True)
    read_s = time.perf_counter() - began
    await _until(visitor, part, lambda check: check["findings"] is not None)
    found_s = time.perf_counter() - began
    await visitor.cancel_checks(part)  # the next one finds an idle worker
    await asyncio.sleep(2.0)
    await visitor.client.aclose()
    return sent_s, read_s, found_s


async def quoted(running: Served, people: People) -> str:
    """From the first byte sent to the page of a quote, as somebody gets it who asks as soon as there are findings."""
    rows = []
    for name, step_um in LATTICES.items():
        content = stl(step_um)
        taken = [await _first_quote(running, people[0], never_the_same(content)) for _ in range(ROUNDS)]
        found, shown = (median(one[place] for one in taken) for place in range(2))
        each = ", ".join(f"{one[1]:.2f}" for one in taken)
        rows.append((name, count(_triangles(content)), f"{found:.2f}", f"{shown:.2f}", each))
    return table(("part", "triangles", "first findings after, s", "quote on screen after, s", "each run, s"), rows)


async def _first_quote(running: Served, person: dict[str, Any], content: bytes) -> tuple[float, float]:
    log = Log()
    customer = Customer(running.address, person, [], log, 0)
    began = time.perf_counter()
    part = await customer.send_part(content, "Timed part")
    await _until(customer, part, lambda check: check["findings"] is not None)
    found_s = time.perf_counter() - began
    await customer.quote(part, think=False)
    shown_s = time.perf_counter() - began
    if log.errors or "quote, asked and shown" not in log.seconds:
        raise RuntimeError("; ".join(log.errors))
    await customer.cancel_checks(part)  # the next one finds an idle worker
    await asyncio.sleep(2.0)
    await customer.client.aclose()
    return found_s, shown_s


async def tiles(running: Served, people: People) -> str:
    """Layers at random, each asked for once, at full resolution; the first one opens the package."""
    log = Log()
    visitor = _visitors(running, people[:1], log)[0]
    await visitor.browse(time.monotonic() + 2.0, think=False)
    log.seconds.clear()
    checks = (await visitor.state(visitor.parts[0]))["revisions"][0]["checks"]
    check = min((one for one in checks if one["masks"]), key=lambda one: one["machine"]["pixel_um"])
    layers = (await visitor.client.get(check["masks"])).json()
    lit = [(layer, field) for layer, fields in enumerate(layers["lit"]) for field, _ in fields]
    sizes = []
    for layer, field in visitor.choose.sample(lit, min(TILES, len(lit))):
        answer = await visitor.get("tile", layers["tile"].format(layer=layer, field=field))
        sizes.append(len(answer.content) if answer else 0)
    await visitor.client.aclose()
    told = table(HEADS, [row("tile", log.seconds["tile"])])
    columns, rows = layers["field_px"]
    first_ms = 1e3 * log.seconds["tile"][0]
    where = f"{check['machine']['name']}, pixels of {layers['pixel_um']:g} µm, fields of {columns} × {rows} px"
    return (
        f"{where}; pictures of {median(sizes) / 1e3:.1f} kB at the median; errors: {len(log.errors)}; "
        f"the first took {first_ms:.0f} ms.\n\n{told}"
    )


MEASURED: dict[str, Callable[[Served, People], Awaitable[str]]] = {
    "browsing": browsing, "uploading": uploading, "quoting": quoting, "findings": findings,
    "quoted": quoted, "tiles": tiles,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(main())
