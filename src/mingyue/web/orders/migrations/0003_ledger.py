"""The ledger: the facility's books, which a customer reads about its own orders, and which nobody edits."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from mingyue.web.orders.guards import BALANCED, frozen_where
from mingyue.web.records.walls import MINE, never_edited, same_tenant, wall

BOTH = f"{MINE} OR customer_id IN (SELECT mingyue_organisations())"
# An account tells nothing but its kind; whoever sees a posting sees what it was posted to.
OF_A_POSTING_SEEN = f"{MINE} OR EXISTS (SELECT FROM orders_posting p WHERE p.account_id = orders_account.id)"
INVOICED = (
    "organisation_id",
    "customer_id",
    "order_id",
    "kind",
    "number",
    "about_id",
    "entry_id",
    "total_fen",
    "rates",
    "at",
)


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0002_quotes"),
        ("people", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("committed", "Ordered, not yet billed"),
                            ("backlog", "Owed as work"),
                            ("receivable", "Billed, not yet paid"),
                            ("revenue", "Revenue"),
                            ("tax", "Tax"),
                            ("bank", "Bank"),
                            ("losses", "Written off"),
                        ],
                        max_length=10,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("accept", "Order accepted"),
                            ("bill", "Billed"),
                            ("void", "Invoice voided"),
                            ("pay", "Paid"),
                            ("refund", "Paid back"),
                            ("write_off", "Written off"),
                            ("credit", "Credited"),
                            ("release", "Rest released"),
                        ],
                        max_length=9,
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=100)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="orders.order"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(choices=[("invoice", "Invoice"), ("credit_note", "Credit note")], max_length=11),
                ),
                ("number", models.PositiveIntegerField()),
                ("total_fen", models.BigIntegerField()),
                ("rates", models.JSONField()),
                ("at", models.DateTimeField()),
                ("voided_at", models.DateTimeField(null=True)),
                (
                    "about",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_notes",
                        to="orders.invoice",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invoice", to="orders.entry"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invoices", to="orders.order"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("amount_fen", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="postings", to="orders.account"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="postings", to="orders.entry"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                fields=("organisation", "kind", "currency"), name="one_account_a_kind_and_currency"
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=("order", "number"), name="entries_are_counted"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reference", ""), _negated=True),
                fields=("organisation", "kind", "reference"),
                name="booked_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(fields=("organisation", "kind", "number"), name="invoices_are_counted"),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("total_fen__gt", 0)), name="invoices_ask_for_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.UniqueConstraint(fields=("entry", "account"), name="one_posting_an_account"),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_fen", 0), _negated=True), name="postings_are_amounts"
            ),
        ),
        wall("orders_account", read=OF_A_POSTING_SEEN),
        wall("orders_entry", read=BOTH),
        wall("orders_posting", read=BOTH),
        wall("orders_invoice", read=BOTH),
        same_tenant("orders_posting", "entry_id", "orders_entry"),
        same_tenant("orders_posting", "account_id", "orders_account"),
        same_tenant("orders_invoice", "entry_id", "orders_entry"),
        never_edited("orders_entry"),
        never_edited("orders_posting"),
        frozen_where("orders_account", "true"),
        frozen_where("orders_invoice", "true", INVOICED),
        frozen_where("orders_invoice", "OLD.voided_at IS NOT NULL", ["voided_at"], trigger="stays_voided"),
        BALANCED,
    ]
