"""A day's money: put aside once, charged in parts, the rest returned. Never below zero, never above the hold."""

from datetime import timedelta

import pytest

from billing.ledger.contracts import Code
from billing.ledger.models import Transaction
from billing.ledger.selectors import get_transaction
from billing.wallets.contracts import ChargeKind
from billing.wallets.models import Charge
from billing.wallets.selectors import find_day_hold, get_wallet
from billing.wallets.services import (
    BadAmount,
    DayClosed,
    DayExceeded,
    DayNotHeld,
    KeyReused,
    MoreThanCharged,
    day_holds,
)
from tests.billing.wallets.steps import (
    DAY,
    assert_sound,
    charge,
    close_day,
    credit,
    give_bonus,
    give_cash,
    hold_day,
    read_code,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(shop_a, clock) -> int:
    """A shop with 500.00 of cash and 20.00 of bonus."""
    give_cash(shop_a.shop_id, 50_000, key="cash", now=clock.now)
    give_bonus(shop_a.shop_id, 2_000, key="bonus", now=clock.now)
    return shop_a.shop_id


def test_a_day_takes_bonus_first_and_then_cash(shop, clock):
    held = hold_day(shop, 3_000, key="h1", now=clock.now)
    assert (held.held_bonus_minor, held.held_cash_minor, held.charged_minor) == (2_000, 1_000, 0)
    wallet = get_wallet(shop)
    assert (wallet.cash_minor, wallet.bonus_minor, wallet.held_minor, wallet.available_minor) == (
        50_000,
        2_000,
        3_000,
        49_000,
    )


def test_a_day_takes_what_there_is_when_more_is_asked(shop, clock):
    assert hold_day(shop, 60_000, key="h1", now=clock.now).left_minor == 52_000
    assert get_wallet(shop).available_minor == 0
    assert hold_day(shop, 1, key="h2", now=clock.now).left_minor == 52_000
    give_cash(shop, 500, key="later", now=clock.now)
    assert hold_day(shop, 1, key="h2", now=clock.now).left_minor == 52_001, "what found nothing may be asked again"


def test_the_same_key_puts_nothing_more_aside(shop, clock):
    assert hold_day(shop, 3_000, key="h1", now=clock.now) == hold_day(shop, 3_000, key="h1", now=clock.now)
    with pytest.raises(KeyReused):
        hold_day(shop, 3_001, key="h1", now=clock.now)
    assert get_wallet(shop).held_minor == 3_000


def test_a_charge_is_posted_by_kind_with_its_vat(shop, clock):
    hold_day(shop, 40_000, key="h1", now=clock.now)
    clicks = charge(shop, 2_000 + 4_127, key="ads:click", now=clock.now)
    assert (clicks.bonus_minor, clicks.cash_minor, clicks.vat_minor) == (2_000, 4_127, 234)
    views = charge(shop, 22_838, key="ads:view", kind=ChargeKind.VIEW, now=clock.now)
    assert (views.bonus_minor, views.cash_minor, views.vat_minor) == (0, 22_838, 1_293)
    assert read_code(Code.ADS_CPC) == 2_000 + 3_893
    assert read_code(Code.ADS_CPM) == 21_545
    assert read_code(Code.VAT_PAYABLE) == 234 + 1_293
    kinds = [get_transaction(number).kind for number in (*clicks.transaction_ids, *views.transaction_ids)]
    assert kinds == ["ad_bonus_used", "ad_clicks_charged", "ad_views_charged"]
    assert_sound(shop)


def test_bonus_that_pays_views_is_revenue_of_views(shop, clock):
    hold_day(shop, 1_000, key="h1", now=clock.now)
    charge(shop, 1_000, key="ads:view", kind=ChargeKind.VIEW, now=clock.now)
    assert (read_code(Code.ADS_CPM), read_code(Code.ADS_CPC), read_code(Code.VAT_PAYABLE)) == (1_000, 0, 0)
    assert_sound(shop)


def test_a_charge_is_posted_once_under_its_key(shop, clock):
    hold_day(shop, 40_000, key="h1", now=clock.now)
    first = charge(shop, 5_000, key="ads:1", now=clock.now)
    assert charge(shop, 5_000, key="ads:1", now=clock.move(minutes=1)) == first
    for different in ({"amount_minor": 5_001}, {"kind": ChargeKind.VIEW}, {"day": DAY + timedelta(days=1)}):
        with pytest.raises(KeyReused):
            charge(shop, **{"amount_minor": 5_000, "key": "ads:1", "now": clock.now, **different})
    assert find_day_hold(shop_id=shop, day=DAY).charged_minor == 5_000


def test_never_more_is_charged_than_is_held(shop, clock):
    hold_day(shop, 3_000, key="h1", now=clock.now)
    charge(shop, 2_500, key="ads:1", now=clock.now)
    with pytest.raises(DayExceeded):
        charge(shop, 501, key="ads:2", now=clock.now)
    charge(shop, 500, key="ads:3", now=clock.now)
    assert get_wallet(shop).cash_minor == 49_000
    assert_sound(shop)


def test_a_day_that_is_spent_to_the_last_fen_can_be_filled_again(shop, clock):
    for step in range(4):
        hold_day(shop, 1_500, key=f"h{step}", now=clock.now)
        charge(shop, 1_500, key=f"ads:{step}", now=clock.now)
    hold = find_day_hold(shop_id=shop, day=DAY)
    assert (hold.charged_minor, hold.left_minor) == (6_000, 0)
    assert get_wallet(shop).available_minor == 46_000
    assert_sound(shop)


def test_what_is_left_returns_when_the_day_is_closed(shop, clock):
    hold_day(shop, 10_000, key="h1", now=clock.now)
    charge(shop, 4_000, key="ads:1", now=clock.now)
    closed = close_day(shop, now=clock.now)
    assert closed == close_day(shop, now=clock.move(hours=1))
    assert (closed.closed, closed.left_minor, closed.charged_minor) == (True, 0, 4_000)
    assert (get_wallet(shop).held_minor, get_wallet(shop).available_minor) == (0, 48_000)
    for deed in (hold_day, charge):
        with pytest.raises(DayClosed):
            deed(shop, 100, key="late", now=clock.now)
    assert_sound(shop)


def test_a_day_that_never_was_cannot_be_charged_or_closed(shop, clock):
    for deed in (charge, credit):
        with pytest.raises(DayNotHeld):
            deed(shop, 100, key="x", now=clock.now)
    with pytest.raises(DayNotHeld):
        close_day(shop, now=clock.now)


@pytest.mark.parametrize("amount", [0, -1, 10**18])
def test_an_amount_that_is_none_is_refused(shop, clock, amount):
    for deed in (hold_day, charge, credit):
        with pytest.raises(BadAmount):
            deed(shop, amount, key="x", now=clock.now)


def test_a_charge_that_fails_half_way_leaves_nothing(shop, clock, monkeypatch):
    hold_day(shop, 10_000, key="h1", now=clock.now)
    before = get_wallet(shop), Transaction.objects.count()

    def fail(*args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(day_holds, "use_bonuses_of", fail)
    with pytest.raises(ZeroDivisionError):
        charge(shop, 5_000, key="ads:1", now=clock.now)
    assert (get_wallet(shop), Transaction.objects.count()) == before
    assert not Charge.objects.exists()
    monkeypatch.undo()
    assert charge(shop, 5_000, key="ads:1", now=clock.now).amount_minor == 5_000
    assert_sound(shop)


def test_one_shop_neither_holds_nor_charges_what_is_anothers(shop, shop_b, clock):
    other = shop_b.shop_id
    hold_day(shop, 10_000, key="h1", now=clock.now)
    assert hold_day(other, 10_000, key="h2", now=clock.now).left_minor == 0
    with pytest.raises(KeyReused):
        hold_day(other, 10_000, key="h1", now=clock.now)
    with pytest.raises(DayExceeded):
        charge(other, 1, key="ads:2", now=clock.now)
    charge(shop, 100, key="ads:1", now=clock.now)
    with pytest.raises(KeyReused):
        charge(other, 100, key="ads:1", now=clock.now)
    assert get_wallet(other) == get_wallet(other).__class__(other, 0, 0, 0, 0, 0)


def test_a_credit_gives_back_as_it_was_paid(shop, clock):
    hold_day(shop, 10_000, key="h1", now=clock.now)
    charge(shop, 8_000, key="ads:1", now=clock.now)  # 20.00 of bonus, 60.00 of cash
    given = credit(shop, 4_000, key="c1", now=clock.now)
    assert (given.cash_minor, given.bonus_minor, given.vat_minor) == (3_000, 1_000, 170)
    assert credit(shop, 4_000, key="c1", now=clock.now) == given
    with pytest.raises(KeyReused):
        credit(shop, 4_001, key="c1", now=clock.now)
    with pytest.raises(MoreThanCharged):
        credit(shop, 4_001, key="c2", now=clock.now)
    credit(shop, 4_000, key="c3", now=clock.now)
    assert (read_code(Code.ADS_CPC), read_code(Code.VAT_PAYABLE)) == (0, 0), "to the fen, VAT included"
    close_day(shop, now=clock.now)
    wallet = get_wallet(shop)
    assert (wallet.cash_minor, wallet.bonus_minor, wallet.held_minor) == (50_000, 2_000, 0)
    assert_sound(shop)


def test_clicks_and_views_are_credited_apart(shop, clock):
    hold_day(shop, 10_000, key="h1", now=clock.now)
    charge(shop, 3_000, key="ads:1", now=clock.now)
    charge(shop, 4_000, key="ads:2", kind=ChargeKind.VIEW, now=clock.now)
    with pytest.raises(MoreThanCharged):
        credit(shop, 3_001, key="c1", now=clock.now)
    given = credit(shop, 4_000, key="c1", kind=ChargeKind.VIEW, now=clock.now)
    assert (given.cash_minor, given.bonus_minor) == (4_000, 0)
    assert read_code(Code.ADS_CPM) == 0
    assert get_transaction(given.transaction_ids[0]).kind == "ad_views_credited"
    assert_sound(shop)
