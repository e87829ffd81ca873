"""What the database refuses by itself: shares that do not sum to their payment, and agreed amounts that change."""

from django.db import migrations

# Checked at the end of the transaction, because a payment and its shares come in two statements.
SHARES_SUM = """
CREATE FUNCTION payments_check_sum() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    checked bigint;
    agreed bigint;
    summed bigint;
BEGIN
    IF TG_TABLE_NAME = 'payments_payment' THEN
        checked := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        checked := OLD.payment_id;
    ELSE
        checked := NEW.payment_id;
    END IF;
    SELECT amount_minor INTO agreed FROM public.payments_payment WHERE id = checked;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT coalesce(sum(amount_minor), 0) INTO summed FROM public.payments_paymentshare WHERE payment_id = checked;
    IF summed <> agreed THEN
        RAISE EXCEPTION 'shares of payment % sum to %, not %', checked, summed, agreed
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_shares_sum';
    END IF;
    RETURN NULL;
END
$body$;

CREATE CONSTRAINT TRIGGER payment_shares_sum AFTER INSERT ON payments_payment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_check_sum();
CREATE CONSTRAINT TRIGGER payment_shares_sum AFTER INSERT OR DELETE ON payments_paymentshare
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_check_sum();
"""

AGREED_STAYS = """
CREATE FUNCTION payments_keep_agreed() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'what was agreed in % does not change', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_agreed_stays';
END
$body$;

CREATE TRIGGER payment_agreed_stays
    BEFORE UPDATE OF payment_no, purchase_no, gateway, amount_minor, currency ON payments_payment
    FOR EACH ROW WHEN ((OLD.payment_no, OLD.purchase_no, OLD.gateway, OLD.amount_minor, OLD.currency)
        IS DISTINCT FROM (NEW.payment_no, NEW.purchase_no, NEW.gateway, NEW.amount_minor, NEW.currency))
    EXECUTE FUNCTION payments_keep_agreed();
CREATE TRIGGER payment_agreed_stays
    BEFORE UPDATE OF payment_id, share_no, shop_id, merchant_account, amount_minor ON payments_paymentshare
    FOR EACH ROW WHEN ((OLD.payment_id, OLD.share_no, OLD.shop_id, OLD.merchant_account, OLD.amount_minor)
        IS DISTINCT FROM (NEW.payment_id, NEW.share_no, NEW.shop_id, NEW.merchant_account, NEW.amount_minor))
    EXECUTE FUNCTION payments_keep_agreed();
CREATE TRIGGER payment_agreed_stays
    BEFORE UPDATE OF share_id, refund_no, key, amount_minor ON payments_refund
    FOR EACH ROW WHEN ((OLD.share_id, OLD.refund_no, OLD.key, OLD.amount_minor)
        IS DISTINCT FROM (NEW.share_id, NEW.refund_no, NEW.key, NEW.amount_minor))
    EXECUTE FUNCTION payments_keep_agreed();
"""

UNDO = """
DROP TRIGGER payment_agreed_stays ON payments_refund;
DROP TRIGGER payment_agreed_stays ON payments_paymentshare;
DROP TRIGGER payment_agreed_stays ON payments_payment;
DROP TRIGGER payment_shares_sum ON payments_paymentshare;
DROP TRIGGER payment_shares_sum ON payments_payment;
DROP FUNCTION payments_keep_agreed();
DROP FUNCTION payments_check_sum();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_tables")]

    operations = [
        migrations.RunSQL(sql=SHARES_SUM + AGREED_STAYS, reverse_sql=UNDO),
    ]
