"""Secrets that let somebody in: made at random, kept as digests only."""

from __future__ import annotations

import hashlib
import secrets

KEY_START = "mky_"  # so that a scanner of leaked secrets knows what it sees


def new_key() -> tuple[str, str]:
    """A key's secret, shown once, and how it begins, shown ever after."""
    secret = KEY_START + secrets.token_urlsafe(32)
    return secret, secret[:12]


def new_token() -> str:
    """What stands in an invitation's address."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is kept of a secret of full strength: SHA-256, in hexadecimal. Passwords go another way."""
    return hashlib.sha256(secret.encode()).hexdigest()
