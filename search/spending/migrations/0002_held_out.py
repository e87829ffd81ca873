"""Say of a decision that nothing of it was shown."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("spending", "0001_spending")]

    operations = [
        migrations.AddField("decision", "held_out", models.BooleanField(db_default=False)),
    ]
