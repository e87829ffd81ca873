"""The demo's month of ads: every charge follows from its auction, every auction can be held again, once is enough."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from billing.ledger.selectors import prove_ledger, trial_balance
from billing.settlement.services.days import business_date
from billing.wallets.selectors import get_invoice, get_wallet, list_bonuses
from billing.wallets.selectors.invoices import month_of
from market.accounts.selectors import find_user_by_phone
from onebox.demo import ads_month
from onebox.demo.ads_first import DAYS, INVOICED_DAYS, find_beginning, list_first_days
from onebox.demo.ads_month import load_ads
from onebox.demo.loading import load_all
from onebox.demo.people import STAFF
from search.spending.models import AdEvent, Decision, HourCharge
from search.spending.selectors import explain_charge, get_event, list_findings, replay_decision, search_decisions
from search.spending.services.partitions import DECISIONS_KEPT
from tests.conftest import Clock
from tests.fixtures.wechatpay import Simulator
from tests.onebox.demo.test_loading import _quiet, _some


@pytest.fixture(autouse=True)
def a_short_month(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(ads_month, "FEWEST_A_DAY", 2)
    monkeypatch.setattr(ads_month, "MOST_A_DAY", 3)


def test_a_month_of_ads_is_made_once_and_can_be_checked(db: None, clock: Clock) -> None:
    shops = load_all(_some(12), now=clock.now, progress=_quiet)
    staff = find_user_by_phone(STAFF[0].phone)
    assert staff is not None

    def load() -> int:
        return load_ads(shops, buyer_ids=[], staff_id=staff.pk, now=clock.now, progress=_quiet)

    assert load() > 2 * DAYS - 1
    before = AdEvent.objects.count()
    clock.move(minutes=1)  # a load that was broken off is begun again later
    assert load() == 0 and AdEvent.objects.count() == before
    billed = AdEvent.objects.filter(billed_micro__gt=0)
    assert billed.filter(kind="click").exists() and billed.filter(kind="view").exists()
    for row in billed[:40]:
        assert explain_charge(get_event(day=row.day, token=row.token)).billed_micro == row.billed_micro
    days = Decision.objects.values_list("day", flat=True).distinct()
    assert all(day <= business_date(clock.now) for day in days)
    replays = [replay_decision(one) for day in days for one in search_decisions(day=day, page="search")]
    assert replays and all(replay.is_same for replay in replays)
    assert HourCharge.objects.filter(amount_minor__gt=0).exists()
    assert all(get_wallet(shop.shop_id).available_minor >= 0 for shop in shops)
    assert list_findings(), "the staff's desk has something to look at"
    assert prove_ledger().sound


def test_the_demos_ads_begin_early_enough_for_the_month_before_and_late_enough_for_what_is_kept() -> None:
    for number in range(4 * 366):
        now = datetime(2024, 1, 1, 3, 30, tzinfo=UTC) + timedelta(days=number)
        today, began = business_date(now), find_beginning(now)
        assert timedelta(days=DAYS) <= now - began and today - business_date(began) < DECISIONS_KEPT
        days = {today.replace(day=1) - timedelta(days=back) for back in range(1, INVOICED_DAYS + 1)}
        first_whole_day = today - timedelta(days=DAYS - 1)
        assert all(day >= first_whole_day or day in list_first_days(now) for day in days), now
        assert all(business_date(began) <= day for day in days), now


def test_the_month_before_has_an_invoice_even_at_the_end_of_a_month(
    db: None, clock: Clock, wechat_settings: Simulator
) -> None:
    clock.now = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)
    shops = load_all(_some(12), now=clock.now, progress=_quiet)
    staff = find_user_by_phone(STAFF[0].phone)
    assert staff is not None
    assert load_ads(shops, buyer_ids=[], staff_id=staff.pk, now=clock.now, progress=_quiet)
    advertiser = next(shop for shop in shops if shop.slug == "qinghe")
    before = month_of(clock.now) - timedelta(days=1)
    invoice = get_invoice(shop_id=advertiser.shop_id, month=before, now=clock.now)
    assert invoice.amount_minor > 0 and "ad_clicks_charged" in {line.kind for line in invoice.lines}
    assert list_bonuses(shop_id=advertiser.shop_id), "and there is a bonus to look at"
    assert not any(trial_balance().differences.values())
    proof = prove_ledger()
    assert proof.sound and not proof.unposted
