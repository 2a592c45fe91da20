"""kill -9 between the steps of accepting and billing: what was asked happens once, and the books stay right."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from mingyue.client import ApiError, Client
from mingyue.client.calls import Caller
from tests.web.parts.conftest import box_stl
from tests.web.serving.breaking import asked
from tests.web.serving.demonstrated import REAL, caller, client, key, served
from tests.web.serving.running import Served, mingyue, until
from tests.web.test_crashes import small

__all__ = ["caller", "client", "key", "served"]  # fixtures

# Each act's steps, in their order: before which write to which table it is caught. Whoever counts invoices or writes
# events holds a lock that all others need, so only one at a time can be so far: that last step is another one each time.
ACCEPTING = ("UPDATE orders_quote", "INSERT orders_order", "INSERT orders_entry", "INSERT orders_posting")
BILLING = ("INSERT orders_entry", "INSERT orders_posting")
LAST = ("INSERT records_event", "UPDATE records_keptreply")
LAST_OF_BILLING = ("INSERT orders_invoice", *LAST)


@dataclass(frozen=True)
class Market:
    """A part that is checked at a facility with prices, and a key for each: who asks, who pays, who makes."""

    served: Served
    keys: dict[str, str]
    option: dict[str, Any]
    project: str

    def ask(self, who: str, method: str, path: str, body: object = None, *, name: str = "") -> Any:
        """The platform's answer, however often it must be asked: under one name it acts once."""
        calls = Caller(self.served.address, self.keys[f"{who}@mingyue.example"])
        try:
            headers = {"Idempotency-Key": name or uuid4().hex} if method == "POST" else {}
            return calls(method, path, body=body, headers=headers).json()
        finally:
            calls.close()

    def approved(self) -> str:
        """A quote that only needs to be accepted; its id."""
        quote = str(self.ask("engineer", "POST", "/api/quotes", {"options": [self.option]})["id"])
        self.ask("budget", "POST", f"/api/quotes/{quote}/approve", {"option": 0, "project": self.project})
        return quote

    def accepted(self, quote: str) -> str:
        """The order of this quote, asked for under one name however often; its id."""
        return str(self.ask("engineer", "POST", f"/api/quotes/{quote}/accept", {"option": 0}, name=quote)["id"])

    def billed(self, order: str) -> str:
        """The invoice over all of this order, asked for under one name however often; its id."""
        return str(self.ask("manager", "POST", f"/api/orders/{order}/bill", {}, name=order)["id"])


@pytest.fixture(scope="module")
def market(served: Served) -> Market:
    """The demonstration's, with one small part."""
    keys = json.loads((served.home / "demonstration.json").read_text(encoding="utf-8"))["keys"]
    calls = Caller(served.address, keys["engineer@mingyue.example"])
    part_id = small(calls, box_stl(0.12), "Ordered")
    with Client(served.address, keys["engineer@mingyue.example"]) as client:
        part = client.wait_for_checks(part_id, timeout_s=120)
    (place,) = asked(served, "SELECT facility_id, id FROM facilities_serviceclass WHERE name = 'Standard'")
    option = {
        "check": part.newest.checks[0].id, "service_class": str(place[1]), "tolerance_um": 50, "quantity": 1,
        "inspection": "visual",
    }  # fmt: skip
    calls.close()
    ((project,),) = asked(served, "SELECT id::text FROM orders_project WHERE number = 'DEMO-2026-01'")
    made = Market(served, keys, option, project)
    made.billed(made.accepted(made.approved()))  # the facility's accounts are there
    return made


class Gates:
    """Before each of these writes is a gate, which can be shut. Who comes to one that is shut waits, and holds no gate."""

    def __init__(self, served: Served, steps: Iterable[str]) -> None:
        self.served, self.numbers = served, {step: number for number, step in enumerate(sorted(set(steps)), start=7000)}
        self.shut = served.connected("postgres")
        for step, number in self.numbers.items():
            operation, table = step.split()
            self.shut.execute(
                f"CREATE OR REPLACE FUNCTION gate_{number}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
                " SET lock_timeout = 0 SET statement_timeout = 0 AS $$ BEGIN"
                f" PERFORM pg_advisory_lock_shared({number}); PERFORM pg_advisory_unlock_shared({number}); RETURN NEW;"
                f" END $$; CREATE OR REPLACE TRIGGER aa_gate BEFORE {operation} ON {table} FOR EACH ROW"
                f" EXECUTE FUNCTION gate_{number}()".encode()
            )

    def close(self, step: str) -> None:
        self.shut.execute("SELECT pg_advisory_lock(%s)", [self.numbers[step]])

    def wait_for_one_at(self, step: str) -> None:
        """Until somebody waits there."""
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
        until(lambda: asked(self.served, waiting, self.numbers[step]) != [(0,)])

    def open(self) -> None:
        self.shut.execute("SELECT pg_advisory_unlock_all()")


@pytest.fixture
def gates(market: Market) -> Iterator[Gates]:
    """All are open."""
    made = Gates(market.served, (*ACCEPTING, *BILLING, *LAST_OF_BILLING))
    yield made
    made.shut.close()


Act = Callable[[], None]


@contextmanager
def caught(gates: Gates, acts: Iterable[tuple[str, Act]]) -> Iterator[None]:
    """Inside, each who acts has done all before its step, and cannot go on; afterwards they have ended. Last step first."""
    acting = []
    for step, act in acts:
        gates.close(step)
        acting.append(threading.Thread(target=act))
        acting[-1].start()
        gates.wait_for_one_at(step)
    yield
    for thread in acting:
        thread.join(60)
        assert not thread.is_alive()


