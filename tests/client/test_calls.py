"""A caller against a server that misbehaves: it tries again where that is safe, and says what happened."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from mingyue.client import ApiError, Client, UnreachableError
from mingyue.client import uploads as sending
from mingyue.client.calls import Caller
from mingyue.errors import BadInputError
from mingyue.phrases import in_language


class Tus(BaseHTTPRequestHandler):
    """Takes an upload, and fails in the ways that its server's `faults` say, one a request."""

    protocol_version = "HTTP/1.1"
    server: Any

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def read(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def do_POST(self) -> None:
        self.server.asked.append(("POST", self.headers.get("Idempotency-Key")))
        said = self.read()
        if self.server.faults and self.server.faults.pop(0) == "lost answer":
            self.close_connection = True
            return
        if self.path == "/uploads/":
            self.answer(201, Location=f"http://somewhere/uploads/{'7' * 8}")
        else:
            self.answer(201, said)

    def do_HEAD(self) -> None:
        self.answer(200, Upload_Offset=str(len(self.server.got)))

    def do_PATCH(self) -> None:
        piece = self.read()
        fault = self.server.faults.pop(0) if self.server.faults else ""
        if fault == "cut":  # half of it arrived, and nobody was told
            self.server.got += piece[: len(piece) // 2]
            self.close_connection = True
            return
        if fault == "lost answer":
            self.server.got += piece
            self.close_connection = True
            return
        if fault.isdigit():
            self.answer(int(fault))
            return
        assert int(self.headers["Upload-Offset"]) == len(self.server.got)
        digest = base64.b64encode(hashlib.sha256(piece).digest()).decode()
        assert self.headers["Upload-Checksum"] == f"sha256 {digest}"
        self.server.got += piece
        self.answer(204, Upload_Offset=str(len(self.server.got)))

    def do_GET(self) -> None:
        status, headers, body = self.server.answers.pop(0)
        self.server.asked.append(("GET", self.path))
        self.answer(status, body, **headers)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[Any]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Tus) as made:
        made.faults, made.got, made.answers, made.asked = [], b"", [], []  # type: ignore[attr-defined]
        made.daemon_threads = True
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def caller(server: Any, slept: list[float]) -> Iterator[Caller]:
    made = Caller(f"http://127.0.0.1:{server.server_port}", "mky_x", sleep=slept.append)
    yield made
    made.close()


@pytest.mark.parametrize(
    "faults", [[], ["cut"], ["lost answer"], ["", "cut", "lost answer"], ["409"], ["460", "423"], ["500", "", "503"]]
)
def test_a_file_arrives_whole_whatever_breaks(
    server: Any, caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, faults: list[str]
) -> None:
    monkeypatch.setattr(sending, "PIECE_BYTES", 1000)
    content = bytes(range(256)) * 17
    (tmp_path / "part.stl").write_bytes(content)
    server.faults = ["", *faults]  # the first is of the request that begins
    told: list[tuple[int, int]] = []

    upload = sending.upload(caller, tmp_path / "part.stl", progress=lambda done, all_: told.append((done, all_)))

    assert upload == "7" * 8
    assert server.got == content
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (len(content), len(content))


def test_an_upload_that_never_gets_on_ends(server: Any, caller: Caller, tmp_path: Path) -> None:
    (tmp_path / "part.stl").write_bytes(b"solid")
    server.faults = ["", *["500"] * 99]

    with pytest.raises(UnreachableError, match="no piece arrives"):
        sending.upload(caller, tmp_path / "part.stl")


def test_a_refused_piece_is_not_sent_again(server: Any, caller: Caller, tmp_path: Path) -> None:
    (tmp_path / "part.stl").write_bytes(b"solid")
    server.faults = ["", "413", "413"]

    with pytest.raises(ApiError) as refused:
        sending.upload(caller, tmp_path / "part.stl")

    assert refused.value.status == 413
    assert server.faults == ["413"]


def test_a_file_that_is_not_there_says_so(caller: Caller, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="No such file"):
        sending.upload(caller, tmp_path / "none.stl")


def test_a_lost_answer_is_asked_for_with_the_same_key(server: Any, slept: list[float]) -> None:
    server.faults = ["lost answer"]
    with Client(f"http://127.0.0.1:{server.server_port}", "mky_x", sleep=slept.append) as client:
        client._post("/api/parts", {"name": "part"})

    keys = [key for _, key in server.asked]
    assert len(keys) == 2
    assert keys[0] == keys[1] is not None
    assert slept == [0.2]


def test_whoever_is_too_busy_is_asked_again_later(server: Any, caller: Caller, slept: list[float]) -> None:
    server.answers = [(429, {"Retry-After": "7"}, b""), (503, {}, b""), (200, {}, b"{}")]

    assert caller("GET", "/api/me").json() == {}
    assert slept == [7.0, 0.5]


def test_pages_are_asked_for_one_after_the_other(server: Any) -> None:
    item = {
        "id": "1", "name": "a", "note": "", "confidentiality": "public", "organisation": "o", "version": 1,
        "created_at": "2026-11-25T08:00:00Z", "something": "new",
    }  # fmt: skip
    pages = [{"items": [item, item | {"name": "b"}], "next": "c0"}, {"items": [item | {"name": "c"}], "next": None}]
    server.answers = [(200, {}, json.dumps(page).encode()) for page in pages]
    with Client(f"http://127.0.0.1:{server.server_port}", "mky_x") as client:
        found = client.parts(organisation="o")
        first = next(found)
        assert len(server.asked) == 1

        names = [first.name, *(one.name for one in found)]

    assert names == ["a", "b", "c"]
    assert [path for _, path in server.asked] == [
        "/api/parts?organisation=o&limit=100", "/api/parts?organisation=o&limit=100&cursor=c0",
    ]  # fmt: skip


def test_a_problem_becomes_an_error_with_its_remedy(server: Any, caller: Caller) -> None:
    problem = {
        "type": "urn:mingyue:problem:refused", "title": "Refused", "status": 403, "detail": "It is closed. {x}",
        "remedy": "Open it.", "reasons": ["It is closed."], "errors": [{"place": "body.a", "message": "b"}],
    }  # fmt: skip
    server.answers = [(403, {}, json.dumps(problem).encode())]

    with pytest.raises(ApiError) as refused:
        caller("GET", "/api/me")

    error = refused.value
    assert (str(error), error.remedy, error.status, error.kind) == ("It is closed. {x}", "Open it.", 403, "refused")
    assert (error.reasons, error.errors, error.exit_code) == (
        ("It is closed.",),
        ({"place": "body.a", "message": "b"},),
        11,
    )
    assert in_language(error.message, "zh") == "It is closed. {x}"


def no_json(caller: Caller) -> None:
    caller("GET", "/api/me").json()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((200, {}, b"<html>"), "What answers there is not Mingyue."),
        ((301, {"Location": "https://elsewhere/"}, b""), "sends its callers to https://elsewhere/"),
    ],
)
def test_whoever_is_not_mingyue_is_not_believed(server: Any, caller: Caller, answer: Any, said: str) -> None:
    server.answers = [answer]

    with pytest.raises(UnreachableError, match=said):
        no_json(caller)


