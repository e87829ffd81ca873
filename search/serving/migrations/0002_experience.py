"""Count what buying at an advertiser was like, and keep with a computation what was usual."""

from django.db import migrations, models
from django.db.models import F, Q

_COUNTS = ("orders", "sold", "refunded", "due", "on_time")


class Migration(migrations.Migration):
    dependencies = [("serving", "0001_tables")]

    operations = [
        migrations.AddField("qualityrun", "rules_version", models.PositiveSmallIntegerField(default=1)),
        migrations.AddField("qualityrun", "usual", models.JSONField(default=dict)),
        *(migrations.AddField("adcounts", name, models.PositiveIntegerField(default=0)) for name in _COUNTS),
        migrations.AddConstraint(
            "adcounts",
            models.CheckConstraint(
                name="ad_counts_are_parts",
                condition=Q(orders__lte=F("clicks"), refunded__lte=F("sold"), on_time__lte=F("due")),
            ),
        ),
    ]
