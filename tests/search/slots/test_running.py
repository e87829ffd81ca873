"""What stands in a page's places: the winner in its time, the marketplace's own picture else, without a statement."""

from dataclasses import replace
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from market.shops.contracts import Epochs
from market.shops.selectors import read_epochs
from market.shops.services import suspend_shop
from search.campaigns.contracts import CreativeState, PageKind
from search.campaigns.models import Creative
from search.slots.contracts import LotUnit, RunningSlot
from search.slots.selectors import list_running
from search.slots.services import cancel_lot, change_creative, save_slot, watch_running
from tests.search.slots.conftest import MERCHANT, STAFF, Market, make_creative


def look(market: Market, epochs: Epochs | None = None) -> RunningSlot:
    (one,) = list_page(market, epochs)
    return one


def list_page(market: Market, epochs: Epochs | None = None) -> list[RunningSlot]:
    return list_running(page=PageKind.HOME, epochs=epochs or read_epochs(), now=market.clock.now)


def test_the_winner_stands_there_from_the_first_to_the_last_moment(market: Market) -> None:
    lot, tea = market.lots()[0], market.bidder("alpha")
    tea.bid(lot, 20_000)
    market.close(lot)
    expected = {
        lot.span.starts_at - timedelta(seconds=1): None,
        lot.span.starts_at: tea.shop_id,
        lot.span.ends_at - timedelta(microseconds=1): tea.shop_id,
        lot.span.ends_at: None,
    }
    for market.clock.now, shop_id in expected.items():
        one = look(market)
        assert (one.shop_id, one.creative is not None) == (shop_id, shop_id is not None)


def test_looking_costs_no_statement_while_nothing_changed(market: Market) -> None:
    lot, tea = market.lots()[0], market.bidder("alpha")
    tea.bid(lot, 20_000)
    market.close(lot)
    market.clock.now = lot.span.starts_at
    epochs = read_epochs()
    with CaptureQueriesContext(connection) as first:
        look(market, epochs)
    assert len(first) <= 3, "places, their lots, and the shops"
    with CaptureQueriesContext(connection) as again:
        for _ in range(10):
            market.clock.move(minutes=5)
            look(market, epochs)
    assert len(again) == 0


def test_a_place_that_is_off_sale_shows_the_lots_that_were_won_and_nothing_else(market: Market) -> None:
    first, second, _ = market.lots()[:3]
    tea = market.bidder("alpha")
    tea.bid(first, 20_000), tea.bid(second, 20_000)
    market.close(first)
    market.clock.now = first.span.starts_at
    off_sale = replace(market.slot.terms, is_sold=False)
    save_slot(slot_id=market.slot.slot_id, terms=off_sale, actor_id=STAFF, now=market.clock.now)
    assert look(market).lot_id == first.lot_id
    market.close(second)
    market.clock.now = second.span.starts_at
    assert look(market).lot_id == second.lot_id, "bids that stood were kept, so their lot is sold and shown"
    suspend_shop(shop_id=tea.shop_id, actor_id=STAFF, reason="papers", now=market.clock.now)
    assert list_page(market) == [], "no picture of the marketplace's own stands for a place that is not sold"
    market.clock.now = second.span.ends_at
    assert list_page(market) == []


def test_without_any_place_nothing_is_asked(db, clock) -> None:
    epochs = read_epochs()
    with CaptureQueriesContext(connection) as asked:
        assert list_running(page=PageKind.HOME, epochs=epochs, now=clock.now) == []
    assert len(asked) == 0


def test_a_cancelled_lot_and_a_suspended_shop_are_gone_with_the_next_request(make_market) -> None:
    market = make_market(LotUnit.HOUR, closes_minutes=30)
    first, second = market.lots()[:2]
    tea = market.bidder("alpha")
    tea.bid(first, 20_000), tea.bid(second, 20_000)
    market.close(first), market.close(second)
    market.clock.now = first.span.starts_at
    assert look(market).lot_id == first.lot_id
    cancel_lot(lot_id=first.lot_id, reason="the page is rebuilt", actor_id=STAFF, now=market.clock.now)
    assert look(market).lot_id is None
    market.clock.now = second.span.starts_at
    assert look(market).lot_id == second.lot_id
    suspend_shop(shop_id=tea.shop_id, actor_id=STAFF, reason="papers", now=market.clock.now)
    assert look(market).lot_id is None


def test_a_creative_that_is_refused_later_is_gone_once_somebody_looks_and_comes_back_with_another(
    make_market,
) -> None:
    market = make_market(LotUnit.HOUR, closes_minutes=30)
    lot, tea = market.lots()[0], market.bidder("alpha")
    tea.bid(lot, 20_000)
    market.close(lot)
    market.clock.now = lot.span.starts_at
    watch_running(now=market.clock.now)
    Creative.objects.filter(pk=tea.creative_id).update(state=CreativeState.REFUSED.value, reason="it promises cures")
    assert look(market).lot_id == lot.lot_id
    watch_running(now=market.clock.move(minutes=1))
    assert look(market).lot_id is None
    other = make_creative(tea.shop_id, market.clock.now)
    change_creative(lot_id=lot.lot_id, shop_id=tea.shop_id, creative_id=other, actor_id=MERCHANT, now=market.clock.now)
    watch_running(now=market.clock.move(minutes=1))
    shown = look(market).creative
    assert shown is not None and shown.creative_id == other
