"""What staff look for: what begins alike, one kind, what was reversed, what came after an instant.

As many indexes are written for a transaction as before, and one small one: that of reversals no longer holds the many
that reverse nothing. Entries come in the order of their time, so that a summary per range of pages finds an instant.
"""

import django.db.models.deletion
from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_faster_checks")]

    operations = [
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(
                fields=["subject"], name="ledger_transaction_about", opclasses=["varchar_pattern_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(fields=["kind", "id"], name="ledger_transaction_kind"),
        ),
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(
                condition=models.Q(("reverses__isnull", False)), fields=["reverses"], name="ledger_transaction_reversing"
            ),
        ),
        migrations.AlterField(
            model_name="transaction",
            name="subject",
            field=models.CharField(max_length=80),
        ),
        migrations.AlterField(
            model_name="transaction",
            name="reverses",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversals",
                to="ledger.transaction",
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=BrinIndex(autosummarize=True, fields=["created_at"], name="ledger_entry_when"),
        ),
    ]
