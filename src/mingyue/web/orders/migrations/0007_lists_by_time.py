"""Long lists are read along their times; what is looked for in quotes stands beside what they say, which is long."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform, KeyTransform

NEWEST_FIRST = ["-at", "-id"]  # as records/paging.py goes on from page to page


def of_content(column: str, what: str, name: str, *, null: bool = False) -> migrations.AddField:
    """A column that PostgreSQL fills from a quote's content."""
    path = KeyTextTransform(name, KeyTransform(what, "content"))
    field = models.GeneratedField(expression=path, output_field=models.TextField(null=null), db_persist=True)
    return migrations.AddField("quote", column, field)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0006_who_offered")]
    operations: ClassVar = [
        of_content("part_key", "part", "id"),
        of_content("part_name", "part", "name"),
        of_content("follows_key", "follows", "id", null=True),
        migrations.AddIndex("quote", models.Index(fields=NEWEST_FIRST, name="quotes_by_time")),
        migrations.AddIndex("quote", models.Index(fields=["part_key"], name="quotes_by_part")),
        migrations.AddIndex(
            "quote",
            models.Index(fields=["follows_key"], condition=models.Q(follows_key__isnull=False), name="quotes_followed"),
        ),
        migrations.AddIndex("order", models.Index(fields=NEWEST_FIRST, name="orders_by_time")),
        migrations.AddIndex("entry", models.Index(fields=NEWEST_FIRST, name="entries_by_time")),
        migrations.AddIndex("invoice", models.Index(fields=NEWEST_FIRST, name="invoices_by_time")),
    ]
