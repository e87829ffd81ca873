"""Commission on sales: bonus and free cash in the order set, the rest owed till money comes; given back as paid."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from billing.ledger.contracts import Code
from billing.ledger.rules import DebtMoved
from billing.ledger.services import post
from billing.settlement.services.debts import settle_debt
from billing.wallets.selectors import get_invoice, get_owed_minor, get_wallet, list_owing_shops
from billing.wallets.services import (
    KeyReused,
    MoreThanCharged,
    NotEnough,
    charge_sale,
    collect_owed,
    hold_for_lot,
    set_payment_order,
)
from tests.billing.wallets.steps import (
    DAY,
    assert_sound,
    charge_order,
    credit_order,
    give_bonus,
    give_cash,
    hold_day,
    read_code,
)


def read_shop(shop_id: int) -> tuple[int, int, int]:
    """Cash, bonus, and what the shop owes."""
    return tuple(
        read_code(code, shop_id) for code in (Code.AD_WALLET_CASH, Code.AD_WALLET_BONUS, Code.MERCHANT_RECEIVABLE)
    )


@pytest.mark.django_db
def test_a_commission_is_paid_with_bonus_then_cash_and_the_rest_is_owed(shop_a, clock):
    shop = shop_a.shop_id
    give_bonus(shop, 200, key="b", now=clock.now)
    give_cash(shop, 400, key="c", now=clock.now)
    done = charge_order(shop, 1_200, key="sale:S-1:0", now=clock.now)
    assert (done.bonus_minor, done.cash_minor, done.owed_minor, done.vat_minor) == (200, 400, 600, 23 + 34)
    assert read_shop(shop) == (0, 0, 600)
    assert (read_code(Code.ADS_SALE), read_code(Code.VAT_PAYABLE)) == (200 + 377 + 566, 57)
    assert (get_owed_minor(shop), shop in list_owing_shops()) == (600, True)
    assert_sound(shop)


@pytest.mark.django_db
def test_cash_pays_a_commission_first_where_staff_set_it(shop_a, clock):
    shop = shop_a.shop_id
    give_bonus(shop, 1_000, key="b", now=clock.now)
    give_cash(shop, 400, key="c", now=clock.now)
    set_payment_order(shop_id=shop, cash_first=True, actor_id=1, now=clock.now)
    done = charge_order(shop, 1_200, key="sale:S-1:0", now=clock.now)
    assert (done.cash_minor, done.bonus_minor, done.owed_minor) == (400, 800, 0)
    assert read_shop(shop) == (0, 200, 0)
    assert_sound(shop)


@pytest.mark.django_db
def test_the_same_key_charges_once_and_never_something_else(shop_a, clock):
    shop = shop_a.shop_id
    give_cash(shop, 5_000, key="c", now=clock.now)
    first = charge_order(shop, 1_200, key="k", now=clock.now)
    assert charge_order(shop, 1_200, key="k", now=clock.now) == first
    assert read_shop(shop) == (3_800, 0, 0)
    for wrong in ({"amount_minor": 1_201}, {"amount_minor": 1_200, "sale_no": "S-2"}):
        with pytest.raises(KeyReused):
            charge_order(shop, key="k", now=clock.now, **wrong)
    with pytest.raises(KeyReused):
        credit_order(shop, 1_200, key="k", now=clock.now)


@pytest.mark.django_db
def test_the_next_money_pays_what_is_owed_before_ads_or_lots_are_promised_any(shop_a, clock):
    shop = shop_a.shop_id
    charge_order(shop, 700, key="k", now=clock.now)
    give_cash(shop, 500, key="c1", now=clock.now)
    assert hold_day(shop, 500, key="h1", now=clock.now).left_minor == 0
    assert (read_shop(shop), get_owed_minor(shop)) == ((0, 0, 200), 200)
    give_cash(shop, 500, key="c2", now=clock.now)
    with pytest.raises(NotEnough), transaction.atomic():
        hold_for_lot(shop_id=shop, lot_id=1, amount_minor=400, key="l", expires_at=None, now=clock.now)
    assert collect_owed(now=clock.now) == 1
    assert (read_shop(shop), get_owed_minor(shop)) == ((300, 0, 0), 0)
    assert collect_owed(now=clock.now) == 0
    assert_sound(shop)


@pytest.mark.django_db
def test_what_is_promised_to_a_day_is_not_taken_for_a_commission(shop_a, clock):
    shop = shop_a.shop_id
    give_cash(shop, 1_000, key="c", now=clock.now)
    hold_day(shop, 900, key="h", now=clock.now)
    done = charge_order(shop, 300, key="k", now=clock.now)
    assert (done.cash_minor, done.owed_minor) == (100, 200)
    wallet = get_wallet(shop)
    assert (wallet.cash_minor, wallet.held_minor, wallet.available_minor) == (900, 900, 0)


@pytest.mark.django_db
def test_what_the_end_of_a_day_netted_is_not_asked_for_again(shop_a, clock):
    shop = shop_a.shop_id
    charge_order(shop, 700, key="k", now=clock.now)
    with transaction.atomic():  # the shop has sales that it was not paid for
        post(key="owed", event=DebtMoved(shop_id=shop, reference="x", amount_minor=1_000), now=clock.now)
    settle_debt(shop_id=shop, currency="CNY", day=date(2026, 11, 22), now=clock.now)
    assert read_code(Code.MERCHANT_RECEIVABLE, shop) == 700, "1,000 of an older debt and 700 less 1,000"
    give_cash(shop, 1_000, key="c", now=clock.now)
    collect_owed(now=clock.now)
    assert (read_shop(shop), get_owed_minor(shop)) == ((300, 0, 0), 0)
    assert_sound(shop)


@pytest.mark.django_db
def test_a_refund_gives_back_as_it_was_paid_to_the_last_fen_and_no_more(shop_a, clock):
    shop = shop_a.shop_id
    give_bonus(shop, 333, key="b", now=clock.now)
    give_cash(shop, 500, key="c", now=clock.now)
    charge_order(shop, 1_000, key="k", now=clock.now)
    parts = [credit_order(shop, amount, key=f"g{amount}", now=clock.now) for amount in (1, 332, 667)]
    assert sum(part.bonus_minor for part in parts) == 333
    assert (read_code(Code.ADS_SALE), read_code(Code.VAT_PAYABLE)) == (0, 0)
    collect_owed(now=clock.now)
    assert read_shop(shop) == (500, 333, 0), "what was owed came back as cash and paid the debt"
    with pytest.raises(MoreThanCharged):
        credit_order(shop, 1, key="more", now=clock.now)
    assert_sound(shop)


@pytest.mark.django_db
def test_the_invoice_has_commission_that_was_paid_and_that_is_owed(shop_a):
    at = datetime(2026, 10, 20, tzinfo=UTC)
    give_cash(shop_a.shop_id, 400, key="c", now=at)
    charge_order(shop_a.shop_id, 1_000, key="k", now=at)
    credit_order(shop_a.shop_id, 100, key="g", now=at)
    invoice = get_invoice(shop_id=shop_a.shop_id, month=date(2026, 10, 1), now=at + timedelta(days=30))
    assert [(line.kind, line.account, line.amount_minor) for line in invoice.lines] == [
        ("ad_sale_charged", "2050", 400),
        ("ad_sale_owed", "1040", 600),
        ("ad_sale_credited", "2050", -100),
    ]
    assert (invoice.net_minor, invoice.vat_minor) == (read_code(Code.ADS_SALE), read_code(Code.VAT_PAYABLE))


def test_a_commission_demands_the_transaction_of_what_it_is_charged_for(committed_db, shop_a, clock):
    with pytest.raises(TransactionManagementError):
        charge_sale(shop_id=shop_a.shop_id, sale_no="S-1", amount_minor=1, key="x", now=clock.now)


def test_many_at_once_charge_each_sale_once_and_nothing_is_ever_below_zero(committed_db, shop_a, clock):
    shop = shop_a.shop_id
    give_bonus(shop, 500, key="b", now=clock.now)

    def work(number: int) -> None:
        try:
            for step in range(8):
                sale = f"S-{step}"  # every thread charges and credits the same sales
                charge_order(shop, 300, key=f"k{sale}", sale_no=sale, now=clock.now)
                credit_order(shop, 50, key=f"g{sale}", sale_no=sale, now=clock.now)
                give_cash(shop, 40, key=f"c{number}:{step}", now=clock.now)
                hold_day(shop, 10, key=f"h{number}:{step}", day=DAY, now=clock.now)
                collect_owed(now=clock.now)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    give_cash(shop, 10_000, key="last", now=clock.now)
    collect_owed(now=clock.now)
    assert read_code(Code.ADS_SALE) + read_code(Code.VAT_PAYABLE) == 8 * 250
    assert get_owed_minor(shop) == read_code(Code.MERCHANT_RECEIVABLE, shop) == 0
    cash, bonus, _ = read_shop(shop)
    assert cash + bonus == 500 + 6 * 8 * 40 + 10_000 - 8 * 250
    assert_sound(shop)
