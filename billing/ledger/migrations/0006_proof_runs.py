"""What each night's proof of the books came to; append-only."""

from django.db import migrations, models

APPEND_ONLY = """
CREATE TRIGGER ledger_proofrun_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_proofrun
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
DO $body$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'jishi_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON ledger_proofrun FROM jishi_app;
    END IF;
END $body$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_looked_up_by_staff")]

    operations = [
        migrations.CreateModel(
            name="ProofRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("proven_at", models.DateTimeField()),
                ("took_ms", models.BigIntegerField()),
                ("transactions", models.BigIntegerField()),
                ("entries", models.BigIntegerField()),
                ("accounts", models.BigIntegerField()),
                ("findings", models.JSONField()),
            ],
        ),
        migrations.RunSQL(APPEND_ONLY, "DROP TRIGGER ledger_proofrun_append_only ON ledger_proofrun"),
    ]
