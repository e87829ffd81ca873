"""What the database refuses by itself: books out of balance, changed history, guarded accounts overdrawn."""

from django.db import migrations

# A transaction and its entries come in one statement, so that one look at its end sees the whole of it. A connection
# keeps the plans of these checks: with sequential scans off, none is kept from the time when the tables were small.
CHECK_ENTRIES = """
CREATE FUNCTION ledger_check_entries() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $body$
DECLARE
    wrong record;
BEGIN
    IF (SELECT count(*) FROM new_entries e
        JOIN public.ledger_account a ON a.id = e.account_id
        JOIN public.ledger_transaction t ON t.id = e.transaction_id) <> (SELECT count(*) FROM new_entries) THEN
        RAISE EXCEPTION 'an entry names an account or a transaction that is not there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'ledger_entry_references';
    END IF;

    SELECT e.transaction_id, a.book, a.currency INTO wrong
    FROM new_entries e JOIN public.ledger_account a ON a.id = e.account_id
    GROUP BY e.transaction_id, a.book, a.currency
    HAVING sum(CASE e.side WHEN 'D' THEN e.amount_minor ELSE -e.amount_minor END) <> 0
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'transaction % does not balance in % %', wrong.transaction_id, wrong.book, wrong.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_balanced';
    END IF;

    IF (SELECT count(*) FROM public.ledger_entry
        WHERE transaction_id = ANY (ARRAY(SELECT DISTINCT transaction_id FROM new_entries)))
       <> (SELECT count(*) FROM new_entries) THEN
        RAISE EXCEPTION 'entries are added to a transaction that has some'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_with_its_transaction';
    END IF;

    SELECT a.id, a.version INTO wrong
    FROM (SELECT DISTINCT ON (account_id) account_id, account_version, balance_after_minor
          FROM new_entries ORDER BY account_id, account_version DESC) e
    JOIN public.ledger_account a ON a.id = e.account_id
    WHERE a.version <> e.account_version
       OR e.balance_after_minor <> (a.posted_debits_minor - a.posted_credits_minor)
                                   * CASE a.normal WHEN 'D' THEN 1 ELSE -1 END
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entries of account % do not lead to its totals', wrong.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_leads_to_totals';
    END IF;

    SELECT e.account_id, t.kind INTO wrong
    FROM new_entries e
    JOIN public.ledger_account a ON a.id = e.account_id
    JOIN public.ledger_transaction t ON t.id = e.transaction_id
    WHERE a.code = '2020' AND e.side = 'D' AND e.balance_after_minor < 0
      AND t.kind NOT LIKE 'refund\\_%' AND t.kind NOT LIKE 'dispute\\_%'
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a % may not take the payable of account % below zero', wrong.kind, wrong.account_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_payable_guarded';
    END IF;

    SELECT t.reverses_id INTO wrong
    FROM new_entries n
    JOIN public.ledger_transaction t ON t.id = n.transaction_id
    WHERE t.reverses_id IS NOT NULL
      AND (SELECT coalesce(sum(r.amount_minor), 0)
           FROM public.ledger_transaction rt JOIN public.ledger_entry r ON r.transaction_id = rt.id
           WHERE rt.reverses_id = t.reverses_id AND r.account_id = n.account_id AND r.side = n.side)
        > (SELECT coalesce(sum(o.amount_minor), 0) FROM public.ledger_entry o
           WHERE o.transaction_id = t.reverses_id AND o.account_id = n.account_id AND o.side <> n.side)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'more would be reversed than transaction % posted', wrong.reverses_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_reversal_bounded';
    END IF;
    RETURN NULL;
END $body$;

CREATE TRIGGER ledger_entry_checked AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS new_entries FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_entries();
"""

DROP_CHECK_ENTRIES = """
DROP TRIGGER ledger_entry_checked ON ledger_entry;
DROP FUNCTION ledger_check_entries();
"""

CHECK_NOT_EMPTY = """
CREATE FUNCTION ledger_check_not_empty() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $body$
BEGIN
    IF EXISTS (SELECT FROM new_transactions t
               WHERE NOT EXISTS (SELECT FROM public.ledger_entry e WHERE e.transaction_id = t.id)) THEN
        RAISE EXCEPTION 'a transaction has no entries'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_not_empty';
    END IF;
    RETURN NULL;
END $body$;

CREATE TRIGGER ledger_transaction_checked AFTER INSERT ON ledger_transaction
    REFERENCING NEW TABLE AS new_transactions FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_not_empty();
"""

