"""The whole way of a part: sent, read, checked, looked at; by the real engine."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.storage import storages
from django.test import Client
from PIL import Image

from mingyue.printing.formats.print_package import open_package
from mingyue.printing.samples import make_sample
from mingyue.web.parts import services
from mingyue.web.parts.models import Check, Study
from mingyue.web.records.models import Blob, Event
from tests.web.conftest import NOW, Cast
from tests.web.parts.conftest import Work, Works, added, only_check, stl_of

Browse = Callable[..., Client]


def glb(content: bytes) -> dict[str, Any]:
    """What a GLB says of itself, its container looked over."""
    magic, version, length = struct.unpack_from("<III", content)
    assert (magic, version, length) == (0x46546C67, 2, len(content))
    size, kind = struct.unpack_from("<II", content, 12)
    assert kind == 0x4E4F534A
    scene = json.loads(content[20 : 20 + size])
    binary, kind = struct.unpack_from("<II", content, 20 + size)
    assert kind == 0x004E4942
    assert binary == scene["buffers"][0]["byteLength"] == len(content) - 28 - size
    return scene


@pytest.fixture
def coupon() -> bytes:
    """A part with something to find in it."""
    return stl_of(make_sample("fault_coupon").mesh)


def test_a_part_is_read_checked_and_shown(
    cast: Cast, works: Works, as_viewer: Any, browse: Browse, work: Work, coupon: bytes
) -> None:
    revision = added(as_viewer(cast.owner), coupon, units="um", confidentiality="controlled")
    assert work() == ["parts:read_revision", "parts:run_check"]
    as_viewer(cast.owner)
    check = only_check(revision)
    client = browse(cast.owner)
    state = client.get(f"/parts/{revision.part_id}/state").json()

    facts = state["revisions"][0]["facts"]
    assert (state["revisions"][0]["state"], facts["is_solid"], facts["faults"]) == ("read", True, [])
    told = state["revisions"][0]["checks"][0]
    assert (told["state"], told["problem"], told["done"], told["model_asked"]) == ("done", None, 1.0, True)
    assert (told["machine"]["pixel_um"], told["layer_um"]) == (2.0, 5.0)
    assert told["verdict"] in ("fails", "risk", "note")
    assert told["estimate"]["printing_s"][0] > 0

    scene = glb(client.get(state["revisions"][0]["view"]).content)
    assert scene["accessors"][-1]["count"] == 3 * facts["view_triangles"]
    np.testing.assert_allclose(scene["accessors"][0]["max"], facts["box_um"][1], rtol=1e-6)

    found = client.get(told["findings"]).json()
    assert len(found["findings"]) == sum(told["counts"].values())
    assert found["placement"] == told["placement"]
    worst = found["findings"][0]
    assert {"id", "kind", "title", "severity_said", "layers", "box_um", "points_um", "remedy", "model"} <= set(worst)
    assert len({finding["id"] for finding in found["findings"]}) == len(found["findings"])
    assert any(finding["model"] for finding in found["findings"])
    said_zh = client.get(told["findings"], headers={"Accept-Language": "zh-hans"}).json()["findings"][0]
    assert said_zh["title"] != worst["title"]
    assert said_zh["id"] == worst["id"]

    as_viewer(cast.owner)
    check.refresh_from_db()
    blob = check.masks
    _assert_tiles(client, check, blob, told["masks"])
    as_viewer(cast.owner)
    looks = Event.objects.filter(what="part.looked_at").values_list("facts__what", flat=True)
    assert sorted(looks) == ["findings", "masks", "view"]


def _assert_tiles(client: Client, check: Check, blob: Blob, address: str) -> None:
    """Every tile is the mask that the engine reads from the package, pixel by pixel."""
    layers = client.get(address)
    again = client.get(address, headers={"If-None-Match": layers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    told = layers.json()
    assert told["count"] == check.looked["layers"]
    with open_package(Path(storages["blobs"].path(blob.key))) as package:
        lit = [(layer, field) for layer, fields in enumerate(told["lit"]) for field, _ in fields]
        for layer, field in [lit[0], lit[len(lit) // 2], lit[-1]]:
            tile = client.get(told["tile"].format(layer=layer, field=field))
            assert "immutable" in tile["Cache-Control"]
            assert "private" in tile["Cache-Control"]
            picture = np.asarray(Image.open(io.BytesIO(tile.content)).convert("L"))
            np.testing.assert_array_equal(picture, package.mask(layer, field).painted())
            small = client.get(told["tile"].format(layer=layer, field=field) + "?scale=4").content
            reduced = np.asarray(Image.open(io.BytesIO(small)))
            assert reduced.shape == (-(-picture.shape[0] // 4), -(-picture.shape[1] // 4))
            assert abs(float(reduced.mean()) - float(picture.mean())) < 1.0
    for wrong in (
        told["tile"].format(layer=told["count"], field=0),
        told["tile"].format(layer=0, field=len(told["fields"])),
    ):
        assert client.get(wrong).status_code == 404
    assert client.get(told["tile"].format(layer=0, field=0) + "?scale=3").status_code == 400


def test_how_it_may_lie_and_what_will_come_out(
    cast: Cast, works: Works, as_viewer: Any, browse: Browse, work: Work
) -> None:
    revision = added(as_viewer(cast.owner))
    work()
    owner = as_viewer(cast.owner)
    check = only_check(revision)
    services.ask_orientations(actor=owner, check_id=check.pk, at=NOW)
    services.ask_deviation(actor=owner, check_id=check.pk, at=NOW)
    assert work() == ["parts:run_study", "parts:run_study"]
    as_viewer(cast.owner)
    client = browse(cast.owner)
    told = client.get(f"/parts/{revision.part_id}/state").json()["revisions"][0]["checks"][0]

    assert [told[kind]["state"] for kind in ("orientations", "deviation")] == ["done", "done"]
    assert told["orientations"]["result"]["choices"][0]["names"][0] == "as it is"
    result = told["deviation"]["result"]
    assert result["p5_um"] <= result["p50_um"] <= result["p95_um"] <= result["abs_max_um"]
    scene = glb(client.get(result["glb"]).content)
    names = scene["meshes"][0]["primitives"][0]["attributes"]
    assert set(names) == {"POSITION", "COLOR_0", "_DEVIATION"}
    counts = {scene["accessors"][place]["count"] for place in names.values()}
    assert len(counts) == 1
    as_viewer(cast.owner)
    assert Study.objects.filter(blob=None).count() == 1


def test_a_real_stl_is_asked_about_its_unit_and_then_checked(
    cast: Cast, as_viewer: Any, browse: Browse, work: Work, data_dir: Path
) -> None:
    content = (data_dir / "parts" / "plate_holes.STL").read_bytes()
    revision = added(as_viewer(cast.owner), content, file_name="plate_holes.STL", units="")
    work()
    as_viewer(cast.owner)
    client = browse(cast.owner)
    address = f"/parts/{revision.part_id}/state"
    told = client.get(address).json()["revisions"][0]
    assert (told["state"], told["problem"]["kind"], told["facts"]) == ("refused", "units", None)
    size = told["problem"]["size"]

    said = client.post(f"/parts/revisions/{revision.pk}/units", data={"units": "mm"}, content_type="application/json")
    assert said.status_code == 200
    work()
    as_viewer(cast.owner)
    told = client.get(address).json()["revisions"][0]
    assert (told["state"], told["problem"]) == ("read", None)
    np.testing.assert_allclose(told["facts"]["size_um"], np.array(size) * 1e3, rtol=1e-6)


def test_a_real_3mf_says_its_unit_itself(cast: Cast, as_viewer: Any, work: Work, data_dir: Path) -> None:
    content = (data_dir / "parts" / "featuretype.3MF").read_bytes()
    revision = added(as_viewer(cast.owner), content, file_name="featuretype.3MF", units="")
    work()
    as_viewer(cast.owner)
    revision.refresh_from_db()
    assert (revision.state, revision.problem) == ("read", None)
    assert revision.facts["units_from_file"] is True
    assert revision.blob.media_type == "model/3mf"


def test_a_hostile_file_is_refused_and_the_next_part_is_read(cast: Cast, as_viewer: Any, work: Work) -> None:
    owner = as_viewer(cast.owner)
    hostile = added(owner, b"\0" * 80 + struct.pack("<I", 4_000_000_000) + b"\0" * 50)
    good = added(owner)
    work()
    as_viewer(cast.owner)
    for revision in (hostile, good):
        revision.refresh_from_db()
    assert (hostile.state, good.state) == ("refused", "read")
    assert "part.stl" in hostile.problem["message"]["values"]["file"]


def test_a_task_that_comes_twice_does_its_work_once(cast: Cast, as_viewer: Any, work: Work) -> None:
    from mingyue.web.parts import tasks

    revision = added(as_viewer(cast.owner))
    work()
    as_viewer(cast.owner)
    revision.refresh_from_db()
    before = (revision.attempt, revision.view_id)
    tasks.read_revision.func(revision_id=str(revision.pk), organisation_id=str(cast.institute.pk))
    revision.refresh_from_db()
    assert (revision.attempt, revision.view_id) == before
    assert Event.objects.filter(what="revision.read").count() == 1


def test_uploads_that_ran_out_are_cleared_by_the_clock(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from mingyue.web.parts import tasks

    asked = []
    monkeypatch.setattr(tasks, "clear_uploads", lambda *, at: asked.append(at))
    tasks.clear_uploads_away.func(timestamp=int(NOW.timestamp()))
    assert asked == [NOW.astimezone(UTC)] == [datetime.fromtimestamp(int(NOW.timestamp()), UTC)]
