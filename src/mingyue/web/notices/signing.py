"""The secret of a webhook and the signature of what is sent to it, after the Standard Webhooks specification.

No secret is kept: it follows from the platform's own, the webhook and a random salt. So nobody who reads the database, or
a copy of it, can sign; the price is that whoever changes MINGYUE_SECRET_KEY changes every webhook's secret with it.

Source: https://github.com/standard-webhooks/standard-webhooks, version 1.0.0.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings

from mingyue.web.notices.models import Webhook

START = "whsec_"  # so that a scanner of leaked secrets knows what it sees


def new_salt() -> str:
    """What makes a secret another one."""
    return secrets.token_hex(16)


def secret_of(webhook: Webhook) -> str:
    """The one that counts from now on."""
    return _secret(webhook, webhook.salt)


def secrets_of(webhook: Webhook, *, at: datetime) -> list[str]:
    """The one that counts and, for a day, the one before it."""
    salts = [webhook.salt]
    if webhook.salt_before and webhook.before_until and webhook.before_until > at:
        salts.append(webhook.salt_before)
    return [_secret(webhook, salt) for salt in salts]


def _secret(webhook: Webhook, salt: str) -> str:
    said = f"mingyue webhook {webhook.pk} {salt}".encode()
    return START + base64.b64encode(hmac.digest(settings.SECRET_KEY.encode(), said, hashlib.sha256)).decode()


def headers_of(delivery_id: str, body: bytes, *, secrets: Sequence[str], at: datetime) -> Mapping[str, str]:
    """What travels with the body: which delivery it is, when it was sent, and by whom."""
    seconds = str(int(at.timestamp()))
    said = b".".join([delivery_id.encode(), seconds.encode(), body])
    signatures = [_signature(secret, said) for secret in secrets]
    return {"webhook-id": delivery_id, "webhook-timestamp": seconds, "webhook-signature": " ".join(signatures)}


def _signature(secret: str, said: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(START))
    return "v1," + base64.b64encode(hmac.digest(key, said, hashlib.sha256)).decode()
