"""Whether a person of the facility looked at a quote and offered it as it is."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0003_ledger")]
    operations: ClassVar = [
        migrations.AddField(model_name="quote", name="looked_at", field=models.DateTimeField(null=True)),
    ]
