"""Quotes and orders, which both sides read; projects, which are the customer's; what was promised stays."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from mingyue.web.orders.guards import frozen_where, same_provider
from mingyue.web.records.walls import MINE, never_edited, same_tenant, wall

BOTH = f"{MINE} OR provider_id IN (SELECT mingyue_organisations())"
QUOTED = (
    "organisation_id",
    "provider_id",
    "facility_id",
    "revision_id",
    "tariff_id",
    "number",
    "content",
    "digest",
    "supersedes_id",
    "by_id",
    "at",
)
ORDERED = (
    "organisation_id",
    "provider_id",
    "quote_id",
    "number",
    "option",
    "reference",
    "currency",
    "total_fen",
    "rates",
    "by_id",
    "at",
)
APPROVED = ("organisation_id", "quote_id", "option", "project_id", "amount_fen", "by_id", "at")


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0002_walls"),
        ("orders", "0001_tariffs"),
        ("parts", "0003_what_was_looked_at"),
        ("people", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Project",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=120)),
                ("currency", models.CharField(default="CNY", max_length=3)),
                ("budget_fen", models.BigIntegerField()),
                ("committed_fen", models.BigIntegerField(default=0)),
                ("closed_at", models.DateTimeField(null=True)),
                ("at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Quote",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=12, unique=True)),
                ("content", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("review", "Looked at by the facility"),
                            ("offered", "Offered"),
                            ("declined", "Declined"),
                            ("superseded", "Replaced by another quote"),
                            ("withdrawn", "Withdrawn"),
                            ("accepted", "Accepted"),
                        ],
                        max_length=10,
                    ),
                ),
                ("valid_until", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, max_length=500)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="facilities.facility"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="quotes", to="parts.revision"
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="orders.quote",
                    ),
                ),
                (
                    "tariff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.tariff"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=12, unique=True)),
                ("option", models.PositiveSmallIntegerField()),
                ("reference", models.CharField(max_length=60)),
                ("currency", models.CharField(max_length=3)),
                ("total_fen", models.BigIntegerField()),
                ("rates", models.JSONField()),
                ("at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("accepted", "Accepted"),
                            ("scheduled", "Scheduled"),
                            ("making", "Being made"),
                            ("made", "Made"),
                            ("delivered", "Delivered"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="accepted",
                        max_length=9,
                    ),
                ),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("due_fen", models.BigIntegerField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
                (
                    "quote",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="order", to="orders.quote"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("side", models.CharField(choices=[("customer", "Customer"), ("provider", "Facility")], max_length=8)),
                ("text", models.TextField(max_length=4000)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
                (
                    "quote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="orders.quote"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("option", models.PositiveSmallIntegerField()),
                ("amount_fen", models.BigIntegerField()),
                ("returned_fen", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="approvals", to="orders.project"
                    ),
                ),
                (
                    "quote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="approvals", to="orders.quote"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.UniqueConstraint(fields=("organisation", "number"), name="one_project_a_number"),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(("committed_fen__gte", 0), ("committed_fen__lte", models.F("budget_fen"))),
                name="budgets_suffice",
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("offered", "accepted")), _negated=True),
                    ("valid_until__isnull", False),
                    _connector="OR",
                ),
                name="offered_until_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("quote",), name="one_approval_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(("returned_fen__gte", 0), ("returned_fen__lte", models.F("amount_fen"))),
                name="no_more_returns_than_went",
            ),
        ),
        wall("orders_quote", read=BOTH),
        wall("orders_message", read=BOTH),
        wall("orders_order", read=BOTH),
        wall("orders_project"),
        wall("orders_approval"),
        same_tenant("orders_quote", "revision_id", "parts_revision"),
        same_provider("orders_quote", "facility_id", "facilities_facility", of="organisation_id"),
        same_provider("orders_quote", "tariff_id", "orders_tariff", of="organisation_id"),
        same_provider("orders_message", "quote_id", "orders_quote"),
        same_provider("orders_order", "quote_id", "orders_quote"),
        same_tenant("orders_message", "quote_id", "orders_quote"),
        same_tenant("orders_order", "quote_id", "orders_quote"),
        same_tenant("orders_approval", "quote_id", "orders_quote"),
        same_tenant("orders_approval", "project_id", "orders_project"),
        frozen_where("orders_quote", "true", QUOTED),
        # How long it is valid is said once, when it is offered; a customer who asks for a look has it said anew.
        frozen_where(
            "orders_quote",
            "OLD.valid_until IS NOT NULL AND NOT (OLD.state = 'review' AND NEW.state = 'offered')",
            ["valid_until"],
            trigger="stays_valid",
        ),
        frozen_where(
            "orders_quote",
            "OLD.state IN ('declined', 'superseded', 'withdrawn', 'accepted')",
            ["state", "closed_at"],
            trigger="stays_closed",
        ),
        frozen_where("orders_order", "true", ORDERED),
        frozen_where(
            "orders_order",
            "OLD.state IN ('delivered', 'cancelled')",
            ["state", "cancelled_at", "due_fen"],
            trigger="stays_ended",
        ),
        frozen_where("orders_approval", "true", APPROVED),
        never_edited("orders_message"),
    ]
