"""Views of sold places and clicks on them: counted by the hour, only while a lot runs, none lost among threads."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from django.db import OperationalError, connections

from search.slots.contracts import LotView
from search.slots.models import LotHour
from search.slots.services import count_click, count_views
from search.slots.services.counting import LATE, MOST_LOTS
from tests.conftest import CommittedDatabase
from tests.search.slots.conftest import Bidder, Market

THREADS, EACH = 6, 40


def sell_one(market: Market) -> tuple[LotView, Bidder]:
    lot, tea = market.lots()[0], market.bidder("alpha")
    tea.bid(lot, 20_000)
    market.close(lot)
    market.clock.now = lot.span.starts_at
    return market.again(lot), tea


def test_views_and_clicks_are_counted_by_the_hour_and_cost_nothing(market: Market) -> None:
    lot, tea = sell_one(market)
    for _ in range(4):
        market.clock.move(minutes=25)
        assert count_views(lot_ids=[lot.lot_id], now=market.clock.now) == 1
    count_click(lot_id=lot.lot_id, now=market.clock.now)
    found = market.again(lot)
    assert (found.views, found.clicks, found.click_bps) == (4, 1, 2_500)
    hours = LotHour.objects.order_by("hour").values_list("views", "clicks")
    assert list(hours) == [(2, 0), (2, 1)]
    assert tea.wallet.available_minor == 90_000


def test_only_lots_that_are_sold_and_run_are_seen(market: Market) -> None:
    lot, _ = sell_one(market)
    unsold = market.lots()[1]
    begins, ends = lot.span.starts_at, lot.span.ends_at
    for moment, seen in {
        begins - timedelta(seconds=1): 0,
        begins: 1,
        ends + LATE - timedelta(seconds=1): 1,  # on a page that was opened in time
        ends + LATE: 0,
    }.items():
        assert count_views(lot_ids=[lot.lot_id, unsold.lot_id, 10**12], now=moment) == seen, moment
    assert market.again(lot).views == 2 and market.again(unsold).views == 0
    assert count_views(lot_ids=[], now=begins) == 0


def test_a_report_of_many_lots_counts_the_first_of_them(market: Market) -> None:
    lot, _ = sell_one(market)
    made_up = [lot.lot_id + number for number in range(1, MOST_LOTS + 1)]
    assert count_views(lot_ids=[lot.lot_id, *made_up], now=market.clock.now) == 1
    assert count_views(lot_ids=[lot.lot_id, *(-number for number in made_up)], now=market.clock.now) == 0


def test_fewer_views_than_clicks_have_no_rate(market: Market) -> None:
    lot, _ = sell_one(market)
    assert market.again(lot).click_bps is None
    count_click(lot_id=lot.lot_id, now=market.clock.now)
    assert market.again(lot).click_bps is None
    count_views(lot_ids=[lot.lot_id], now=market.clock.now)
    assert market.again(lot).click_bps == 10_000


def test_a_count_that_waits_too_long_for_another_is_given_up(committed_db: CommittedDatabase, market: Market) -> None:
    lot, _ = sell_one(market)
    count_views(lot_ids=[lot.lot_id], now=market.clock.now)
    with psycopg.connect(committed_db.environment["DATABASE_URL"]) as other:
        other.execute("SELECT 1 FROM slots_lotclicks FOR UPDATE")
        with pytest.raises(OperationalError):
            count_views(lot_ids=[lot.lot_id], now=market.clock.now)
    assert count_views(lot_ids=[lot.lot_id], now=market.clock.now) == 1
    assert market.again(lot).views == 2


def test_views_of_many_threads_are_all_counted(committed_db: CommittedDatabase, market: Market) -> None:
    lot, _ = sell_one(market)

    def look(number: int) -> int:
        try:
            return sum(count_views(lot_ids=[lot.lot_id], now=market.clock.now) for _ in range(EACH))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(look, range(THREADS))) == THREADS * EACH
    assert market.again(lot).views == THREADS * EACH
