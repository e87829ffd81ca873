"""Keep with an event what it was seen with and where, and count audiences by week."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signals", "0001_signals")]

    operations = [
        migrations.AddField("searchevent", "device", models.CharField(blank=True, db_default="", max_length=1)),
        migrations.AddField("searchevent", "region", models.CharField(blank=True, db_default="", max_length=2)),
        migrations.CreateModel(
            name="AudienceWeek",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField()),
                ("name", models.CharField(max_length=16)),
                ("visitors", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("starts_on", "name"), name="audience_once_a_week"),
                ],
            },
        ),
    ]
