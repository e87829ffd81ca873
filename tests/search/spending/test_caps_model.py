"""Random lives of budgets against sums worked out anew: leases, clicks, closings, ends, lowered limits, hours."""

import random
from datetime import datetime, timedelta

import pytest
from django.db.models import F, Sum

from billing.settlement.services.days import business_date
from billing.wallets.selectors import get_wallet
from search.auction.contracts import CapKind
from search.campaigns.models import Campaign
from search.spending.models import AdEvent, Cap, HourCharge, Lease
from search.spending.services import (
    close_due_leases,
    close_hours,
    give_back_leases,
    record_click,
    take_back_leases,
    take_lease,
    tell_alive,
)
from tests.conftest import Clock
from tests.fixtures.ads import MICRO, AdRow, fund, make_ad, show, visitor

SHOP, FUNDS = 81, 2_500


@pytest.mark.parametrize("seed", range(4))
def test_caps_are_what_events_and_open_leases_took(clock: Clock, db: None, seed: int) -> None:
    chance, now = random.Random(seed), clock.now
    fund(SHOP, FUNDS, now)
    ads = [
        make_ad(shop_id=SHOP, now=now, daily_minor=chance.randrange(300, 2_000), shop_daily_minor=3_000)
        for _ in range(3)
    ]
    first = now
    for _ in range(60):
        now += timedelta(seconds=chance.randrange(1, 60))
        ad = chance.choice(ads)
        worker = f"w{chance.randrange(3)}"
        match chance.randrange(8):
            case 0:
                least = chance.randrange(1, 200) * MICRO
                take_lease(
                    campaign_id=ad.campaign_id,
                    shop_id=SHOP,
                    day=business_date(first),
                    worker=worker,
                    least_micro=least,
                    now=now,
                )
            case 1:
                close_due_leases(now)
            case 2 if chance.random() < 0.3:
                Campaign.objects.filter(pk=ad.campaign_id).update(daily_budget_minor=F("daily_budget_minor") - 50)
            case 3 if chance.random() < 0.3:
                give_back_leases(worker=worker, now=now)
            case 4:
                tell_alive(worker=worker, now=now)
                take_back_leases(now)
            case _:
                click(ad, now, chance)
        assert_adds_up()
    close_due_leases(now + timedelta(hours=3))
    close_hours(now + timedelta(hours=3))
    assert_adds_up()
    billed = AdEvent.objects.aggregate(total=Sum("billed_micro"))["total"] or 0
    charged = HourCharge.objects.aggregate(total=Sum("amount_minor"))["total"] or 0
    assert billed == charged * MICRO
    assert get_wallet(SHOP).cash_minor == FUNDS - charged >= 0
    assert billed


def click(ad: AdRow, now: datetime, chance: random.Random) -> None:
    """A click out of any lease of the campaign, closed ones too, or out of none that ever was."""
    leases = list(Lease.objects.filter(campaign_id=ad.campaign_id).values_list("pk", flat=True)) or [0]
    token = show(ad, chance.choice(leases), now, price_micro=chance.randrange(1, 300) * MICRO)
    record_click(token=token, facts=visitor(), now=now + timedelta(seconds=1))


def assert_adds_up() -> None:
    """Every lease is its events; every cap is its events and what its open leases have left."""
    for lease in Lease.objects.all():
        events = AdEvent.objects.filter(lease_id=lease.pk).aggregate(total=Sum("billed_micro"))["total"] or 0
        assert lease.billed_micro == events
    for cap in Cap.objects.all():
        of_shop = cap.kind in (CapKind.MERCHANT_DAY, CapKind.WALLET)
        mine = {"shop_id": cap.owner_id} if of_shop else {"campaign_id": cap.owner_id}
        rest = Lease.objects.filter(**mine).aggregate(total=Sum(F("granted_micro") - F("billed_micro")))["total"] or 0
        billed = AdEvent.objects.filter(**mine).aggregate(total=Sum("billed_micro"))["total"] or 0
        assert cap.taken_micro == billed + rest, cap.kind
        if of_shop:
            assert cap.taken_micro <= cap.limit_micro, cap.kind
