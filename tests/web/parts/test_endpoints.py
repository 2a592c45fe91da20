"""The addresses of parts: acts as JSON, refusals as JSON, and nothing for those who may not see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from mingyue.web.parts.models import Check, Part, Revision
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW, Cast
from tests.web.parts.conftest import Works, added, box_stl, sent

Browse = Callable[..., Client]
NO_ID = "00000000-0000-0000-0000-00000000000a"


def post(client: Client, address: str, **body: Any) -> Any:
    return client.post(address, data=body, content_type="application/json")


def test_a_part_is_added_changed_shared_and_archived(cast: Cast, as_viewer: Any, browse: Browse) -> None:
    upload = sent(as_viewer(cast.owner), box_stl())
    client = browse(cast.owner)
    made = post(client, "/parts/", upload=str(upload), name="Cube", units="mm")
    assert made.status_code == 201
    place = f"/parts/{made.json()['part']}"
    assert post(client, "/parts/", upload=str(upload), name="Cube", units="mm").status_code == 409

    changed = post(client, f"{place}/change", version=1, name="Cube 2", note="n", confidentiality="controlled")
    assert changed.json() == {"version": 2}
    assert post(client, f"{place}/readers", email="colleague@example.org").status_code == 200
    told = client.get(f"{place}/state").json()
    assert (told["name"], told["note"], told["confidentiality"], told["version"]) == ("Cube 2", "n", "controlled", 2)
    assert told["readers"] == [{"id": str(cast.colleague.pk), "name": "Chen"}]
    assert (told["may_change"], told["may_ask"]) == (True, True)

    assert browse(cast.colleague).get(f"{place}/state").json()["readers"] == []
    client = browse(cast.owner)
    assert post(client, f"{place}/readers/remove", person=str(cast.colleague.pk)).status_code == 200
    assert browse(cast.colleague).get(f"{place}/state").status_code == 404
    client = browse(cast.owner)
    assert post(client, f"{place}/archive").status_code == 200
    assert client.get(f"{place}/state").json()["archived_at"]


def test_a_refusal_says_what_where_and_what_to_do(cast: Cast, as_viewer: Any, browse: Browse) -> None:
    upload = sent(as_viewer(cast.owner), box_stl())
    client = browse(cast.owner)
    refused = post(client, "/parts/", upload=str(upload), name="", units="mm")
    assert (refused.status_code, refused.json()["field"]) == (400, "name")
    assert refused.json()["error"] == "A part's name has 1 to 120 characters."
    assert refused.json()["remedy"]
    zh = client.post(
        "/parts/", data={"upload": str(upload), "name": ""}, content_type="application/json",
        headers={"Accept-Language": "zh-hans"},
    )  # fmt: skip
    assert zh.json()["error"] == "零件名称须为 1 至 120 个字符。"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"upload": 7, "name": "x"}', b'{"upload": "x", "name": "x"}', b"[" * 100_000]
)
def test_what_is_no_request_is_refused(cast: Cast, browse: Browse, body: bytes) -> None:
    answer = browse(cast.owner).post("/parts/", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["error"]


def seen(cast: Cast, works: Works, as_viewer: Any) -> tuple[Revision, Check]:
    """A confidential part with a check."""
    revision = added(as_viewer(cast.owner))
    check = Check.objects.create(
        organisation=cast.institute,
        revision=revision,
        machine=works.machine,
        resin=works.resin,
        layer_um=5,
        asked_at=NOW,
    )
    return revision, check


@pytest.mark.parametrize("name", ["colleague", "operator", "manager", "office", "stranger", None])
def test_whoever_may_not_see_a_part_gets_404_everywhere(
    cast: Cast, works: Works, as_viewer: Any, browse: Browse, name: str | None
) -> None:
    revision, check = seen(cast, works, as_viewer)
    client = browse(getattr(cast, name) if name else None)
    looks = [
        f"{revision.part_id}/state", f"{revision.part_id}/live", f"revisions/{revision.pk}/view.glb",
        f"revisions/{revision.pk}/file", f"checks/{check.pk}/findings", f"checks/{check.pk}/layers",
        f"checks/{check.pk}/layers/0/0.png", f"checks/{check.pk}/deviation.glb",
    ]  # fmt: skip
    for look in looks:
        assert client.get(f"/parts/{look}").status_code == 404, look
    acts: dict[str, dict[str, Any]] = {
        f"{revision.part_id}/revisions": {"upload": NO_ID},
        f"{revision.part_id}/change": {"version": 1, "name": "x", "confidentiality": "public"},
        f"{revision.part_id}/readers": {"email": "stranger@example.org"},
        f"{revision.part_id}/readers/remove": {"person": NO_ID},
        f"{revision.part_id}/archive": {},
        f"revisions/{revision.pk}/units": {"units": "mm"},
        f"revisions/{revision.pk}/checks": {"machine": str(works.machine.pk), "resin": str(works.resin.pk)},
        f"checks/{check.pk}/cancel": {},
        f"checks/{check.pk}/studies/orientations": {},
    }
    for act, body in acts.items():
        assert post(client, f"/parts/{act}", **body).status_code == 404, act
    with seen_by(organisation_id=cast.institute.pk):
        assert Part.objects.get().version == 1
        assert Check.objects.get().state == "waiting"


def test_the_file_comes_back_as_it_came_and_is_no_page(cast: Cast, as_viewer: Any, browse: Browse) -> None:
    content = b"<html><script>alert(1)</script>" + box_stl()
    revision = added(as_viewer(cast.owner), content, file_name="x.html")
    answer = browse(cast.owner).get(f"/parts/revisions/{revision.pk}/file")
    assert b"".join(answer) == content
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="x.html"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    answer.close()


def test_a_public_parts_geometry_is_shown_to_another_organisation(cast: Cast, as_viewer: Any, browse: Browse) -> None:
    revision = added(as_viewer(cast.owner), confidentiality="public")
    client = browse(cast.stranger)
    told = client.get(f"/parts/{revision.part_id}/state").json()
    assert told["revisions"][0]["size_bytes"] == len(box_stl())
    assert (told["may_change"], told["may_ask"], told["organisation"]["name"]) == (False, False, "Lake Institute")
    answer = client.get(f"/parts/revisions/{revision.pk}/file")
    assert b"".join(answer) == box_stl()
    answer.close()


def test_machines_are_told_with_the_resins_that_fit(cast: Cast, works: Works, browse: Browse) -> None:
    told = browse(cast.owner).get("/parts/machines").json()["machines"]
    assert [(one["name"], one["pixel_um"], [resin["name"] for resin in one["resins"]]) for one in told] == [
        ("P1", 2.0, ["PR48"])
    ]
    assert browse(None).get("/parts/machines").status_code == 404


def test_news_of_a_part_are_a_stream_for_those_who_see_it(cast: Cast, as_viewer: Any, browse: Browse) -> None:
    revision = added(as_viewer(cast.owner))
    answer = browse(cast.owner).get(f"/parts/{revision.part_id}/live")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/event-stream")
    assert answer["Cache-Control"] == "no-store"
    assert answer.is_async
