"""Keep when the first parcel of a share was sent: state_at moves on with the next state."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("checkout", "0003_frozen_commission")]

    operations = [
        migrations.AddField("purchaseshare", "shipped_at", models.DateTimeField(null=True)),
    ]
