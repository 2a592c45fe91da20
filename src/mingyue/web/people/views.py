"""Pages of organisations: who belongs to them, who is invited, which keys there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.mail import send_mail
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingyue.phrases import in_language, say
from mingyue.web.people import queries, services
from mingyue.web.people.forms import AboutForm, InvitationForm, KeyForm, OrganisationForm, PartyForm, RolesForm
from mingyue.web.people.models import Organisation, Role
from mingyue.web.people.parties import LONGEST
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import InvalidError, NotFoundError, RefusedError
from mingyue.web.records.language import in_current_language


@login_required
@require_http_methods(["GET", "POST"])
def organisations(request: HttpRequest) -> HttpResponse:
    """Where the viewer is a member, and a form for a new one."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = accepted(
            form, lambda: services.create_organisation(actor=viewer, at=datetime.now(UTC), **form.cleaned_data)
        )
        if isinstance(made, Organisation):
            return redirect("organisation", slug=made.slug)
    mine = queries.organisations_of(viewer)
    return render(request, "people/organisations.html", {"organisations": mine, "form": form})


@login_required
@require_GET
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """One organisation, to its members."""
    return render(request, "people/organisation.html", _about(request, slug))


@login_required
@require_POST
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """What is told about it."""
    viewer, found = _member(request, slug)
    form = AboutForm(request.POST)
    if form.is_valid() and accepted(
        form,
        lambda: services.change_organisation(
            actor=viewer, organisation_id=found.pk, at=datetime.now(UTC), **form.cleaned_data
        ),
    ):
        messages.success(request, in_current_language(say("Changed.")))
        return redirect("organisation", slug=slug)
    return render(request, "people/organisation.html", _about(request, slug, about_form=form), status=400)


@login_required
@require_POST
def name_party(request: HttpRequest, slug: str) -> HttpResponse:
    """What it is called on documents from now on, and where it is paid."""
    viewer, found = _member(request, slug)
    form = PartyForm(request.POST)
    if form.is_valid() and accepted(form, lambda: _name_party(viewer, found, **form.cleaned_data)):
        messages.success(request, in_current_language(say("Changed.")))
        return redirect("organisation", slug=slug)
    return render(request, "people/organisation.html", _about(request, slug, party_form=form), status=400)


def _name_party(viewer: Viewer, found: Organisation, *, version: int, **party: str) -> None:
    services.change_organisation(
        actor=viewer, organisation_id=found.pk, version=version, at=datetime.now(UTC), party=party, **_told_about(found)
    )


@login_required
@require_POST
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """A letter to a new member; its address is shown as well, for where no mail leaves."""
    viewer, found = _member(request, slug)
    form = InvitationForm(request.POST)
    if form.is_valid():
        done = accepted(
            form,
            lambda: services.invite(actor=viewer, organisation_id=found.pk, at=datetime.now(UTC), **form.cleaned_data),
        )
        if isinstance(done, tuple):
            address = request.build_absolute_uri(reverse("invitation", args=[done[1]]))
            _send_invitation(found, done[0].email, address)
            context = _about(request, slug, invitation_address=address, invited=done[0].email)
            return render(request, "people/organisation.html", context)
    return render(request, "people/organisation.html", _about(request, slug, invitation_form=form), status=400)


@login_required
@require_POST
def withdraw(request: HttpRequest, slug: str, invitation_id: UUID) -> HttpResponse:
    """The letter lets nobody in any more."""
    viewer, _ = _member(request, slug)
    services.withdraw_invitation(actor=viewer, invitation_id=invitation_id, at=datetime.now(UTC))
    return redirect("organisation", slug=slug)


@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What the holder of a letter sees; signed in, they may accept it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = services.invitation_for(token)
    if found is None:
        raise NotFoundError
    if request.method == "POST":
        services.accept_invitation(actor=viewer, token=token, at=datetime.now(UTC))
        return redirect("organisation", slug=found.organisation.slug)
    is_open = found.is_open(datetime.now(UTC))
    return render(request, "people/invitation.html", {"invitation": found, "is_open": is_open, "token": token})


