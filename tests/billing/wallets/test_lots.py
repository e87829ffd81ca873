"""Lots: the maximum is held, the price is paid out of it, earned as it is delivered, returned as it is not."""

from datetime import timedelta

import pytest
from django.db import transaction

from billing.ledger.contracts import Code
from billing.ledger.services import HoldEnded, expire_holds, post_pending
from billing.wallets import services
from billing.wallets.contracts import LotState
from billing.wallets.selectors import find_lot_hold, get_wallet
from billing.wallets.services import KeyReused, LotEnded, LotExceeded, LotNotHeld, NotEnough
from tests.billing.wallets.steps import assert_sound, give_bonus, give_cash, hold_day, read_code

pytestmark = pytest.mark.django_db

LOT = 70


@pytest.fixture
def shop(shop_a, clock) -> int:
    """A shop with 500.00 of cash, and bonus that no lot may take."""
    give_cash(shop_a.shop_id, 50_000, key="cash", now=clock.now)
    give_bonus(shop_a.shop_id, 9_000, key="bonus", now=clock.now)
    return shop_a.shop_id


def do(deed: str, shop: int, clock, amount: int | None = None, *, key: str = ""):
    asked = {"shop_id": shop, "lot_id": LOT, "key": key or f"{deed}:{amount}", "now": clock.now}
    if amount is not None:
        asked["price_minor" if deed == "win_lot" else "amount_minor"] = amount
    if deed == "hold_for_lot":
        asked["expires_at"] = clock.now + timedelta(days=2)
    with transaction.atomic():
        return getattr(services, deed)(**asked)


def test_a_bid_is_held_raised_and_paid(shop, clock):
    do("hold_for_lot", shop, clock, 20_000)
    assert do("hold_for_lot", shop, clock, 30_000).amount_minor == 30_000
    assert do("hold_for_lot", shop, clock, 25_000).amount_minor == 30_000, "a bid is only raised"
    assert get_wallet(shop).held_minor == 30_000
    won = do("win_lot", shop, clock, 21_000)
    assert do("win_lot", shop, clock, 21_000) == won
    assert (won.state, won.price_minor, won.deferred_minor) == (LotState.WON, 21_000, 21_000)
    wallet = get_wallet(shop)
    assert (wallet.cash_minor, wallet.held_minor) == (29_000, 0)
    assert read_code(Code.SLOT_DEFERRED, shop) == 21_000
    assert_sound(shop)


def test_parts_are_earned_or_returned_and_never_more_than_the_price(shop, clock):
    do("hold_for_lot", shop, clock, 21_000)
    do("win_lot", shop, clock, 21_000)
    do("deliver_lot_part", shop, clock, 7_000, key="day 1")
    do("deliver_lot_part", shop, clock, 7_000, key="day 1")
    do("deliver_lot_part", shop, clock, 7_000, key="day 2")
    with pytest.raises(LotExceeded):
        do("return_lot_part", shop, clock, 7_001, key="day 3")
    do("return_lot_part", shop, clock, 7_000, key="day 3")
    do("return_lot_part", shop, clock, 7_000, key="day 3")
    with pytest.raises(LotExceeded):
        do("deliver_lot_part", shop, clock, 1, key="day 4")
    with pytest.raises(KeyReused):
        do("deliver_lot_part", shop, clock, 7_000, key="day 3")
    post_pending(now=clock.now)
    assert (read_code(Code.ADS_SLOT), read_code(Code.VAT_PAYABLE)) == (2 * 6_604, 2 * 396)
    assert (read_code(Code.SLOT_DEFERRED, shop), get_wallet(shop).cash_minor) == (0, 36_000)
    assert_sound(shop)


def test_a_bid_that_lost_returns_whole_and_may_be_made_again(shop, clock):
    do("hold_for_lot", shop, clock, 20_000)
    do("void_lot_hold", shop, clock)
    do("void_lot_hold", shop, clock, key="again")
    assert (get_wallet(shop).held_minor, find_lot_hold(shop_id=shop, lot_id=LOT).state) == (0, LotState.VOIDED)
    with pytest.raises(LotEnded):
        do("win_lot", shop, clock, 20_000)
    assert do("hold_for_lot", shop, clock, 10_000).state is LotState.HELD
    do("win_lot", shop, clock, 9_000)
    for deed, amount in (("hold_for_lot", 20_001), ("void_lot_hold", None), ("win_lot", 8_000)):
        with pytest.raises(LotEnded):
            do(deed, shop, clock, amount, key=f"after {deed}")
    assert_sound(shop)


def test_only_cash_that_is_free_can_be_bid(shop, clock):
    with pytest.raises(NotEnough):
        do("hold_for_lot", shop, clock, 50_001)
    hold_day(shop, 9_000 + 20_000, key="h", now=clock.now)
    with pytest.raises(NotEnough) as refused:
        do("hold_for_lot", shop, clock, 30_001)
    assert (refused.value.available_minor, refused.value.wanted_minor) == (30_000, 30_001)
    do("hold_for_lot", shop, clock, 30_000)
    assert get_wallet(shop).available_minor == 0


def test_a_price_is_never_more_than_the_bid(shop, clock):
    do("hold_for_lot", shop, clock, 20_000)
    with pytest.raises(LotExceeded):
        do("win_lot", shop, clock, 20_001)
    with pytest.raises(LotEnded):
        do("deliver_lot_part", shop, clock, 1)


def test_a_bid_whose_time_is_over_returned_by_itself(shop, clock):
    do("hold_for_lot", shop, clock, 20_000)
    expire_holds(now=clock.move(days=2))
    assert get_wallet(shop).held_minor == 0
    with pytest.raises(HoldEnded):
        do("win_lot", shop, clock, 20_000)
    do("void_lot_hold", shop, clock)
    assert do("hold_for_lot", shop, clock, 10_000, key="new").amount_minor == 10_000


def test_one_shops_lot_is_not_anothers(shop, shop_b, clock):
    do("hold_for_lot", shop, clock, 20_000)
    other = shop_b.shop_id
    for deed, amount in (("win_lot", 1), ("void_lot_hold", None), ("deliver_lot_part", 1), ("return_lot_part", 1)):
        with pytest.raises(LotNotHeld):
            do(deed, other, clock, amount)
    give_cash(other, 50_000, key="cash", now=clock.now)
    with pytest.raises(KeyReused):
        do("hold_for_lot", other, clock, 20_000)
    do("hold_for_lot", other, clock, 30_000)
    with transaction.atomic():
        services.win_lot(shop_id=other, lot_id=LOT, price_minor=20_100, key="w", now=clock.now)
        services.void_lot_hold(shop_id=shop, lot_id=LOT, key="v", now=clock.now)
    assert (get_wallet(other).cash_minor, get_wallet(shop).cash_minor) == (29_900, 50_000)
    assert_sound(shop, other)
