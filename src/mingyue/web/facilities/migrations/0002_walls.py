"""Everyone reads what is open; its operator writes it."""

from typing import ClassVar

from django.db import migrations

from mingyue.web.records.walls import same_tenant, wall

NO_OVERLAP = migrations.RunSQL(
    """
    CREATE TYPE uuidrange AS RANGE (subtype = uuid);
    ALTER TABLE facilities_downtime ADD CONSTRAINT downtimes_do_not_overlap EXCLUDE USING gist
        (uuidrange(machine_id, machine_id, '[]') WITH &&, span WITH &&) WHERE (withdrawn_at IS NULL);
    """,
    "ALTER TABLE facilities_downtime DROP CONSTRAINT downtimes_do_not_overlap; DROP TYPE uuidrange;",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("facilities", "0001_initial"), ("people", "0002_walls")]
    operations: ClassVar = [
        wall("facilities_facility", read="true"),
        wall("facilities_machine", read="true"),
        wall("facilities_capability", read="true"),
        wall("facilities_staffedhours", read="true"),
        wall("facilities_downtime", read="true"),
        wall("facilities_serviceclass", read="true"),
        same_tenant("facilities_machine", "facility_id", "facilities_facility"),
        same_tenant("facilities_capability", "machine_id", "facilities_machine"),
        same_tenant("facilities_staffedhours", "facility_id", "facilities_facility"),
        same_tenant("facilities_downtime", "machine_id", "facilities_machine"),
        same_tenant("facilities_serviceclass", "facility_id", "facilities_facility"),
        NO_OVERLAP,
    ]
