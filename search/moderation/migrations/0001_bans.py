from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ProductBan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("shop_id", models.BigIntegerField()),
                ("product_id", models.BigIntegerField()),
                ("title_zh", models.TextField(blank=True)),
                ("title_en", models.TextField(blank=True)),
                ("reason", models.CharField(max_length=16)),
                ("note", models.CharField(max_length=300)),
                ("banned_by", models.BigIntegerField()),
                ("banned_at", models.DateTimeField()),
                ("lifted_by", models.BigIntegerField(null=True)),
                ("lifted_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("lifted_at__isnull", True)), fields=["-id"], name="ban_in_force")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("shop_id", "product_id"),
                        name="product_banned_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason__in", ["prohibited", "counterfeit", "misleading", "unsafe", "other"])
                        ),
                        name="ban_reason_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("note", ""), _negated=True), name="ban_note_said"),
                ],
            },
        )
    ]
