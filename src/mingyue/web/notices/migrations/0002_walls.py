"""Whose webhooks and notices are shown to whom; where there is something to tell, found past the walls."""

from typing import ClassVar

from django.db import migrations

from mingyue.web.records.walls import MINE, same_tenant, wall

ONES_OWN = "person_id = mingyue_person()"
# Of what every organisation and person has, the teller learns only that there is something to do. Then it says for whom
# it acts, and the walls stand again.
TO_TELL = migrations.RunSQL(
    """
    CREATE FUNCTION mingyue_to_tell(by_when timestamptz) RETURNS TABLE (what text, whose uuid, which uuid)
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN QUERY SELECT 'events', c.organisation_id, c.organisation_id FROM records_chain c
            JOIN people_organisation o ON o.id = c.organisation_id
            LEFT JOIN notices_told t ON t.organisation_id = c.organisation_id
            WHERE c.count > COALESCE(t.number, 0);
        RETURN QUERY SELECT DISTINCT 'deliveries', d.organisation_id, d.webhook_id FROM notices_delivery d
            JOIN notices_webhook w ON w.id = d.webhook_id
            WHERE d.state = 'due' AND d.next_at <= by_when AND w.active AND w.removed_at IS NULL;
        RETURN QUERY SELECT DISTINCT 'letters', n.person_id, n.person_id FROM notices_notice n
            WHERE n.mail_at <= by_when;
    END $$;
    """,
    "DROP FUNCTION mingyue_to_tell(timestamptz);",
)
# Whoever acts for the organisation tells its people; to read a notice, and to say that it was read, is its reader's alone.
ADDED_BY_THE_ORGANISATION = migrations.RunSQL(
    f"CREATE POLICY tells ON notices_notice FOR INSERT WITH CHECK ({MINE});",
    "DROP POLICY tells ON notices_notice;",
)
# What happened before anybody could be told is no news.
FROM_NOW_ON = migrations.RunSQL(
    """
    INSERT INTO notices_told (id, organisation_id, number)
        SELECT gen_random_uuid(), c.organisation_id, c.count FROM records_chain c
        JOIN people_organisation o ON o.id = c.organisation_id;
    """,
    migrations.RunSQL.noop,
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("notices", "0001_initial"),
        ("records", "0002_walls"),
        ("people", "0002_walls"),
    ]
    operations: ClassVar = [
        wall("notices_told"),
        wall("notices_webhook"),
        wall("notices_delivery"),
        wall("notices_notice", read=ONES_OWN, write=ONES_OWN),
        ADDED_BY_THE_ORGANISATION,
        wall("notices_wishes", read=ONES_OWN, write=ONES_OWN),
        same_tenant("notices_delivery", "webhook_id", "notices_webhook"),
        same_tenant("notices_delivery", "event_id", "records_event"),
        same_tenant("notices_notice", "event_id", "records_event"),
        FROM_NOW_ON,
        TO_TELL,
    ]
