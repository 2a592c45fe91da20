"""The client and the command line against a real `mingyue serve` with its worker: from a key to findings."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mingyue.client import ApiError, Client
from mingyue.printing.formats.stl import write_stl
from mingyue.web.facilities.models import Facility, Machine
from mingyue.web.materials.models import Resin
from mingyue.web.records.walls import seen_by
from mingyue.web.site.database import OWNING_ROLE, SERVING_ROLE
from tests.solids import box
from tests.web.api.conftest import secret_of
from tests.web.conftest import NOW, Cast, database_apart, make_cast
from tests.web.serving.running import ROOT, Served, serve


@dataclass(frozen=True)
class Platform:
    """One that runs: its address, and keys of people there."""

    served: Served
    cast: Cast
    owners_key: str
    strangers_key: str
    reading_key: str

    @property
    def origin(self) -> str:
        return self.served.address


@pytest.fixture(scope="module")
def platform(django_db_setup: None, django_db_blocker: Any) -> Iterator[Platform]:
    """A platform with a facility whose machine prints at 2 µm."""
    with (
        django_db_blocker.unblock(),
        database_apart(f"programs_{os.getpid()}") as address,
        tempfile.TemporaryDirectory(prefix="my-") as folder,
    ):
        cast = make_cast()
        works = cast.facility_operator
        with seen_by(organisation_id=works.pk):
            facility = Facility.objects.create(organisation=works, slug="works", name="Works", created_at=NOW)
            Machine.objects.create(organisation=works, facility=facility, name="M1", profile="s230", state_since=NOW)
            Resin.objects.create(organisation=works, facility=facility, profile="pr48-385", name="PR48")
        keys = (
            secret_of(cast.owner, cast.institute),
            secret_of(cast.stranger, cast.firm),
            secret_of(cast.owner, cast.institute, "parts:read"),
        )
        served = serve(
            Path(folder) / "home",
            DJANGO_SETTINGS_MODULE="mingyue.web.site.settings",
            DATABASE_URL=address.format(role=SERVING_ROLE),
            DATABASE_OWNER_URL=address.format(role=OWNING_ROLE),
        )
        try:
            yield Platform(served, cast, *keys)
        finally:
            assert served.stop() == 0


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where a person keeps their settings, and where they stand."""
    return tmp_path


def mingyue(home: Path, *arguments: object, given: str | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """The command as a person calls it, with settings of their own."""
    known = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "MINGYUE_DATA"}}
    return subprocess.run(
        [sys.executable, "-m", "mingyue", *map(str, arguments)],
        env=known | {"PYTHONPATH": str(ROOT / "src"), "XDG_CONFIG_HOME": str(home / "config"), "MINGYUE_LANG": "en"} | more,
        cwd=home, input=given, capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip


@pytest.fixture
def logged_in(platform: Platform, home: Path) -> Path:
    ended = mingyue(home, "login", platform.origin, given=f"{platform.owners_key}\n")
    assert ended.returncode == 0, ended.stderr
    return home


def test_a_client_reads_sends_and_waits(platform: Platform, tmp_path: Path) -> None:
    write_stl(box((0, 0, 0), (400, 300, 200)), tmp_path / "block.stl", unit="mm")
    told: list[tuple[int, int]] = []
    with Client(platform.origin, platform.owners_key) as client:
        me = client.me()
        assert (me.name, [one.slug for one in me.organisations]) == ("Ouyang", ["lake-institute"])
        assert [one.slug for one in client.facilities()] == ["works"]
        profile = client.machines("works")[0].profile
        assert profile is not None
        assert (profile["name"], profile["pixel_um"]) == ("s230", 2.0)

        part = client.upload(tmp_path / "block.stl", units="mm", progress=lambda done, all_: told.append((done, all_)))
        done = client.wait_for_checks(part, timeout_s=120)

        assert told[-1][0] == told[-1][1] == (tmp_path / "block.stl").stat().st_size
        assert done.newest.state == "read"
        assert [check.state for check in done.newest.checks] == ["done"]
        assert done.newest.facts is not None
        assert done.newest.facts["size_um"] == pytest.approx([400.0, 300.0, 200.0])
        assert done.newest.checks[0].verdict in {"fine", "note", "risk"}
        assert len(client.findings(done.newest.checks[0])) == sum(done.newest.checks[0].counts.values())
        assert part.id in [one.id for one in client.parts()]
    with Client(platform.origin, platform.strangers_key) as stranger:
        assert list(stranger.parts()) == []
        with pytest.raises(ApiError, match="nothing here that you may see") as refused:
            stranger.part(part.id)
    assert (refused.value.status, refused.value.kind) == (404, "not-found")


def test_a_key_that_lacks_a_scope_is_told_which(platform: Platform) -> None:
    with (
        Client(platform.origin, platform.reading_key, language="zh") as client,
        pytest.raises(ApiError, match="facilities:read") as refused,
    ):
        list(client.facilities())
    assert "此密钥缺少权限范围" in str(refused.value)


def test_logging_in_keeps_the_key_for_nobody_else(platform: Platform, logged_in: Path) -> None:
    kept = logged_in / "config" / "mingyue" / "credentials.toml"

    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert platform.owners_key in kept.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ("mky_wrong\n", 11, "unknown, revoked or has run out"),
        ("secret\n", 3, "This is no API key."),
        ("", 3, "no API key"),
    ],
)
def test_a_wrong_key_is_not_kept(platform: Platform, home: Path, given: str, code: int, said: str) -> None:
    ended = mingyue(home, "login", platform.origin, given=given)

    assert (ended.returncode, ended.stdout) == (code, "")
    assert said in ended.stderr
    assert "remedy: " in ended.stderr
    assert not (home / "config").exists()


