"""Who would have seen whose ads, and what they bought: shown some, or held out."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


def _id() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("serving", "0002_experience")]

    operations = [
        migrations.CreateModel(
            name="Exposure",
            fields=[
                ("id", _id()),
                ("week", models.DateField()),
                ("shop_id", models.BigIntegerField()),
                ("visitor", models.UUIDField()),
                ("held_out", models.BooleanField()),
                ("first_at", models.DateTimeField()),
                ("orders", models.PositiveIntegerField(default=0)),
                ("revenue_minor", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("week", "shop_id", "visitor"), name="exposure_once_a_week"),
                    models.CheckConstraint(condition=Q(revenue_minor__gte=0), name="exposure_earned_nothing_back"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LiftSale",
            fields=[
                ("share_no", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("revenue_minor", models.BigIntegerField()),
                (
                    "exposure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sales", to="serving.exposure"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LiftSum",
            fields=[
                ("id", _id()),
                ("week", models.DateField()),
                ("shop_id", models.BigIntegerField()),
                ("held_out", models.BooleanField()),
                ("visitors", models.PositiveIntegerField(default=0)),
                ("buyers", models.PositiveIntegerField(default=0)),
                ("orders", models.PositiveIntegerField(default=0)),
                ("order_squares", models.BigIntegerField(default=0)),
                ("revenue_minor", models.BigIntegerField(default=0)),
                ("revenue_squares", models.DecimalField(decimal_places=0, default=0, max_digits=30)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("shop_id", "week", "held_out"), name="lift_once_a_group"),
                    models.CheckConstraint(
                        condition=Q(buyers__lte=F("visitors")), name="lift_is_of_visitors"
                    ),
                ],
                "indexes": [models.Index(fields=["week"], name="lift_by_week")],
            },
        ),
    ]