DROP_CHECK_NOT_EMPTY = """
DROP TRIGGER ledger_transaction_checked ON ledger_transaction;
DROP FUNCTION ledger_check_not_empty();
"""

APPEND_ONLY = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION '% of % is refused: a correction is a new transaction', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $body$;

CREATE TRIGGER ledger_transaction_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transaction
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_account_kept BEFORE DELETE OR TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_account_only_grows BEFORE UPDATE ON ledger_account FOR EACH ROW
    WHEN (NEW.posted_debits_minor < OLD.posted_debits_minor OR NEW.posted_credits_minor < OLD.posted_credits_minor
          OR NEW.version < OLD.version OR NEW.normal <> OLD.normal
          OR (NEW.book, NEW.currency, NEW.code, NEW.owner_kind, NEW.owner_id)
             <> (OLD.book, OLD.currency, OLD.code, OLD.owner_kind, OLD.owner_id))
    EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_hold_kept BEFORE DELETE OR TRUNCATE ON ledger_hold
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_hold_ended BEFORE UPDATE ON ledger_hold FOR EACH ROW
    WHEN (OLD.state <> 'open' OR NEW.posted_minor < OLD.posted_minor OR NEW.amount_minor < OLD.amount_minor
          OR NEW.account_id <> OLD.account_id OR NEW.key <> OLD.key)
    EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_holdstep_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_holdstep
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_postingrequest_kept BEFORE DELETE OR TRUNCATE ON ledger_postingrequest
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_postingrequest_only_posts BEFORE UPDATE ON ledger_postingrequest FOR EACH ROW
    WHEN (OLD.transaction_id IS NOT NULL OR NEW.key <> OLD.key OR NEW.payload_hash <> OLD.payload_hash
          OR NEW.kind <> OLD.kind)
    EXECUTE FUNCTION ledger_refuse_change();
"""

DROP_APPEND_ONLY = """
DROP TRIGGER ledger_transaction_append_only ON ledger_transaction;
DROP TRIGGER ledger_entry_append_only ON ledger_entry;
DROP TRIGGER ledger_account_kept ON ledger_account;
DROP TRIGGER ledger_account_only_grows ON ledger_account;
DROP TRIGGER ledger_hold_kept ON ledger_hold;
DROP TRIGGER ledger_hold_ended ON ledger_hold;
DROP TRIGGER ledger_holdstep_append_only ON ledger_holdstep;
DROP TRIGGER ledger_postingrequest_kept ON ledger_postingrequest;
DROP TRIGGER ledger_postingrequest_only_posts ON ledger_postingrequest;
DROP FUNCTION ledger_refuse_change();
"""

# Triggers hold for everyone; the application's role is not even granted what they refuse.
REVOKE = """
DO $body$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'jishi_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON ledger_transaction, ledger_entry, ledger_holdstep FROM jishi_app;
        REVOKE UPDATE, DELETE, TRUNCATE ON ledger_account, ledger_hold, ledger_postingrequest FROM jishi_app;
        GRANT UPDATE (posted_debits_minor, posted_credits_minor, pending_debits_minor, pending_credits_minor,
                      version, last_posted_at, floor_kind, floor_minor) ON ledger_account TO jishi_app;
        GRANT UPDATE (amount_minor, posted_minor, state, expires_at, closed_at) ON ledger_hold TO jishi_app;
        GRANT UPDATE (due_at, transaction_id, attempts, error, parked) ON ledger_postingrequest TO jishi_app;
    END IF;
END $body$;
"""

# Hot accounts are updated in place when their page has room (HOT): no totals are indexed, half of a page is kept free.
FILL = "ALTER TABLE ledger_account SET (fillfactor = 50)"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_books")]

    operations = [
        migrations.RunSQL(CHECK_ENTRIES, DROP_CHECK_ENTRIES),
        migrations.RunSQL(CHECK_NOT_EMPTY, DROP_CHECK_NOT_EMPTY),
        migrations.RunSQL(APPEND_ONLY, DROP_APPEND_ONLY),
        migrations.RunSQL(REVOKE, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, "ALTER TABLE ledger_account RESET (fillfactor)"),
    ]
