"""What reports say was spent is what hours charged, what the invoice lists and what the ledger holds, to a fen."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from billing.ledger.contracts import Code, Owner
from billing.ledger.selectors import get_balance
from billing.settlement.services.days import business_date
from billing.wallets.selectors import get_wallet
from billing.wallets.selectors.invoices import get_invoice, month_of
from market.money import MICRO_PER_MINOR
from search.auction.contracts import TokenKind
from search.reports.contracts import Dimension, ReportAsk, Sums
from search.reports.selectors import get_report
from search.spending.models import HourCharge
from search.spending.services import close_hours, record_click, record_views
from tests.fixtures.ads import MICRO, AdRow, fund, lend, make_ad, show, visitor
from tests.search.reports.counting_on import count_all

SHOP, MONEY_MINOR = 61, 10_000
VIEW_MICRO = 1_850_000
LATER = timedelta(seconds=5)

pytestmark = pytest.mark.usefixtures("committed_db")


def spend(ad: AdRow, now: datetime) -> None:
    """Seven clicks at 0.37 and nine views at 18.50 a thousand, which leave parts of a fen."""
    lease_id = lend(ad, now, least_micro=400 * MICRO).lease_id
    for _ in range(7):
        record_click(token=show(ad, lease_id, now, price_micro=37 * MICRO), facts=visitor(), now=now + LATER)
    views = [show(ad, lease_id, now, kind=TokenKind.VIEW, price_micro=VIEW_MICRO) for _ in range(9)]
    record_views(tokens=views, facts=visitor(), now=now + LATER)


def read_sums(now: datetime) -> Sums:
    day = business_date(now)
    return get_report(ReportAsk(shop_id=SHOP, since=day, until=day, by=Dimension.DAY)).total.sums


def sum_fen(charges: Sequence[HourCharge]) -> int:
    return sum(charge.amount_minor for charge in charges)


def test_report_charges_invoice_and_ledger_agree_to_a_fen() -> None:
    now = datetime.now(UTC)  # the ledger's own clock says in which month a posting is
    fund(SHOP, MONEY_MINOR, now)
    ad = make_ad(shop_id=SHOP, now=now)
    spend(ad, now)
    count_all(now)
    close_hours(now + timedelta(hours=3))
    sums, charges = read_sums(now), list(HourCharge.objects.filter(shop_id=SHOP))
    assert (sums.click_micro, sums.view_micro) == (7 * 37 * MICRO, 9 * VIEW_MICRO)
    last = {charge.kind: charge for charge in sorted(charges, key=lambda charge: charge.seq)}
    carried_micro = sum(charge.carry_out_micro for charge in last.values())
    assert sums.cost_micro == sum_fen(charges) * MICRO_PER_MINOR + carried_micro
    invoice = get_invoice(shop_id=SHOP, month=month_of(now), now=now + timedelta(days=40))
    assert invoice.amount_minor == sum_fen(charges) == 7 * 37 + 16
    wallet = get_wallet(SHOP)
    assert wallet.cash_minor == MONEY_MINOR - invoice.amount_minor
    assert get_balance(code=Code.AD_WALLET_CASH, owner=Owner.of_shop(SHOP)).posted_minor == wallet.cash_minor
    earned = sum(get_balance(code=code).posted_minor for code in (Code.ADS_CPC, Code.ADS_CPM, Code.VAT_PAYABLE))
    assert earned == invoice.amount_minor