def kill_web(served: Served) -> None:
    for web in served.children("serving.web"):
        web.kill()
        web.wait()


def booked(served: Served, order: str) -> list[tuple[Any, ...]]:
    """Kinds of the entries of an order, and what each of them sums to."""
    return asked(
        served,
        "SELECT e.kind, sum(p.amount_fen)::bigint FROM orders_entry e JOIN orders_posting p ON p.entry_id = e.id"
        " WHERE e.order_id = %s GROUP BY e.number, e.kind ORDER BY e.number",
        order,
    )


def told(served: Served, what: str, subject: str) -> list[tuple[Any, ...]]:
    """In how many chains, and how often in all, something was told of this."""
    return asked(
        served,
        "SELECT count(DISTINCT organisation_id), count(*) FROM records_event WHERE what = %s AND subject_id = %s",
        what, subject,
    )  # fmt: skip


def ordered_once(served: Served, quote: str, order: str) -> None:
    """This order, and no other one, came of the quote; it is booked once, and each side was told once."""
    assert asked(served, "SELECT id::text FROM orders_order WHERE quote_id = %s", quote) == [(order,)]
    assert booked(served, order) == [("accept", 0)]
    assert told(served, "quote.accepted", quote) == [(2, 2)]


@pytest.mark.parametrize("last", LAST)
def test_who_accepts_while_everything_that_answers_is_killed_gets_one_order(
    market: Market, gates: Gates, last: str
) -> None:
    steps = (last, *reversed(ACCEPTING))
    quotes = {step: market.approved() for step in steps}
    answers: dict[str, str] = {}

    def accept(step: str) -> None:
        answers[step] = market.accepted(quotes[step])

    with caught(gates, [(step, partial(accept, step)) for step in steps]):
        kill_web(market.served)
        gates.open()

    for step, quote in quotes.items():
        assert market.accepted(quote) == answers[step]
        ordered_once(market.served, quote, answers[step])


@pytest.mark.parametrize("last", LAST_OF_BILLING)
def test_who_bills_while_everything_that_answers_is_killed_gets_one_invoice(
    market: Market, gates: Gates, last: str
) -> None:
    steps = (last, *reversed(BILLING))
    orders = {step: market.accepted(market.approved()) for step in steps}
    answers: dict[str, str] = {}

    def bill(step: str) -> None:
        answers[step] = market.billed(orders[step])

    with caught(gates, [(step, partial(bill, step)) for step in steps]):
        kill_web(market.served)
        gates.open()

    for step, order in orders.items():
        assert market.billed(order) == answers[step]
        found = asked(market.served, "SELECT id::text FROM orders_invoice WHERE order_id = %s", order)
        assert found == [(answers[step],)]
        assert booked(market.served, order) == [("accept", 0), ("bill", 0)]
        assert told(market.served, "order.billed", order) == [(2, 2)]


def test_an_answer_that_is_lost_is_given_again(market: Market, gates: Gates) -> None:
    """Whoever asked was cut off before the order was there; then everything that could still answer them is killed."""
    quote = market.approved()
    place = urlsplit(market.served.address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port)
    gates.close(LAST[-1])
    connection.request(
        "POST", f"/api/quotes/{quote}/accept", body=json.dumps({"option": 0}),
        headers={
            "Authorization": f"Bearer {market.keys['engineer@mingyue.example']}", "Content-Type": "application/json",
            "Idempotency-Key": quote,
        },
    )  # fmt: skip
    gates.wait_for_one_at(LAST[-1])
    connection.close()
    gates.open()
    ((order,),) = until(lambda: asked(market.served, "SELECT id::text FROM orders_order WHERE quote_id = %s", quote))
    kill_web(market.served)

    assert market.accepted(quote) == order
    ordered_once(market.served, quote, order)


def test_who_accepts_while_the_database_is_killed_gets_one_order(market: Market, gates: Gates) -> None:
    """The gates go with the database, and the transactions that stood before them."""
    steps = (LAST[0], *reversed(ACCEPTING))
    quotes = [market.approved() for _ in steps]
    (postmaster,) = market.served.children("unix_socket_directories")

    def try_to_accept(quote: str) -> None:
        with suppress(ApiError):  # the platform may say that it had a fault
            market.accepted(quote)

    with caught(gates, [(step, partial(try_to_accept, quote)) for step, quote in zip(steps, quotes, strict=True)]):
        postmaster.kill()
        until(lambda: (new := market.served.children("unix_socket_directories")) and new[0].pid != postmaster.pid)
        until(market.served.ready)

    for quote in quotes:
        ordered_once(market.served, quote, market.accepted(quote))


def test_after_all_this_the_books_are_right_and_nothing_is_doubled(market: Market) -> None:
    market.billed(market.accepted(market.approved()))

    for command in ("check_ledger", "check_events", "check_blobs"):
        ended = mingyue(market.served.home, "manage", command, **REAL)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert "✗" not in ended.stdout
    accepted, billed = len(ACCEPTING) + 1, len(BILLING) + 1
    orders, invoices = 3 * accepted + 3 * billed + 3, 3 * billed + 2
    counted = "SELECT count(*), count(DISTINCT quote_id) FROM orders_order"
    assert asked(market.served, counted) == [(orders, orders)]
    numbers = asked(market.served, "SELECT number FROM orders_invoice ORDER BY number")
    assert numbers == [(number + 1,) for number in range(invoices)]
