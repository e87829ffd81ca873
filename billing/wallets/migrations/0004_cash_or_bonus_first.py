from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("wallets", "0003_commission_on_sales"),
    ]

    operations = [
        migrations.AddField(
            model_name="wallet", name="cash_first", field=models.BooleanField(db_default=False, default=False)
        ),
    ]
