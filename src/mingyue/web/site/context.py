"""What every page knows: its language, the sections of the site and which of them it lies in, the version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from mingyue import __version__
from mingyue.phrases import Phrase, say
from mingyue.web.records.language import current_language

SECTIONS = {
    "/parts/": say("Parts"),
    "/facilities/": say("Facilities"),
    "/materials/": say("Materials"),
    "/organisations/": say("Organisation"),
}
OF_THE_OFFICE = {"/administration/": say("Administration")}  # seen by those who run the platform


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the navigation."""

    address: str
    name: Phrase
    is_here: bool


def about_the_site(request: HttpRequest) -> dict[str, Any]:
    """language: en or zh. html_lang: the same as browsers and screen readers know it."""
    language = current_language()
    return {
        "site_name": say("Mingyue"),
        "language": language,
        "html_lang": "zh-Hans" if language == "zh" else "en",
        "sections": sections_of(request),
        "version": __version__,
    }


def sections_of(request: HttpRequest) -> list[Section]:
    runs_platform = getattr(getattr(request, "viewer", None), "runs_platform", False)
    seen = SECTIONS | OF_THE_OFFICE if runs_platform else SECTIONS
    return [Section(address, name, request.path.startswith(address)) for address, name in seen.items()]
