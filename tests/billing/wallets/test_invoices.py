"""Invoices of a month: exactly what the ledger says was earned, by kind, with its VAT; bonus beside it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from billing.ledger.contracts import Code, Owner
from billing.ledger.selectors import balance_at
from billing.ledger.services import post_pending
from billing.wallets import services
from billing.wallets.contracts import ChargeKind
from billing.wallets.selectors import InvoiceNotFound, get_invoice, list_invoices
from tests.billing.wallets.steps import charge, credit, give_bonus, give_cash, hold_day

pytestmark = pytest.mark.django_db

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
END_OF_OCTOBER = datetime(2026, 10, 31, 16, tzinfo=UTC)  # midnight in Beijing


def spend(shop: int, at: datetime, *, key: str) -> None:
    """Clicks, views, one credit, and a part of a lot."""
    hold_day(shop, 40_000, key=f"h{key}", now=at, day=at.date())
    charge(shop, 6_127, key=f"c{key}", now=at, day=at.date())
    charge(shop, 22_838, key=f"v{key}", kind=ChargeKind.VIEW, now=at, day=at.date())
    credit(shop, 322, key=f"g{key}", now=at, day=at.date())
    with transaction.atomic():
        asked = {"shop_id": shop, "lot_id": int(key), "now": at}
        services.hold_for_lot(amount_minor=21_000, key=f"b{key}", expires_at=None, **asked)
        services.win_lot(price_minor=21_000, key=f"w{key}", **asked)
        services.deliver_lot_part(amount_minor=7_000, key=f"d{key}", **asked)
    post_pending(now=at)


@pytest.fixture
def shop(shop_a) -> int:
    """A shop that advertised in the last minutes of October and the first of November, in Beijing."""
    start = END_OF_OCTOBER - timedelta(days=9)
    give_cash(shop_a.shop_id, 500_000, key="cash", now=start)
    give_bonus(shop_a.shop_id, 2_000, key="bonus", now=start)
    spend(shop_a.shop_id, END_OF_OCTOBER - timedelta(minutes=2), key="1")
    spend(shop_a.shop_id, END_OF_OCTOBER + timedelta(minutes=2), key="2")
    return shop_a.shop_id


def earned(at: datetime) -> tuple[int, int]:
    """Income of advertising and VAT, as the ledger's accounts stood; bonus is income too, and a discount."""
    income = sum(balance_at(code=code, at=at) for code in (Code.ADS_CPC, Code.ADS_CPM, Code.ADS_SLOT))
    return income, balance_at(code=Code.VAT_PAYABLE, at=at)


def test_an_invoice_is_the_ledger_to_the_fen(shop):
    october = get_invoice(shop_id=shop, month=OCTOBER, now=END_OF_OCTOBER + timedelta(hours=1))
    income, vat = earned(END_OF_OCTOBER - timedelta(seconds=1))
    assert (october.net_minor + october.bonus_minor, october.vat_minor) == (income, vat)
    lowered = 500_000 - balance_at(code=Code.AD_WALLET_CASH, owner=Owner.of_shop(shop), at=END_OF_OCTOBER)
    deferred = balance_at(code=Code.SLOT_DEFERRED, owner=Owner.of_shop(shop), at=END_OF_OCTOBER)
    assert october.amount_minor == lowered - deferred
    assert october.issued_on == NOVEMBER
    assert october.number == f"AI-202610-{shop}"
    assert [(line.kind, line.account, line.postings, line.amount_minor) for line in october.lines] == [
        ("ad_clicks_charged", "2050", 1, 4_127),
        ("ad_views_charged", "2050", 1, 22_838),
        ("slot_day_delivered", "2070", 1, 7_000),
        ("ad_clicks_credited", "2050", 1, -217),
    ]
    assert october.bonus_minor == 2_000 - 105, "the credit came back in proportion"


def test_two_months_together_are_everything_that_was_earned(shop, clock):
    later = END_OF_OCTOBER + timedelta(days=31)
    invoices = list_invoices(shop_id=shop, now=later)
    assert [one.month for one in invoices] == [NOVEMBER, OCTOBER]
    income, vat = earned(later)
    assert sum(one.net_minor + one.bonus_minor for one in invoices) == income
    assert sum(one.vat_minor for one in invoices) == vat


def test_a_month_that_is_not_over_or_had_nothing_has_no_invoice(shop):
    now = END_OF_OCTOBER + timedelta(hours=1)
    assert [one.month for one in list_invoices(shop_id=shop, now=now)] == [OCTOBER]
    for month in (NOVEMBER, date(2026, 9, 1), date(1, 1, 1)):
        with pytest.raises(InvoiceNotFound):
            get_invoice(shop_id=shop, month=month, now=now)


def test_one_shops_invoice_has_nothing_of_anothers(shop, shop_b):
    now = END_OF_OCTOBER + timedelta(days=31)
    assert list_invoices(shop_id=shop_b.shop_id, now=now) == []
    with pytest.raises(InvoiceNotFound):
        get_invoice(shop_id=shop_b.shop_id, month=OCTOBER, now=now)
    give_cash(shop_b.shop_id, 10_000, key="x", now=now)
    before = list_invoices(shop_id=shop, now=now)
    day = now.date()
    hold_day(shop_b.shop_id, 500, key="hb", now=now, day=day)
    charge(shop_b.shop_id, 500, key="cb", now=now, day=day)
    assert list_invoices(shop_id=shop, now=now) == before
