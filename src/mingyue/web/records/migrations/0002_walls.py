"""Whose records are shown to whom; what happened is never edited."""

from typing import ClassVar

from django.db import migrations

from mingyue.web.records.walls import MINE, VIEWERS_ORGANISATIONS, never_edited, wall

HOUSE = "organisation_id = '00000000-0000-0000-0000-000000000000'"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("records", "0001_initial")]
    operations: ClassVar = [
        VIEWERS_ORGANISATIONS,
        wall("records_blob"),
        wall("records_upload"),
        wall("records_keptreply"),
        wall("records_chain", read=f"{MINE} OR {HOUSE}", write=f"{MINE} OR {HOUSE}"),
        # The house's events are for those who did them, and for whoever checks the chain as the tables' owner.
        wall("records_event", read=f"{MINE} OR ({HOUSE} AND actor_id = mingyue_person())", write=f"{MINE} OR {HOUSE}"),
        never_edited("records_event"),
    ]
