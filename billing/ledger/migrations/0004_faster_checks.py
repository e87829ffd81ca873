"""The same refusals in one pass over a statement's entries, and no index that nobody reads."""

from importlib import import_module

from django.db import migrations, models

_FIRST: str = import_module("billing.ledger.migrations.0002_refusals").CHECK_ENTRIES

# Which rows are looked at is known before they are looked for: accounts and transactions are found by the ids of this
# statement's entries, whatever the size of their tables. A connection keeps one plan for single posts and for batches:
# with nested loops off, the entries are never walked once for each of them.
CHECK_ENTRIES = """
CREATE FUNCTION ledger_check_reversals(transactions bigint[]) RETURNS void LANGUAGE plpgsql
    SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $body$
DECLARE
    wrong bigint;
BEGIN
    SELECT t.reverses_id INTO wrong
    FROM public.ledger_transaction t JOIN public.ledger_entry n ON n.transaction_id = t.id
    WHERE t.id = ANY (transactions) AND t.reverses_id IS NOT NULL
      AND (SELECT coalesce(sum(r.amount_minor), 0)
           FROM public.ledger_transaction rt JOIN public.ledger_entry r ON r.transaction_id = rt.id
           WHERE rt.reverses_id = t.reverses_id AND r.account_id = n.account_id AND r.side = n.side)
        > (SELECT coalesce(sum(o.amount_minor), 0) FROM public.ledger_entry o
           WHERE o.transaction_id = t.reverses_id AND o.account_id = n.account_id AND o.side <> n.side)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'more would be reversed than transaction % posted', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_reversal_bounded';
    END IF;
END $body$;

CREATE OR REPLACE FUNCTION ledger_check_entries() RETURNS trigger LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_nestloop = off SET plan_cache_mode = force_generic_plan AS $body$
DECLARE
    accounts bigint[];
    transactions bigint[];
    entries bigint;
    named record;
    seen record;
    wrong record;
BEGIN
    SELECT count(*), array_agg(DISTINCT account_id), array_agg(DISTINCT transaction_id)
    INTO entries, accounts, transactions FROM new_entries;
    IF entries = 0 THEN
        RETURN NULL;
    END IF;

    SELECT count(*) AS transactions, count(reverses_id) AS reversals INTO named
    FROM public.ledger_transaction WHERE id = ANY (transactions);

    SELECT coalesce(sum(g.entries), 0) AS entries, coalesce(sum(g.leading), 0) AS leading,
           coalesce(sum(g.beyond), 0) AS beyond, coalesce(sum(g.overdrawing), 0) AS overdrawing,
           min(g.transaction_id) FILTER (WHERE g.difference <> 0) AS unbalanced
    INTO seen
    FROM (
        SELECT e.transaction_id, a.book, a.currency, count(*) AS entries,
               sum(CASE e.side WHEN 'D' THEN e.amount_minor ELSE -e.amount_minor END) AS difference,
               count(*) FILTER (
                   WHERE e.account_version = a.version
                     AND e.balance_after_minor = (a.posted_debits_minor - a.posted_credits_minor)
                                                 * CASE a.normal WHEN 'D' THEN 1 ELSE -1 END) AS leading,
               count(*) FILTER (WHERE e.account_version > a.version) AS beyond,
               count(*) FILTER (WHERE a.code = '2020' AND e.side = 'D' AND e.balance_after_minor < 0) AS overdrawing
        FROM new_entries e JOIN public.ledger_account a ON a.id = e.account_id
        WHERE a.id = ANY (accounts)
        GROUP BY e.transaction_id, a.book, a.currency
    ) g;

    IF seen.entries <> entries OR named.transactions <> cardinality(transactions) THEN
        RAISE EXCEPTION 'an entry names an account or a transaction that is not there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'ledger_entry_references';
    END IF;

    IF seen.unbalanced IS NOT NULL THEN
        RAISE EXCEPTION 'transaction % does not balance', seen.unbalanced
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_balanced';
    END IF;

    IF (SELECT count(*) FROM public.ledger_entry WHERE transaction_id = ANY (transactions)) <> entries THEN
        RAISE EXCEPTION 'entries are added to a transaction that has some'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_with_its_transaction';
    END IF;

    -- An account's versions are unique: of each account one entry has come to its totals, and none goes beyond.
    IF seen.leading <> cardinality(accounts) OR seen.beyond > 0 THEN
        RAISE EXCEPTION 'entries do not lead to the totals of their accounts'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_leads_to_totals';
    END IF;

    IF seen.overdrawing > 0 THEN
        SELECT e.account_id, t.kind INTO wrong
        FROM new_entries e
        JOIN public.ledger_account a ON a.id = e.account_id
        JOIN public.ledger_transaction t ON t.id = e.transaction_id
        WHERE a.id = ANY (accounts) AND t.id = ANY (transactions)
          AND a.code = '2020' AND e.side = 'D' AND e.balance_after_minor < 0
          AND t.kind NOT LIKE 'refund\\_%' AND t.kind NOT LIKE 'dispute\\_%'
        LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'a % may not take the payable of account % below zero', wrong.kind, wrong.account_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_payable_guarded';
        END IF;
    END IF;

    IF named.reversals > 0 THEN
        PERFORM public.ledger_check_reversals(transactions);
    END IF;
    RETURN NULL;
END $body$;
"""

BACK = (
    _FIRST.partition("CREATE TRIGGER")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    + "DROP FUNCTION ledger_check_reversals(bigint[]);"
)

# Django gives every unique or indexed text a second index for LIKE. Keys and subjects are only ever asked for whole,
# and each index is written once more for every transaction.
DROP_UNREAD = """
DROP INDEX IF EXISTS ledger_transaction_key_70016b4e_like;
DROP INDEX IF EXISTS ledger_transaction_subject_23049235_like;
DROP INDEX IF EXISTS ledger_postingrequest_key_4f606e3b_like;
"""

MAKE_UNREAD = """
CREATE INDEX ledger_transaction_key_70016b4e_like ON ledger_transaction (key varchar_pattern_ops);
CREATE INDEX ledger_transaction_subject_23049235_like ON ledger_transaction (subject varchar_pattern_ops);
CREATE INDEX ledger_postingrequest_key_4f606e3b_like ON ledger_postingrequest (key varchar_pattern_ops);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_seals")]

    operations = [
        migrations.RunSQL(CHECK_ENTRIES, BACK),
        migrations.RunSQL(DROP_UNREAD, MAKE_UNREAD),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("balance_after_minor", 0)),
                fields=["account", "account_version"],
                name="ledger_entry_at_zero",
            ),
        ),
    ]
