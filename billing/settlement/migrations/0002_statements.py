"""Statements of shops, which nothing changes once they are made: a trigger for everyone, no grant for the application."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


FROZEN = """
CREATE FUNCTION settlement_refuse_statement_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION '% of % is refused: a statement is made once', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $body$;

CREATE TRIGGER settlement_statement_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_statement
    FOR EACH STATEMENT EXECUTE FUNCTION settlement_refuse_statement_change();
CREATE TRIGGER settlement_statementaccount_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_statementaccount
    FOR EACH STATEMENT EXECUTE FUNCTION settlement_refuse_statement_change();
DO $body$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'jishi_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON settlement_statement, settlement_statementaccount FROM jishi_app;
    END IF;
END $body$;
"""

THAWED = """
DROP TRIGGER settlement_statement_frozen ON settlement_statement;
DROP TRIGGER settlement_statementaccount_frozen ON settlement_statementaccount;
DROP FUNCTION settlement_refuse_statement_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=60, unique=True)),
                ('shop_id', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('span', models.CharField(max_length=5)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('opening_minor', models.BigIntegerField()),
                ('closing_minor', models.BigIntegerField()),
                ('entries', models.BigIntegerField()),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shop_id', 'currency', 'span', 'starts_at'), name='statement_once_a_period'), models.CheckConstraint(condition=models.Q(('span__in', ['month', 'week'])), name='statement_span_is_known'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='statement_ends_after_its_start'), models.CheckConstraint(condition=models.Q(('made_at__gte', models.F('ends_at'))), name='statement_made_after_its_end')],
            },
        ),
        migrations.CreateModel(
            name='StatementAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('book', models.CharField(max_length=10)),
                ('code', models.CharField(max_length=4)),
                ('owed_by_shop', models.BooleanField()),
                ('opening_minor', models.BigIntegerField()),
                ('raised_minor', models.BigIntegerField()),
                ('lowered_minor', models.BigIntegerField()),
                ('closing_minor', models.BigIntegerField()),
                ('after_version', models.BigIntegerField()),
                ('upto_version', models.BigIntegerField()),
                ('lines', models.JSONField()),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='settlement.statement')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('statement', 'book', 'code'), name='statement_account_once'), models.CheckConstraint(condition=models.Q(('closing_minor', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('opening_minor'), '+', models.F('raised_minor')), '-', models.F('lowered_minor')))), name='statement_account_adds_up'), models.CheckConstraint(condition=models.Q(('lowered_minor__gte', 0), ('raised_minor__gte', 0)), name='statement_account_sums_not_negative'), models.CheckConstraint(condition=models.Q(('after_version__gte', 0), ('upto_version__gte', models.F('after_version'))), name='statement_account_versions_go_on')],
            },
        ),
        migrations.RunSQL(FROZEN, THAWED),
    ]
