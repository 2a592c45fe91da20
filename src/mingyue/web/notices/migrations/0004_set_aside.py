"""Events that could not be told are set aside; how far whoever tells is behind is said past the walls."""

import uuid
from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from mingyue.web.records.walls import same_tenant, wall

_EVENTS = """
    FROM records_chain c
    JOIN people_organisation o ON o.id = c.organisation_id
    LEFT JOIN notices_told t ON t.organisation_id = c.organisation_id"""
_TO_TELL = """
    CREATE OR REPLACE FUNCTION mingyue_to_tell(by_when timestamptz) RETURNS TABLE (what text, whose uuid, which uuid)
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN QUERY SELECT 'events', c.organisation_id, c.organisation_id {events}
            WHERE c.count > COALESCE(t.number, 0);
        {more}
        RETURN QUERY SELECT DISTINCT 'deliveries', d.organisation_id, d.webhook_id FROM notices_delivery d
            JOIN notices_webhook w ON w.id = d.webhook_id
            WHERE d.state = 'due' AND d.next_at <= by_when AND w.active AND w.removed_at IS NULL;
        RETURN QUERY SELECT DISTINCT 'letters', n.person_id, n.person_id FROM notices_notice n
            WHERE n.mail_at <= by_when;
    END $$;
    """
_ASIDE = """
        RETURN QUERY SELECT DISTINCT 'aside', s.organisation_id, s.organisation_id FROM notices_setaside s
            WHERE s.next_at <= by_when;"""
TO_TELL = migrations.RunSQL(_TO_TELL.format(events=_EVENTS, more=_ASIDE), _TO_TELL.format(events=_EVENTS, more=""))
# Of all organisations together, when the oldest event happened that nobody was told of, and how many were set aside.
UNTOLD = migrations.RunSQL(
    f"""
    CREATE FUNCTION mingyue_untold() RETURNS TABLE (oldest timestamptz, set_aside bigint)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT
            (SELECT min(e.at) {_EVENTS}
                JOIN records_event e ON e.organisation_id = c.organisation_id AND e.number = COALESCE(t.number, 0) + 1
                WHERE c.count > COALESCE(t.number, 0)),
            (SELECT count(*) FROM notices_setaside);
    $$;
    """,
    "DROP FUNCTION mingyue_untold();",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("notices", "0003_pages_and_forgetting"), ("records", "0002_walls")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="SetAside",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("why", models.CharField(max_length=500)),
                ("failures", models.PositiveIntegerField(default=1)),
                ("at", models.DateTimeField()),
                ("next_at", models.DateTimeField(null=True)),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.event"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        wall("notices_setaside"),
        same_tenant("notices_setaside", "event_id", "records_event"),
        TO_TELL,
        UNTOLD,
    ]
