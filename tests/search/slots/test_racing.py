"""Real processes bid, close and are killed: each lot is sold once, and no fen is lost or held for ever."""

import random
import time
from collections.abc import Callable
from typing import Any  # Any: what a race's function takes

import pytest

from billing.ledger.contracts import Code, Owner
from billing.ledger.selectors import get_balance, prove_ledger
from search.auction.contracts import LotBid
from search.auction.lots import close_lot
from search.slots.contracts import BidState, LotState, LotUnit
from search.slots.models import Lot, LotBidRow, LotPart
from search.slots.services import close_due_lots
from tests.conftest import CommittedDatabase
from tests.fixtures.forks import Fork, fork
from tests.search.auction.markets import SEED
from tests.search.slots import racing
from tests.search.slots.conftest import Bidder, Market

MONEY_MINOR = 500_000

Start = Callable[..., Fork]


@pytest.fixture
def start(committed_db: CommittedDatabase) -> Start:
    """Begin a process that works on the test's own database."""

    def begin(deed: Callable[..., int], *given: Any) -> Fork:
        return fork(deed, *given, database=committed_db.name)

    return begin


def bidding(start: Start, market: Market, one: Bidder, seed: int, lots: list[int], seconds: float = 3.0) -> Fork:
    return start(racing.bid, one.shop_id, one.creative_id, seed, lots, seconds, market.clock.now)


def finish(processes: list[Fork]) -> list[int]:
    return [one.finish() for one in processes]


def check_books(market: Market, bidders: list[Bidder]) -> None:
    """Every lot was sold to who its bids say, at that price; wallets hold nothing else and the books prove."""
    paid = dict.fromkeys((one.shop_id for one in bidders), 0)
    for lot in Lot.objects.exclude(state=LotState.OPEN.value):
        rows = LotBidRow.objects.filter(lot=lot).exclude(state=BidState.WITHDRAWN.value).order_by("order")
        bids = [LotBid(row.shop_id, row.maximum_minor, row.order) for row in rows]
        result = close_lot(bids, reserve_minor=lot.reserve_minor, step_minor=lot.step_minor)
        assert lot.shop_id == (result.winner.merchant if result.winner else None)
        if lot.shop_id is not None:
            parts_minor = sum(LotPart.objects.filter(lot=lot).values_list("amount_minor", flat=True))
            assert lot.price_minor == result.price_minor == parts_minor
            paid[lot.shop_id] += result.price_minor
    for one in bidders:
        deferred = get_balance(code=Code.SLOT_DEFERRED, owner=Owner.of_shop(one.shop_id)).posted_minor
        assert (one.wallet.cash_minor, deferred) == (MONEY_MINOR - paid[one.shop_id], paid[one.shop_id])
        standing = LotBidRow.objects.filter(shop_id=one.shop_id, state=BidState.STANDING.value)
        assert one.wallet.held_minor == sum(standing.values_list("maximum_minor", flat=True))
    assert prove_ledger().sound


def test_shops_bid_at_once_and_several_close_at_once(committed_db, make_market, start: Start) -> None:
    market = make_market(LotUnit.HOUR, closes_minutes=30, days_ahead=1)
    bidders = [market.bidder(slug, minor=MONEY_MINOR) for slug in ("alpha", "beta")]
    lots = [lot.lot_id for lot in market.lots()][:6]
    done = finish([bidding(start, market, one, SEED + turn, lots) for turn in range(2) for one in bidders])
    assert min(done) >= 1, "every process has bid"
    check_books(market, bidders)
    market.clock.now = market.lots()[5].span.closes_at
    assert sum(finish([start(racing.close, market.clock.now) for _ in range(3)])) == 6
    check_books(market, bidders)
    assert not LotBidRow.objects.filter(lot_id__in=lots, released_at=None).exists()


def test_lots_that_close_while_shops_bid_are_sold_to_whoever_was_in_time(committed_db, make_market, start) -> None:
    market = make_market(LotUnit.HOUR, closes_minutes=30, days_ahead=1)
    bidders = [market.bidder(slug, minor=MONEY_MINOR) for slug in ("alpha", "beta")]
    rows = market.lots()[:12]
    lots = [lot.lot_id for lot in rows]
    running = [bidding(start, market, one, SEED + turn, lots, 20) for turn in range(2) for one in bidders]
    while not LotBidRow.objects.exists():
        time.sleep(0.05)
    closed = 0
    for lot in rows:  # bidders' clocks stand before every closing: they learn of it by the lot alone
        closed += close_due_lots(now=lot.span.closes_at)
        time.sleep(0.1)
    while closed < len(rows):
        closed += close_due_lots(now=rows[-1].span.closes_at)
    finish(running)
    check_books(market, bidders)


def test_a_closer_that_is_killed_half_way_is_gone_on_with(committed_db, make_market, start: Start) -> None:
    market, chance = make_market(LotUnit.HOUR, closes_minutes=30, days_ahead=2), random.Random(SEED)
    bidders = [market.bidder(slug, minor=MONEY_MINOR) for slug in ("alpha", "beta", "gamma")]
    rows = market.lots()[:15]
    for lot in rows:
        for one in bidders:
            one.bid(lot, 10_000 + 500 * chance.randrange(8))
    now, kills = rows[-1].span.closes_at, 0
    for _ in range(8):
        before = Lot.objects.exclude(state=LotState.OPEN.value).count()
        closer = start(racing.close, now)
        while closer.is_running() and Lot.objects.exclude(state=LotState.OPEN.value).count() == before:
            time.sleep(0.01)
        time.sleep(chance.random() * 0.05)
        if not closer.is_running():
            break
        closer.kill()
        kills += 1
    while close_due_lots(now=now):
        pass
    assert kills >= 3
    assert not Lot.objects.filter(state=LotState.OPEN.value, closes_at__lte=now).exists()
    check_books(market, bidders)
    assert not LotBidRow.objects.filter(released_at=None).exists()
