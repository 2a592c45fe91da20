"""Whether what a receiver was sent is from the platform: one call, before anything of it is believed.

Source: https://github.com/standard-webhooks/standard-webhooks, version 1.0.0.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Iterable, Mapping

import msgspec

from mingyue.client.things import Event
from mingyue.errors import BadInputError, MingyueError
from mingyue.phrases import Phrase, say

_START = "whsec_"
TOLERANCE_S = 300.0  # clocks differ; what was recorded longer ago is no news


class ForgedWebhookError(MingyueError):
    """What came is not from the platform, or somebody sends again what it sent long ago."""


def verify_webhook(
    secrets: str | Iterable[str],
    headers: Mapping[str, str],
    body: bytes,
    *,
    tolerance_s: float = TOLERANCE_S,
    now: float | None = None,
) -> Event:
    """The event, if one of the secrets signed it within the last minutes. Raises ForgedWebhookError where none did.

    secrets: one, or both while one is renewed. body: the bytes as they came. now: seconds since 1970; the clock's.
    The same event may come again: keep the header webhook-id, and do nothing where it is known.
    """
    said = {name.lower(): value for name, value in headers.items()}
    missing = [name for name in ("webhook-id", "webhook-timestamp", "webhook-signature") if not said.get(name)]
    if missing:
        raise _forged(say("The header {name} is missing.", name=missing[0]))
    stamp = said["webhook-timestamp"]
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 15):
        raise _forged(say("The header webhook-timestamp is no time."))
    if abs((time.time() if now is None else now) - int(stamp)) > tolerance_s:
        raise _forged(say("It was sent at another time than now; somebody may send it again."))
    signed = b".".join([said["webhook-id"].encode(), stamp.encode(), body])
    given = [one.partition(",")[2] for one in said["webhook-signature"].split() if one.startswith("v1,")]
    # Every pair is compared, so that how long it takes says nothing.
    known = [secrets] if isinstance(secrets, str) else list(secrets)
    matches = [hmac.compare_digest(_signature(one, signed), other.encode()) for one in known for other in given]
    if not any(matches):
        raise _forged(say("No signature fits the secret."))
    try:
        return msgspec.json.decode(body, type=Event, strict=False)
    except msgspec.MsgspecError as error:
        raise _forged(say("What was signed is no event.")) from error


def _signature(secret: str, signed: bytes) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_START), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(_START) or not key:
        raise BadInputError(
            say("This is no secret of a webhook."),
            remedy=say("Copy it whole from the webhook's page; it begins with whsec_."),
        )
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256))


def _forged(why: Phrase) -> ForgedWebhookError:
    return ForgedWebhookError(
        why,
        remedy=say("Answer 400 and do nothing; check that the receiver has this webhook's secret and the right time."),
    )
