"""One of each thing that addresses of the API name, made past the services."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction

from mingyue.web.facilities.models import Capability, Downtime, Facility, Machine, ServiceClass, StaffedHours
from mingyue.web.materials.models import Batch, Recipe, RecipeVersion, Resin
from mingyue.web.notices.models import Delivery, Webhook
from mingyue.web.parts.models import Check, Part, Revision
from mingyue.web.people.models import ApiKey, Invitation, Membership
from mingyue.web.records.blobs import keep_bytes
from mingyue.web.records.services import record
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW, Cast

LATER = timedelta(days=9999)


def make_things(cast: Cast) -> dict[str, str]:
    """Name in the address → what stands there: the institute's secrets, and the facility's machines."""
    return facility_of(cast) | institutes_of(cast) | told(cast)


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
