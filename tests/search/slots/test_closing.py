"""Closing lots: second price, every hold accounted for, delivered parts earned and the rest given back."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from billing.ledger.contracts import Code, Owner
from billing.ledger.selectors import get_balance
from billing.ledger.tasks import post_requests
from market.shops.services import suspend_shop
from search.auction.contracts import PriceStepKind
from search.auction.explaining import explain_lot_price
from search.campaigns.contracts import CreativeState
from search.campaigns.models import AdvertiserLimit, Creative
from search.slots.contracts import BidState, LostBecause, LotState, LotUnit, LotView, PartState
from search.slots.models import LotBidRow, LotPart
from search.slots.selectors import list_bids, list_parts, list_sold_prices, read_health
from search.slots.services import (
    LotOver,
    NoReason,
    cancel_lot,
    close_due_lots,
    closing,
    decide_due_parts,
    release_losers,
    watch_running,
    withdraw_bid,
)
from tests.search.auction.markets import SEED
from tests.search.slots.conftest import MERCHANT, STAFF, Bidder, Market

CODES = (Code.AD_WALLET_CASH, Code.SLOT_DEFERRED)


def balance(code: Code, owner: Owner | None = None) -> int:
    return get_balance(code=code, owner=owner).posted_minor


def books(shop: Bidder) -> tuple[int, ...]:
    """Wallet and what is deferred."""
    return tuple(balance(code, Owner.of_shop(shop.shop_id)) for code in CODES)


def test_the_winner_pays_a_step_above_the_second_and_everybody_else_has_all_again(market: Market) -> None:
    lot = market.lots()[0]
    tea, lamp, late = (market.bidder(slug) for slug in ("alpha", "beta", "gamma"))
    tea.bid(lot, 30_000), lamp.bid(lot, 20_000), late.bid(lot, 15_000)
    sold = market.close(lot)
    assert (sold.state, sold.shop_id, sold.price_minor, sold.bidders) == (LotState.CLOSED, tea.shop_id, 21_000, 3)
    assert (books(tea), tea.wallet.available_minor, tea.wallet.held_minor) == ((79_000, 21_000), 79_000, 0)
    for other in (lamp, late):
        assert (other.wallet.available_minor, other.wallet.held_minor) == (100_000, 0)
    states = {bid.shop_id: (bid.state, bid.because) for bid in list_bids(lot.lot_id)}
    assert states[tea.shop_id] == (BidState.WON, None)
    assert states[lamp.shop_id] == (BidState.LOST, LostBecause.OUTBID)
    assert list_sold_prices(market.slot.slot_id, before=market.clock.now) == [21_000]


def test_the_price_explains_itself(market: Market) -> None:
    lot, tea, lamp = market.lots()[0], market.bidder("alpha"), market.bidder("beta")
    tea.bid(lot, 20_500), lamp.bid(lot, 20_000)
    sold = market.close(lot)
    assert sold.inputs is not None and sold.price_minor == 20_500
    steps = explain_lot_price(sold.price_minor, sold.inputs)
    assert [step.kind for step in steps] == [PriceStepKind.STEP_MORE, PriceStepKind.AT_MOST_BID]


def test_among_equals_the_first_wins_and_a_raise_counts_from_then(market: Market) -> None:
    lot, tea, lamp = market.lots()[0], market.bidder("alpha"), market.bidder("beta")
    tea.bid(lot, 12_000), lamp.bid(lot, 20_000), tea.bid(lot, 20_000)
    assert market.close(lot).shop_id == lamp.shop_id


def test_who_has_no_approved_creative_or_may_not_advertise_neither_wins_nor_sets_a_price(market: Market) -> None:
    lot, tea = market.lots()[0], market.bidder("alpha")
    waiting = market.bidder("beta", state=CreativeState.WAITING)
    closed, blocked = market.bidder("gamma"), market.bidder("delta")
    tea.bid(lot, 15_000), waiting.bid(lot, 90_000), closed.bid(lot, 80_000), blocked.bid(lot, 70_000)
    suspend_shop(shop_id=closed.shop_id, actor_id=1, reason="papers", now=market.clock.now)
    AdvertiserLimit.objects.create(shop_id=blocked.shop_id, blocked=True, reason="fraud")
    sold = market.close(lot)
    assert (sold.shop_id, sold.price_minor) == (tea.shop_id, 10_000)
    because = {bid.shop_id: bid.because for bid in list_bids(lot.lot_id)}
    assert because[waiting.shop_id] is LostBecause.CREATIVE
    assert because[closed.shop_id] is because[blocked.shop_id] is LostBecause.SHOP
    assert [one.wallet.held_minor for one in (waiting, closed, blocked)] == [0, 0, 0]


def test_a_lot_without_bids_is_closed_and_goes_to_nobody(market: Market) -> None:
    sold = market.close(market.lots()[0])
    assert (sold.state, sold.shop_id, sold.price_minor) == (LotState.CLOSED, None, None)


def test_closing_again_changes_nothing(market: Market) -> None:
    lot, tea = market.lots()[0], market.bidder("alpha")
    tea.bid(lot, 30_000)
    sold = market.close(lot)
    assert close_due_lots(now=market.clock.now) == release_losers(now=market.clock.now) == 0
    assert (market.again(lot), books(tea)) == (sold, (90_000, 10_000))


def test_a_failure_half_way_writes_nothing_anywhere(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    lot, tea, lamp = market.lots()[0], market.bidder("alpha"), market.bidder("beta")
    tea.bid(lot, 30_000), lamp.bid(lot, 20_000)

    def fail(lot: object, now: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(closing, "_note_closed", fail)
    with pytest.raises(OSError, match="no space"):
        market.close(lot)
    monkeypatch.undo()
    assert market.again(lot).state is LotState.OPEN
    assert (books(tea), tea.wallet.held_minor, lamp.wallet.held_minor) == ((100_000, 0), 30_000, 20_000)
    assert market.close(lot).price_minor == 21_000


def test_losers_that_were_left_holding_are_found_again(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    lot, tea, lamp = market.lots()[0], market.bidder("alpha"), market.bidder("beta")
    tea.bid(lot, 30_000), lamp.bid(lot, 20_000)
    with monkeypatch.context() as patch:
        patch.setattr(closing, "release_losers", lambda now: 0)
        market.close(lot)
    assert lamp.wallet.held_minor == 20_000
    assert read_health(now=market.clock.now + timedelta(minutes=6)).unreleased_bids == 1
    assert release_losers(now=market.clock.now) == 1
    assert lamp.wallet.held_minor == 0


def test_three_days_are_earned_as_delivered_and_the_cancelled_one_returns(make_market) -> None:
    """money.md I1-I3: 210.00 over three days; 66.04 and 3.96 VAT each; the third is cancelled."""
    market = make_market(length=3, reserve_minor=21_000)
    lot, tea = market.lots()[0], market.bidder("alpha")
    tea.bid(lot, 21_000)
    market.close(lot)
    parts = list_parts(lot.lot_id)
    assert [part.amount_minor for part in parts] == [7_000, 7_000, 7_000]
    LotPart.objects.filter(number__lte=2).update(servable_minutes=24 * 60)  # minute by minute: see the hours below
    market.clock.now = parts[2].starts_at + timedelta(hours=3)
    decide_due_parts(now=market.clock.now)
    cancel_lot(lot_id=lot.lot_id, reason="the page is rebuilt", actor_id=STAFF, now=market.clock.now)
    while post_requests(market.clock.now):
        pass
    assert [part.state for part in list_parts(lot.lot_id)] == [*[PartState.DELIVERED] * 2, PartState.RETURNED]
    assert books(tea) == (86_000, 0)
    assert (balance(Code.ADS_SLOT), balance(Code.VAT_PAYABLE)) == (2 * 6_604, 2 * 396)
    assert market.again(lot).state is LotState.CANCELLED


def test_what_could_not_be_served_is_given_back(make_market) -> None:
    market = make_market(LotUnit.HOUR, length=2, reserve_minor=10_001, closes_minutes=30)
    lot, tea = market.lots()[0], market.bidder("alpha")
    tea.bid(lot, 20_000)
    market.close(lot)
    first, second = list_parts(lot.lot_id)
    assert (first.amount_minor, second.amount_minor) == (5_001, 5_000)
    market.clock.now = lot.span.starts_at
    market.run(first.ends_at)
    Creative.objects.update(state=CreativeState.REFUSED.value, reason="it promises cures")
    market.run(second.ends_at)
    assert [part.state for part in list_parts(lot.lot_id)] == [PartState.DELIVERED, PartState.RETURNED]
    assert (books(tea), market.again(lot).state) == ((95_000 - 1, 5_001), LotState.DELIVERED)
    assert read_health(now=market.clock.now).late_parts == 0


def test_nobody_looking_counts_as_not_served_and_one_minute_counts_once(make_market) -> None:
    market = make_market(LotUnit.HOUR, closes_minutes=30)
    lot, tea = market.lots()[0], market.bidder("alpha")
    tea.bid(lot, 20_000)
    market.close(lot)
    market.clock.now = lot.span.starts_at
    for _ in range(100):
        watch_running(now=market.clock.now)
    assert list_parts(lot.lot_id)[0].servable_minutes == 1
    market.run(lot.span.ends_at, looks_every=2)
    assert list_parts(lot.lot_id)[0].state is PartState.RETURNED
    assert books(tea) == (100_000, 0)


def test_deciding_again_earns_nothing_twice(make_market) -> None:
    market = make_market(LotUnit.HOUR, closes_minutes=30)
    lot, tea = market.lots()[0], market.bidder("alpha")
    tea.bid(lot, 20_000)
    market.close(lot)
    market.clock.now = lot.span.starts_at
    market.run(lot.span.ends_at)
    assert decide_due_parts(now=market.clock.move(hours=1)) == 0
    while post_requests(market.clock.now):
        pass
    assert (books(tea), balance(Code.ADS_SLOT)) == ((90_000, 0), 9_434)


def test_cancelling_an_open_lot_frees_all_bids_and_needs_a_reason(market: Market) -> None:
    lot, tea, lamp = market.lots()[0], market.bidder("alpha"), market.bidder("beta")
    tea.bid(lot, 30_000), lamp.bid(lot, 20_000)
    with pytest.raises(NoReason):
        cancel_lot(lot_id=lot.lot_id, reason="  ", actor_id=STAFF, now=market.clock.now)
    cancel_lot(lot_id=lot.lot_id, reason="the page is rebuilt", actor_id=STAFF, now=market.clock.now)
    assert (tea.wallet.held_minor, lamp.wallet.held_minor) == (0, 0)
    assert {bid.because for bid in list_bids(lot.lot_id)} == {LostBecause.CANCELLED}
    with pytest.raises(LotOver):
        cancel_lot(lot_id=lot.lot_id, reason="again", actor_id=STAFF, now=market.clock.now)
    assert market.close(lot).state is LotState.CANCELLED


def test_random_lots_end_as_going_through_all_bids_says(make_market) -> None:
    """Bids, raises and withdrawals at random; winner, price and every wallet are worked out by plain counting."""
    market, chance = make_market(days_ahead=30), random.Random(SEED)
    bidders = [market.bidder(slug, minor=10_000_000) for slug in ("alpha", "beta", "gamma", "delta")]
    paid = dict.fromkeys((one.shop_id for one in bidders), 0)
    for lot in market.lots()[:25]:
        told = _bid_at_random(lot, bidders, chance, market)
        sold = market.close(lot)
        expected = _count_plainly(told, lot)
        assert (sold.shop_id, sold.price_minor) == expected
        if expected[0] is not None:
            paid[expected[0]] += expected[1] or 0
    for one in bidders:
        assert one.wallet.held_minor == 0
        assert one.wallet.available_minor == 10_000_000 - paid[one.shop_id]
    assert not LotBidRow.objects.filter(released_at=None).exists()


def _bid_at_random(lot: LotView, bidders, chance: random.Random, market: Market) -> dict[int, tuple[int, int]]:
    """What stands in the end: by shop, its maximum and when it was last raised."""
    told: dict[int, tuple[int, int]] = {}
    for turn in range(chance.randrange(9)):
        one, minor = chance.choice(bidders), chance.randrange(10, 16) * 1_000 + chance.choice((0, 0, 500))
        known = told.get(one.shop_id)
        if known and chance.random() < 0.2:
            withdraw_bid(lot_id=lot.lot_id, shop_id=one.shop_id, actor_id=MERCHANT, now=market.clock.now)
            del told[one.shop_id]
        elif known is None or minor > known[0]:
            one.bid(lot, minor)
            told[one.shop_id] = (minor, turn)
    return told


def _count_plainly(told: dict[int, tuple[int, int]], lot: LotView) -> tuple[int | None, int | None]:
    best: int | None = None
    for shop, (minor, turn) in told.items():
        if best is None or minor > told[best][0] or (minor == told[best][0] and turn < told[best][1]):
            best = shop
    if best is None:
        return None, None
    price = lot.reserve_minor
    for shop, (minor, _) in told.items():
        if shop != best:
            price = max(price, minor + lot.step_minor)
    return best, min(price, told[best][0])


def test_a_lot_that_cannot_be_closed_holds_no_other_up(
    make_market: Callable[..., Market], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make_market(), make_market(key="home-carousel-2", position=2)
    lots = [market.lots()[0] for market in (first, second)]
    bidder, loser = first.bidder("alpha"), first.bidder("beta")
    for lot in lots:
        bidder.bid(lot, 30_000)
    loser.bid(lots[1], 20_000)
    whole = closing.win_lot

    def win(*, lot_id: int, **more: object) -> object:
        if lot_id == lots[0].lot_id:
            raise RuntimeError("broken")
        return whole(lot_id=lot_id, **more)

    monkeypatch.setattr(closing, "win_lot", win)
    first.clock.now = max(lot.span.closes_at for lot in lots)
    with pytest.raises(RuntimeError, match="broken"):
        close_due_lots(now=first.clock.now)
    assert [first.again(lot).state for lot in lots] == [LotState.OPEN, LotState.CLOSED]
    assert loser.wallet.held_minor == 0
    monkeypatch.undo()
    assert close_due_lots(now=first.clock.now) == 1 and first.again(lots[0]).state is LotState.CLOSED
