"""What every page knows: its language, the sections of the site and which of them it lies in, the version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from mingyue import __version__
from mingyue.phrases import Phrase, say
from mingyue.web.notices.queries import unread_count
from mingyue.web.records.language import current_language

SECTIONS = {
    "/parts/": say("Parts"),
    "/orders/": say("Orders"),
    "/facilities/": say("Facilities"),
    "/materials/": say("Materials"),
    "/organisations/": say("Organisation"),
}
LIES_IN = {
    "/quotes/": "/orders/",
    "/invoices/": "/orders/",
    "/projects/": "/orders/",
}  # pages → the section they are of
OF_THE_OFFICE = {"/administration/": say("Administration")}  # seen by those who run the platform
OF_ONES_ACCOUNT = {
    "/accounts/email/": say("E-mail addresses"),
    "/accounts/password/change/": say("Password"),
    "/accounts/2fa/": say("Second factor and passkeys"),
    "/accounts/sessions/": say("Sessions"),
    "/notices/settings/": say("What to hear of"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of a navigation. is_here: whether the page lies there."""

    address: str
    name: Phrase
    is_here: bool


def about_the_site(request: HttpRequest) -> dict[str, Any]:
    """language: en or zh. unread: how many notices are new; asked only by a page that shows it."""
    viewer = getattr(request, "viewer", None)
    office = getattr(viewer, "runs_platform", False)
    return {
        "language": current_language(),
        "sections": _places(SECTIONS | OF_THE_OFFICE if office else SECTIONS, request.path),
        "account_pages": _places(OF_ONES_ACCOUNT, request.path),
        "unread": SimpleLazyObject(lambda: unread_count(viewer) if viewer else 0),
        "version": __version__,
    }


def _places(names: Mapping[str, Phrase], path: str) -> list[Place]:
    section = next((of for pages, of in LIES_IN.items() if path.startswith(pages)), path)
    return [Place(address, name, section.startswith(address)) for address, name in names.items()]
