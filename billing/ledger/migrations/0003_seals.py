"""The chain of seals; append-only like what it seals."""

from django.db import migrations, models

APPEND_ONLY = """
CREATE TRIGGER ledger_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_seal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
DO $body$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'jishi_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON ledger_seal FROM jishi_app;
    END IF;
END $body$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_refusals")]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("transactions_after", models.BigIntegerField()),
                ("transactions_upto", models.BigIntegerField()),
                ("transaction_digests", models.BinaryField()),
                ("entries_after", models.BigIntegerField()),
                ("entries_upto", models.BigIntegerField()),
                ("entry_digests", models.BinaryField()),
                ("head", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(APPEND_ONLY, "DROP TRIGGER ledger_seal_append_only ON ledger_seal"),
    ]
