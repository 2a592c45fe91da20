"""A part is ordered from a notebook and from a shell, against a platform that runs: the tutorial is what happens."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from mingyue.client import ApiError, Client, Quote
from tests.web.api.test_programs import mingyue
from tests.web.serving.demonstrated import served
from tests.web.serving.running import ROOT, Served

__all__ = ["served"]  # fixtures

TUTORIAL = ROOT / "docs" / "tutorial" / "ordered-from-a-notebook.md"


@pytest.fixture(scope="module")
def keys(served: Served) -> dict[str, str]:
    """Name before the @ → key."""
    told = json.loads((served.home / "demonstration.json").read_text(encoding="utf-8"))["keys"]
    return {email.partition("@")[0]: key for email, key in told.items()}


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.fixture(scope="module")
def notebook(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What stands in the notebook when all of it was run, in a folder as the tutorial finds it. `printed`: what it said."""
    here = tmp_path_factory.mktemp("notebook")
    (here / "out").mkdir()
    (here / "out" / "home").symlink_to(served.home)
    (command,) = blocks("sh")
    subprocess.run([sys.executable, "-m", *command.split()], cwd=here, check=True, capture_output=True, timeout=120)
    lines: list[str] = []
    names: dict[str, Any] = {"print": lambda text: lines.append(str(text)), "printed": lines}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here)
        for block in blocks("python"):
            exec(block.replace("http://127.0.0.1:8000", served.address), names)
    yield names
    for who in ("engineer", "budget_holder", "manager"):
        names[who].close()


def test_the_tutorial_orders_a_part(notebook: dict[str, Any]) -> None:
    quote, order, best, printed = (notebook[name] for name in ("quote", "order", "best", "printed"))

    assert quote.number.startswith("Q-")
    assert {option.quantity for option in quote.options} == {1, 20}
    assert len({option.resin["id"] for option in quote.options}) == 2
    assert (order.state, order.total_fen, order.reference) == ("delivered", best.total_fen, "DEMO-2026-01")
    assert order.balance.to_bill_fen == 0
    assert order.balance.paid_fen == best.total_fen // 2
    assert order.balance.to_pay_fen == best.total_fen - best.total_fen // 2
    assert sum(invoice.total_fen for invoice in order.invoices) == best.total_fen
    assert f"{order.number}: Delivered, ¥{order.balance.to_pay_fen / 100:,.2f} still to be paid" in printed
    assert printed.count("Billed") == 2
    assert any(line.endswith("Setting up, once") for line in printed)
    rows = list(csv.DictReader(StringIO(notebook["engineer"].ledger_csv())))
    assert [row["kind"] for row in rows if row["order"] == order.number] == (
        ["accept"] * 2 + ["bill"] * 5 + ["pay"] * 2 + ["bill"] * 5
    )


def test_a_quote_is_known_by_its_number_and_only_to_its_people(
    notebook: dict[str, Any],
    served: Served,
    keys: dict[str, str],
) -> None:
    quote: Quote = notebook["quote"]
    with Client(served.address, keys["engineer"], language="zh") as client:
        assert client.quote(quote.number.lower()).id == quote.id
        assert client.quote(quote).state_said == "已接受"
        assert client.order(notebook["order"].number).id == notebook["order"].id
        assert quote.number in [one.number for one in client.quotes(part=quote.part.id)]
        with pytest.raises(ApiError, match="There is nothing of the number Q-0000-0000") as refused:
            client.quote("Q-0000-0000")
    assert (refused.value.status, refused.value.kind) == (404, "not-found")


def test_from_a_shell_a_part_is_quoted_approved_ordered_and_cancelled(
    notebook: dict[str, Any],
    served: Served,
    keys: dict[str, str],
    tmp_path: Path,
) -> None:
    for who, key in keys.items():
        (tmp_path / who).mkdir()
        assert mingyue(tmp_path / who, "login", served.address, given=f"{key}\n").returncode == 0

    def said(who: str, *words: object, code: int = 0, **more: str) -> str:
        ended = mingyue(tmp_path / who, *words, **more)
        assert ended.returncode == code, ended.stderr
        return ended.stderr if code else ended.stdout

    asked = said("engineer", "quote", "ask", notebook["part"].id, "--quantity", 2, "--service-class", "fast", "--json")
    quote = json.loads(asked)["quote"]
    number = quote["number"]
    assert [option["quantity"] for option in quote["options"]] == [2] * len(quote["options"])
    table = said("engineer", "quote", "show", number, COLUMNS="200")
    assert "option 1  option 2" in re.sub(" {2,}", "  ", table)
    assert f"¥{quote['totals_fen'][0] / 100:,.2f}" in table
    assert "Setting up, once" in table
    assert "方案 2" in said("engineer", "quote", "show", number, MINGYUE_LANG="zh", COLUMNS="200")
    assert number in said("engineer", "quote", "list", "--state", "offered", COLUMNS="200")

    said("engineer", "quote", "say", number, "Can it be tomorrow?")
    unsaid = said("budget", "quote", "approve", number, "--project", "DEMO-2026-01", code=3)
    assert f"{number} has 2 options." in unsaid
    refused = said("engineer", "quote", "approve", number, "--project", "DEMO-2026-01", "--option", 2, code=11)
    assert "Only a budget holder may do this." in refused
    said("budget", "quote", "approve", number, "--project", "DEMO-2026-01", "--option", 2)
    accepted = json.loads(said("engineer", "quote", "accept", number, "--json"))["order"]
    assert (accepted["option"]["number"], accepted["total_fen"]) == (1, quote["totals_fen"][1])

    order = accepted["number"]
    assert "Can it be tomorrow?" in said("manager", "quote", "show", number)
    assert order in said("engineer", "order", "list", COLUMNS="200")
    assert "Say --yes to do it." in said("engineer", "order", "cancel", order)
    assert json.loads(said("engineer", "order", "show", order, "--json"))["order"]["state"] == "accepted"
    assert "is due." in said("engineer", "order", "cancel", order, "--yes")
    assert "left to be billed" in said("engineer", "order", "show", order)
    entries = json.loads(said("engineer", "order", "ledger", order, "--json"))["entries"]
    assert [entry["kind"] for entry in entries] == ["release", "accept"]
    assert "Rest released" in said("engineer", "order", "ledger", order, COLUMNS="200")
    assert said("engineer", "order", "ledger", order, "--csv").count(order) == 4
    assert "Nothing was billed yet." in said("engineer", "order", "invoices", order)
    assert len(json.loads(said("engineer", "order", "invoices", "--json"))["invoices"]) == 2
    assert "There is nothing of the number" in said("engineer", "quote", "withdraw", "Q-0000-0000", code=11)
