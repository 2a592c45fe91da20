"""Approvals of quotes that ran out are found by whoever ends them, and whose people were reminded is kept."""

from typing import ClassVar

from django.db import migrations, models

# Of what every customer has, the worker learns only that there is something to do. Then it says for whom it acts, and the
# walls stand again.
APPROVALS_DUE = migrations.RunSQL(
    """
    CREATE FUNCTION mingyue_approvals_due(by_when timestamptz, before interval, most int)
        RETURNS TABLE (lapsed boolean, whose uuid, quote uuid)
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN QUERY SELECT true, a.organisation_id, a.quote_id FROM orders_approval a
            JOIN orders_quote q ON q.id = a.quote_id
            WHERE a.ended_at IS NULL AND q.state = 'offered' AND q.valid_until <= by_when
            ORDER BY q.valid_until LIMIT most;
        RETURN QUERY SELECT false, a.organisation_id, a.quote_id FROM orders_approval a
            JOIN orders_quote q ON q.id = a.quote_id
            WHERE a.ended_at IS NULL AND a.reminded_at IS NULL AND q.state = 'offered'
                AND q.valid_until > by_when AND q.valid_until <= by_when + before AND a.at <= q.valid_until - before
            ORDER BY q.valid_until LIMIT most;
    END $$;
    """,
    "DROP FUNCTION mingyue_approvals_due(timestamptz, interval, int);",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0004_who_looked")]
    operations: ClassVar = [
        migrations.AddField(model_name="approval", name="reminded_at", field=models.DateTimeField(null=True)),
        APPROVALS_DUE,
    ]
