"""Qualities out of what was seen and clicked, reserves out of what is bid."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from market.shops.contracts import ShopContext
from search.auction.contracts import TokenKind
from search.serving.models import QualityRun
from search.serving.rules.scoring import Scores
from search.serving.selectors import get_quality_table, map_reserves
from search.serving.services import count_qualities, move_reserves
from search.spending.services import record_click, record_views
from tests.conftest import Clock
from tests.fixtures.ads import fund, lend, make_ad, show, visitor
from tests.fixtures.api import list_product
from tests.fixtures.serving import advertise

SHOP = 51
MUG = ("马克杯",)


@pytest.fixture
def market(committed_db: None, clock: Clock) -> Clock:
    fund(SHOP, 1_000_000, clock.now)
    return clock


def test_an_ad_that_is_clicked_more_than_usual_gains_quality_and_an_ignored_one_loses(market: Clock) -> None:
    loved, ignored = make_ad(shop_id=SHOP, now=market.now), make_ad(shop_id=SHOP, now=market.now)
    leases = {ad.ad_id: lend(ad, market.now).lease_id for ad in (loved, ignored)}
    for number in range(40):
        for ad in (loved, ignored):
            view = show(ad, leases[ad.ad_id], market.now, kind=TokenKind.VIEW, price_micro=0, place=1 + number % 2)
            record_views(tokens=[view], facts=visitor(), now=market.now + timedelta(seconds=2))
        if number < 20:
            click = show(loved, leases[loved.ad_id], market.now, price_micro=1)
            record_click(token=click, facts=visitor(), now=market.now + timedelta(seconds=5))
    unknown = Scores(get_quality_table()).find(loved.ad_id, 1_000_000).value
    assert count_qualities(market.now) == 2
    table = get_quality_table()
    assert table.version == QualityRun.objects.get().pk
    assert (table.facts[loved.ad_id].clicks, table.facts[loved.ad_id].views_by_place) == (20, (20, 20))
    scores = Scores(table)
    assert scores.find(ignored.ad_id, 1_000_000).value < unknown < scores.find(loved.ad_id, 1_000_000).value
    assert scores.find(loved.ad_id, 500_000).value < scores.find(loved.ad_id, 1_000_000).value
    count_qualities(market.now + timedelta(days=29))
    later = get_quality_table()
    assert later.version > table.version and later.facts[loved.ad_id].clicks == 0, "what is 28 days old is gone"


def test_a_reserve_moves_by_a_fifth_a_day_once_enough_merchants_bid(
    market: Clock, make_shop: Callable[..., ShopContext]
) -> None:
    offers = [list_product(make_shop(f"shop{number}", owner_id=910_000 + number), sku="MUG")[0] for number in range(5)]
    for offer in offers[:4]:
        advertise(offer, "马克杯", bid_minor=200, money_minor=0, now=market.now)
    assert move_reserves(market.now) == 0, "four merchants are too few"
    advertise(offers[4], "马克杯", bid_minor=200, money_minor=0, now=market.now)
    assert move_reserves(market.now) == 1
    assert map_reserves() == {MUG: 12}, "a fifth above the floor of 10"
    assert move_reserves(market.now + timedelta(hours=1)) == 0, "once a day"
    for day, expected in ((1, 14), (2, 16), (3, 19)):
        move_reserves(market.now + timedelta(days=day))
        assert map_reserves() == {MUG: expected}
