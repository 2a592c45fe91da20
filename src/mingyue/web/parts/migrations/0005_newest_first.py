"""Parts are listed page by page, the newest first, by an index."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("parts", "0004_checks_of_a_part_that_is_turned")]
    operations: ClassVar = [
        migrations.AddIndex(
            model_name="part",
            index=models.Index(
                condition=models.Q(("archived_at", None)), fields=["-created_at", "-id"], name="parts_newest_first"
            ),
        ),
    ]
