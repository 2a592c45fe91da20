"""The pages of parts: the list, a new one, one part, two revisions beside each other, and the terms. Data comes as JSON."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe

from mingyue.web.parts import changes, listing, queries, words
from mingyue.web.parts.models import Part, Revision
from mingyue.web.parts.rules import TERMS_VERSION
from mingyue.web.people.queries import organisations_of
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import NotFoundError
from mingyue.web.records.paging import stretch_of

_A_PAGE = 24
# Stands in an address where a script puts the id of a revision or a check.
_SOME = UUID(int=0)
_LONGEST_SEARCH = 100


@login_required
@require_safe
def parts(request: HttpRequest) -> HttpResponse:
    """What the viewer may see, newest first, narrowed by a search. `?page=` of former addresses says nothing any more."""
    viewer = _viewer(request)
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:_LONGEST_SEARCH]
    found = queries.parts_of(viewer)
    if asked:
        found = found.filter(name__icontains=asked)
    older, newer = request.GET.get("older_than"), request.GET.get("newer_than")
    page = stretch_of(found, limit=_A_PAGE, by="created_at", older_than=older, newer_than=newer)
    context = {
        "rows": listing.rows_of(page.items),
        "page": page,
        "asked": asked,
        "may_upload": bool(viewer.organisations),
    }
    return render(request, "parts/list.html", context)


@login_required
@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """Upload a part; with `?part=`, another revision of one."""
    viewer = _viewer(request)
    part = _revised(viewer, request.GET.get("part"))
    context = {
        "part": part,
        "organisations": organisations_of(viewer),
        "classes": Part.Confidentiality.choices,
        "terms_version": TERMS_VERSION,
        "words": words.in_readers_language(words.UPLOAD),
        "addresses": {
            "uploads": reverse("records:uploads"),
            "send": reverse("parts:revise", args=[part.pk]) if part else reverse("parts:add"),
            "part": reverse("part_pages:part", args=[part.pk if part else _SOME]),
            "some": str(_SOME),
        },
    }
    return render(request, "parts/new.html", context)


@login_required
@require_GET
def part(request: HttpRequest, part_id: UUID) -> HttpResponse:
    """One part; with `?revision=`, another than its newest revision."""
    viewer = _viewer(request)
    found = _seen(viewer, part_id)
    revisions = list(found.revisions.order_by("-number"))
    revision = _numbered(revisions, request.GET.get("revision")) or revisions[0]
    context = {
        "part": found,
        "revision": revision,
        "revisions": revisions,
        "class_said": found.get_confidentiality_display(),
        "class_name": listing.CLASSES[found.confidentiality],
        "classes": Part.Confidentiality.choices,
        "axes": "xyz",
        "may_change": queries.may_change(viewer, found),
        "may_quote": viewer.belongs_to(found.organisation_id),
        "words": words.in_readers_language(words.PART),
        "addresses": _addresses(found, revision),
    }
    return render(request, "parts/part.html", context)


@login_required
@require_GET
def compare(request: HttpRequest, part_id: UUID) -> HttpResponse:
    """Two revisions beside each other: the newest and the one before, unless `?left=` and `?right=` say others."""
    viewer = _viewer(request)
    found = _seen(viewer, part_id)
    revisions = list(found.revisions.order_by("-number"))
    right = _numbered(revisions, request.GET.get("right")) or revisions[0]
    left = _numbered(revisions, request.GET.get("left")) or revisions[min(1, len(revisions) - 1)]
    context = {
        "part": found,
        "revisions": revisions,
        "left": left,
        "right": right,
        "may_quote": viewer.belongs_to(found.organisation_id),
        "words": words.in_readers_language(words.COMPARE),
        "addresses": {
            "state": reverse("parts:state", args=[found.pk]),
            "live": reverse("parts:live", args=[found.pk]),
            "changes": _address_of_changes(),
            "moved_um": _moved_um(left, right),
            "left": str(left.pk),
            "right": str(right.pk),
        },
    }
    return render(request, "parts/compare.html", context)


def _moved_um(left: Revision, right: Revision) -> list[float]:
    """By how much the old one is moved in the view, so that it lies where the new one does."""
    if not (left.facts and right.facts):
        return [0.0, 0.0, 0.0]
    return changes.shift_um(left.facts["box_um"], right.facts["box_um"]) or [0.0, 0.0, 0.0]


def _address_of_changes() -> str:
    """{check} and {since} are the script's to fill."""
    other = UUID(int=1)
    address = reverse("parts:changes", args=[_SOME, other])
    return address.replace(str(_SOME), "{check}").replace(str(other), "{since}")


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """What whoever sends a part agrees to."""
    return render(request, "parts/terms.html", {"terms_version": TERMS_VERSION})


def _viewer(request: HttpRequest) -> Viewer:
    return request.viewer  # type: ignore[attr-defined, no-any-return]


def _seen(viewer: Viewer, part_id: UUID) -> Part:
    found = queries.part_of(viewer, part_id)
    if found is None:
        raise NotFoundError
    return found


def _revised(viewer: Viewer, asked: str | None) -> Part | None:
    """The part that gets a revision; none where a new part comes. Whoever may not change it does not find it here."""
    if asked is None:
        return None
    try:
        found = _seen(viewer, UUID(asked))
    except ValueError:
        raise NotFoundError from None
    if not queries.may_change(viewer, found):
        raise NotFoundError
    return found


def _numbered(revisions: list[Revision], asked: str | None) -> Revision | None:
    return next((revision for revision in revisions if str(revision.number) == asked), None)


def _addresses(part: Part, revision: Revision) -> dict[str, Any]:
    """Where the page's scripts ask and act; {revision}, {check} and {kind} are theirs to fill."""
    of_part = {
        name: reverse(f"parts:{name}", args=[part.pk])
        for name in ("state", "live", "change", "add_reader", "remove_reader", "archive")
    }
    of_revision = {
        name: reverse(f"parts:{name}", args=[_SOME]).replace(str(_SOME), "{revision}")
        for name in ("say_units", "ask_check", "file")
    }
    of_check = {
        "cancel_check": reverse("parts:cancel_check", args=[_SOME]),
        "ask_study": reverse("parts:ask_study", args=[_SOME, "deviation"]).replace("deviation", "{kind}"),
    }
    return {
        "revision": str(revision.pk),
        "machines": reverse("parts:machines"),
        **of_part,
        **of_revision,
        **{name: address.replace(str(_SOME), "{check}") for name, address in of_check.items()},
    }
