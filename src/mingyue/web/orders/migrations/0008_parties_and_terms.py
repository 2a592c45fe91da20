"""What both sides were called is kept with what is issued; invoices are due, paid, and voided for a reason."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from mingyue.web.orders.guards import frozen_where
from mingyue.web.records.walls import same_tenant

# Void entries of before name no invoice: it is the one of that order and amount that was voided in the same moment.
WHY_VOIDED = migrations.RunSQL(
    """
    UPDATE orders_invoice i SET voiding_id = e.id FROM orders_entry e, orders_posting p, orders_account a
    WHERE i.voided_at IS NOT NULL AND e.order_id = i.order_id AND e.kind = 'void' AND e.at = i.voided_at
        AND p.entry_id = e.id AND a.id = p.account_id AND a.kind = 'receivable' AND p.amount_fen = -i.total_fen
        AND (SELECT count(*) FROM orders_invoice other WHERE other.order_id = i.order_id
            AND other.voided_at = i.voided_at AND other.total_fen = i.total_fen AND other.number < i.number)
          = (SELECT count(*) FROM orders_entry other JOIN orders_posting q ON q.entry_id = other.id
            WHERE other.order_id = i.order_id AND other.kind = 'void' AND other.at = e.at AND other.number < e.number
            AND q.account_id = a.id AND q.amount_fen = p.amount_fen);
    """,
    migrations.RunSQL.noop,
)
# As ledger/terms.py has it: what came settles the oldest invoice first, so what is to be paid stands on the last ones.
SETTLED = migrations.RunSQL(
    """
    WITH asked AS (
        SELECT i.id, i.order_id, i.number, i.total_fen - COALESCE(
            (SELECT sum(n.total_fen) FROM orders_invoice n WHERE n.about_id = i.id), 0) AS amount
        FROM orders_invoice i WHERE i.kind = 'invoice' AND i.voided_at IS NULL
    ), stands AS (
        SELECT id, order_id, amount, COALESCE(sum(amount) OVER (
            PARTITION BY order_id ORDER BY number DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS later
        FROM asked
    )
    UPDATE orders_invoice i SET settled_at = (SELECT max(e.at) FROM orders_entry e WHERE e.order_id = i.order_id)
    FROM stands s WHERE s.id = i.id AND (s.amount = 0 OR s.later >= COALESCE(
        (SELECT sum(p.amount_fen) FROM orders_posting p JOIN orders_account a ON a.id = p.account_id
            JOIN orders_entry e ON e.id = p.entry_id WHERE e.order_id = s.order_id AND a.kind = 'receivable'), 0));
    """,
    migrations.RunSQL.noop,
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0007_lists_by_time")]
    operations: ClassVar = [
        migrations.AddField(model_name="order", name="parties", field=models.JSONField(null=True)),
        migrations.AddField(model_name="invoice", name="parties", field=models.JSONField(null=True)),
        migrations.AddField(model_name="invoice", name="due_on", field=models.DateField(null=True)),
        migrations.AddField(model_name="invoice", name="overdue_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="invoice", name="settled_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="invoice", name="reminded_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="invoice",
            name="voiding",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="voids", to="orders.entry"
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("kind", "invoice"), ("settled_at", None), ("voided_at", None)),
                fields=["overdue_at"],
                name="invoices_to_be_paid",
            ),
        ),
        same_tenant("orders_invoice", "voiding_id", "orders_entry"),
        frozen_where("orders_order", "true", ["parties"], trigger="stays_named"),
        frozen_where("orders_invoice", "true", ["parties", "due_on", "overdue_at"], trigger="stays_named"),
        frozen_where("orders_invoice", "OLD.voiding_id IS NOT NULL", ["voiding_id"], trigger="stays_explained"),
        frozen_where("orders_invoice", "OLD.reminded_at IS NOT NULL", ["reminded_at"], trigger="stays_reminded"),
        WHY_VOIDED,
        SETTLED,
    ]
