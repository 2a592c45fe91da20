"""A facility's day from the command line, against a platform that runs: the how-to is what happens, line by line."""

from __future__ import annotations

import csv
import json
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mingyue.client import Client, Order, Quote
from mingyue.printing.formats.stl import write_stl
from tests.solids import box
from tests.web.api.test_programs import mingyue
from tests.web.serving.demonstrated import served
from tests.web.serving.running import ROOT, Served

__all__ = ["served"]  # fixtures

HOW_TO = ROOT / "docs" / "how-to" / "a-facilitys-day.md"
PROJECT = "DEMO-2026-01"


@dataclass
class Day:
    """Who is there, what the how-to's names stand for, and what was said to each line."""

    folder: Path
    keys: dict[str, str]
    clients: dict[str, Client]
    names: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)

    def __call__(self, *words: object, code: int = 0, **more: str) -> str:
        """What the command tells the manager."""
        ended = mingyue(self.folder, *words, COLUMNS="200", **more)
        assert ended.returncode == code, (words, ended.stderr)
        return ended.stderr if code else ended.stdout

    def line(self, line: str) -> str:
        """A line of the how-to, with real names in the place of its own."""
        words = [self.names.get(word, word) for word in shlex.split(line)][1:]
        self.told[line] = self(*words)
        return self.told[line]

    @property
    def order(self) -> Order:
        return self.clients["manager"].order(self.names["O-7F3K-2M9P"])


