"""Parts are their organisation's; public ones are everyone's to look at."""

from typing import ClassVar

from django.db import migrations

from mingyue.web.records.walls import MINE, same_tenant, wall

OF_A_PART_SEEN = f"{MINE} OR EXISTS (SELECT FROM parts_part p WHERE p.id = part_id)"
OF_A_REVISION_SEEN = f"{MINE} OR EXISTS (SELECT FROM parts_revision r WHERE r.id = revision_id)"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("parts", "0001_initial"), ("materials", "0002_walls")]
    operations: ClassVar = [
        wall("parts_part", read=f"{MINE} OR confidentiality = 'public'"),
        wall("parts_partreader"),
        wall("parts_revision", read=OF_A_PART_SEEN),
        wall("parts_check", read=OF_A_REVISION_SEEN),
        same_tenant("parts_partreader", "part_id", "parts_part"),
        same_tenant("parts_revision", "part_id", "parts_part"),
        same_tenant("parts_revision", "blob_id", "records_blob"),
        same_tenant("parts_check", "revision_id", "parts_revision"),
    ]
