"""Webhooks with their deliveries, notices and wishes, and how far each chain was told."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0002_walls"),
        ("records", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("url", models.CharField(max_length=500)),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None),
                ),
                ("active", models.BooleanField(default=True)),
                ("salt", models.CharField(max_length=32)),
                ("salt_before", models.CharField(blank=True, max_length=32)),
                ("before_until", models.DateTimeField(null=True)),
                ("failing_since", models.DateTimeField(null=True)),
                ("at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
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
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Wishes",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "on_page",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("quotes", "Quotes and approvals"),
                                ("orders", "Orders and money"),
                                ("messages", "Messages"),
                                ("checks", "Checks of parts"),
                                ("programs", "Webhooks that fail"),
                            ],
                            max_length=8,
                        ),
                        size=None,
                    ),
                ),
                (
                    "by_mail",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("quotes", "Quotes and approvals"),
                                ("orders", "Orders and money"),
                                ("messages", "Messages"),
                                ("checks", "Checks of parts"),
                                ("programs", "Webhooks that fail"),
                            ],
                            max_length=8,
                        ),
                        size=None,
                    ),
                ),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("quotes", "Quotes and approvals"),
                            ("orders", "Orders and money"),
                            ("messages", "Messages"),
                            ("checks", "Checks of parts"),
                            ("programs", "Webhooks that fail"),
                        ],
                        max_length=8,
                    ),
                ),
                ("who", models.CharField(max_length=8)),
                ("text", models.JSONField()),
                ("address", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("on_page", models.BooleanField()),
                ("read_at", models.DateTimeField(null=True)),
                ("mail_at", models.DateTimeField(null=True)),
                ("mail_id", models.UUIDField(null=True)),
                ("mail_attempts", models.PositiveSmallIntegerField(default=0)),
                ("mailed_at", models.DateTimeField(null=True)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.event"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["person", "-at"], name="notices_of_person"),
                    models.Index(
                        condition=models.Q(("mail_at__isnull", False)), fields=["mail_at"], name="letters_due"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("person", "event"), name="one_notice_an_event")],
            },
        ),
        migrations.CreateModel(
            name="Told",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(default=0)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organisation",), name="one_place_a_chain")],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("due", "On its way"), ("delivered", "Arrived"), ("given up", "Given up")],
                        default="due",
                        max_length=9,
                    ),
                ),
                ("next_at", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("tried_at", models.DateTimeField(null=True)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("took_ms", models.PositiveIntegerField(null=True)),
                ("answer", models.CharField(blank=True, max_length=500)),
                ("fault", models.CharField(blank=True, max_length=12)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.event"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
                (
                    "webhook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="notices.webhook"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "due")), fields=["next_at"], name="deliveries_due")
                ],
                "constraints": [models.UniqueConstraint(fields=("webhook", "event"), name="one_delivery_an_event")],
            },
        ),
    ]