@pytest.fixture(scope="module")
def day(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """The manager is logged in; three quotes of an engineer wait for a person to look."""
    folder = tmp_path_factory.mktemp("day")
    keys = json.loads((served.home / "demonstration.json").read_text(encoding="utf-8"))["keys"]
    keys = {email.partition("@")[0]: key for email, key in keys.items()}
    assert mingyue(folder, "login", served.address, given=f"{keys['manager']}\n").returncode == 0
    with ExitStack() as open_ones:
        clients = {name: open_ones.enter_context(Client(served.address, key)) for name, key in keys.items()}
        yield begun(Day(folder, keys, clients))


def begun(made: Day) -> Day:
    engineer, folder = made.clients["engineer"], made.folder
    write_stl(box((0, 0, 0), (300, 200, 100)), folder / "post.stl", unit="um")
    part = engineer.wait_for_checks(engineer.upload(folder / "post.stl", units="um", confidentiality="internal"))
    for placeholder in ("Q-7F3K-2M9P", "Q-1V8D-4T6W", "Q-9H2X-5R3C"):
        quote = engineer.ask_quote(part, quantity=50)
        if quote.state == "offered":
            engineer.ask_review(quote, "The bottom face is glued.")
        made.names[placeholder] = quote.number
    return made


def lines() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def ordered(day: Day, quote: Quote) -> Order:
    """The customer's side approves and accepts."""
    day.clients["budget"].approve(quote, 0, PROJECT)
    return day.clients["engineer"].accept(quote, 0)


def test_the_how_to_is_what_happens(day: Day) -> None:
    waited = [day.names[name] for name in ("Q-7F3K-2M9P", "Q-1V8D-4T6W", "Q-9H2X-5R3C")]
    for line in lines():
        if "O-7F3K-2M9P" in line and "O-7F3K-2M9P" not in day.names:
            replaced = day.clients["engineer"].quote(waited[0]).superseded_by
            assert replaced is not None
            day.names["O-7F3K-2M9P"] = ordered(day, day.clients["engineer"].quote(replaced)).number
        for number in {"17", "18"} & set(line.split()) - day.names.keys():  # the one that was written last
            day.names[number] = str(max(one.number for one in day.order.invoices if one.kind == "invoice"))
        day.line(line)

    told = list(day.told.values())
    assert [number in told[0] for number in waited] == [True] * 3
    assert told[0].index(waited[0]) < told[0].index(waited[1]) < told[0].index(waited[2])  # who waits longest, first
    assert "The bottom face is glued." in told[1]
    assert day.clients["engineer"].quote(waited[1]).state == "offered"
    assert day.clients["engineer"].quote(waited[2]).state == "declined"
    assert "Nothing was done yet. Say --yes to do it." in day.told[next(line for line in day.told if "decline" in line)]


def test_the_replaced_lines_cost_what_was_typed_to_the_fen(day: Day) -> None:
    quote = day.clients["engineer"].quote(day.order.quote)

    for option in quote.options:
        assert option.lines[0].amount_fen == 35_000
        assert option.lines[0].changed is not None
        assert option.lines[0].changed["why"] == "It shares the setup with your other part."
    assert [one.text for one in quote.thread][-1] == "The bottom face will carry support marks. Is that all right?"


def test_the_money_stands_where_the_how_to_leaves_it(day: Day) -> None:
    """Billed: 200.50, less 30.05, and the rest, twice, once voided. Paid: 200.50, less 30.05. Written off: 0.05."""
    order = day.order
    now = order.balance
    rows = list(csv.DictReader((day.folder / "ledger.csv").read_text(encoding="utf-8-sig").splitlines()))

    assert order.state == "made"
    assert now.to_bill_fen == 0
    assert now.billed_fen == order.total_fen - 3_005
    assert (now.paid_fen, now.written_off_fen) == (20_050 - 3_005, 5)
    assert now.to_pay_fen == now.billed_fen - now.paid_fen - now.written_off_fen
    assert {row["order"] for row in rows} >= {order.number}
    assert day.told["mingyue ledger O-7F3K-2M9P"].count(order.number) == sum(
        row["order"] == order.number for row in rows
    )


def test_what_is_not_confirmed_or_is_typed_wrong_changes_nothing(day: Day) -> None:
    def standing() -> Any:
        return day.order, list(day.clients["manager"].ledger(day.order))

    before, number = standing(), day.order.number
    invoice = day.names["17"]

    assert "would be written off" in day("order", "write-off", number, "1.00", "--why", "x")
    assert "would be noted as paid back" in day("order", "refund", number, "1", "--reference", "r")
    assert f"Invoice {invoice} over" in day("order", "void", number, invoice, "--why", "x")
    told = json.loads(day("order", "credit", number, invoice, "1.5", "--why", "x", "--json"))
    assert told["order"]["number"] == number
    for amount in ("1.005", "1,280", "1e3", "¥5", "１"):
        assert "is no amount in yuan." in day("order", "payment", number, amount, "--reference", "r", code=3)
    assert "has no invoice 999999" in day("order", "void", number, "999999", "--why", "x", "--yes", code=3)
    assert "remedy: " in day("order", "advance", number, "making", code=11)  # forward only
    assert "remedy: " in day("order", "bill", number, "--amount", "1", code=11)  # nothing is left
    assert day("order", "advance", number, "cancelled", code=2)
    line = f"{len(before[0].option.lines) + 9}=1"
    waits = day.names["Q-1V8D-4T6W"]
    assert "names no line of" in day("quote", "replace", waits, "--line", f"1.{line}", "--why", "x", code=3)
    assert standing() == before


def test_the_same_payment_is_noted_once_and_programs_read_it(day: Day) -> None:
    words = ("order", "payment", day.order.number, "10.01", "--reference", "BANK-2026-11-27-0001", "--json")
    paid = day.order.balance.paid_fen

    first = json.loads(day(*words))["entry"]
    again = mingyue(day.folder, *words)

    assert sum(one["amount_fen"] for one in first["postings"]) == 0
    assert max(one["amount_fen"] for one in first["postings"]) == 1_001
    assert again.returncode in {0, 11}
    assert day.order.balance.paid_fen == paid + 1_001


def test_a_customer_is_refused_what_is_the_facilitys_and_it_is_said_in_chinese(day: Day, tmp_path: Path) -> None:
    origin = day.clients["engineer"].origin
    assert mingyue(tmp_path, "login", origin, given=f"{day.keys['engineer']}\n").returncode == 0
    before = day.order

    refused = mingyue(tmp_path, "order", "bill", before.number, MINGYUE_LANG="zh")
    nothing = mingyue(tmp_path, "quote", "waiting", MINGYUE_LANG="zh")

    assert (refused.returncode, refused.stdout) == (11, "")
    assert "只有设施经理可以这样做" in refused.stderr
    assert (nothing.returncode, nothing.stdout) == (0, "没有等待您答复的报价。\n")
    assert day.order == before


def test_books_that_follow_the_events_agree_with_the_ledger_to_the_fen(
    day: Day, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), flags=re.DOTALL)
    manager, engineer = day.clients["manager"], day.clients["engineer"]
    monkeypatch.setenv("MINGYUE_ORIGIN", manager.origin)
    monkeypatch.setenv("MINGYUE_KEY", day.keys["manager"])
    monkeypatch.setenv("BOOKS", str(tmp_path / "books.json"))

    def followed() -> dict[str, str]:
        exec(compile(program, str(HOW_TO), "exec"), {})
        return dict(line.split() for line in capsys.readouterr().out.splitlines())

    def booked() -> dict[str, str]:
        sums: Counter[str] = Counter()
        for row in csv.DictReader(manager.ledger_csv().splitlines()):
            sums[row["account"]] += round(Decimal(row["debit"] or 0) * 100) - round(Decimal(row["credit"] or 0) * 100)
        return {account: f"{amount / 100:,.2f}" for account, amount in sums.items()}

    first = followed()
    assert first == booked()
    assert {"bank", "losses", "receivable", "revenue", "tax"} <= set(first)
    assert followed() == first  # nothing comes twice

    order = ordered(day, engineer.quote(day.names["Q-1V8D-4T6W"]))
    manager.bill(order, order.total_fen // 3)
    manager.advance(order, "scheduled")
    engineer.cancel(order)  # a tenth is due: the rest of the invoice is credited, and of the order released, at once
    assert followed() == booked() != first
