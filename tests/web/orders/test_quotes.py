"""A quote says what a part costs, for ever; a person looks where there is need; each side does what is its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.db.utils import DatabaseError

from mingyue.phrases import in_language
from mingyue.web.facilities.models import Machine, ServiceClass
from mingyue.web.materials.models import Resin
from mingyue.web.orders import contents, queries, services
from mingyue.web.orders.models import Message, Quote
from mingyue.web.orders.services import Change
from mingyue.web.parts.models import Check, Part
from mingyue.web.people.models import Membership, Organisation
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from mingyue.web.records.kept_phrases import from_json
from mingyue.web.records.models import Event
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW, Cast
from tests.web.orders.conftest import Deal, Everything, checked

DAY = timedelta(days=1)
PRICE = 200_00 + 300_00 + 5_50 + 20_00 + 75_00  # setup, an hour, 0.11 ml, cleaning, half an hour by hand


def said(phrases: list[Any], language: Any = "en") -> list[str]:
    return [in_language(from_json(phrase), language) for phrase in phrases]


def test_a_quote_says_all_that_was_promised(deal: Deal) -> None:
    quote = deal.quote()
    (option,) = quote.content["options"]

    assert (quote.state, quote.valid_until) == ("offered", NOW + 14 * DAY)
    assert (option["net_fen"], option["tax_fen"]) == (PRICE, 35_70 + 72)
    assert option["total_fen"] == sum(line["amount_fen"] + line["tax_fen"] for line in option["lines"])
    assert option["service_class"] == {
        "id": str(deal.shop.standard.pk), "name": "Standard", "name_zh": "标准", "lead_days": 15
    }  # fmt: skip
    assert (option["machine"]["name"], option["resin"]["name"], option["layer_um"]) == ("P1", "PR48", 5.0)
    assert option["placement"]["offset_um"] == [0, 0, 0]
    assert quote.content["tariff"] == {"id": str(deal.tariff.pk), "number": 1}
    assert quote.content["part"]["file_name"] == "nozzle.stl"
    assert len(quote.content["part"]["sha256"]) == 64
    assert contents.digest_of(Quote.objects.get(pk=quote.pk).content) == quote.digest


def test_options_stand_side_by_side(deal: Deal) -> None:
    thin = Check.objects.get(pk=deal.check.pk)
    deal.be(deal.cast.owner)
    thin.pk, thin.layer_um, thin.estimate = uuid4(), 2.0, deal.check.estimate | {"printing_s": [6000.0, 8400.0]}
    thin._state.adding = True
    thin.save()
    asked = [
        *deal.asked(thin),
        *deal.asked(quantity=20, inspection="full", tolerance_um=10, service_class_id=deal.shop.express.pk),
    ]
    quote = services.ask_quote(actor=deal.be(deal.cast.owner), asked=asked, at=NOW)
    plain, fine, many = quote.content["options"]

    assert [option["number"] for option in quote.content["options"]] == [0, 1, 2]
    assert fine["net_fen"] == plain["net_fen"] + 300_00
    assert (many["quantity"], many["service_class"]["lead_days"], many["tolerance_um"]) == (20, 5, 10)
    assert many["total_fen"] > 10 * plain["total_fen"]


def test_a_university_and_a_firm_pay_what_the_tariff_says(deal: Deal) -> None:
    with seen_by(organisation_id=deal.cast.institute.pk):
        Organisation.objects.filter(pk=deal.cast.institute.pk).update(kind="university")
    quote = deal.quote(quantity=2)
    theirs = checked(deal.shop, deal.cast.stranger, deal.cast.firm)
    other = services.ask_quote(
        actor=deal.be(deal.cast.stranger),
        asked=[services.Asked(theirs.pk, deal.shop.standard.pk, tolerance_um=25, quantity=2)],
        at=NOW,
    )

    assert other.content["options"][0]["net_fen"] == 1001_00
    assert quote.content["options"][0]["net_fen"] == 700_70
    assert said([quote.content["options"][0]["lines"][-2]["reason"]], "zh") == ["大学：-30.0 %（税率 6 % 部分）"]


def test_a_frozen_quote_never_changes_when_what_it_was_made_of_does(deal: Deal) -> None:
    quote = deal.quote()
    before = Quote.objects.values().get(pk=quote.pk)
    manager = deal.be(deal.cast.manager)
    numbers = deal.shop.numbers(setup_fen=9_999_00, machine_hour_fen={"s230": 1})
    tariff = services.draft_tariff(actor=manager, facility=deal.shop.facility, numbers=numbers, why="", at=NOW)
    services.publish_tariff(actor=manager, tariff_id=tariff.pk, version=1, valid_from=NOW, at=NOW)
    Machine.objects.update(name="P9", profile="s130")
    Resin.objects.update(name="Other", profile="other", is_offered=False)
    ServiceClass.objects.update(lead_days=99)
    deal.be(deal.cast.owner)
    Check.objects.update(estimate=deal.check.estimate | {"printing_s": [1.0, 2.0]}, verdict="fails")

    assert Quote.objects.values().get(pk=quote.pk) == before


@pytest.mark.parametrize(
    "change",
    [
        {"content": {}},
        {"digest": "0" * 64},
        {"number": "Q-0000-0000"},
        {"valid_until": NOW + 365 * DAY},
        {"at": NOW - DAY},
        {"tariff_id": None},
    ],
    ids=str,
)
def test_postgresql_itself_keeps_what_a_quote_says(deal: Deal, everything: Everything, change: dict[str, Any]) -> None:
    quote = deal.quote()
    before = everything()
    for act in (
        lambda: Quote.objects.filter(pk=quote.pk).update(**change),
        lambda: Quote.objects.filter(pk=quote.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="what is promised in orders_quote never changes"), transaction.atomic():
            act()
    assert everything() == before


def test_a_quote_that_is_closed_stays_closed(deal: Deal) -> None:
    quote = deal.quote()
    services.withdraw_quote(actor=deal.be(deal.cast.owner), quote_id=quote.pk, at=NOW)

    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Quote.objects.filter(pk=quote.pk).update(state="offered")


def test_what_was_said_is_never_edited(deal: Deal) -> None:
    quote = deal.quote()
    services.say_message(actor=deal.be(deal.cast.owner), quote_id=quote.pk, text="Hello", at=NOW)

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Message.objects.update(text="x")


# --- what cannot be quoted ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": "waiting"}, "The check is not finished."),
        ({"estimate": None}, "The check could not tell what the part takes."),
    ],
)
def test_a_check_that_does_not_tell_enough_is_not_quoted(
    deal: Deal, everything: Everything, change: dict[str, Any], reason: str
) -> None:
    deal.be(deal.cast.owner)
    Check.objects.filter(pk=deal.check.pk).update(**change)
    before = everything()
    with pytest.raises(RefusedError) as refused:
        deal.quote()
    assert refused.value.reasons == (reason,)
    assert everything() == before


def test_options_of_two_parts_are_two_quotes(deal: Deal, everything: Everything) -> None:
    other = checked(deal.shop, deal.cast.owner, deal.cast.institute)
    before = everything()
    owner = deal.be(deal.cast.owner)
    with pytest.raises(RefusedError, match="of one revision"):
        services.ask_quote(actor=owner, asked=deal.asked(other), at=NOW)
    with pytest.raises(RefusedError, match="from 1 to 12 options"):
        services.ask_quote(actor=owner, asked=deal.asked() * 13, at=NOW)
    with pytest.raises(RefusedError, match="no price for a tolerance of ±1 µm"):
        deal.quote(tolerance_um=1)
    with pytest.raises(RefusedError, match="published no prices"):
        services.ask_quote(actor=owner, asked=deal.asked(), at=NOW - DAY)
    assert everything() == before


def test_others_public_parts_are_not_quoted(deal: Deal, everything: Everything) -> None:
    deal.be(deal.cast.owner)
    Part.objects.update(confidentiality="public")
    before = everything()
    with pytest.raises(NotFoundError):
        services.ask_quote(actor=deal.be(deal.cast.stranger), asked=deal.asked(), at=NOW)
    assert everything() == before


# --- a person looks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "wish", "reason"),
    [
        ({"verdict": "fails"}, {}, "By the check something will fail."),
        ({}, {"quantity": 501}, "The quantity is above what is offered without a person's look."),
        ({"estimate": {"printing_s": [3e5, 5e5], "handling_s": [0, 0], "resin_mm3": [0, 0]}}, {},
         "The machine's time is above what is offered without a person's look."),
        ({}, {"quantity": 200, "inspection": "full"}, "The price is above what is offered without a person's look."),
    ],
)  # fmt: skip
def test_a_person_looks_where_something_fails_or_passes_a_bound(
    deal: Deal, check: dict[str, Any], wish: dict[str, Any], reason: str
) -> None:
    deal.be(deal.cast.owner)
    Check.objects.filter(pk=deal.check.pk).update(**check)
    quote = deal.quote(**wish)

    assert (quote.state, quote.valid_until) == ("review", None)
    assert reason in said(quote.content["review"])
    with pytest.raises(ConflictError, match="still looks at"):
        services.accept_quote(actor=deal.be(deal.cast.owner), quote_id=quote.pk, option=0, at=NOW)


def reviewed(deal: Deal) -> Quote:
    quote = deal.quote()
    services.ask_review(actor=deal.be(deal.cast.owner), quote_id=quote.pk, text="Is 5 µm enough?", at=NOW)
    return quote


def test_customer_and_facility_talk_and_the_facility_releases(deal: Deal) -> None:
    quote = reviewed(deal)
    manager = deal.be(deal.cast.manager)
    services.say_message(actor=manager, quote_id=quote.pk, text="It is.", at=NOW + DAY)
    services.release_quote(actor=manager, quote_id=quote.pk, at=NOW + 2 * DAY)
    quote.refresh_from_db()

    assert (quote.state, quote.valid_until) == ("offered", NOW + 16 * DAY)
    for person in (deal.cast.owner, deal.cast.manager):
        told = queries.messages_of(deal.be(person), quote).values_list("side", "text")
        assert list(told) == [("customer", "Is 5 µm enough?"), ("provider", "It is.")]


def test_what_was_said_comes_along_to_the_quote_in_its_place(deal: Deal) -> None:
    first = reviewed(deal)
    manager = deal.be(deal.cast.manager)
    change = Change(option=0, line=1, amount_fen=250_00, why="a shared run")
    second = services.replace_quote(actor=manager, quote_id=first.pk, changes=[change], at=NOW + DAY)
    services.say_message(actor=manager, quote_id=second.pk, text="It is.", at=NOW + DAY)
    again = Change(option=0, line=1, amount_fen=200_00, why="a full run")
    third = services.replace_quote(actor=manager, quote_id=second.pk, changes=[again], at=NOW + 2 * DAY)

    told = {quote: [one.text for one in queries.messages_of(manager, quote)] for quote in (first, second, third)}
    both = ["Is 5 µm enough?", "It is."]
    assert told == {first: both[:1], second: both, third: both}
    assert not queries.messages_of(deal.be(deal.cast.stranger), third).exists()


def test_each_side_has_its_own_record_of_what_happened(deal: Deal) -> None:
    quote = reviewed(deal)
    services.release_quote(actor=deal.be(deal.cast.manager), quote_id=quote.pk, at=NOW)
    for organisation in (deal.cast.institute, deal.cast.facility_operator):
        with seen_by(organisation_id=organisation.pk):
            told = Event.objects.filter(organisation_id=organisation.pk, subject_id=str(quote.pk)).order_by("number")
            assert [event.what for event in told] == ["quote.asked", "quote.review_asked", "quote.released"]


def test_another_price_is_another_quote(deal: Deal) -> None:
    quote = reviewed(deal)
    before = Quote.objects.values("content", "digest", "number").get(pk=quote.pk)
    change = Change(option=0, line=1, amount_fen=250_00, why="a shared run")
    other = services.replace_quote(actor=deal.be(deal.cast.manager), quote_id=quote.pk, changes=[change], at=NOW)
    line = other.content["options"][0]["lines"][1]
    quote.refresh_from_db()

    assert (quote.state, other.state, other.supersedes_id) == ("superseded", "offered", quote.pk)
    assert Quote.objects.values("content", "digest", "number").get(pk=quote.pk) == before
    assert (line["amount_fen"], line["changed"]) == (250_00, {"amount_fen": 300_00, "why": "a shared run"})
    assert other.content["options"][0]["net_fen"] == PRICE - 50_00
    assert other.content["options"][0]["tax_fen"] == 32_70 + 72
    assert other.content["number"] == other.number != quote.number
    assert contents.digest_of(other.content) == other.digest
    again = services.replace_quote(
        actor=deal.be(deal.cast.manager), quote_id=other.pk, at=NOW,
        changes=[Change(option=0, line=0, amount_fen=0, why="set up already")],
    )  # fmt: skip
    assert [line.get("changed", {}).get("why") for line in again.content["options"][0]["lines"][:2]] == [
        "set up already", "a shared run"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (Change(0, 99, 1, "w"), "There is no such line."),
        (Change(1, 0, 1, "w"), "There is no such line."),
        (Change(0, -1, 1, "w"), "There is no such line."),
        (Change(0, 0, 1, " "), "Say why the line changes; the customer reads it."),
        (Change(0, 0, -900_00, "w"), "What is taxed at one rate is not less than nothing together."),
    ],
)
def test_a_change_that_cannot_be_is_refused(deal: Deal, everything: Everything, change: Change, reason: str) -> None:
    quote = reviewed(deal)
    before = everything()
    with pytest.raises(RefusedError) as refused:
        services.replace_quote(actor=deal.be(deal.cast.manager), quote_id=quote.pk, changes=[change], at=NOW)
    assert refused.value.reasons == (reason,)
    assert everything() == before


def test_a_facility_declines_and_says_why(deal: Deal) -> None:
    quote = reviewed(deal)
    manager = deal.be(deal.cast.manager)
    with pytest.raises(InvalidError, match="Say why"):
        services.decline_quote(actor=manager, quote_id=quote.pk, why="", at=NOW)
    services.decline_quote(actor=manager, quote_id=quote.pk, why="Too thin.", at=NOW)
    quote.refresh_from_db()
    assert (quote.state, quote.answer, quote.closed_at) == ("declined", "Too thin.", NOW)


def test_what_is_closed_or_not_under_review_is_not_answered(deal: Deal, everything: Everything) -> None:
    quote = deal.quote()
    manager = deal.be(deal.cast.manager)
    refusals: list[Any] = [
        lambda: services.release_quote(actor=manager, quote_id=quote.pk, at=NOW),
        lambda: services.decline_quote(actor=manager, quote_id=quote.pk, why="w", at=NOW),
    ]
    before = everything()
    for act in refusals:
        with pytest.raises(RefusedError, match="offered already"):
            act()
    assert everything() == before
    services.withdraw_quote(actor=deal.be(deal.cast.owner), quote_id=quote.pk, at=NOW)
    before = everything()
    manager = deal.be(deal.cast.manager)
    change = [Change(0, 0, 1, "w")]
    for act in (
        *refusals, lambda: services.replace_quote(actor=manager, quote_id=quote.pk, changes=change, at=NOW)
    ):  # fmt: skip
        with pytest.raises(RefusedError, match="was withdrawn"):
            act()
    owner = deal.be(deal.cast.owner)
    with pytest.raises(RefusedError, match="was withdrawn"):
        services.withdraw_quote(actor=owner, quote_id=quote.pk, at=NOW)
    with pytest.raises(ConflictError, match="was withdrawn"):
        services.ask_review(actor=owner, quote_id=quote.pk, text="?", at=NOW)
    assert everything() == before


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_a_message_says_something_and_not_too_much(deal: Deal, everything: Everything, text: str) -> None:
    quote = deal.quote()
    before = everything()
    with pytest.raises(InvalidError, match="1 to 4,000 characters"):
        services.say_message(actor=deal.be(deal.cast.owner), quote_id=quote.pk, text=text, at=NOW)
    with pytest.raises(InvalidError, match="1 to 4,000 characters"):
        services.ask_review(actor=deal.be(deal.cast.owner), quote_id=quote.pk, text=text, at=NOW)
    assert everything() == before


# --- who sees and does what ---------------------------------------------------------------------------------------

SEE = {"owner": True, "holder": True, "manager": True, "operator": True}


@pytest.mark.parametrize("name", ["owner", "colleague", "holder", "manager", "operator", "office", "stranger", "rival"])
def test_a_quote_and_its_thread_are_seen_by_both_sides_and_nobody_else(deal: Deal, name: str) -> None:
    quote = reviewed(deal)
    viewer = deal.be(getattr(deal, name, None) or getattr(deal.cast, name))

    assert (queries.quote_of(viewer, quote.pk) is not None) == SEE.get(name, False)
    assert queries.messages_of(viewer, quote).exists() == SEE.get(name, False)
    # The wall stands at the organisation: a colleague is inside of it.
    assert Quote.objects.exists() == Message.objects.exists() == (SEE.get(name, False) or name == "colleague")
    inside = name in {"owner", "holder"}
    assert queries.projects_of(viewer).exists() == inside
    assert (queries.project_of(viewer, deal.project.pk) is not None) == inside


def test_a_colleague_sees_the_quote_of_a_part_that_they_see(deal: Deal) -> None:
    quote = deal.quote()
    Part.objects.update(confidentiality="internal")
    assert queries.quote_of(deal.be(deal.cast.colleague), quote.pk) == quote


def test_a_key_without_the_scope_sees_nothing(deal: Deal) -> None:
    from dataclasses import replace

    quote = deal.quote()
    key = replace(deal.be(deal.cast.owner), scopes=frozenset({"parts:read"}))
    assert queries.quote_of(key, quote.pk) is None
    assert not queries.projects_of(key).exists()
    with pytest.raises(NotFoundError):
        services.say_message(actor=key, quote_id=quote.pk, text="Hello", at=NOW)


def acts(deal: Deal, quote: Quote, viewer: Any) -> dict[str, Any]:
    """Everything that can be done to a quote under review, by whoever that is."""
    said: dict[str, Any] = {"actor": viewer, "quote_id": quote.pk, "at": NOW}
    return {
        "message": lambda: services.say_message(**said, text="Hello"),
        "withdraw": lambda: services.withdraw_quote(**said),
        "release": lambda: services.release_quote(**said),
        "decline": lambda: services.decline_quote(**said, why="w"),
        "replace": lambda: services.replace_quote(**said, changes=[Change(0, 0, 1, "w")]),
        "approve": lambda: services.approve_quote(**said, option=0, project_id=deal.project.pk),
        "unapprove": lambda: services.withdraw_approval(**said),
    }


REFUSED = {
    "owner": {"release", "decline", "replace", "approve", "unapprove"},
    "holder": {"release", "decline", "replace"},
    "manager": {"withdraw"},
    "operator": {"message", "withdraw", "release", "decline", "replace"},
}
NOT_FOUND = {"manager": {"approve", "unapprove"}, "operator": {"approve", "unapprove"}}


@pytest.mark.parametrize("name", ["owner", "colleague", "holder", "manager", "operator", "office", "stranger", "rival"])
def test_each_does_what_is_theirs_and_a_refusal_changes_nothing(deal: Deal, everything: Everything, name: str) -> None:
    quote = reviewed(deal)
    before = everything()
    viewer = deal.be(getattr(deal, name, None) or getattr(deal.cast, name))
    for what, act in acts(deal, quote, viewer).items():
        if name not in REFUSED or what in NOT_FOUND.get(name, ()):
            with pytest.raises(NotFoundError):
                act()
        elif what in REFUSED[name]:
            with pytest.raises(RefusedError, match="Only"):
                act()
    assert everything() == before


def test_a_row_of_another_provider_is_refused_by_postgresql(deal: Deal) -> None:
    quote = deal.quote()
    with pytest.raises(IntegrityError, match="same_provider"), transaction.atomic():
        Message.objects.create(
            organisation_id=quote.organisation_id, provider=deal.cast.firm, quote=quote, side="customer",
            by=deal.cast.owner, text="x", at=NOW,
        )  # fmt: skip


def test_a_facilitys_own_people_may_be_its_customers(cast: Cast, deal: Deal) -> None:
    """One organisation on both sides: one chain, told once."""
    with seen_by(organisation_id=cast.facility_operator.pk):
        Membership.objects.filter(person=cast.manager).update(roles=["owner", "manager", "member", "budget_holder"])
    check = checked(deal.shop, cast.manager, cast.facility_operator)
    manager = deal.be(cast.manager)
    quote = services.ask_quote(
        actor=manager, asked=[services.Asked(check.pk, deal.shop.standard.pk, tolerance_um=25)], at=NOW
    )
    assert Event.objects.filter(subject_id=str(quote.pk), what="quote.asked").count() == 1
