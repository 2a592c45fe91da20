"""Notices are listed page by page and counted by index; what is old enough is found past the walls, to be deleted."""

from typing import ClassVar

from django.db import migrations, models

# As in 0002: it says whose, and whoever deletes does so behind that one's wall.
TO_FORGET = migrations.RunSQL(
    """
    CREATE FUNCTION mingyue_to_forget(done_before timestamptz, all_before timestamptz)
        RETURNS TABLE (what text, whose uuid)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT 'notices', n.person_id FROM notices_notice n
            WHERE n.at < all_before OR (n.at < done_before AND n.read_at IS NOT NULL)
        UNION ALL
        SELECT DISTINCT 'deliveries', d.organisation_id FROM notices_delivery d
            WHERE d.next_at < all_before OR (d.next_at < done_before AND d.state <> 'due');
    $$;
    """,
    "DROP FUNCTION mingyue_to_forget(timestamptz, timestamptz);",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("notices", "0002_walls")]
    operations: ClassVar = [
        migrations.RemoveIndex(model_name="notice", name="notices_of_person"),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("on_page", True)), fields=["person", "-at", "-id"], name="notices_of_person"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("on_page", True), ("read_at", None)),
                fields=["person", "-at", "-id"],
                include=("organisation",),
                name="notices_unread",
            ),
        ),
        TO_FORGET,
    ]
