"""Deals over HTTP: who may do what to them, and one from the question to the last payment."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingyue.web.orders import services
from mingyue.web.people.models import User
from tests.web.api.conftest import Program, connections_stay
from tests.web.api.test_who_may import ENDPOINTS, ask, happened, name_of
from tests.web.api.things import make_things
from tests.web.conftest import NOW, Cast
from tests.web.orders.conftest import Deal, Everything, published

Session = Callable[[User | None], Program]

# Who may, and to whom it is said why they may not; to everybody else there is nothing.
_CUSTOMERS = ({"owner", "holder"}, {"manager", "operator"})
_HOLDERS: tuple[set[str], set[str]] = ({"holder"}, {"owner"})
_MANAGERS = ({"manager"}, {"owner", "holder", "operator"})
ACTS: dict[str, tuple[set[str], set[str]]] = {
    "ask_quote": ({"owner"}, set()),
    "ask_again": ({"owner"}, {"manager", "operator"}),  # also the part is needed, which the budget holder does not see
    "say_message": ({"owner", "holder", "manager"}, {"operator"}),
    **dict.fromkeys(("ask_review", "withdraw_quote", "accept_quote", "cancel_order"), _CUSTOMERS),
    **dict.fromkeys(("approve_quote", "withdraw_approval", "change_budget", "close_project"), _HOLDERS),
    "open_project": ({"holder"}, {"owner", "colleague"}),
    **dict.fromkeys(
        (
            "release_quote", "decline_quote", "replace_quote", "advance_order", "bill_order", "note_payment",
            "note_refund", "write_off", "void_invoice", "credit_invoice",
        ),
        _MANAGERS,
    ),
}  # fmt: skip
READERS = {"owner", "holder", "manager", "operator"}
# Projects are the customer's affair.
READS = {
    **dict.fromkeys(
        (f"{what}_{how}" for what in ("quote", "order", "invoice") for how in ("document", "pdf")), READERS
    ),
    "show_quote": READERS,
    "show_order": READERS,
    "show_invoice": READERS,
    "show_project": {"owner", "holder"},
}
DEALS = [one for one in ENDPOINTS if set(one[2].tags or ()) & {"quotes", "orders", "projects"}]


def people(cast: Cast) -> dict[str, User]:
    """Everybody, with a budget holder of the customer and one of another firm."""
    return {
        **{name: getattr(cast, name) for name in ("owner", "colleague", "operator", "manager", "office", "stranger")},
        "holder": User.objects.get(email="holder@example.org"),
        "rival": User.objects.get(email="rival@example.org"),
    }


def endpoint_of(name: str) -> Any:
    return next(one for one in ENDPOINTS if name_of(one[2]) == name)


def test_every_act_stands_in_the_table() -> None:
    assert {name_of(one[2]) for one in DEALS if one[0] != "GET"} == set(ACTS)
    assert {name_of(one[2]) for one in DEALS if one[0] == "GET" and "{" in one[1]} - {
        "list_tariffs",
        "show_tariff",
    } == set(READS)


def test_whoever_may_not_is_refused_and_nothing_happens(cast: Cast, in_session: Session) -> None:
    things, everybody = make_things(cast), people(cast)
    before = happened(cast)
    for name, (doers, told) in ACTS.items():
        for who in everybody.keys() - doers:
            answer = ask(in_session(everybody[who]), endpoint_of(name), things)

            assert answer.status_code == (403 if who in told else 404), (name, who)
            assert answer.json()["type"].rpartition(":")[2] == ("refused" if who in told else "not-found"), (name, who)
    assert happened(cast) == before


def test_whoever_may_does(cast: Cast, in_session: Session) -> None:
    things, everybody = make_things(cast), people(cast)
    for name, (doers, _) in ACTS.items():
        who = sorted(doers)[-1]
        before = sum(happened(cast))

        answer = ask(in_session(everybody[who]), endpoint_of(name), things)

        assert answer.status_code in {200, 201}, (name, answer.content)
        assert sum(happened(cast)) > before, name


@pytest.mark.parametrize("name", READS)
def test_whoever_may_not_see_it_finds_nothing(cast: Cast, in_session: Session, name: str) -> None:
    things, everybody = make_things(cast), people(cast)

    seen = {who for who, one in everybody.items() if ask(in_session(one), endpoint_of(name), things).status_code == 200}

    assert seen == READS[name]


# --- one deal -----------------------------------------------------------------------------------------------------


@pytest.fixture
def parties(deal: Deal, in_session: Session) -> dict[str, Program]:
    """Browsers of both sides."""
    who = {"owner": deal.cast.owner, "holder": deal.holder, "manager": deal.cast.manager, "rival": deal.rival}
    return {name: in_session(person) for name, person in who.items()}


def wished(deal: Deal, **wish: Any) -> dict[str, Any]:
    return {"check": str(deal.check.pk), "service_class": str(deal.shop.standard.pk), "tolerance_um": 25} | wish


def asked(deal: Deal, program: Program, *options: dict[str, Any]) -> Any:
    answer = program("POST", "/quotes", {"options": list(options) or [wished(deal)]})
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_from_the_question_to_the_last_payment(deal: Deal, parties: dict[str, Program]) -> None:
    owner, holder, manager = parties["owner"], parties["holder"], parties["manager"]
    quote = asked(deal, owner, wished(deal), wished(deal, quantity=3, service_class=str(deal.shop.express.pk)))
    assert (quote["state"], quote["closed"], quote["currency"]) == ("offered", None, "CNY")
    assert [one["total_fen"] for one in quote["options"]] == quote["totals_fen"]
    for option in quote["options"]:
        assert sum(line["amount_fen"] + line["tax_fen"] for line in option["lines"]) == option["total_fen"]
        assert sum(rate["net_fen"] + rate["tax_fen"] for rate in option["rates"]) == option["total_fen"]
    assert quote["options"][0]["total_fen"] == 636_92

    here = f"/quotes/{quote['id']}"
    approved = holder("POST", f"{here}/approve", {"option": 0, "project": str(deal.project.pk)}).json()
    accepted = owner("POST", f"{here}/accept", {"option": 0})
    order = accepted.json()
    there = f"/orders/{order['id']}"
    assert (approved["approval"]["project"]["number"], accepted.status_code) == ("NSFC-52375001", 201)
    assert accepted["Location"] == f"/api{there}"
    assert (order["total_fen"], order["reference"], order["due_on_cancelling_fen"]) == (636_92, "NSFC-52375001", 0)

    assert manager("POST", f"{there}/advance", {"state": "making"}).json()["state"] == "making"
    bill = manager("POST", f"{there}/bill", {"amount_fen": 600_00})
    manager("POST", f"{there}/payments", {"amount_fen": 500_00, "reference": "B-77"})
    manager("POST", f"{there}/write-offs", {"amount_fen": 50_00, "why": "agreed"})
    entry = manager("POST", f"{there}/payments", {"amount_fen": 1_00, "reference": "B-77"})
    assert (bill.status_code, entry.status_code, entry.json()["reasons"]) == (
        201, 403, ["This reference was noted already."],
    )  # fmt: skip

    seen = owner("GET", there).json()
    assert seen["balance"] == {
        "to_bill_fen": 36_92, "billed_fen": 600_00, "to_pay_fen": 50_00, "paid_fen": 500_00, "written_off_fen": 50_00,
    }  # fmt: skip
    assert [one["id"] for one in seen["invoices"]] == [bill.json()["id"]]
    assert owner("GET", f"/invoices/{bill.json()['id']}").json() == bill.json()
    entries = owner("GET", f"/ledger?order={order['id']}").json()["items"]
    assert [one["kind"] for one in entries] == ["write_off", "pay", "bill", "accept"]
    assert all(sum(posting["amount_fen"] for posting in one["postings"]) == 0 for one in entries)
    assert entries[2]["invoice"] == bill.json()["id"]
    assert owner("GET", here).json()["order"] == {"id": order["id"], "number": order["number"]}


def test_the_ledger_goes_to_a_finance_office_line_by_line(deal: Deal, parties: dict[str, Program]) -> None:
    for _ in range(3):
        order = deal.ordered()
        services.bill_order(actor=deal.be(deal.cast.manager), order_id=order.pk, at=NOW)

    answer = parties["manager"]("GET", "/ledger.csv")
    assert answer.streaming
    with connections_stay():
        text = answer.getvalue().decode()

    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert [row["kind"] for row in rows if row["account"] == "committed"] == ["accept", "bill"] * 3
    assert len({row["order"] for row in rows}) == 3
    with connections_stay():
        assert parties["rival"]("GET", "/ledger.csv").getvalue().decode().count("\r\n") == 1


def test_what_is_read_after_the_answer_began_is_read_by_its_caller(
    deal: Deal, with_key: Callable[..., Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The walls forget who looked as soon as a request was answered, and a streamed answer is read only then."""
    deal.ordered()
    deal.be(deal.cast.stranger)
    answer = with_key(deal.cast.owner, deal.cast.institute)("GET", "/ledger.csv")
    deal.be(deal.cast.stranger)

    with connections_stay():
        assert answer.getvalue().decode().count(",accept,") == 2


