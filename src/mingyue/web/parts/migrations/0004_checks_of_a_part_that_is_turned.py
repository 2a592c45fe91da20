"""A check may be of a part that is turned; the same part turned otherwise is another check."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parts", "0003_what_was_looked_at")]

    operations = [
        migrations.AddField(model_name="check", name="rotation", field=models.JSONField(null=True)),
        migrations.RemoveConstraint(model_name="check", name="one_check_a_way_of_making"),
        migrations.AddConstraint(
            model_name="check",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "cancelled"), _negated=True),
                fields=("revision", "machine", "resin", "layer_um", "rotation"),
                name="one_check_a_way_of_making",
                nulls_distinct=False,
            ),
        ),
    ]
