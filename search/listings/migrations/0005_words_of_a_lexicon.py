"""Counted words remember by which lexicon listings were called by them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0004_liked")]

    operations = [
        migrations.AddField(
            model_name="wordposition",
            name="lexicon",
            field=models.CharField(blank=True, db_default="", default="", max_length=32),
        ),
    ]
