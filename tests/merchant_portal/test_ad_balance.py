"""What pages of advertising say of the balance: held for what, and free for what."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from billing.settlement.services.days import business_date
from billing.wallets.services import hold_for_lot
from tests.billing.wallets.steps import give_bonus, give_cash, hold_day
from tests.fixtures.ads import make_ad
from tests.merchant_portal.conftest import Merchant


@pytest.fixture
def now(db: None) -> datetime:
    return timezone.now()


def bid(shop_id: int, amount_minor: int, now: datetime) -> None:
    with transaction.atomic():
        hold_for_lot(
            shop_id=shop_id, lot_id=1, amount_minor=amount_minor, key="bid", expires_at=now + timedelta(days=3), now=now
        )  # fmt: skip


def test_money_of_sealed_bids_is_not_said_to_be_held_for_today(merchant: Merchant, now: datetime) -> None:
    shop_id = merchant.shop.shop_id
    make_ad(shop_id=shop_id, now=now)
    give_cash(shop_id, 50_000, key="cash", now=now)
    hold_day(shop_id, 3_000, key="day", now=now, day=business_date(now))
    page = merchant.browser.get("/ads/campaigns/").content.decode()
    assert "held for today 30.00" in page and "for bids and earlier days" not in page
    bid(shop_id, 12_000, now)
    hold_day(shop_id, 700, key="before", now=now, day=business_date(now) - timedelta(days=1))
    page = merchant.browser.get("/ads/campaigns/").content.decode()
    assert "held for today 30.00 · for bids and earlier days 127.00" in page


def test_a_balance_that_is_all_in_a_bid_is_empty_for_clicks(merchant: Merchant, now: datetime) -> None:
    shop_id = merchant.shop.shop_id
    make_ad(shop_id=shop_id, now=now)
    give_cash(shop_id, 12_000, key="cash", now=now)
    said = "Your advertising balance is empty, so nothing is shown"
    assert said not in merchant.browser.get("/ads/campaigns/").content.decode()
    bid(shop_id, 12_000, now)
    assert said in merchant.browser.get("/ads/campaigns/").content.decode()


def test_bids_are_paid_with_cash_and_the_balance_says_so(merchant: Merchant, now: datetime) -> None:
    shop_id = merchant.shop.shop_id
    make_ad(shop_id=shop_id, now=now)
    give_cash(shop_id, 50_000, key="cash", now=now)
    assert "for clicks, views and bids" in merchant.browser.get("/wallet/").content.decode()
    give_bonus(shop_id, 77_000, key="bonus", now=now)
    bid(shop_id, 12_000, now)
    hold_day(shop_id, 3_000, key="day", now=now, day=business_date(now))
    page = merchant.browser.get("/wallet/").content.decode()
    assert "<b>1,120.00</b>" in page and "for clicks, views and bids" not in page
    assert "¥380.00 of it is free cash, for bids too; bonus is for clicks, views and commission on sales only" in page
    page = merchant.browser.get("/ads/campaigns/").content.decode()
    assert "of it granted 740.00" in page, "the bonus that is held for today is not among what is available"
