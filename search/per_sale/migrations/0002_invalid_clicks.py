from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("per_sale", "0001_plans_and_sales"),
    ]

    operations = [
        migrations.AddField(
            model_name="attributedsale",
            name="click_day",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="attributedsale",
            name="click_token",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="attributedsale",
            name="invalid_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddIndex(
            model_name="attributedsale",
            index=models.Index(
                condition=models.Q(("click_token__isnull", False)), fields=["click_token"], name="sale_of_a_click"
            ),
        ),
    ]
