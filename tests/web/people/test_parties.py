"""What an organisation is called on documents: who says it, what is no code of the registry, and who never reads it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from mingyue.web.people import queries, services
from mingyue.web.people.models import Organisation, Party, User
from mingyue.web.people.parties import LONGEST, check_character, tidied, why_not_party
from mingyue.web.records.errors import ConflictError, InvalidError, RefusedError
from tests.web.api.conftest import Program, in_session
from tests.web.conftest import NOW, Cast
from tests.web.people.test_organisations import AsViewer, happened

__all__ = ["in_session"]  # a fixture
Session = Callable[[User | None], Program]
LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODES = st.text(LETTERS, min_size=17, max_size=17)
# Printed in public registers: Huawei Technologies, Tsinghua University, Baidu (Beijing).
KNOWN = ("914403001922038216", "12100000400000624D", "91110000802100433B")
SAID = {
    "legal_name": "Lake Institute Ltd.", "legal_name_zh": "明月湖研究院有限公司", "address": "1 Lake Road\n400000 Chongqing",
    "tax_number": "DE 123456789", "accounts_email": "accounts@lake.example",
}  # fmt: skip


def about(found: Organisation) -> dict[str, str]:
    return {"name": found.name, "name_zh": found.name_zh, "about": found.about, "about_zh": found.about_zh}


@pytest.mark.parametrize("code", KNOWN)
def test_codes_of_the_registry_bear_their_check_character(code: str) -> None:
    assert check_character(code) == code[-1]
    assert why_not_party({"tax_number": code}) == {}


@given(CODES, st.integers(0, 16), st.sampled_from(LETTERS))
def test_one_mistyped_character_of_a_code_is_always_found(code: str, place: int, letter: str) -> None:
    right = code + check_character(code)
    mistyped = right[:place] + letter + right[place + 1 :]

    assert why_not_party({"tax_number": right}) == {}
    assert ("tax_number" in why_not_party({"tax_number": mistyped})) == (mistyped != right)


@given(CODES, st.integers(0, 15))
def test_two_neighbours_that_changed_places_are_always_found(code: str, place: int) -> None:
    right = code + check_character(code)
    swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]

    assert ("tax_number" in why_not_party({"tax_number": swapped})) == (swapped != right)


@pytest.mark.parametrize("number", ["", "DE123456789", "FR 40 303 265 045", "I" * 18, "9" * 17, "x" * 30])
def test_what_is_no_code_of_the_registry_passes_as_it_is(number: str) -> None:
    assert tidied({"tax_number": number})["tax_number"] == number
    assert why_not_party({"tax_number": number}) == {}


def test_a_code_is_kept_in_capitals_and_lines_without_what_nobody_sees() -> None:
    assert tidied({"tax_number": f" {KNOWN[1].lower()} "}) == {"tax_number": KNOWN[1]}
    assert tidied({"address": " 1 Lake Road \r\n\n\n  Chongqing\n"}) == {"address": "1 Lake Road\nChongqing"}


def test_an_owner_says_it_part_by_part(cast: Cast, as_viewer: AsViewer) -> None:
    owner, institute = as_viewer(cast.owner), cast.institute
    for version, party in enumerate((SAID, {"tax_number": KNOWN[1].lower()}), start=1):
        services.change_organisation(
            actor=owner, organisation_id=institute.pk, version=version, at=NOW, party=party, **about(institute)
        )

    kept = queries.party_of(institute)
    assert {name: getattr(kept, name) for name in LONGEST if getattr(kept, name)} == SAID | {"tax_number": KNOWN[1]}
    assert Organisation.objects.get(pk=institute.pk).version == 3
    assert happened() == ["organisation.changed"] * 2


@pytest.mark.parametrize(
    ("party", "field"),
    [
        ({"tax_number": KNOWN[0][:-1] + "0"}, "tax_number"),
        ({"address": "\n".join("1234567")}, "address"),
        ({"legal_name": "two\nlines"}, "legal_name"),
        ({"legal_name_zh": "长" * 201}, "legal_name_zh"),
        ({"bank_name": "Lake Bank"}, "bank_account"),
        ({"bank_account": "1"}, "bank_account"),
    ],
)
def test_what_makes_no_sense_changes_nothing(
    cast: Cast, as_viewer: AsViewer, party: dict[str, str], field: str
) -> None:
    owner, institute = as_viewer(cast.owner), cast.institute
    with pytest.raises(InvalidError) as refused:
        services.change_organisation(
            actor=owner, organisation_id=institute.pk, version=1, at=NOW, party=party, **about(institute)
        )

    assert refused.value.field == field
    assert (Party.objects.count(), happened()) == (0, [])
    assert Organisation.objects.get(pk=institute.pk).version == 1


def test_only_owners_say_it_and_nobody_over_somebody_elses_change(cast: Cast, as_viewer: AsViewer) -> None:
    institute = cast.institute
    said = {"organisation_id": institute.pk, "at": NOW, "party": SAID, **about(institute)}
    with pytest.raises(RefusedError):
        services.change_organisation(actor=as_viewer(cast.colleague), version=1, **said)
    with pytest.raises(ConflictError):
        services.change_organisation(actor=as_viewer(cast.owner), version=2, **said)

    assert (Party.objects.count(), happened()) == (0, [])


def test_its_members_read_it_and_the_walls_show_it_to_nobody_else(cast: Cast, as_viewer: AsViewer) -> None:
    bank = {"bank_name": "Lake Bank", "bank_account": "DEMO 0000"}
    services.change_organisation(
        actor=as_viewer(cast.owner), organisation_id=cast.institute.pk, version=1, at=NOW, party=bank,
        **about(cast.institute),
    )  # fmt: skip

    for person, shown in ((cast.colleague, True), (cast.stranger, False), (cast.manager, False), (cast.office, False)):
        as_viewer(person)
        assert Party.objects.exists() == shown
        found = Organisation.objects.get(pk=cast.institute.pk)
        assert queries.party_of(found).bank_account == ("DEMO 0000" if shown else "")


def test_a_program_of_an_owner_reads_and_says_it_where_the_rest_stands(cast: Cast, in_session: Session) -> None:
    address = "/organisations/lake-institute"
    ask = in_session(cast.owner)
    before = ask("GET", address)

    changed = ask("PATCH", address, {"party": SAID, "about": "We print."}, If_Match=before["ETag"])

    nothing = dict.fromkeys(LONGEST, "")
    assert before.json()["party"] == nothing
    assert (changed.status_code, changed.json()["party"], changed.json()["about"]) == (200, nothing | SAID, "We print.")
    assert ask("GET", address).json() == changed.json()
    assert ask("PATCH", address, {"party": {"address": ""}}, If_Match="*").json()["party"]["address"] == ""
    wrong = ask("PATCH", address, {"party": {"tax_number": KNOWN[0][:-1] + "0"}}, If_Match="*")
    assert (wrong.status_code, wrong.json()["errors"][0]["place"]) == (400, "tax_number")
    assert in_session(cast.colleague)("GET", address).json()["party"]["legal_name"] == SAID["legal_name"]
    assert in_session(cast.office)("GET", address).json()["party"] == nothing
    assert in_session(cast.stranger)("GET", address).status_code == 404


def test_an_owner_says_it_on_the_page_and_members_read_it(cast: Cast, browse: Callable[[User | None], Client]) -> None:
    address = "/organisations/lake-institute/"
    said = dict.fromkeys(LONGEST, "") | SAID | {"version": "1"}

    mistyped = browse(cast.owner).post(f"{address}party/", said | {"tax_number": KNOWN[0][:-1] + "0"})
    refused = browse(cast.colleague).post(f"{address}party/", said)
    saved = browse(cast.owner).post(f"{address}party/", said)

    assert (mistyped.status_code, refused.status_code, saved.status_code) == (400, 400, 302)
    assert "统一社会信用代码" in mistyped.content.decode()
    page = browse(cast.colleague).get(address).content.decode()
    assert ("1 Lake Road<br>400000 Chongqing" in page, "DE 123456789" in page, "party/" in page) == (True, True, False)
