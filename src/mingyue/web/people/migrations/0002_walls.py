"""Organisations are a directory; who belongs to them, and what lets somebody in, is theirs."""

from typing import ClassVar

from django.db import migrations

from mingyue.web.records.walls import MINE, wall

OFFICE = migrations.RunSQL(
    """
    CREATE FUNCTION mingyue_office() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN EXISTS (
            SELECT FROM people_membership m JOIN people_organisation o ON o.id = m.organisation_id
            WHERE m.person_id = mingyue_person() AND m.ended_at IS NULL AND o.runs_platform AND 'office' = ANY(m.roles)
        );
    END $$;
    """,
    "DROP FUNCTION mingyue_office();",
)
OURS = "id IN (SELECT mingyue_organisations()) OR (SELECT mingyue_office())"
IN_HAND = f"{MINE} OR digest = current_setting('mingyue.token', true)"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0001_initial"), ("records", "0002_walls")]
    operations: ClassVar = [
        OFFICE,
        wall("people_organisation", read="true", write=OURS),
        wall(
            "people_membership",
            read=f"{MINE} OR person_id = mingyue_person() OR (SELECT mingyue_office())",
        ),
        wall("people_invitation", read=IN_HAND),
        wall("people_apikey", read=IN_HAND),
    ]
