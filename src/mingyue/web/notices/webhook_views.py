"""Pages of webhooks, for an organisation's owners."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingyue.phrases import Phrase, say
from mingyue.web.notices import queries, rules, services
from mingyue.web.notices.forms import ChangeForm, SinceForm, WebhookForm
from mingyue.web.notices.models import Webhook
from mingyue.web.notices.posting import FAULTS
from mingyue.web.people.models import Organisation
from mingyue.web.people.queries import organisation_of
from mingyue.web.people.viewers import Viewer
from mingyue.web.people.views import accepted
from mingyue.web.records.errors import NotFoundError, RefusedError
from mingyue.web.records.language import in_current_language

_MOST_SHOWN = 100


@login_required
@require_http_methods(["GET", "POST"])
def webhooks(request: HttpRequest, slug: str) -> HttpResponse:
    """Those of an organisation, and a form for a new one; its secret is on this page and nowhere after."""
    viewer, organisation = _led(request, slug)
    form = WebhookForm(request.POST if request.method == "POST" else None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        at = datetime.now(UTC)
        made = accepted(
            form,
            lambda: services.make_webhook(actor=viewer, organisation_id=organisation.pk, at=at, **form.cleaned_data),
        )
        if isinstance(made, tuple):
            secret, form = made[1], WebhookForm()
    about = {
        "organisation": organisation,
        "webhooks": queries.webhooks_of(viewer).filter(organisation=organisation),
        "form": form,
        "secret": secret,
    }
    return render(request, "notices/webhooks.html", about, status=400 if form.errors else 200)


@login_required
@require_GET
def webhook(request: HttpRequest, slug: str, webhook_id: UUID) -> HttpResponse:
    """One webhook, and what came of what was sent there."""
    return render(request, "notices/webhook.html", _about(request, slug, webhook_id))


@login_required
@require_POST
def change(request: HttpRequest, slug: str, webhook_id: UUID) -> HttpResponse:
    """Where it is, what it wants, whether anything is sent."""
    viewer, _, found = _found(request, slug, webhook_id)
    form = ChangeForm(request.POST)
    if form.is_valid() and accepted(
        form,
        lambda: services.change_webhook(actor=viewer, webhook_id=found.pk, at=datetime.now(UTC), **form.cleaned_data),
    ):
        return _done(request, slug, webhook_id, say("Changed."))
    about = _about(request, slug, webhook_id) | {"change_form": form}
    return render(request, "notices/webhook.html", about, status=400)


@login_required
@require_POST
def renew(request: HttpRequest, slug: str, webhook_id: UUID) -> HttpResponse:
    """A new secret; it is on this page and nowhere after."""
    viewer, _, found = _found(request, slug, webhook_id)
    secret = services.renew_secret(actor=viewer, webhook_id=found.pk, at=datetime.now(UTC))
    return render(request, "notices/webhook.html", _about(request, slug, webhook_id) | {"secret": secret})


@login_required
@require_POST
def test(request: HttpRequest, slug: str, webhook_id: UUID) -> HttpResponse:
    """A test event goes there."""
    viewer, _, found = _found(request, slug, webhook_id)
    try:
        services.try_webhook(actor=viewer, webhook_id=found.pk, at=datetime.now(UTC))
    except RefusedError as error:
        return _refused(request, slug, webhook_id, error)
    return _done(request, slug, webhook_id, say("A test event is on its way."))


@login_required
@require_POST
def remove(request: HttpRequest, slug: str, webhook_id: UUID) -> HttpResponse:
    """Nothing more is sent there."""
    viewer, _, found = _found(request, slug, webhook_id)
    services.remove_webhook(actor=viewer, webhook_id=found.pk, at=datetime.now(UTC))
    return redirect("webhooks", slug=slug)


@login_required
@require_POST
def replay_since(request: HttpRequest, slug: str, webhook_id: UUID) -> HttpResponse:
    """All that was told since a time is sent once more."""
    viewer, _, found = _found(request, slug, webhook_id)
    form = SinceForm(request.POST)
    if form.is_valid():
        try:
            count = services.replay_since(
                actor=viewer, webhook_id=found.pk, since=form.cleaned_data["since"], at=datetime.now(UTC)
            )
        except RefusedError as error:
            return _refused(request, slug, webhook_id, error)
        return _done(request, slug, webhook_id, say("Sent once more: {count}", count=count))
    about = _about(request, slug, webhook_id) | {"since_form": form}
    return render(request, "notices/webhook.html", about, status=400)


@login_required
@require_POST
def replay(request: HttpRequest, slug: str, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    """One delivery is sent once more."""
    viewer, _, found = _found(request, slug, webhook_id)
    if not queries.deliveries_of(viewer).filter(pk=delivery_id, webhook=found).exists():
        raise NotFoundError
    try:
        services.replay(actor=viewer, delivery_id=delivery_id, at=datetime.now(UTC))
    except RefusedError as error:
        return _refused(request, slug, webhook_id, error)
    return _done(request, slug, webhook_id, say("Sent once more: {count}", count=1))


def _done(request: HttpRequest, slug: str, webhook_id: UUID, what: Phrase) -> HttpResponse:
    messages.success(request, in_current_language(what))
    return redirect("webhook", slug=slug, webhook_id=webhook_id)


def _refused(request: HttpRequest, slug: str, webhook_id: UUID, error: RefusedError) -> HttpResponse:
    about = _about(request, slug, webhook_id) | {"reasons": error.reasons}
    return render(request, "notices/webhook.html", about, status=400)


def _led(request: HttpRequest, slug: str) -> tuple[Viewer, Organisation]:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    organisation = organisation_of(viewer, slug)
    if organisation is None or not rules.may_lead(viewer, organisation.pk):
        raise NotFoundError
    return viewer, organisation


def _found(request: HttpRequest, slug: str, webhook_id: UUID) -> tuple[Viewer, Organisation, Webhook]:
    viewer, organisation = _led(request, slug)
    found = queries.webhooks_of(viewer).filter(organisation=organisation, pk=webhook_id).first()
    if found is None:
        raise NotFoundError
    return viewer, organisation, found


def _about(request: HttpRequest, slug: str, webhook_id: UUID) -> dict[str, Any]:
    viewer, organisation, found = _found(request, slug, webhook_id)
    shown = queries.deliveries_of(viewer).filter(webhook=found)[:_MOST_SHOWN]
    said = {"url": found.url, "kinds": " ".join(found.kinds), "active": found.active}
    return {
        "organisation": organisation,
        "webhook": found,
        "deliveries": [(one, FAULTS.get(one.fault)) for one in shown],
        "change_form": ChangeForm(initial=said),
        "since_form": SinceForm(),
    }
