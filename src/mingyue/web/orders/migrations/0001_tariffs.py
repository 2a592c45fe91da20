"""Tariffs: prices on a wall, for everyone to read once they are published, and from then on as they are."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from mingyue.web.orders.guards import frozen_where
from mingyue.web.records.walls import MINE, same_tenant, wall


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("facilities", "0002_walls"),
        ("people", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Tariff",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published")], default="draft", max_length=9
                    ),
                ),
                ("currency", models.CharField(default="CNY", max_length=3)),
                ("numbers", models.JSONField()),
                ("why", models.CharField(blank=True, max_length=300)),
                ("valid_from", models.DateTimeField(null=True)),
                ("at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tariffs", to="facilities.facility"
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
                "constraints": [
                    models.UniqueConstraint(fields=("facility", "number"), name="tariffs_are_counted"),
                    models.CheckConstraint(
                        condition=models.Q(("state", "draft"), ("valid_from__isnull", False), _connector="OR"),
                        name="published_from_a_day_on",
                    ),
                ],
            },
        ),
        wall("orders_tariff", read=f"{MINE} OR state = 'published'"),
        same_tenant("orders_tariff", "facility_id", "facilities_facility"),
        frozen_where("orders_tariff", "OLD.state = 'published'"),
    ]
