"""What a receiver believes: what the platform signed within the last minutes, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from mingyue.client import ForgedWebhookError, verify_webhook
from mingyue.errors import BadInputError

KEY, NOW = b"k" * 32, 1_764_057_600
SECRET = "whsec_" + base64.b64encode(KEY).decode()
BODY = json.dumps({
    "id": "e", "number": 7, "type": "order.billed", "at": "2026-11-25T08:00:00+00:00", "organisation": "lake",
    "subject": {"kind": "orders.order", "id": "o"}, "facts": {"amount_fen": 5}, "api": "/api/orders/o", "later": 1,
}).encode()  # fmt: skip


def signed(body: bytes = BODY, *, key: bytes = KEY, at: int = NOW, **others: str) -> dict[str, str]:
    """As the specification has it, computed here once more."""
    mac = hmac.new(key, b"msg_1." + str(at).encode() + b"." + body, hashlib.sha256).digest()
    said = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }
    return said | {name.replace("_", "-"): value for name, value in others.items()}


def test_what_was_signed_is_an_event() -> None:
    event = verify_webhook(SECRET, signed(), BODY, now=NOW)

    assert (event.type, event.number, event.subject["kind"]) == ("order.billed", 7, "orders.order")


def test_the_specifications_own_example_is_accepted() -> None:
    """Its secret, id, time and body; the signature printed there. The body is no event of ours, so it gets that far."""
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }  # fmt: skip
    with pytest.raises(ForgedWebhookError, match="What was signed is no event"):
        verify_webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", headers, b'{"test": 2432232314}', now=1614265330)


@pytest.mark.parametrize(
    ("body", "headers", "why"),
    [
        (BODY + b" ", signed(), "No signature fits"),
        (BODY, signed(key=b"x" * 32), "No signature fits"),
        (BODY, signed(webhook_id="msg_2"), "No signature fits"),
        (BODY, signed(webhook_timestamp=str(NOW + 1)), "No signature fits"),
        (BODY, signed(webhook_signature="v2,AAAA"), "No signature fits"),
        (BODY, signed(webhook_signature="v1,ü"), "No signature fits"),
        (BODY, signed(webhook_signature=""), "webhook-signature is missing"),
        (BODY, {}, "webhook-id is missing"),
        (BODY, signed(webhook_timestamp="soon"), "is no time"),
        (BODY, signed(webhook_timestamp="-5"), "is no time"),
        (BODY, signed(at=NOW - 301), "another time than now"),
        (BODY, signed(at=NOW + 301), "another time than now"),
        (b"[]", signed(b"[]"), "no event"),
    ],
)
def test_what_is_forged_old_or_changed_is_refused(body: bytes, headers: dict[str, str], why: str) -> None:
    with pytest.raises(ForgedWebhookError, match=why):
        verify_webhook(SECRET, headers, body, now=NOW)


def test_at_the_edge_of_the_tolerance_it_counts() -> None:
    for shift in (-300, 300):
        verify_webhook(SECRET, signed(at=NOW + shift), BODY, now=NOW)


def test_while_a_secret_is_renewed_either_counts() -> None:
    old = "whsec_" + base64.b64encode(b"o" * 32).decode()
    ours, theirs = signed(), signed(key=b"o" * 32)
    both = signed(webhook_signature=f"{theirs['webhook-signature']} {ours['webhook-signature']}")

    for secrets, headers in (([SECRET, old], theirs), ([old], both), (SECRET, both)):
        assert verify_webhook(secrets, headers, BODY, now=NOW).number == 7


def test_names_of_headers_are_read_in_any_case() -> None:
    assert verify_webhook(SECRET, {name.title(): value for name, value in signed().items()}, BODY, now=NOW).number == 7


@pytest.mark.parametrize("secret", ["", "whsec_", "k" * 40, "whsec_!!"])
def test_a_secret_that_is_none_is_said_to_be_none(secret: Any) -> None:
    with pytest.raises(BadInputError, match="no secret of a webhook"):
        verify_webhook(secret, signed(), BODY, now=NOW)