@login_required
@require_POST
def roles(request: HttpRequest, slug: str, membership_id: UUID) -> HttpResponse:
    """A member's roles from now on."""
    viewer, _ = _member(request, slug)
    form = RolesForm(request.POST)
    chosen = form.cleaned_data["roles"] if form.is_valid() else []
    services.change_roles(actor=viewer, membership_id=membership_id, roles=chosen, at=datetime.now(UTC))
    return redirect("organisation", slug=slug)


@login_required
@require_POST
def leave(request: HttpRequest, slug: str, membership_id: UUID) -> HttpResponse:
    """Somebody leaves, or is asked to."""
    viewer, _ = _member(request, slug)
    services.end_membership(actor=viewer, membership_id=membership_id, at=datetime.now(UTC))
    return redirect("organisations")


@login_required
@require_POST
def make_key(request: HttpRequest, slug: str) -> HttpResponse:
    """A key for a program; its secret is on this page and nowhere after."""
    viewer, found = _member(request, slug)
    form = KeyForm(request.POST)
    if form.is_valid():
        at = datetime.now(UTC)
        done = accepted(
            form,
            lambda: services.make_key(
                actor=viewer, organisation_id=found.pk, name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"], expires_at=at + timedelta(days=form.cleaned_data["days"]), at=at,
            ),
        )  # fmt: skip
        if isinstance(done, tuple):
            return render(request, "people/organisation.html", _about(request, slug, new_key=done[1]))
    return render(request, "people/organisation.html", _about(request, slug, key_form=form), status=400)


@login_required
@require_POST
def revoke_key(request: HttpRequest, slug: str, key_id: UUID) -> HttpResponse:
    """The key lets nobody in from now on."""
    viewer, _ = _member(request, slug)
    services.revoke_key(actor=viewer, key_id=key_id, at=datetime.now(UTC))
    return redirect("organisation", slug=slug)


def accepted(form: Form, act: Any) -> Any:
    """What the act gave, or None where it was refused: then the form says why. An act without an answer gives True."""
    try:
        done = act()
    except InvalidError as error:
        form.add_error(error.field if error.field in form.fields else None, in_current_language(error.message))
        return None
    except RefusedError as error:
        for reason in error.reasons:
            form.add_error(None, in_current_language(reason))
        return None
    return True if done is None else done


def _member(request: HttpRequest, slug: str) -> tuple[Viewer, Organisation]:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = queries.organisation_of(viewer, slug)
    if found is None or not viewer.belongs_to(found.pk):
        raise NotFoundError
    return viewer, found


def _about(request: HttpRequest, slug: str, **more: Any) -> dict[str, Any]:
    viewer, found = _member(request, slug)
    party = queries.party_of(found)
    allowed = [(value, label) for value, label in Role.choices if value != Role.OFFICE or found.runs_platform]
    invitation_form = InvitationForm(initial={"roles": [Role.MEMBER]})
    invitation_form.fields["roles"].choices = allowed  # type: ignore[attr-defined]
    return {
        "organisation": found,
        "members": queries.members_of(viewer, found.pk),
        "invitations": queries.invitations_of(viewer, found.pk, at=datetime.now(UTC)),
        "keys": queries.keys_of(viewer, found.pk),
        "leads": viewer.has(found.pk, Role.OWNER),
        "role_choices": allowed,
        "party": party,
        "about_form": AboutForm(initial=_told_about(found) | {"version": found.version}),
        "party_form": PartyForm(initial={name: getattr(party, name) for name in LONGEST} | {"version": found.version}),
        "invitation_form": invitation_form,
        "key_form": KeyForm(),
    } | more


def _told_about(found: Organisation) -> dict[str, str]:
    return {"name": found.name, "name_zh": found.name_zh, "about": found.about, "about_zh": found.about_zh}


def _send_invitation(organisation: Organisation, email: str, address: str) -> None:
    """The letter, in both languages: nobody knows yet which one its reader reads."""
    lines = [
        say("You are invited to {name} on Mingyue. Open this address to accept:", name=organisation.name),
        say("The invitation is for you alone and ends in 14 days."),
    ]
    text = "\n\n".join([in_language(lines[0], "zh"), address, in_language(lines[1], "zh"), "", *lines, address])
    send_mail(say("An invitation to {name} · 邀请函", name=organisation.name), text, None, [email])
