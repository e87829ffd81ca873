"""Caps, leases, decisions, events, charges. Decisions and events are partitioned by day."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import search.spending.models.events
from django.db import migrations, models


class CreatePartitionedModel(migrations.CreateModel):
    """A table by ranges of `day`, with a default partition for days that have none of their own yet."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        table = model._meta.db_table
        sql, params = schema_editor.table_sql(model)
        schema_editor.execute(f"{sql} PARTITION BY RANGE (day)", params or None)
        schema_editor.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")
        schema_editor.deferred_sql.extend(schema_editor._model_indexes_sql(model))


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE spending_adevent_number", "DROP SEQUENCE spending_adevent_number"),
        migrations.CreateModel(
            name='DaySalt',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('salt', models.BinaryField()),
            ],
        ),
        CreatePartitionedModel(
            name='AdEvent',
            fields=[
                ('pk', models.CompositePrimaryKey('day', 'token', blank=True, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('token', models.UUIDField()),
                ('number', models.BigIntegerField(db_default=models.Func(models.Value('spending_adevent_number'), function='nextval', output_field=models.BigIntegerField()))),
                ('written_in', search.spending.models.events.TransactionId(db_default=models.Func(function='pg_current_xact_id', output_field=search.spending.models.events.TransactionId()))),
                ('kind', models.CharField(max_length=5)),
                ('at', models.DateTimeField()),
                ('decision_id', models.UUIDField()),
                ('place', models.PositiveSmallIntegerField()),
                ('ad_id', models.BigIntegerField()),
                ('campaign_id', models.BigIntegerField()),
                ('group_id', models.BigIntegerField()),
                ('keyword_id', models.BigIntegerField(null=True)),
                ('shop_id', models.BigIntegerField()),
                ('product_id', models.BigIntegerField(null=True)),
                ('page', models.CharField(blank=True, max_length=12)),
                ('lease_id', models.BigIntegerField()),
                ('price_micro', models.BigIntegerField()),
                ('billed_micro', models.BigIntegerField()),
                ('borne_micro', models.BigIntegerField()),
                ('reason', models.CharField(blank=True, max_length=20)),
                ('person', models.UUIDField(null=True)),
                ('network', models.UUIDField(null=True)),
                ('works_for_shop_id', models.BigIntegerField(null=True)),
                ('dwell_ms', models.PositiveIntegerField(null=True)),
                ('inputs', models.TextField(blank=True)),
                ('decision_stored', models.BooleanField()),
                ('freed', models.BooleanField(default=False)),
                ('charge_id', models.BigIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['written_in', 'number'], name='ad_event_written'), models.Index(condition=models.Q(('person__isnull', False)), fields=['person', 'at'], name='ad_event_person'), models.Index(condition=models.Q(('kind', 'click')), fields=['network', 'shop_id', 'at'], name='ad_event_network'), models.Index(fields=['shop_id', 'at'], name='ad_event_shop'), models.Index(condition=models.Q(('billed_micro__gt', 0), ('charge_id__isnull', True)), fields=['shop_id', 'kind', 'at'], name='ad_event_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['view', 'click'])), name='ad_event_kind'), models.CheckConstraint(condition=models.Q(('billed_micro__gte', 0), ('borne_micro__gte', 0), models.Q(models.Q(('price_micro', django.db.models.expressions.CombinedExpression(models.F('billed_micro'), '+', models.F('borne_micro'))), ('reason', '')), models.Q(models.Q(('reason', ''), _negated=True), ('billed_micro', 0), ('borne_micro', 0)), _connector='OR')), name='ad_event_price_is_billed_or_borne')],
            },
        ),
        migrations.CreateModel(
            name='Cap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=14)),
                ('owner_id', models.BigIntegerField()),
                ('day', models.DateField(null=True)),
                ('limit_micro', models.BigIntegerField(default=0)),
                ('taken_micro', models.BigIntegerField(default=0)),
                ('closed_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('closed_at__isnull', True), ('kind', 'wallet')), fields=['day'], name='cap_wallet_open')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'owner_id', 'day'), name='cap_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('kind__in', ['campaign_day', 'campaign_total', 'merchant_day', 'wallet'])), name='cap_kind_known'), models.CheckConstraint(condition=models.Q(('limit_micro__gte', 0), ('taken_micro__gte', 0)), name='cap_not_negative'), models.CheckConstraint(condition=models.Q(models.Q(('day__isnull', True), ('kind', 'campaign_total')), models.Q(models.Q(('kind', 'campaign_total'), _negated=True), ('day__isnull', False)), _connector='OR'), name='cap_day_unless_total')],
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('written_in', search.spending.models.events.TransactionId(db_default=models.Func(function='pg_current_xact_id', output_field=search.spending.models.events.TransactionId()))),
                ('day', models.DateField()),
                ('token', models.UUIDField()),
                ('shop_id', models.BigIntegerField()),
                ('campaign_id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=8)),
                ('amount_micro', models.BigIntegerField()),
                ('reason', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['written_in', 'id'], name='ad_correction_written')],
                'constraints': [models.UniqueConstraint(fields=('day', 'token'), name='ad_correction_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['freed', 'credited'])), name='ad_correction_kind'), models.CheckConstraint(condition=models.Q(('amount_micro__gt', 0)), name='ad_correction_amount')],
            },
        ),
        migrations.CreateModel(
            name='CreditPosting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop_id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=5)),
                ('day', models.DateField()),
                ('seq', models.PositiveIntegerField()),
                ('key', models.CharField(max_length=120, unique=True)),
                ('sum_micro', models.BigIntegerField()),
                ('carry_in_micro', models.BigIntegerField()),
                ('amount_minor', models.BigIntegerField()),
                ('carry_out_micro', models.BigIntegerField()),
                ('posted_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shop_id', 'kind', 'day', 'seq'), name='ad_credit_posting_once'), models.CheckConstraint(condition=models.Q(('sum_micro', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('amount_minor'), '*', models.Value(1000000)), '+', models.F('carry_out_micro')), '-', models.F('carry_in_micro')))), name='ad_credit_posting_adds_up')],
            },
        ),
        CreatePartitionedModel(
            name='Decision',
            fields=[
                ('pk', models.CompositePrimaryKey('day', 'decision_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('decision_id', models.UUIDField()),
                ('decided_at', models.DateTimeField()),
                ('page', models.CharField(max_length=12)),
                ('query', models.CharField(blank=True, max_length=200)),
                ('region', models.CharField(blank=True, max_length=12)),
                ('auction', models.TextField(blank=True)),
                ('person', models.UUIDField(null=True)),
                ('network', models.UUIDField(null=True)),
                ('lines', models.JSONField()),
            ],
            options={
                'indexes': [models.Index(fields=['decided_at'], name='ad_decision_when')],
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop_id', models.BigIntegerField()),
                ('day', models.DateField()),
                ('grouped_by', models.CharField(max_length=7)),
                ('who', models.UUIDField()),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None)),
                ('rules_version', models.PositiveIntegerField()),
                ('evidence', models.JSONField()),
                ('events', models.PositiveIntegerField()),
                ('amount_micro', models.BigIntegerField()),
                ('state', models.CharField(default='found', max_length=8)),
                ('found_at', models.DateTimeField()),
                ('decided_by', models.BigIntegerField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('note', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['found', 'approved'])), fields=['state', 'id'], name='ad_finding_open'), models.Index(fields=['shop_id', 'day'], name='ad_finding_of_shop')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['found', 'approved', 'refused', 'posted'])), name='ad_finding_state'), models.CheckConstraint(condition=models.Q(('grouped_by__in', ['network', 'person'])), name='ad_finding_group'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'found')), models.Q(models.Q(('state', 'found'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='ad_finding_decided')],
            },
        ),
        migrations.CreateModel(
            name='HourCharge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop_id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=5)),
                ('day', models.DateField()),
                ('hour', models.DateTimeField()),
                ('seq', models.PositiveIntegerField()),
                ('key', models.CharField(max_length=120, unique=True)),
                ('events', models.PositiveIntegerField()),
                ('freed', models.PositiveIntegerField()),
                ('sum_micro', models.BigIntegerField()),
                ('carry_in_micro', models.BigIntegerField()),
                ('amount_minor', models.BigIntegerField()),
                ('carry_out_micro', models.BigIntegerField()),
                ('cash_minor', models.BigIntegerField()),
                ('bonus_minor', models.BigIntegerField()),
                ('vat_minor', models.BigIntegerField()),
                ('transaction_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('closed_at', models.DateTimeField()),
                ('proven_at', models.DateTimeField(null=True)),
                ('finding', models.CharField(blank=True, max_length=200)),
                ('previous', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='next', to='spending.hourcharge')),
            ],
        ),
        migrations.CreateModel(
            name='ChargeHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop_id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=5)),
                ('day', models.DateField()),
                ('seq', models.PositiveIntegerField(default=0)),
                ('carry_micro', models.BigIntegerField(default=0)),
                ('credit_seq', models.PositiveIntegerField(default=0)),
                ('credit_carry_micro', models.BigIntegerField(default=0)),
                ('is_closed', models.BooleanField(default=False)),
                ('is_passed_on', models.BooleanField(default=False)),
                ('last_charge', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='spending.hourcharge')),
            ],
        ),
        migrations.CreateModel(
            name='Lease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('campaign_id', models.BigIntegerField()),
                ('shop_id', models.BigIntegerField()),
                ('day', models.DateField()),
                ('granted_micro', models.BigIntegerField()),
                ('billed_micro', models.BigIntegerField(default=0)),
                ('returned_micro', models.BigIntegerField(default=0)),
                ('worker', models.CharField(max_length=80)),
                ('granted_at', models.DateTimeField()),
                ('last_shown_at', models.DateTimeField(null=True)),
                ('closes_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['closes_at'], name='lease_due'), models.Index(fields=['shop_id', 'day'], name='lease_of_shop')],
                'constraints': [models.CheckConstraint(condition=models.Q(('billed_micro__gte', 0), ('granted_micro__gte', models.F('billed_micro')), ('returned_micro__gte', 0)), name='lease_never_overdrawn')],
            },
        ),
        migrations.CreateModel(
            name='Credit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('token', models.UUIDField()),
                ('kind', models.CharField(max_length=5)),
                ('amount_micro', models.BigIntegerField()),
                ('posting', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credits', to='spending.creditposting')),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credits', to='spending.finding')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'token'), name='ad_credit_once_an_event'), models.CheckConstraint(condition=models.Q(('amount_micro__gt', 0)), name='ad_credit_amount'), models.CheckConstraint(condition=models.Q(('kind__in', ['view', 'click'])), name='ad_credit_event_kind')],
            },
        ),
        migrations.AddIndex(
            model_name='hourcharge',
            index=models.Index(fields=['shop_id', 'hour'], name='hour_charge_when'),
        ),
        migrations.AddIndex(
            model_name='hourcharge',
            index=models.Index(condition=models.Q(('proven_at__isnull', True)), fields=['id'], name='hour_charge_unproven'),
        ),
        migrations.AddIndex(
            model_name='hourcharge',
            index=models.Index(condition=models.Q(('finding', ''), _negated=True), fields=['id'], name='hour_charge_broken'),
        ),
        migrations.AddConstraint(
            model_name='hourcharge',
            constraint=models.UniqueConstraint(fields=('shop_id', 'kind', 'day', 'seq'), name='hour_charge_once'),
        ),
        migrations.AddConstraint(
            model_name='hourcharge',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['view', 'click'])), name='hour_charge_kind'),
        ),
        migrations.AddConstraint(
            model_name='hourcharge',
            constraint=models.CheckConstraint(condition=models.Q(('carry_in_micro__gte', 0), ('carry_in_micro__lt', 1000000), ('carry_out_micro__gte', 0), ('carry_out_micro__lt', 1000000), ('sum_micro', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('amount_minor'), '*', models.Value(1000000)), '+', models.F('carry_out_micro')), '-', models.F('carry_in_micro'))), ('sum_micro__gte', 0)), name='hour_charge_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='hourcharge',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor', django.db.models.expressions.CombinedExpression(models.F('cash_minor'), '+', models.F('bonus_minor')))), name='hour_charge_is_paid'),
        ),
        migrations.AddConstraint(
            model_name='chargehead',
            constraint=models.UniqueConstraint(fields=('shop_id', 'kind', 'day'), name='charge_head_once'),
        ),
        migrations.AddConstraint(
            model_name='chargehead',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['view', 'click'])), name='charge_head_kind'),
        ),
        migrations.AddConstraint(
            model_name='chargehead',
            constraint=models.CheckConstraint(condition=models.Q(('carry_micro__gte', 0), ('carry_micro__lt', 1000000), ('credit_carry_micro__gte', 0), ('credit_carry_micro__lt', 1000000)), name='charge_head_carries_less_than_a_fen'),
        ),
    ]
