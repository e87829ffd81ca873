"""A place with its lots, and shops with money and a creative to bid with."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count

import pytest
from django.db import transaction
from PIL import Image

from billing.ledger.rules import AdTopUpCaptured
from billing.ledger.services import post
from billing.wallets.contracts import WalletView
from billing.wallets.selectors import get_wallet
from market.media.services import store_picture
from market.shops.contracts import ShopContext
from search.campaigns.contracts import CreativeState
from search.campaigns.models import Creative
from search.listings.keeping import forget_all
from search.slots.contracts import BidView, LotUnit, LotView, SlotView
from search.slots.selectors import find_lot, list_lots_of_slot
from search.slots.services import (
    close_due_lots,
    decide_due_parts,
    open_due_lots,
    place_lot_bid,
    save_slot,
    watch_running,
)
from tests.conftest import Clock
from tests.search.slots.test_rules import make_terms

STAFF, MERCHANT = 1, 900_001
_numbers = count(1)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """Epochs repeat between tests."""
    forget_all()


@dataclass
class Bidder:
    """A shop with a creative."""

    shop: ShopContext
    creative_id: int
    clock: Clock

    @property
    def shop_id(self) -> int:
        return self.shop.shop_id

    def bid(self, lot: LotView, maximum_minor: int) -> BidView:
        """Place or raise."""
        return place_lot_bid(
            lot_id=lot.lot_id,
            shop_id=self.shop_id,
            maximum_minor=maximum_minor,
            creative_id=self.creative_id,
            actor_id=MERCHANT,
            now=self.clock.now,
        )

    @property
    def wallet(self) -> WalletView:
        return get_wallet(self.shop_id)


@dataclass
class Market:
    """A place, its lots, and what timers do."""

    slot: SlotView
    clock: Clock
    make_shop: Callable[..., ShopContext]

    def lots(self) -> list[LotView]:
        """From now on, by time."""
        since = self.clock.now
        return list_lots_of_slot(self.slot.slot_id, since=since, until=since + timedelta(days=40))

    def again(self, lot: LotView) -> LotView:
        found = find_lot(lot.lot_id)
        assert found is not None
        return found

    def bidder(self, slug: str, *, minor: int = 100_000, state: CreativeState = CreativeState.APPROVED) -> Bidder:
        """A shop with so much in its wallet."""
        shop = self.make_shop(slug, owner_id=MERCHANT)
        if minor:
            top_up(shop.shop_id, minor, self.clock.now)
        return Bidder(shop, make_creative(shop.shop_id, self.clock.now, state=state), self.clock)

    def close(self, lot: LotView) -> LotView:
        """The clock at the lot's closing, and the timer."""
        self.clock.now = lot.span.closes_at
        close_due_lots(now=self.clock.now)
        return self.again(lot)

    def run(self, until: datetime, *, looks_every: int = 1) -> None:
        """Every minute until then the timer looks at what runs, or every so many."""
        while self.clock.now < until:
            watch_running(now=self.clock.now)
            self.clock.move(minutes=looks_every)
        decide_due_parts(now=self.clock.now + timedelta(minutes=5))


@pytest.fixture
def make_market(any_db: None, clock: Clock, make_shop: Callable[..., ShopContext]) -> Callable[..., Market]:
    """A place of the home page; lots of a day unless told otherwise."""

    def make(unit: LotUnit = LotUnit.DAY, **changed: object) -> Market:
        terms = replace(make_terms(unit), **{"width": 1_200, "height": 400, **changed})
        slot = save_slot(slot_id=0, terms=terms, actor_id=STAFF, now=clock.now)
        open_due_lots(now=clock.now)
        return Market(slot, clock, make_shop)

    return make


@pytest.fixture
def market(make_market: Callable[..., Market]) -> Market:
    return make_market()


def top_up(shop_id: int, minor: int, now: datetime) -> None:
    """Money in a wallet, as a captured top-up brings it."""
    number = next(_numbers)
    event = AdTopUpCaptured(shop_id=shop_id, reference=f"T{number}", amount_minor=minor, psp="wechatpay")
    with transaction.atomic():
        post(key=f"test-top-up:{shop_id}:{number}", event=event, now=now)


def make_creative(
    shop_id: int, now: datetime, *, state: CreativeState = CreativeState.APPROVED, size: tuple[int, int] = (1_200, 400)
) -> int:
    """A creative of a shop as it stands after its review."""
    file = BytesIO()
    Image.new("RGB", size, (20, 90, 120)).save(file, "PNG")
    media_id = store_picture(shop_id=shop_id, content=file.getvalue(), file_name="ad.png", now=now)
    decided = {} if state is CreativeState.WAITING else {"decided_by": STAFF, "decided_at": now}
    reason = "no" if state is CreativeState.REFUSED else ""
    row = Creative(shop_id=shop_id, title="新茶上市", media_id=media_id, landing="/search?q=tea", state=state.value)
    row.reason, row.created_at = reason, now
    for name, value in decided.items():
        setattr(row, name, value)
    row.save()
    return row.pk
