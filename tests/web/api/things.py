"""One of each thing that addresses of the API name: made past the services, but for deals, which these make best.

What one act uses up is there once more for another: `accept_quote:quote_id` is the quote that is to be accepted.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from mingyue.web.facilities.models import Capability, Downtime, Facility, Machine, ServiceClass, StaffedHours
from mingyue.web.materials.models import Batch, Recipe, RecipeVersion, Resin
from mingyue.web.notices.models import Delivery, Webhook
from mingyue.web.orders import services
from mingyue.web.orders.models import Order
from mingyue.web.parts.models import Check, Part, Revision
from mingyue.web.people.models import ApiKey, Invitation, Membership
from mingyue.web.records.blobs import keep_bytes
from mingyue.web.records.services import record
from mingyue.web.records.walls import seen_by, tell
from tests.web.conftest import NOW, Cast
from tests.web.orders.conftest import Deal, Shop, make_deal

LATER = timedelta(days=9999)


def make_things(cast: Cast) -> dict[str, str]:
    """Name in the address → what stands there: the institute's secrets, and the facility's machines."""
    things = facility_of(cast) | institutes_of(cast) | deals_of(cast) | told(cast)
    tell()
    return things


def thing(things: dict[str, str], operation: str, name: str) -> str:
    """What stands under this name for this operation."""
    return things.get(f"{operation}:{name}", things.get(name, ""))


def filled(body: Any, things: dict[str, str], operation: str) -> Any:
    """A body in which ids stand where it names things."""
    if isinstance(body, dict):
        return {name: filled(value, things, operation) for name, value in body.items()}
    if isinstance(body, list):
        return [filled(value, things, operation) for value in body]
    return thing(things, operation, body) if isinstance(body, str) and body.endswith("_id") else body


def told(cast: Cast) -> dict[str, str]:
    """A webhook of the institute, and what was sent there."""
    home = cast.institute
    with seen_by(organisation_id=home.pk), transaction.atomic():
        webhook = Webhook.objects.create(
            organisation=home, url="https://receiver.example.org/", kinds=[], salt="s", by=cast.owner, at=NOW
        )
        event = record(actor=None, what="webhook.made", subject=webhook, at=NOW)
        delivery = Delivery.objects.create(organisation=home, webhook=webhook, event=event, next_at=NOW)
    return {"webhook_id": str(webhook.pk), "delivery_id": str(delivery.pk)}


def facility_of(cast: Cast) -> dict[str, str]:
    """A facility with one of everything."""
    works = cast.facility_operator
    with seen_by(organisation_id=works.pk), transaction.atomic():
        facility = Facility.objects.create(organisation=works, slug="works", name="Works", created_at=NOW)
        machine = Machine.objects.create(
            organisation=works, facility=facility, name="M1", profile="s230", state_since=NOW
        )
        Capability.objects.create(organisation=works, machine=machine, name="pixel", value="2 µm")
        downtime = Downtime.objects.create(
            organisation=works, machine=machine, by=cast.operator, why="lens",
            span=(datetime.now(UTC) + timedelta(days=1), datetime.now(UTC) + timedelta(days=2)),
        )  # fmt: skip
        StaffedHours.objects.create(organisation=works, facility=facility, weekday=0, opens="09:00", closes="17:00")
        ServiceClass.objects.create(organisation=works, facility=facility, name="standard", lead_days=10)
        resin = Resin.objects.create(organisation=works, facility=facility, profile="pr48-385", name="PR48")
        batch = Batch.objects.create(
            organisation=works, resin=resin, number="1", volume_ml=100, made_on=NOW.date(), expires_on=NOW.date()
        )
    return {
        "facility": "works", "machine_id": str(machine.pk), "downtime_id": str(downtime.pk),
        "resin_id": str(resin.pk), "batch_id": str(batch.pk),
    }  # fmt: skip


def institutes_of(cast: Cast) -> dict[str, str]:
    """What the institute has: a recipe, an invitation, a key, a part with a revision and a check."""
    home = cast.institute
    with seen_by(organisation_id=home.pk), transaction.atomic():
        recipe = Recipe.objects.create(
            organisation=home, name="r", machine_profile="s230", resin_profile="pr48-385", created_at=NOW
        )
        RecipeVersion.objects.create(
            organisation=home, recipe=recipe, number=1, layer_um=5, exposure_s=1, irradiance_mw_cm2=30, why="first",
            by=cast.owner, at=NOW,
        )  # fmt: skip
        letter = Invitation.objects.create(
            organisation=home, email="x@example.org", roles=["member"], digest="c" * 64, invited_by=cast.owner, at=NOW,
            expires_at=NOW + LATER,
        )  # fmt: skip
        key = ApiKey.objects.create(
            organisation=home, person=cast.owner, name="k", prefix="mky_", digest="d" * 64, scopes=["parts:read"],
            created_at=NOW, expires_at=NOW + LATER,
        )  # fmt: skip
        member = Membership.objects.get(person=cast.colleague, organisation=home)
        part = Part.objects.create(
            organisation=home, name="nozzle", owner=cast.owner, terms_version="1", created_at=NOW
        )
        blob = keep_bytes(b"solid", organisation_id=home.pk, media_type="model/stl", at=NOW)
        revision = Revision.objects.create(
            organisation=home, part=part, number=1, file_name="n.stl", blob=blob, by=cast.owner, at=NOW
        )
    with seen_by(organisation_id=cast.facility_operator.pk):
        machine = Machine.objects.get()
        resin = Resin.objects.get()
    with seen_by(organisation_id=home.pk), transaction.atomic():
        check = Check.objects.create(
            organisation=home, revision=revision, machine=machine, resin=resin, layer_um=5, asked_at=NOW
        )
    return {
        "organisation": home.slug, "recipe_id": str(recipe.pk), "invitation_id": str(letter.pk), "key_id": str(key.pk),
        "membership_id": str(member.pk), "part_id": str(part.pk), "revision_id": str(revision.pk),
        "check_id": str(check.pk), "person_id": str(cast.colleague.pk), "layer": "0", "field": "0",
    }  # fmt: skip


def deals_of(cast: Cast) -> dict[str, str]:
    """A quote, an order, an invoice for each act that uses one up; the institute's `holder@example.org` has two projects."""
    works = cast.facility_operator
    with seen_by(organisation_id=works.pk), transaction.atomic():
        facility = Facility.objects.get(slug="works")
        standard = ServiceClass.objects.get(facility=facility)
        express = ServiceClass.objects.create(organisation=works, facility=facility, name="express", lead_days=3)
        shop = Shop(facility, Machine.objects.get(), Resin.objects.get(), standard, express)
    deal = make_deal(cast, shop)
    offered = {
        f"{act}:quote_id": deal.quote() for act in ("approve_quote", "ask_review", "withdraw_quote", "replace_quote")
    }
    approved = {f"{act}:quote_id": deal.approved() for act in ("accept_quote", "withdraw_approval")}
    looked_at = {f"{act}:quote_id": deal.quote(quantity=501) for act in ("release_quote", "decline_quote")}
    ordered = {f"{act}:order_id": deal.ordered() for act in ("cancel_order", "advance_order", "bill_order")}
    billed = {f"{act}:order_id": billed_by(deal) for act in ("note_payment", "write_off")}
    billed |= {"order_id": billed_by(deal), "note_refund:order_id": overpaid(deal)}
    invoiced = {f"{act}:invoice_id": billed_by(deal).invoices.get() for act in ("void_invoice", "credit_invoice")}
    other = services.open_project(
        actor=deal.be(deal.holder), organisation_id=cast.institute.pk, number="2", name="Two", budget_fen=0, at=NOW
    )
    made = offered | approved | looked_at | ordered | billed | invoiced | {
        "quote_id": deal.quote(), "invoice_id": billed["order_id"].invoices.get(), "project_id": deal.project,
        "close_project:project_id": other, "tariff_id": deal.tariff, "ask_quote:check_id": deal.check,
        "class_id": standard,
    }  # fmt: skip
    return {name: str(one.pk) for name, one in made.items()}


def billed_by(deal: Deal) -> Order:
    """An order with one invoice over all of it, which nobody has paid; the manager stays the viewer."""
    order = deal.ordered()
    services.bill_order(actor=deal.be(deal.cast.manager), order_id=order.pk, at=NOW)
    return order


def overpaid(deal: Deal) -> Order:
    """An order that was paid and then credited."""
    order = billed_by(deal)
    manager, total = deal.be(deal.cast.manager), order.total_fen
    services.note_payment(actor=manager, order_id=order.pk, amount_fen=total, reference=order.number, at=NOW)
    services.credit_invoice(actor=manager, invoice_id=order.invoices.get().pk, amount_fen=100_00, why="late", at=NOW)
    return order
