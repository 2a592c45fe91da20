"""A webhook goes where it may and nowhere else, and no receiver keeps us long, whatever it does."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import BoundedSemaphore, Event
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mingyue.web.notices import guarding, posting
from mingyue.web.notices.guarding import ForbiddenError, UnknownError, is_outside, places_of
from mingyue.web.notices.posting import FAULTS, MOST_BYTES, Outcome, post
from tests.web.notices.receiver import receiving

INSIDE = [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "100.127.255.254", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "100::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::a9fe:a9fe", "2002:7f00:1::", "2002:c0a8:101::1",
    "", "localhost", "1", "0x7f.1", "127.1",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "1.1.1.1", "93.184.215.14", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_inside_is_no_place_to_send_to(address: str) -> None:
    assert not is_outside(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_outside_is(address: str) -> None:
    assert is_outside(address)


def resolver(*answers: list[str]) -> Callable[..., Any]:
    """A name server that answers something else each time; asked too often it fails the test."""
    left = list(answers)

    def resolve(_host: str, port: int, **_: Any) -> Any:
        kinds = [(one, socket.AF_INET6 if ip_address(one).version == 6 else socket.AF_INET) for one in left.pop(0)]
        return [(family, socket.SOCK_STREAM, 6, "", (one, port)) for one, family in kinds]

    return resolve


@contextmanager
def hanging() -> Iterator[tuple[Callable[..., Any], list[str]]]:
    """A name server that answers nobody before this ends, and the names for which it was asked."""
    asked: list[str] = []
    over = Event()

    def resolve(host: str, port: int, **_: Any) -> Any:
        asked.append(host)
        assert over.wait(60)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", port))]

    try:
        yield resolve, asked
    finally:
        over.set()


def test_a_name_with_one_foot_inside_is_refused() -> None:
    with pytest.raises(ForbiddenError):
        places_of("trick.example.org", 443, private=False, resolve=resolver(["8.8.8.8", "10.0.0.1"]))


def test_a_name_outside_leads_to_all_its_addresses() -> None:
    found = places_of("good.example.org", 443, private=False, resolve=resolver(["8.8.8.8", "2606:4700::1111"]))

    assert [place[0] for _, place in found] == ["8.8.8.8", "2606:4700::1111"]


@pytest.mark.parametrize("name", ["nobody.invalid", "a" * 70 + ".example.org", "..", "xn--\udc80"])
def test_a_name_that_nobody_knows_is_said_to_be_that(name: str) -> None:
    with pytest.raises(UnknownError):
        places_of(name, 443, private=False)


def test_a_name_that_means_another_address_the_second_time_leads_only_where_was_looked() -> None:
    """Rebinding: there is one look, and the connection goes to what it found."""
    with receiving() as receiver:
        outcome = post(
            f"http://rebinding.example.org:{receiver.port}/", b"{}", {}, private=True, resolve=resolver(["127.0.0.1"])
        )

    assert (outcome.status, len(receiver.calls)) == (200, 1)
    assert receiver.calls[0].headers["host"] == f"rebinding.example.org:{receiver.port}"


def test_into_a_private_network_nothing_is_sent() -> None:
    with receiving() as receiver:
        outcome = post(receiver.url, b"{}", {}, private=False)

    assert (outcome.fault, outcome.status, receiver.calls) == ("forbidden", None, [])


# --- what a receiver does -----------------------------------------------------------------------------------------


def sent(receiver: Any) -> Outcome:
    return post(receiver.url, b'{"a": 1}', {"webhook-id": "1"}, private=True, silence_s=0.5, whole_s=1.0)


@pytest.mark.parametrize(
    ("manner", "status", "fault"),
    [
        ("well", 200, ""),
        ("fails", 500, "status"),
        ("redirects", 302, "redirect"),
        ("silent", None, "late"),
        ("huge", 200, ""),
        ("drips", 200, ""),
        ("drips headers", None, "late"),
        ("breaks", 200, ""),  # in its headers: that it took what came has been said
        ("hangs up", None, "broken"),
        ("nonsense", None, "broken"),
    ],
)
def test_whatever_a_receiver_does_is_told_and_ends(manner: str, status: int | None, fault: str) -> None:
    with receiving(manner) as receiver:
        outcome = sent(receiver)

    assert (outcome.status, outcome.fault) == (status, fault)
    assert outcome.took_ms < 5_000
    assert [(call.path, call.body) for call in receiver.calls] == [
        ("/hook?a=1", b'{"a": 1}')
    ]  # no second one: redirects
    assert receiver.calls[0].headers["content-type"] == "application/json"
    assert len(outcome.answer) <= 500
    assert "\x00" not in outcome.answer
    assert fault == "" or fault in FAULTS


def test_what_it_answers_is_kept_as_text() -> None:
    with receiving("fails") as receiver:
        assert sent(receiver).answer == "<b>出错</b> "
    with receiving("huge") as receiver:
        assert sent(receiver).answer == "x" * 500
    assert MOST_BYTES == 65536


def test_where_nobody_listens_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    outcome = post(f"http://127.0.0.1:{port}/", b"", {}, private=True)

    assert (outcome.fault, outcome.status) == ("unreachable", None)


def test_a_name_with_many_addresses_where_nobody_answers_keeps_nobody_longer_than_one() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:  # never accepts; its queue is full
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        outcome = post(
            f"http://many.example.org:{port}/", b"", {}, private=True, resolve=resolver(["127.0.0.1"] * 20),
            silence_s=0.5, whole_s=1.0,
        )  # fmt: skip
        for one in waiting:
            one.close()

    assert outcome.fault == "late"
    assert outcome.took_ms < 20 * 500 / 2


def test_a_name_server_that_hangs_keeps_nobody_longer_than_a_receiver_that_is_silent() -> None:
    with receiving() as receiver, hanging() as (resolve, asked):
        outcome = post(
            f"http://slow.example.org:{receiver.port}/", b"{}", {}, private=True, resolve=resolve, silence_s=0.3
        )
        assert asked == ["slow.example.org"]

        assert (outcome.fault, outcome.status, receiver.calls) == ("late", None, [])


def test_what_finding_the_name_took_is_not_there_for_connecting() -> None:
    with receiving() as receiver, pytest.raises(TimeoutError):
        posting._connected([(socket.AF_INET, ("127.0.0.1", receiver.port))], 10.0, time.monotonic())


def test_lookups_that_nobody_waits_for_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "_lookups", BoundedSemaphore(2))
    with hanging() as (resolve, asked):
        for name in ("a.example.org", "b.example.org", "c.example.org"):
            with pytest.raises(TimeoutError):
                places_of(name, 443, private=True, resolve=resolve, within_s=0.05)
        assert asked == ["a.example.org", "b.example.org"]  # the third was not even asked
    assert all(guarding._lookups.acquire(timeout=30) for _ in asked)  # they have come back


def test_what_a_name_server_says_too_late_is_not_listened_to() -> None:
    with hanging() as (resolve, _), pytest.raises(TimeoutError):
        places_of("late.example.org", 443, private=False, resolve=resolve, within_s=0.05)


def test_where_the_first_address_is_dead_the_second_is_taken() -> None:
    with receiving() as receiver:
        outcome = post(
            f"http://two.example.org:{receiver.port}/", b"{}", {}, private=True,
            resolve=resolver(["127.0.0.2", "127.0.0.1"]),
        )  # fmt: skip

    assert outcome.status == 200


# --- certificates -------------------------------------------------------------------------------------------------


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server that calls itself by this name, and who trusts it."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    day = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(1).not_valid_before(day - timedelta(days=1)).not_valid_after(day + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "both.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode())


@pytest.mark.parametrize(
    ("called", "trusted", "fault"),
    [
        ("good.example.org", True, ""),
        ("other.example.org", True, "certificate"),
        ("good.example.org", False, "certificate"),
    ],
)
def test_a_certificate_is_checked_for_the_name_though_the_connection_goes_to_an_address(
    tmp_path: Path, called: str, trusted: bool, fault: str
) -> None:
    server, trust = certificate(tmp_path, "good.example.org")
    with receiving(tls=server) as receiver:
        outcome = post(
            f"https://{called}:{receiver.port}/", b"{}", {}, private=True, resolve=resolver(["127.0.0.1"]),
            trust=trust if trusted else None,
        )  # fmt: skip

    assert outcome.fault == fault
    assert len(receiver.calls) == (0 if fault else 1)
