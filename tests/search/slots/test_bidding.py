"""Sealed bids: what is held, what is refused, and that nothing is said of others."""

import pytest

from billing.wallets.services import NotEnough
from market.audit.selectors import list_entries
from market.shops.services import suspend_shop
from search.auction.lots import BidBelowReserve, BidLowered, BidTooLarge
from search.campaigns.contracts import CreativeState
from search.campaigns.models import AdvertiserLimit
from search.slots import contracts
from search.slots.contracts import BidState
from search.slots.models import LotBidRow
from search.slots.selectors import count_lots_of_creatives, list_bids, list_bids_of_shop, list_outcomes
from search.slots.services import (
    BidNotFound,
    CreativeUnfit,
    LotClosed,
    LotNotFound,
    ShopMayNotBid,
    TooManyBids,
    bidding,
    cancel_lot,
    withdraw_bid,
)
from tests.conftest import Clock
from tests.search.slots.conftest import MERCHANT, STAFF, Market, make_creative


def test_a_bid_holds_its_maximum_and_a_raise_holds_the_difference(market: Market) -> None:
    lot, tea = market.lots()[0], market.bidder("alpha", minor=30_000)
    tea.bid(lot, 12_000)
    assert (tea.wallet.available_minor, tea.wallet.held_minor) == (18_000, 12_000)
    tea.bid(lot, 20_000)
    assert (tea.wallet.available_minor, tea.wallet.held_minor) == (10_000, 20_000)
    assert LotBidRow.objects.get().order == 2


def test_the_same_bid_again_changes_nothing(market: Market) -> None:
    lot, tea = market.lots()[0], market.bidder("alpha")
    first = tea.bid(lot, 12_000)
    assert tea.bid(lot, 12_000) == first
    assert (LotBidRow.objects.count(), tea.wallet.held_minor) == (1, 12_000)


@pytest.mark.parametrize(
    ("minor", "error"),
    [(9_999, BidBelowReserve), (11_999, BidLowered), (100_000_001, BidTooLarge), (60_000, NotEnough)],
)
def test_a_refused_bid_leaves_the_standing_one_and_its_hold(market: Market, minor: int, error: type[Exception]) -> None:
    lot, tea = market.lots()[0], market.bidder("alpha", minor=50_000)
    tea.bid(lot, 12_000)
    with pytest.raises(error):
        tea.bid(lot, minor)
    assert LotBidRow.objects.values_list("maximum_minor", "order", "state").get() == (12_000, 1, "standing")
    assert tea.wallet.held_minor == 12_000
    assert market.again(lot).bidders == 0, "bids are counted for others only once they are sealed no more"


def test_a_withdrawn_bid_frees_its_hold_and_may_be_made_again(market: Market) -> None:
    lot, tea = market.lots()[0], market.bidder("alpha")
    tea.bid(lot, 20_000)
    withdraw_bid(lot_id=lot.lot_id, shop_id=tea.shop_id, actor_id=MERCHANT, now=market.clock.now)
    assert tea.wallet.held_minor == 0
    with pytest.raises(BidNotFound):
        withdraw_bid(lot_id=lot.lot_id, shop_id=tea.shop_id, actor_id=MERCHANT, now=market.clock.now)
    tea.bid(lot, 15_000)
    assert tea.wallet.held_minor == 15_000
    states = [bid.state for bid, _ in list_outcomes(shop_id=tea.shop_id)]
    assert states == [BidState.STANDING], "what was withdrawn is no bid any more"


def test_nobody_bids_or_withdraws_once_bids_have_ended(market: Market) -> None:
    lot, tea = market.lots()[0], market.bidder("alpha")
    tea.bid(lot, 20_000)
    market.clock.now = lot.span.closes_at
    for late in (lambda: tea.bid(lot, 30_000), lambda: _withdraw(tea, lot, market.clock)):
        with pytest.raises(LotClosed):
            late()
    market.close(lot)
    with pytest.raises(LotClosed):
        tea.bid(lot, 30_000)


