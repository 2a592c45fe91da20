"""Pages of parts show what their reader may see, and lead where that is."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.http import HttpResponse

from mingyue.web.parts import services
from mingyue.web.parts.models import Check
from mingyue.web.parts.rules import TERMS_VERSION
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW, Cast
from tests.web.parts.conftest import Works, added


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def json_in(page: HttpResponse, name: str) -> Any:
    (found,) = re.findall(rf'<script id="{name}" type="application/json">(.*?)</script>', page.content.decode())
    return json.loads(found)


def test_whoever_has_no_part_is_told_how_to_send_one(cast: Cast, browse: Any) -> None:
    page = browse(cast.owner).get("/parts/")

    assert "Upload your first part" in text_of(page)
    assert 'href="/parts/new/"' in page.content.decode()


def test_the_list_holds_what_its_reader_may_see_and_nothing_else(cast: Cast, as_viewer: Any, browse: Any) -> None:
    owner = as_viewer(cast.owner)
    added(owner, name="Secret cube")
    added(owner, name="Shared cube", confidentiality="internal")

    assert "Secret cube" in text_of(browse(cast.owner).get("/parts/"))
    colleague = text_of(browse(cast.colleague).get("/parts/"))
    assert "Shared cube" in colleague
    assert "Secret cube" not in colleague
    assert "cube" not in text_of(browse(cast.stranger).get("/parts/"))


def test_a_search_narrows_the_list_and_says_when_nothing_is_left(cast: Cast, as_viewer: Any, browse: Any) -> None:
    owner = as_viewer(cast.owner)
    added(owner, name="Gyroid lattice")
    added(owner, name="Needle array")
    client = browse(cast.owner)

    found = text_of(client.get("/parts/", {"q": "NEEDLE"}))
    assert "Needle array" in found
    assert "Gyroid lattice" not in found
    assert "No part of that name." in text_of(client.get("/parts/", {"q": "comb"}))


def test_a_part_is_listed_by_the_way_it_can_best_be_made(cast: Cast, works: Works, as_viewer: Any, browse: Any) -> None:
    revision = added(as_viewer(cast.owner), name="Cube")
    with seen_by(organisation_id=cast.institute.pk):
        for layer_um, verdict in ((5.0, "risk"), (10.0, "fails")):
            Check.objects.create(
                revision=revision, machine=works.machine, resin=works.resin, layer_um=layer_um, state="done",
                verdict=verdict, asked_at=NOW, organisation=cast.institute,
            )  # fmt: skip

    listed = text_of(browse(cast.owner).get("/parts/"))
    assert "at some risk" in listed
    assert "P1 · PR48" in listed
    assert "cannot be made" not in listed


@pytest.mark.parametrize("path", ["/parts/{part}/", "/parts/{part}/compare/", "/parts/new/?part={part}"])
def test_whoever_may_not_see_a_part_finds_no_page_of_it(cast: Cast, as_viewer: Any, browse: Any, path: str) -> None:
    part = added(as_viewer(cast.owner)).part_id
    address = path.format(part=part)

    assert browse(cast.owner).get(address).status_code == 200
    for other in (cast.stranger, cast.colleague, cast.operator):
        assert browse(other).get(address).status_code == 404
    assert browse(None).get(address).status_code == 302


def test_only_whoever_decides_about_a_part_may_send_a_revision(cast: Cast, as_viewer: Any, browse: Any) -> None:
    part = added(as_viewer(cast.owner), confidentiality="internal").part_id

    client = browse(cast.colleague)
    assert "Upload a revision" not in text_of(client.get(f"/parts/{part}/"))
    assert client.get(f"/parts/new/?part={part}").status_code == 404
    assert client.get("/parts/new/?part=nonsense").status_code == 404


def test_every_address_that_a_page_hands_to_its_scripts_is_one(cast: Cast, as_viewer: Any, browse: Any) -> None:
    revision = added(as_viewer(cast.owner))
    client = browse(cast.owner)
    addresses = json_in(client.get(f"/parts/{revision.part_id}/"), "addresses")

    assert addresses.pop("revision") == str(revision.pk)
    assert client.get(addresses["state"]).json()["id"] == str(revision.part_id)
    assert client.get(addresses["machines"]).status_code == 200
    file = client.get(addresses["file"].replace("{revision}", str(revision.pk)))
    file.close()
    assert file.status_code == 200
    assert {name: re.findall(r"{(\w+)}", address) for name, address in addresses.items() if "{" in address} == {
        "say_units": ["revision"],
        "ask_check": ["revision"],
        "file": ["revision"],
        "cancel_check": ["check"],
        "ask_study": ["check", "kind"],
    }


def test_an_older_revision_is_shown_where_it_is_asked_for(cast: Cast, as_viewer: Any, browse: Any) -> None:
    from tests.web.parts.conftest import box_stl, sent

    owner = as_viewer(cast.owner)
    first = added(owner)
    upload = sent(owner, box_stl(0.3))
    second = services.add_revision(actor=owner, part_id=first.part_id, upload_id=upload, units="mm", at=NOW)
    client = browse(cast.owner)

    def shown(query: str) -> Any:
        return json_in(client.get(f"/parts/{first.part_id}/{query}"), "addresses")["revision"]

    assert [shown(query) for query in ("", "?revision=1", "?revision=2", "?revision=x")] == [
        str(second.pk), str(first.pk), str(second.pk), str(second.pk),
    ]  # fmt: skip
    sides = json_in(client.get(f"/parts/{first.part_id}/compare/"), "addresses")
    assert (sides["left"], sides["right"]) == (str(first.pk), str(second.pk))
    turned = json_in(client.get(f"/parts/{first.part_id}/compare/?left=2&right=1"), "addresses")
    assert (turned["left"], turned["right"]) == (str(second.pk), str(first.pk))


def test_a_name_cannot_break_out_of_the_page(cast: Cast, as_viewer: Any, browse: Any) -> None:
    name = "</script><script>alert(1)</script>"
    part = added(as_viewer(cast.owner), name=name).part_id
    client = browse(cast.owner)

    for address in ("/parts/", f"/parts/{part}/", f"/parts/{part}/compare/", f"/parts/new/?part={part}"):
        assert "<script>alert" not in client.get(address).content.decode()


def test_everybody_may_read_the_terms_in_force(client: Any, db: None) -> None:
    page = client.get("/terms/")

    assert page.status_code == 200
    assert f"Version {TERMS_VERSION}" in text_of(page)
    assert "Yours stays yours" in text_of(page)
    client.cookies["mingyue_language"] = "zh-hans"
    assert "您的仍归您所有" in text_of(client.get("/terms/"))