def test_a_key_comes_from_a_file_too(platform: Platform, home: Path) -> None:
    (home / "key").write_text(f"{platform.owners_key}\n", encoding="ascii")

    ended = mingyue(home, "login", platform.origin, "--key-file", "key")

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "You are Ouyang, of Lake Institute." in ended.stdout
    assert platform.owners_key not in ended.stdout


def test_parts_go_up_and_what_is_found_comes_back(logged_in: Path, platform: Platform) -> None:
    write_stl(box((0, 0, 0), (200, 200, 100)), logged_in / "good.stl", unit="mm")

    ended = mingyue(logged_in, "upload", "good.stl", "--units", "mm", "--class", "internal", "--wait")

    assert ended.returncode in {0, 8}, ended.stderr
    assert f"good.stl is the part good: {platform.origin}/parts/" in ended.stdout
    assert re.search(r"M1, PR48, layers of [\d.]+ µm: (nothing|note|risk|fails)", ended.stdout)
    listed = mingyue(logged_in, "parts", "--json")
    found = json.loads(listed.stdout)["parts"]
    assert ("good", "internal", "lake-institute") in [
        (one["name"], one["confidentiality"], one["organisation"]) for one in found
    ]
    assert "good" in mingyue(logged_in, "parts").stdout


def test_a_part_that_fails_ends_with_eight(logged_in: Path) -> None:
    """A thread of 1 µm: below what any pixel of the machine makes."""
    write_stl(box((0, 0, 0), (1, 1, 200)), logged_in / "thread.stl", unit="mm")

    ended = mingyue(logged_in, "upload", "thread.stl", "--units", "mm", "--wait", "--json")

    told = json.loads(ended.stdout)["parts"][0]
    assert (ended.returncode, told["verdict"]) == (8, "fails"), ended.stderr
    (found,) = told["findings"].values()
    assert {one["severity"] for one in found} & {"fails"}


def test_a_file_without_a_unit_is_refused_with_its_remedy(logged_in: Path) -> None:
    write_stl(box((0, 0, 0), (1, 1, 1)), logged_in / "bare.stl", unit="mm")

    ended = mingyue(logged_in, "upload", "bare.stl", "--wait")

    assert ended.returncode == 8
    assert "✗ It cannot be read: " in ended.stdout


def test_nothing_is_sent_where_one_of_the_files_is_missing(logged_in: Path) -> None:
    write_stl(box((0, 0, 0), (1, 1, 1)), logged_in / "there.stl", unit="mm")
    before = mingyue(logged_in, "parts", "--json").stdout

    ended = mingyue(logged_in, "upload", "there.stl", "missing.stl", "--units", "mm")

    assert (ended.returncode, ended.stdout) == (3, "")
    assert "missing.stl cannot be read" in ended.stderr
    assert mingyue(logged_in, "parts", "--json").stdout == before
