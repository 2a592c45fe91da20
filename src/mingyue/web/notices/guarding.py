"""Where a webhook may be sent: only to the world outside, never into the networks in which the platform itself stands.

Whoever names an address chooses where our request goes, and would reach by it what no visitor may: a database, another
machine's administration, the cloud's metadata. So a name is resolved once, every address that it has is looked at, and
the connection goes to one of those that were looked at; a name that means another address a moment later changes nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import BoundedSemaphore, Thread
from typing import Any

Place = tuple[int, Any]
"""Address family and what `connect` takes."""
Resolver = Callable[..., Sequence[tuple[Any, Any, Any, Any, Any]]]

_NAT64 = (
    IPv6Network("64:ff9b::/96"),
    IPv6Network("64:ff9b:1::/48"),
)  # RFC 6052, 8215: an IPv4 address in its last bits


LOOKUP_S = 10.0
_MOST_LOOKUPS = 64  # at once, those included that nobody waits for any more: a name server that hangs fills no memory
_lookups = BoundedSemaphore(_MOST_LOOKUPS)


class ForbiddenError(Exception):
    """The name leads where nothing is sent."""


class UnknownError(Exception):
    """Nobody knows the name."""


def is_outside(address: str) -> bool:
    """Whether this is an address of the public internet, by itself and by any IPv4 address that is packed into it."""
    try:
        return all(_is_public(one) for one in _meant(ip_address(address.partition("%")[0])))
    except ValueError:
        return False


def _meant(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """The address and those to which a network may translate it."""
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    within = [address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in _NAT64):
        within.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [address, *(one for one in within if one is not None)]


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def places_of(
    host: str, port: int, *, private: bool, resolve: Resolver = socket.getaddrinfo, within_s: float = LOOKUP_S
) -> list[Place]:
    """Where a connection to this name may go. private: whether any address will do.

    Raises ForbiddenError where one of its addresses is not outside: a name with a foot in both worlds is a trick.
    TimeoutError where who knows the name does not say so in time.
    """
    try:
        found = _looked_up(resolve, host, port, within_s)
    except TimeoutError:
        raise
    except (OSError, UnicodeError) as error:
        raise UnknownError from error
    places = [(family, place) for family, _, _, _, place in found]
    if not private and not all(is_outside(place[0]) for _, place in places):
        raise ForbiddenError
    return places


def _looked_up(resolve: Resolver, host: str, port: int, within_s: float) -> Sequence[Any]:
    """What the system says of a name. It takes no limit itself, so it is asked by a thread that may be left behind: it
    ends when the system gives up, and holds no process that ends before."""
    room = _lookups
    if not room.acquire(timeout=within_s):
        raise TimeoutError
    answer: Future[Sequence[Any]] = Future()

    def look_up() -> None:
        try:
            answer.set_result(resolve(host, port, type=socket.SOCK_STREAM))
        except Exception as error:  # noqa: BLE001  # raised again by whoever waits
            answer.set_exception(error)
        finally:
            room.release()

    Thread(target=look_up, name="lookup", daemon=True).start()
    return answer.result(within_s)
