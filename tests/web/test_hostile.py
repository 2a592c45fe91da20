"""Files made to harm, sent to a real `mingyue serve`: each ends in words that say what to do, and the worker lives on."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener
from uuid import uuid4

import psutil
import pytest

from mingyue.client import ApiError, Client
from mingyue.client.calls import Caller
from mingyue.web.parts.bridge.wording import COMMANDS
from tests.web.hostile import READ, REFUSED
from tests.web.parts.conftest import box_stl
from tests.web.serving.breaking import TUS, Upload, asked, engines
from tests.web.serving.demonstrated import caller, client, key, served
from tests.web.serving.running import Served

__all__ = ["caller", "client", "key", "served"]  # fixtures

MOST_BYTES = (
    512 << 20
)  # of memory, that one of these makes the engine take; the bound for any file is several times that
FILES = {name: ("mm", make) for name, make in REFUSED.items()} | READ


def added(caller: Caller, name: str, content: bytes, units: str) -> str:
    """The part that this file becomes; its id."""
    upload = Upload(caller, content, name)
    while upload.acknowledged < len(content):
        upload.send(4 << 20)
    said = {"upload": upload.id, "name": name[:60], "units": units}
    return str(caller("POST", "/api/parts", body=said, headers={"Idempotency-Key": uuid4().hex}).json()["id"])


class Watch:
    """The most memory that an engine was seen to take, in bytes."""

    most = 0

    @contextmanager
    def over(self, served: Served) -> Iterator[None]:
        """Look again and again until the block ends."""
        ended = threading.Event()

        def look() -> None:
            while not ended.wait(0.02):
                for engine in engines(served):
                    with suppress(psutil.Error):
                        self.most = max(self.most, engine.memory_info().rss)

        looking = threading.Thread(target=look)
        looking.start()
        try:
            yield
        finally:
            ended.set()
            looking.join()


@pytest.fixture(scope="module")
def ends(served: Served, key: str) -> dict[str, dict[str, Any]]:
    """All of them sent at once, and what became of each."""
    watch = Watch()
    with watch.over(served), Client(served.address, key) as client:
        by_hand = Caller(served.address, key)
        sent = {name: added(by_hand, name, make(), units) for name, (units, make) in FILES.items()}
        ended = {}
        for name, part_id in sent.items():
            client.wait_for_checks(part_id, timeout_s=120)
            ended[name] = by_hand("GET", f"/api/parts/{part_id}").json()
        by_hand.close()
    assert 0 < watch.most < MOST_BYTES, f"{watch.most / 2**20:.0f} MiB"
    return ended


def texts(told: Any) -> Iterator[str]:
    """Everything that is said somewhere in an answer."""
    if isinstance(told, dict):
        for one in told.values():
            yield from texts(one)
    elif isinstance(told, list):
        for one in told:
            yield from texts(one)
    elif isinstance(told, str):
        yield told


@pytest.fixture(scope="module")
def visitor(served: Served) -> OpenerDirector:
    """The engineer in a browser, in Chinese."""
    kept = json.loads((served.home / "demonstration.json").read_text(encoding="utf-8"))
    jar = CookieJar()
    opener = build_opener(HTTPCookieProcessor(jar))
    opener.addheaders = [("Accept-Language", "zh-hans")]
    where = f"{served.address}/accounts/login/"
    opener.open(where).read()
    token = next(cookie.value for cookie in jar if "csrf" in cookie.name)
    said = {
        "login": "engineer@mingyue.example", "password": kept["passwords"]["engineer@mingyue.example"],
        "csrfmiddlewaretoken": token or "",
    }  # fmt: skip
    opener.open(Request(where, urlencode(said).encode(), {"Referer": where})).read()
    return opener


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_words_that_say_what_to_do(ends: dict[str, dict[str, Any]], name: str) -> None:
    (revision,) = ends[name]["revisions"]

    assert revision["state"] == "refused"
    assert revision["problem"]["kind"] == ""  # the file is at fault; nothing broke, and no limit of the process was met
    assert len(revision["problem"]["message"]) > 20
    assert len(revision["problem"]["remedy"]) > 20
    assert revision["checks"] == []


@pytest.mark.parametrize("name", READ)
def test_it_is_read_and_every_check_of_it_ends_with_a_verdict_or_a_reason(
    ends: dict[str, dict[str, Any]], name: str
) -> None:
    (revision,) = ends[name]["revisions"]

    assert revision["state"] == "read"
    assert len(revision["checks"]) == 2
    for check in revision["checks"]:
        assert (check["state"], bool(check["problem"])) in {("done", False), ("failed", True)}
        assert check["verdict"] == ("fine" if name == "inner.3mf.stl" else "fails"), check


def test_nothing_that_is_said_about_them_names_a_command(
    ends: dict[str, dict[str, Any]], key: str, served: Served
) -> None:
    for language in ("en", "zh"):
        asking = Caller(served.address, key, language=language)
        for name, part in ends.items():
            said = asking("GET", f"/api/parts/{part['id']}").json()
            for check in said["revisions"][0]["checks"]:
                said = [said, asking("GET", check["findings"]).json()] if check["findings"] else said
            assert [text for text in texts(said) if COMMANDS.search(text)] == [], name
        asking.close()


def test_the_pages_show_each_with_the_same_words_in_the_readers_language(
    ends: dict[str, dict[str, Any]], visitor: OpenerDirector, served: Served
) -> None:
    for name, part in ends.items():
        with visitor.open(f"{served.address}/parts/{part['id']}/") as answer:
            page = answer.read().decode()
        assert answer.status == 200
        assert "<img src=x" not in page
        with visitor.open(f"{served.address}/parts/{part['id']}/state") as answer:
            (revision,) = json.load(answer)["revisions"]
        if name in REFUSED:
            assert revision["problem"]["message"] != part["revisions"][0]["problem"]["message"]
            assert any("\u4e00" <= letter <= "\u9fff" for letter in revision["problem"]["remedy"])


def test_names_are_the_last_part_of_a_path(ends: dict[str, dict[str, Any]]) -> None:
    assert ends["../../../etc/passwd"]["revisions"][0]["file_name"] == "passwd"


def test_a_file_that_is_announced_larger_than_the_limit_is_refused_before_a_byte_comes(
    caller: Caller, served: Served
) -> None:
    before = sorted((served.home / "uploads").iterdir())

    for length in (str((2 << 30) + 1), "9" * 18):
        with pytest.raises(ApiError, match="2,147,483,648 are the most") as refused:
            caller("POST", "/uploads/", headers=TUS | {"Upload-Length": length, "Upload-Metadata": "filename YS5zdGw="})
        assert refused.value.status == 413
        assert "3MF" in refused.value.remedy
    assert sorted((served.home / "uploads").iterdir()) == before


def test_the_worker_lives_and_does_what_comes_next(
    ends: dict[str, dict[str, Any]], served: Served, client: Client, caller: Caller
) -> None:
    assert " starts again in " not in served.log()
    assert asked(served, "SELECT DISTINCT status::text FROM procrastinate_jobs") == [("succeeded",)]
    assert asked(served, "SELECT max(attempt) FROM parts_revision") == [(1,)]

    part = client.wait_for_checks(added(caller, "good.stl", box_stl(0.2), "mm"), timeout_s=60)

    assert [check.state for check in part.newest.checks] == ["done", "done"]
    assert len(ends) == len(FILES)
