from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("spending", "0004_lease_holders"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="correction",
            name="ad_correction_amount",
        ),
        migrations.RemoveConstraint(
            model_name="credit",
            name="ad_credit_amount",
        ),
        migrations.RemoveConstraint(
            model_name="credit",
            name="ad_credit_event_kind",
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_micro__gte", 0)), name="ad_correction_amount"
            ),
        ),
        migrations.AddConstraint(
            model_name="credit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_micro__gt", 0), models.Q(("amount_micro", 0), ("kind", "sale")), _connector="OR"
                ),
                name="ad_credit_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="credit",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["view", "click", "sale"])), name="ad_credit_event_kind"
            ),
        ),
    ]
