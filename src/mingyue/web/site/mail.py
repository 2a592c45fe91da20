"""How letters leave: by a mail server where one is named, else as files under the home folder."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.web.site.environment import Environment


def mail_settings(environment: Environment) -> dict[str, Any]:
    """Django's EMAIL_ settings. Raises BadInputError where the address of the mail server is none."""
    common = {"DEFAULT_FROM_EMAIL": environment.email_from, "SERVER_EMAIL": environment.email_from}
    if not environment.email_url:
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return common | {"EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": str(environment.home / "mail")}
    parts = urlsplit(environment.email_url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise BadInputError(
            say("MINGYUE_EMAIL_URL is no address of a mail server."),
            remedy=say("Write it as smtps://user:password@mail.example.org:465, or smtp:// for port 587 with TLS."),
        )
    return common | {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_TIMEOUT": 20,
    }
