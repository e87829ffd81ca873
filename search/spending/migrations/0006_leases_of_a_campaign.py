from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("spending", "0005_corrected_clicks_of_sales"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="lease",
            index=models.Index(fields=["campaign_id", "day"], name="lease_of_campaign"),
        ),
    ]