def test_a_creative_is_the_shop_s_own_not_refused_and_of_the_place_s_shape(market: Market) -> None:
    lot, tea, lamp = market.lots()[0], market.bidder("alpha"), market.bidder("beta")
    now = market.clock.now
    unfit = [
        lamp.creative_id,
        10**9,
        make_creative(tea.shop_id, now, state=CreativeState.REFUSED),
        make_creative(tea.shop_id, now, size=(600, 600)),
    ]
    for tea.creative_id in unfit:
        with pytest.raises(CreativeUnfit):
            tea.bid(lot, 20_000)
    tea.creative_id = make_creative(tea.shop_id, now, state=CreativeState.WAITING, size=(2_401, 800))
    assert tea.bid(lot, 20_000).creative_id == tea.creative_id


def test_a_shop_that_is_not_open_or_is_blocked_does_not_bid(market: Market) -> None:
    lot, tea, lamp = market.lots()[0], market.bidder("alpha"), market.bidder("beta")
    suspend_shop(shop_id=tea.shop_id, actor_id=1, reason="papers", now=market.clock.now)
    AdvertiserLimit.objects.create(shop_id=lamp.shop_id, blocked=True, reason="fraud")
    for shop in (tea, lamp):
        with pytest.raises(ShopMayNotBid):
            shop.bid(lot, 20_000)


def test_bids_stay_sealed_for_staff_and_the_trail_until_the_lot_is_closed(market: Market) -> None:
    lot, tea = market.lots()[0], market.bidder("alpha")
    tea.bid(lot, 20_000)
    assert list_bids(lot.lot_id) == []
    (line,) = list_entries(shop_id=tea.shop_id, action="lot.bid", limit=5)
    assert "20000" not in str(line.detail) and line.detail["creative"] == tea.creative_id
    market.close(lot)
    assert [bid.maximum_minor for bid in list_bids(lot.lot_id)] == [20_000]


def test_a_shop_reads_its_own_bids_only(market: Market) -> None:
    lot, tea, lamp = market.lots()[0], market.bidder("alpha"), market.bidder("beta")
    tea.bid(lot, 20_000), lamp.bid(lot, 30_000)
    own = list_bids_of_shop(shop_id=tea.shop_id, lot_ids=[lot.lot_id])
    assert [bid.shop_id for bid in own.values()] == [tea.shop_id]
    assert [bid.shop_id for bid, _ in list_outcomes(shop_id=lamp.shop_id)] == [lamp.shop_id]


def test_there_are_limits_on_moves_and_on_standing_bids(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bidding, "MOST_MOVES", 3)
    monkeypatch.setattr(bidding, "MOST_STANDING_BIDS", 2)
    first, second, third, *_ = market.lots()
    tea = market.bidder("alpha", minor=500_000)
    for minor in (20_000, 21_000):
        tea.bid(first, minor)
    _withdraw(tea, first, market.clock)
    tea.bid(first, 20_000)
    with pytest.raises(TooManyBids):
        tea.bid(first, 21_000)
    tea.bid(second, 20_000)
    with pytest.raises(TooManyBids):
        tea.bid(third, 20_000)


def test_an_unknown_lot_is_said_to_be_unknown(market: Market) -> None:
    with pytest.raises(LotNotFound):
        withdraw_bid(lot_id=10**9, shop_id=1, actor_id=MERCHANT, now=market.clock.now)


def _withdraw(bidder, lot: contracts.LotView, clock: Clock) -> None:
    withdraw_bid(lot_id=lot.lot_id, shop_id=bidder.shop_id, actor_id=MERCHANT, now=clock.now)


def test_on_a_picture_hang_the_lots_that_run_or_are_to_come(market: Market) -> None:
    first, second, third, fourth = market.lots()[:4]
    tea, cups = market.bidder("alpha"), market.bidder("beta")
    for lot in (first, second, third):
        tea.bid(lot, 12_000)
    cups.bid(third, 11_000), cups.bid(fourth, 11_000)
    said, pictures = {"actor_id": STAFF, "now": market.clock.now}, [tea.creative_id, cups.creative_id, 0]
    cancel_lot(lot_id=second.lot_id, reason="the page is rebuilt", **said)
    withdraw_bid(lot_id=fourth.lot_id, shop_id=cups.shop_id, actor_id=MERCHANT, now=market.clock.now)
    assert count_lots_of_creatives(pictures, now=market.clock.now) == {tea.creative_id: 2, cups.creative_id: 1}
    market.close(first)
    assert count_lots_of_creatives(pictures, now=first.span.starts_at)[tea.creative_id] == 2, "won, and to come"
    assert count_lots_of_creatives(pictures, now=first.span.ends_at)[tea.creative_id] == 1
