from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Every paid click changes a row of this table: none of them should wait until the index is built."""

    atomic = False
    dependencies = [
        ("spending", "0005_corrected_clicks_of_sales"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="lease",
            index=models.Index(fields=["campaign_id", "day"], name="lease_of_campaign"),
        ),
    ]