def test_nobody_there_is_said_after_some_tries(slept: list[float]) -> None:
    with pytest.raises(UnreachableError, match="127.0.0.1:9 does not answer"):
        Caller("http://127.0.0.1:9", "mky_x", sleep=slept.append)("GET", "/api/me")

    assert slept == [0.2, 0.5, 1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize("origin", ["", "ftp://a.example", "https://a.example/path", "https://"])
def test_what_is_no_origin_is_refused(origin: str) -> None:
    with pytest.raises(BadInputError, match="no address of a platform"):
        Caller(origin, "mky_x")


@pytest.mark.parametrize(
    ("said", "origin"),
    [("print.example.org", "https://print.example.org"), ("http://me:pw@[::1]:8000/", "http://[::1]:8000")],
)
def test_an_origin_is_scheme_and_host(said: str, origin: str) -> None:
    assert Caller(said, "mky_x").origin == origin


def test_a_project_that_is_not_there_is_named_and_not_sent_as_an_id(server: Any) -> None:
    server.answers = [(200, {}, json.dumps({"items": [], "next": None}).encode())]
    with (
        Client(f"http://127.0.0.1:{server.server_port}", "mky_x") as client,
        pytest.raises(ApiError, match="There is nothing of the number NSFC-1 that you may see") as error,
    ):
        client.approve("4e43edd3-3475-469b-8389-955347310817", 0, "NSFC-1")

    assert error.value.status == 404
    assert server.asked == [("GET", "/api/projects?limit=100")]
