"""Keep what was bid for words, day by day."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("serving", "0003_held_out")]

    operations = [
        migrations.CreateModel(
            name="BidSpan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.TextField()),
                ("shop_id", models.BigIntegerField()),
                ("bid_minor", models.PositiveBigIntegerField()),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("words", "shop_id", "bid_minor", "first_day"), name="bid_span_once"
                    ),
                    models.CheckConstraint(condition=Q(first_day__lte=F("last_day")), name="bid_span_in_order"),
                ],
                "indexes": [models.Index(fields=["last_day"], name="bid_span_by_end")],
            },
        ),
    ]
