"""What was looked at, and what more is asked about a check."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from mingyue.web.records.walls import MINE, same_tenant, wall

OF_A_CHECK_SEEN = f"{MINE} OR EXISTS (SELECT FROM parts_check c WHERE c.id = about_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("parts", "0002_walls"),
        ("people", "0002_walls"),
        ("records", "0002_walls"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="check",
            name="deviations",
        ),
        migrations.RemoveField(
            model_name="check",
            name="orientations",
        ),
        migrations.AddField(
            model_name="check",
            name="looked",
            field=models.JSONField(null=True),
        ),
        migrations.CreateModel(
            name="Study",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("orientations", "How it may lie"), ("deviation", "What will come out")], max_length=12
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Could not be done"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("attempt", models.PositiveIntegerField(default=0)),
                ("done_share", models.FloatField(default=0.0)),
                ("doing", models.JSONField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("problem", models.JSONField(null=True)),
                ("result", models.JSONField(null=True)),
                (
                    "about",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="studies", to="parts.check"
                    ),
                ),
                (
                    "blob",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.blob"
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
                "constraints": [models.UniqueConstraint(fields=("about", "kind"), name="one_study_a_kind")],
            },
        ),
        wall("parts_study", read=OF_A_CHECK_SEEN),
        same_tenant("parts_study", "about_id", "parts_check"),
    ]
