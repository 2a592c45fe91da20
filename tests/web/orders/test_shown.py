"""What a quote says stands complete for ever; what of it a facility is shown depends on the part's confidentiality."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.test import Client
from msgspec import convert

from mingyue import client
from mingyue.web.orders import contents, queries, services
from mingyue.web.orders.models import Message, Quote
from mingyue.web.parts.models import Check, Part, PartReader
from mingyue.web.people.models import Membership, User
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW
from tests.web.orders.conftest import Deal

FINDING = {
    "title": {"text": "A wall is thin"},
    "message": {"template": "3 µm at ({x}, {y})", "values": {"x": 12.5, "y": 40.25}},
    "remedy": {"text": "Thicken it at (12.5, 40.25)"},
    "severity": "risk",
}
SECRETS = ("nozzle.stl", "12.5", "40.25", "offset_um", '"sha256"', "on its left side", "-90.0")
CLASSES = Part.Confidentiality.values


def asked(deal: Deal, confidentiality: str) -> Quote:
    deal.be(deal.cast.owner)
    Part.objects.update(confidentiality=confidentiality)
    Check.objects.filter(pk=deal.check.pk).update(findings=[FINDING], rotation=[0.0, -90.0, 0.0])
    return deal.quote()


def told(content: dict[str, Any]) -> list[str]:
    """The secrets that stand in it; a name whose value is null tells none."""
    text = json.dumps(_without_nulls(content))
    return [secret for secret in SECRETS if secret in text]


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(each) for name, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("confidentiality", CLASSES)
def test_a_quote_keeps_everything_and_its_customer_is_shown_it(deal: Deal, confidentiality: str) -> None:
    quote = asked(deal, confidentiality)

    assert told(quote.content) == list(SECRETS)
    assert quote.content["part"]["confidentiality"] == confidentiality
    assert contents.digest_of(Quote.objects.get(pk=quote.pk).content) == quote.digest
    for person in (deal.cast.owner, deal.holder):
        assert queries.content_for(deal.be(person), quote) == quote.content


@pytest.mark.parametrize("confidentiality", CLASSES)
def test_of_a_controlled_part_the_facility_sees_neither_file_nor_places(deal: Deal, confidentiality: str) -> None:
    quote = asked(deal, confidentiality)
    for person in (deal.cast.manager, deal.cast.operator):
        shown = queries.content_for(deal.be(person), quote)

        assert told(shown) == ([] if confidentiality == "controlled" else list(SECRETS))
        assert shown["options"][0]["findings"][0]["title"] == FINDING["title"]
        assert shown["options"][0]["lines"] == quote.content["options"][0]["lines"]
        assert shown.get("withheld", False) == (confidentiality == "controlled")


@pytest.mark.parametrize("confidentiality", CLASSES)
@pytest.mark.parametrize(
    "address", ["/api/quotes", "/api/quotes/{}", "/api/quotes/{}/document.json", "/quotes/{}/", "/quotes/{}/quote.json"]
)
def test_whichever_way_the_facility_asks_it_learns_no_more(
    deal: Deal, browse: Callable[[User], Client], today: None, confidentiality: str, address: str
) -> None:
    quote = asked(deal, confidentiality)
    manager, owner = (
        browse(person).get(address.format(quote.pk), headers={"Accept-Language": "en"})
        for person in (deal.cast.manager, deal.cast.owner)
    )

    assert manager.status_code == owner.status_code == 200
    assert quote.number in manager.content.decode()
    kept_back = [secret for secret in SECRETS if secret in _text(owner) and secret not in _text(manager)]
    assert bool(kept_back) == (confidentiality == "controlled")
    if confidentiality == "controlled":
        assert [secret for secret in SECRETS if secret in _text(manager)] == []


def _text(answer: Any) -> str:
    """What is told: names whose value is null tell nothing."""
    if not answer["Content-Type"].startswith("application/json"):
        text: str = answer.content.decode()
        return text
    return json.dumps(_without_nulls(answer.json()))


def test_a_program_of_the_facility_is_told_that_something_is_kept_back(
    deal: Deal, browse: Callable[[User], Client], today: None
) -> None:
    quote = asked(deal, "controlled")

    def read_by(person: User) -> Any:
        return browse(person).get(f"/api/quotes/{quote.pk}").json()

    told, whole = read_by(deal.cast.manager), read_by(deal.cast.owner)
    assert (told["withheld"], whole["withheld"]) == (True, False)
    assert contents.digest_of(whole["content"]) == quote.digest == told["digest"]
    assert convert(told, client.Quote, strict=False).part.file_name is None
    assert told["options"][0]["findings"][0]["message"] is None
    assert told["options"][0]["lying"] is None


def test_an_operator_who_belongs_to_the_customer_too_sees_no_more_than_others_of_its_members(deal: Deal) -> None:
    quote = asked(deal, "controlled")
    services.approve_quote(actor=deal.be(deal.holder), quote_id=quote.pk, option=0, project_id=deal.project.pk, at=NOW)
    with seen_by(organisation_id=deal.cast.institute.pk):
        Membership.objects.create(
            person=deal.cast.operator, organisation=deal.cast.institute, roles=["member"], since=NOW
        )
    viewer = deal.be(deal.cast.operator)

    assert told(queries.content_for(viewer, quote)) == []
    assert queries.approval_of(viewer, quote) is None

    with seen_by(organisation_id=deal.cast.institute.pk):
        PartReader.objects.create(
            organisation=deal.cast.institute, part=deal.check.revision.part, person=deal.cast.operator, at=NOW
        )
    viewer = deal.be(deal.cast.operator)
    assert queries.content_for(viewer, quote) == quote.content
    assert queries.approval_of(viewer, quote) is not None


def test_once_it_is_ordered_the_facility_sees_what_it_makes(deal: Deal) -> None:
    quote = asked(deal, "controlled")
    services.approve_quote(actor=deal.be(deal.holder), quote_id=quote.pk, option=0, project_id=deal.project.pk, at=NOW)
    services.accept_quote(actor=deal.be(deal.cast.owner), quote_id=quote.pk, option=0, at=NOW)
    quote.refresh_from_db()

    assert queries.content_for(deal.be(deal.cast.manager), quote) == quote.content


def test_narrowing_keeps_the_shape_and_leaves_the_content_as_it_was(deal: Deal) -> None:
    content = asked(deal, "controlled").content
    before = deepcopy(content)

    shown = contents.shown_to(content, side=Message.Side.PROVIDER, confidentiality="controlled")

    assert content == before
    assert set(shown) - {"withheld"} == set(content)
    assert set(shown["part"]) == set(content["part"])
    assert [set(option) for option in shown["options"]] == [set(option) for option in content["options"]]


def test_a_quote_that_does_not_say_how_secret_its_part_is_counts_as_the_strictest() -> None:
    assert contents.confidentiality_of({"part": {}}) == "controlled"


def test_a_part_that_is_opened_later_opens_no_earlier_quote(deal: Deal) -> None:
    quote = asked(deal, "controlled")
    Part.objects.update(confidentiality="public")

    assert told(queries.content_for(deal.be(deal.cast.manager), quote)) == []


def test_a_quote_keeps_what_a_part_takes(deal: Deal) -> None:
    assert deal.quote().content["options"][0]["needs"] == deal.check.estimate
