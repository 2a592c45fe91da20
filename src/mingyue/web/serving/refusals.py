"""Why serving with this environment would be insecure: every reason at once, each with its remedy."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from mingyue.phrases import say
from mingyue.web.site.environment import Environment
from mingyue.web.site.errors import Reason

SECRET_LENGTH = 40
_SECRET_VARIETY = 10  # forty times the same letter is no secret
_WELL_KNOWN = ("django-insecure", "change-me", "changeme", "change_me", "secret-key", "secret_key", "example")


def why_insecure(environment: Environment, *, host: str) -> list[Reason]:
    """Reasons not to serve, none where all is well. `host`: the address to listen on."""
    return list(_in_production(environment) if environment.production else _elsewhere(environment, host))


def _elsewhere(environment: Environment, host: str) -> Iterator[Reason]:
    if not _is_loopback(host) and not environment.hosts:
        yield Reason(
            say("Everybody on the network could reach {host}, and no name of this platform is said.", host=host),
            say("Set MINGYUE_HOSTS, or leave out --host."),
        )


def _in_production(environment: Environment) -> Iterator[Reason]:
    yield from _secret(environment.secret_key)
    if not environment.hosts or any("*" in name for name in environment.hosts):
        yield Reason(
            say("MINGYUE_HOSTS does not name the hosts that this platform answers to."),
            say("Set it to names such as print.example.org, without *."),
        )
    origin = urlsplit(environment.origin)
    if origin.scheme != "https" or not origin.hostname:
        yield Reason(
            say("MINGYUE_ORIGIN is not an address with https, so passwords would travel in the clear."),
            say("Set it to the address that people type, such as https://print.example.org."),
        )
    if not environment.embedded and not environment.owner_url:
        yield Reason(
            say("DATABASE_OWNER_URL is missing, so pages would be served by the role that owns the tables."),
            say("Name there the role that owns the tables, and in DATABASE_URL another one."),
        )


def _secret(secret: str) -> Iterator[Reason]:
    remedy = say('Make one: python -c "import secrets; print(secrets.token_urlsafe(48))".')
    if len(secret) < SECRET_LENGTH:
        yield Reason(
            say(
                "MINGYUE_SECRET_KEY has {count} characters, fewer than {least}.", count=len(secret), least=SECRET_LENGTH
            ),
            remedy,
        )
    elif len(set(secret)) < _SECRET_VARIETY or any(word in secret.lower() for word in _WELL_KNOWN):
        yield Reason(say("MINGYUE_SECRET_KEY can be guessed: it is an example, or repeats itself."), remedy)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
