"""What is taken out of caps is written at once, or not at all."""

from datetime import datetime

import pytest
from django.db import transaction

from billing.settlement.services.days import business_date
from search.auction.contracts import CapKind
from search.spending.models import Cap
from search.spending.services.purse import CapExceeded, Purse, open_purse
from tests.conftest import Clock
from tests.fixtures.ads import MICRO, AdRow, fund, lend, make_ad
from tests.fixtures.statements import captured_statements

SHOP = 47


@pytest.fixture
def ad(clock: Clock, db: None) -> AdRow:
    fund(SHOP, 10_000, clock.now)
    found = make_ad(shop_id=SHOP, now=clock.now, daily_minor=5_000, shop_daily_minor=6_000)
    lend(found, clock.now)
    return found


def open_for(ad: AdRow, now: datetime) -> Purse:
    return open_purse(shop_id=SHOP, day=business_date(now), campaign_ids={ad.campaign_id})


def read_taken() -> dict[str, int]:
    return dict(Cap.objects.values_list("kind", "taken_micro"))


def test_all_caps_are_written_in_one_statement(ad: AdRow, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    before = read_taken()
    with transaction.atomic():
        purse = open_for(ad, clock.now)
        purse.take(ad.campaign_id, 5 * MICRO)
        with captured_statements(monkeypatch) as statements:
            purse.save()
            purse.save()
    assert len(statements) == 1, "what is written is not written again"
    assert read_taken() == {kind: taken + 5 * MICRO for kind, taken in before.items()} and len(before) == 4
    with transaction.atomic():
        purse = open_for(ad, clock.now)
        purse.take(ad.campaign_id, -5 * MICRO)
        purse.save()
    assert read_taken() == before


def test_nothing_is_taken_beyond_a_limit_but_goes_back_at_any_time(ad: AdRow, clock: Clock) -> None:
    before = read_taken()
    with pytest.raises(CapExceeded, match=CapKind.MERCHANT_DAY.value), transaction.atomic():
        purse = open_for(ad, clock.now)
        rest = {cap.kind: cap.rest_micro for cap in purse.list_caps(ad.campaign_id)}
        Cap.objects.filter(kind=CapKind.MERCHANT_DAY.value).update(limit_micro=before["merchant_day"] + 1)
        purse.take(ad.campaign_id, min(rest.values()))
        purse.save()
    assert read_taken() == before
    with transaction.atomic():
        purse = open_for(ad, clock.now)
        Cap.objects.update(limit_micro=0)
        purse.take(ad.campaign_id, -1)
        purse.save()
    assert read_taken() == {kind: taken - 1 for kind, taken in before.items()}
