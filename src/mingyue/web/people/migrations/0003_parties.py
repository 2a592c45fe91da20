"""What organisations are called on documents. It is theirs alone: nobody else reads it but in a document."""

import uuid
from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from mingyue.web.records.walls import wall


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0002_walls")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Party",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("legal_name", models.CharField(blank=True, max_length=200)),
                ("legal_name_zh", models.CharField(blank=True, max_length=200)),
                ("address", models.TextField(blank=True, max_length=300)),
                ("address_zh", models.TextField(blank=True, max_length=300)),
                ("tax_number", models.CharField(blank=True, max_length=30)),
                ("bank_name", models.CharField(blank=True, max_length=120)),
                ("bank_account", models.CharField(blank=True, max_length=60)),
                ("accounts_email", models.EmailField(blank=True, max_length=254)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.UniqueConstraint(fields=("organisation",), name="one_party_an_organisation"),
        ),
        wall("people_party"),
    ]
