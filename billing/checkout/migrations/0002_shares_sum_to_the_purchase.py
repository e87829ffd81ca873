"""The database refuses a purchase whose shares do not sum to what is charged."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION checkout_shares_sum() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    number bigint;
    charged bigint;
    shared bigint;
BEGIN
    IF TG_TABLE_NAME = 'checkout_purchase' THEN
        number := NEW.id;
    ELSE
        number := NEW.purchase_id;
    END IF;
    SELECT total_minor INTO charged FROM checkout_purchase WHERE id = number;
    SELECT sum(total_minor) INTO shared FROM checkout_purchaseshare WHERE purchase_id = number;
    IF charged IS DISTINCT FROM shared THEN
        RAISE EXCEPTION 'purchase % charges % and its shares sum to %', number, charged, shared
            USING ERRCODE = 'check_violation', CONSTRAINT = 'purchase_shares_sum_to_total';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER purchase_shares_sum_to_total AFTER INSERT OR UPDATE OF total_minor ON checkout_purchase
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION checkout_shares_sum();
CREATE CONSTRAINT TRIGGER share_sums_to_purchase AFTER INSERT OR UPDATE OF total_minor ON checkout_purchaseshare
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION checkout_shares_sum();
"""
BACKWARDS = """
DROP TRIGGER share_sums_to_purchase ON checkout_purchaseshare;
DROP TRIGGER purchase_shares_sum_to_total ON checkout_purchase;
DROP FUNCTION checkout_shares_sum();
"""


class Migration(migrations.Migration):
    dependencies = [("checkout", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
