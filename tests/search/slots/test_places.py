"""Places as staff define them, and the lots that follow."""

import itertools
from dataclasses import replace

import pytest

from market.audit.contracts import ActorKind
from market.audit.selectors import list_entries
from search.slots.contracts import LotUnit, SlotKind
from search.slots.models import Lot
from search.slots.selectors import find_slot, list_slots
from search.slots.services import (
    BadSlot,
    BidsEndTooEarly,
    KeyTaken,
    NoPictureFits,
    PlaceTaken,
    SlotNotFound,
    TooManySlots,
    open_due_lots,
    places,
    save_slot,
    set_floor,
)
from tenants.catalog.contracts import Text
from tests.search.slots.conftest import STAFF, Market
from tests.search.slots.test_rules import make_terms


def test_opening_again_opens_nothing_and_the_next_day_one_lot_more(market: Market) -> None:
    assert len(market.lots()) == 7
    assert open_due_lots(now=market.clock.now) == 0
    assert open_due_lots(now=market.clock.move(days=1)) == 1


def test_new_prices_hold_for_lots_that_nobody_has_bid_for(market: Market) -> None:
    first, second, *_ = market.lots()
    market.bidder("alpha").bid(first, 12_000)
    set_floor(slot_id=market.slot.slot_id, reserve_minor=15_000, step_minor=500, actor_id=STAFF, now=market.clock.now)
    first, second = market.again(first), market.again(second)
    assert (first.reserve_minor, first.step_minor) == (10_000, 1_000)
    assert (second.reserve_minor, second.step_minor) == (15_000, 500)
    (line,) = list_entries(action="slot.floor_set", limit=5)
    assert (line.actor_kind, line.detail["reserve_minor"]) == (ActorKind.STAFF, 15_000)


def test_a_place_that_is_sold_no_more_keeps_the_lots_with_bids(market: Market) -> None:
    first = market.lots()[0]
    market.bidder("alpha").bid(first, 12_000)
    save_slot(
        slot_id=market.slot.slot_id,
        terms=replace(market.slot.terms, is_sold=False),
        actor_id=STAFF,
        now=market.clock.now,
    )
    assert [lot.lot_id for lot in market.lots()] == [first.lot_id]
    assert open_due_lots(now=market.clock.move(days=3)) == 0


def test_a_changed_unit_holds_for_later_lots_which_never_overlap(market: Market) -> None:
    terms = replace(market.slot.terms, unit=LotUnit.HOUR, days_ahead=9)
    save_slot(slot_id=market.slot.slot_id, terms=terms, actor_id=STAFF, now=market.clock.now)
    assert open_due_lots(now=market.clock.now) == 48
    lots = list(Lot.objects.order_by("starts_at"))
    assert all(one.ends_at <= following.starts_at for one, following in itertools.pairwise(lots))
    assert [lot.unit for lot in lots] == ["day"] * 7 + ["hour"] * 48


def test_key_and_position_are_taken_once(market: Market) -> None:
    same_key = replace(make_terms(), position=2)
    same_place = replace(make_terms(), key="other")
    for terms, fact in ((same_key, KeyTaken), (same_place, PlaceTaken)):
        with pytest.raises(fact):
            save_slot(slot_id=0, terms=terms, actor_id=STAFF, now=market.clock.now)
    banner = replace(make_terms(), key="home-banner-1", kind=SlotKind.BANNER)
    assert save_slot(slot_id=0, terms=banner, actor_id=STAFF, now=market.clock.now).terms == banner
    assert [slot.terms.key for slot in list_slots()] == ["home-carousel-1", "home-banner-1"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"length": 0}, "length"),
        ({"length": 32}, "length"),
        ({"unit": LotUnit.HOUR, "length": 25}, "length"),
        ({"days_ahead": 31}, "days_ahead"),
        ({"closes_minutes": -1}, "closes_minutes"),
        ({"reserve_minor": 0}, "reserve_minor"),
        ({"reserve_minor": 10**8 + 1}, "reserve_minor"),
        ({"step_minor": 0}, "step_minor"),
        ({"width": 0}, "width"),
        ({"position": 100}, "position"),
        ({"name": Text("首页", "")}, "name"),
        ({"name": Text("首页", "x" * 41)}, "name"),
    ],
)
def test_terms_beyond_their_limits_are_named(db, clock, changed: dict[str, object], field: str) -> None:
    with pytest.raises(BadSlot, match=field):
        save_slot(slot_id=0, terms=replace(make_terms(), **changed), actor_id=STAFF, now=clock.now)
    assert find_slot("home-carousel-1") is None


@pytest.mark.parametrize(
    ("changed", "fact", "field"),
    [
        ({"days_ahead": 1, "closes_minutes": 10_080}, BidsEndTooEarly, "closes_minutes"),
        ({"days_ahead": 1, "closes_minutes": 1_381}, BidsEndTooEarly, "closes_minutes"),
        ({"unit": LotUnit.HOUR, "days_ahead": 2, "closes_minutes": 2_821}, BidsEndTooEarly, "closes_minutes"),
        ({"width": 777, "height": 333}, NoPictureFits, "width"),
    ],
)
def test_a_place_that_nobody_could_buy_is_not_put_on_sale(
    market: Market, changed: dict[str, object], fact: type[BadSlot], field: str
) -> None:
    terms, said = replace(market.slot.terms, **changed), {"actor_id": STAFF, "now": market.clock.now}
    with pytest.raises(fact, match=field):
        save_slot(slot_id=market.slot.slot_id, terms=terms, **said)
    off_sale = replace(terms, is_sold=False)
    assert save_slot(slot_id=market.slot.slot_id, terms=off_sale, **said).terms == off_sale


def test_unknown_places_and_too_many_are_refused(db, clock, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SlotNotFound):
        set_floor(slot_id=10**9, reserve_minor=1, step_minor=1, actor_id=STAFF, now=clock.now)
    monkeypatch.setattr(places, "MOST_SLOTS", 0)
    with pytest.raises(TooManySlots):
        save_slot(slot_id=0, terms=make_terms(), actor_id=STAFF, now=clock.now)
