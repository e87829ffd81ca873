from django.db import migrations, models


class Migration(migrations.Migration):
    """Clicks of an hour become counts of an hour; the table keeps its name, so that who runs the old code goes on."""

    dependencies = [
        ("slots", "0002_what_a_lot_shows"),
    ]

    operations = [
        migrations.AlterModelTable("LotClicks", "slots_lotclicks"),
        migrations.RenameModel("LotClicks", "LotHour"),
        migrations.AlterField(
            model_name="lothour",
            name="lot",
            field=models.ForeignKey(
                db_index=False, on_delete=models.PROTECT, related_name="hours", to="slots.lot"
            ),
        ),
        migrations.AlterField(
            model_name="lothour", name="clicks", field=models.PositiveIntegerField(db_default=0, default=0)
        ),
        migrations.AddField(
            model_name="lothour", name="views", field=models.PositiveIntegerField(db_default=0, default=0)
        ),
    ]