def test_who_pays_is_the_customers_affair(deal: Deal, parties: dict[str, Program]) -> None:
    quote = deal.approved()

    customers, facilitys = (parties[who]("GET", f"/quotes/{quote.pk}").json() for who in ("owner", "manager"))

    assert customers["approval"]["by"] == "Sun"
    assert facilitys["approval"] is None
    assert deal.project.number not in json.dumps(facilitys)
    assert [one["may_answer"] for one in (customers, facilitys)] == [False, True]
    assert [one["may_order"] for one in (customers, facilitys)] == [True, False]


def test_whoever_has_the_content_can_prove_that_it_did_not_change(deal: Deal, parties: dict[str, Program]) -> None:
    quote = asked(deal, parties["owner"])

    text = json.dumps(quote["content"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    assert hashlib.sha256(text.encode()).hexdigest() == quote["digest"]


def test_prices_are_told_in_the_readers_language(deal: Deal, parties: dict[str, Program]) -> None:
    quote = asked(deal, parties["owner"], wished(deal, quantity=501))

    zh = parties["owner"]("GET", f"/quotes/{quote['id']}", Accept_Language="zh-CN").json()

    assert (quote["state_said"], zh["state_said"]) == ("Looked at by the facility", "设施方审核中")
    above = "is above what is offered without a person's look."
    assert quote["review"] == [f"{what} {above}" for what in ("The price", "The quantity", "The machine's time")]
    assert len(zh["review"]) == 3
    assert not set(zh["review"]) & set(quote["review"])
    assert quote["closed"] == "The facility still looks at this quote."
    english, chinese = (one["options"][0]["lines"][0]["reason"] for one in (quote, zh))
    assert english == "Setting up, once"
    assert chinese not in {"", english}
    assert zh["content"] == quote["content"]


def test_a_replaced_quote_leads_to_the_one_that_counts(deal: Deal, parties: dict[str, Program]) -> None:
    quote = asked(deal, parties["owner"], wished(deal, quantity=501))
    change = {"option": 0, "line": 0, "amount_fen": 100_00, "why": "set up once with others"}

    other = parties["manager"]("POST", f"/quotes/{quote['id']}/replace", {"changes": [change]})

    before = parties["owner"]("GET", f"/quotes/{quote['id']}").json()
    assert other.status_code == 201
    assert other.json()["options"][0]["lines"][0]["changed"] == {"amount_fen": 200_00, "why": change["why"]}
    assert (before["state"], before["superseded_by"]["number"]) == ("superseded", other.json()["number"])
    assert before["links"]["superseded_by"] == f"/api/quotes/{other.json()['id']}" == other["Location"]
    assert other.json()["supersedes"]["number"] == quote["number"]


def test_both_sides_talk_and_the_facility_declines(deal: Deal, parties: dict[str, Program]) -> None:
    here = f"/quotes/{asked(deal, parties['owner'])['id']}"
    parties["owner"]("POST", f"{here}/review", {"text": "Could it be cheaper?"})
    parties["manager"]("POST", f"{here}/messages", {"text": "No.\nSorry."})

    declined = parties["manager"]("POST", f"{here}/decline", {"why": "too small a price"}).json()

    assert [(one["side"], one["by"], one["text"]) for one in declined["thread"]] == [
        ("customer", "Ouyang", "Could it be cheaper?"), ("provider", "Li", "No.\nSorry."),
    ]  # fmt: skip
    assert (declined["state"], declined["answer"]) == ("declined", "too small a price")


def test_lists_are_narrowed(deal: Deal, parties: dict[str, Program]) -> None:
    owner, manager = parties["owner"], parties["manager"]
    first, second = asked(deal, owner), asked(deal, owner, wished(deal, quantity=501))
    order = deal.ordered()

    def found(address: str, program: Program = owner) -> set[str]:
        return {one["number"] for one in program("GET", address).json()["items"]}

    everything = {first["number"], second["number"], order.quote.number}
    assert found("/quotes") == found("/quotes", manager) == everything
    assert found("/quotes?state=review") == {second["number"]}
    assert found(f"/quotes?number={first['number']}") == {first["number"]}
    assert found(f"/quotes?part={first['part']['id']}", manager) == everything
    assert found(f"/quotes?part={deal.project.pk}") == set()
    assert found("/quotes?organisation=lake-institute") == everything
    assert manager("GET", "/quotes?organisation=lake-institute").status_code == 404
    assert found("/quotes?organisation=micro-works", manager) == everything
    assert found(f"/orders?number={order.number}") == found("/orders?state=accepted") == {order.number}
    assert found("/orders?state=made") == set()
    one, *_ = found("/quotes?limit=1")
    cursor = owner("GET", "/quotes?limit=1").json()["next"]
    assert found(f"/quotes?cursor={cursor}") == everything - {one}


def test_a_budget_is_changed_by_whoever_saw_it(deal: Deal, parties: dict[str, Program], everything: Everything) -> None:
    holder, here = parties["holder"], f"/projects/{deal.project.pk}"
    deal.approved()
    state = holder("GET", here)
    before = everything()

    unsaid = holder("PATCH", here, {"budget_fen": 1})
    too_little = holder("PATCH", here, {"budget_fen": 1}, If_Match=state["ETag"])
    late = holder("PATCH", here, {"budget_fen": 90_000_00}, If_Match='"7"')

    assert (unsaid.status_code, too_little.status_code, late.status_code) == (428, 403, 412)
    assert too_little.json()["reasons"] == ["More than this was promised already."]
    assert everything() == before
    done = holder("PATCH", here, {"budget_fen": 90_000_00}, If_Match=state["ETag"]).json()
    assert (done["budget_fen"], done["remaining_fen"], done["version"]) == (90_000_00, 90_000_00 - 636_92, 2)


def test_a_draft_of_a_tariff_is_told_to_its_people_only(deal: Deal, parties: dict[str, Program]) -> None:
    services.draft_tariff(
        actor=deal.be(deal.cast.manager), facility=deal.shop.facility, numbers=deal.shop.numbers(), why="next", at=NOW
    )

    public, own = (parties[who]("GET", "/facilities/works/tariffs").json() for who in ("owner", "manager"))

    assert [(one["number"], one["counts"]) for one in own] == [(2, False), (1, True)]
    assert public == own[1:]
    assert parties["owner"]("GET", f"/tariffs/{own[0]['id']}").status_code == 404
    assert parties["owner"]("GET", f"/tariffs/{own[1]['id']}").json() == own[1]
    assert parties["manager"]("POST", "/facilities/works/tariffs", {}).status_code == 405


def test_a_line_below_nothing_is_refused_and_changes_nothing(
    deal: Deal, parties: dict[str, Program], everything: Everything
) -> None:
    quote = asked(deal, parties["owner"])
    change = {"option": 0, "line": 0, "amount_fen": -(10**9), "why": "gift"}
    before = everything()

    refused = parties["manager"]("POST", f"/quotes/{quote['id']}/replace", {"changes": [change]})

    assert (refused.status_code, refused.json()["reasons"]) == (
        403, ["What is taxed at one rate is not less than nothing together."],
    )  # fmt: skip
    assert everything() == before


@pytest.mark.parametrize(
    "address", ["/quotes", "/orders", "/invoices", "/ledger", "/projects", "/facilities/works/tariffs"]
)
def test_a_list_asks_the_database_as_often_for_many_as_for_few(
    deal: Deal, parties: dict[str, Program], address: str
) -> None:
    def furnish() -> None:
        order = deal.ordered()
        services.bill_order(actor=deal.be(deal.cast.manager), order_id=order.pk, at=NOW)
        services.open_project(
            actor=deal.be(deal.holder), organisation_id=deal.cast.institute.pk, number=order.number, name="", budget_fen=0,
            at=NOW,
        )  # fmt: skip
        deal.be(deal.cast.manager)
        published(deal.shop, deal.cast.manager)

    def asked_for() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            told = parties["holder"]("GET", address).json()
        rows = told["items"] if isinstance(told, dict) else told
        return len(rows), len(queries)

    furnish()
    few, often = asked_for()
    for _ in range(3):
        furnish()
    many, as_often = asked_for()

    assert many > few
    assert as_often == often
