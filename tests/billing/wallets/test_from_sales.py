"""Topping up from sales: at once, never more than is owed; by itself below a mark, once, and not beyond the day's."""

from dataclasses import replace

import pytest

from billing.ledger.contracts import Code
from billing.wallets.contracts import AutoTopUpView, TopUpSource, TopUpState
from billing.wallets.models import TopUp
from billing.wallets.selectors import find_auto_top_up, get_wallet, list_top_ups
from billing.wallets.services import (
    BadAmount,
    KeyReused,
    LessOwed,
    fill_wallets,
    from_sales,
    set_auto_top_up,
    top_up_from_sales,
)
from market.audit.models import AuditEntry
from tests.billing.payments.steps import in_threads
from tests.billing.wallets.conftest import Till
from tests.billing.wallets.steps import assert_sound, hold_day, read_code


@pytest.fixture
def shop(committed_db, shop_a, clock) -> Till:
    """A shop that is owed 500.00; no provider is needed."""
    till = Till(shop_a.shop_id, None, clock)
    till.owe(50_000)
    return till


def take(till: Till, amount: int, *, key: str = "k", shop_id: int = 0):
    shop_id = shop_id or till.shop_id
    return top_up_from_sales(shop_id=shop_id, amount_minor=amount, key=key, actor_id=900_001, now=till.now)


def wish(till: Till, **changes) -> AutoTopUpView:
    found = AutoTopUpView(till.shop_id, is_on=True, below_minor=5_000, take_minor=10_000, daily_minor=25_000)
    return set_auto_top_up(wish=replace(found, **changes), actor_id=900_001, now=till.now)


def test_what_is_taken_from_sales_is_there_at_once_and_once(shop):
    top_up = take(shop, 20_000)
    assert take(shop, 20_000) == top_up
    assert (top_up.source, top_up.state, top_up.automatic) == (TopUpSource.SALES, TopUpState.PAID, False)
    with pytest.raises(KeyReused):
        take(shop, 20_001)
    assert (get_wallet(shop.shop_id).cash_minor, read_code(Code.PAYABLE, shop.shop_id)) == (20_000, 30_000)
    assert_sound(shop.shop_id)


def test_more_than_is_owed_cannot_be_taken(shop, shop_b):
    with pytest.raises(LessOwed) as refused:
        take(shop, 50_001)
    assert refused.value.owed_minor == 50_000
    with pytest.raises(LessOwed):
        take(shop, 1_000, shop_id=shop_b.shop_id)
    for amount in (999, 20_000_001):
        with pytest.raises(BadAmount):
            take(shop, amount)
    assert not TopUp.objects.exists()
    take(shop, 50_000)


def test_a_taking_that_fails_half_way_leaves_nothing(shop, monkeypatch):
    def fail(*args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(from_sales, "to_top_up_view", fail)
    with pytest.raises(ZeroDivisionError):
        take(shop, 20_000)
    monkeypatch.undo()
    assert (get_wallet(shop.shop_id).cash_minor, read_code(Code.PAYABLE, shop.shop_id)) == (0, 50_000)
    assert take(shop, 20_000).state is TopUpState.PAID


def test_many_at_once_take_no_more_than_is_owed(shop):
    results = in_threads(*(lambda number=number: take(shop, 20_000, key=f"k{number}") for number in range(4)))
    assert sum(isinstance(result, LessOwed) for result in results) == 2, results
    assert (get_wallet(shop.shop_id).cash_minor, read_code(Code.PAYABLE, shop.shop_id)) == (40_000, 10_000)
    assert_sound(shop.shop_id)


def test_a_wallet_below_its_mark_fills_itself_up_to_the_days_limit(shop):
    wish(shop)
    assert (fill_wallets(now=shop.now), get_wallet(shop.shop_id).cash_minor) == (1, 10_000)
    assert fill_wallets(now=shop.now) == 0, "above the mark"
    hold_day(shop.shop_id, 9_000, key="h1", now=shop.now)
    assert (fill_wallets(now=shop.now), get_wallet(shop.shop_id).cash_minor) == (1, 20_000)
    hold_day(shop.shop_id, 9_000, key="h2", now=shop.now)
    assert fill_wallets(now=shop.now) == 0, "25.00 a day does not bear a third"
    assert fill_wallets(now=shop.clock.move(days=1)) == 1
    assert all(one.automatic for one in list_top_ups(shop_id=shop.shop_id))


def test_timers_that_run_at_once_fill_a_wallet_once(shop):
    wish(shop)
    results = in_threads(*(lambda: fill_wallets(now=shop.now) for _ in range(4)))
    assert (sum(results), get_wallet(shop.shop_id).cash_minor) == (1, 10_000)


def test_a_shop_that_is_owed_too_little_is_left_alone_and_others_are_not(shop, shop_b):
    wish(shop, shop_id=shop_b.shop_id)
    wish(shop)
    assert fill_wallets(now=shop.now) == 1
    assert (get_wallet(shop.shop_id).cash_minor, get_wallet(shop_b.shop_id).cash_minor) == (10_000, 0)


def test_a_wish_can_be_changed_and_switched_off_and_stands_in_the_trail(shop, shop_b):
    wish(shop)
    wish(shop, is_on=False, below_minor=7_000)
    assert find_auto_top_up(shop.shop_id).below_minor == 7_000
    assert find_auto_top_up(shop_b.shop_id) is None
    assert fill_wallets(now=shop.now) == 0
    assert [entry.detail["is_on"] for entry in AuditEntry.objects.filter(action="wallet.auto_set").order_by("pk")] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    "change", [{"below_minor": 0}, {"take_minor": 999}, {"daily_minor": 9_999}, {"daily_minor": 20_000_001}]
)
def test_a_wish_that_makes_no_sense_is_refused(shop, change):
    with pytest.raises(BadAmount):
        wish(shop, **change)
    assert find_auto_top_up(shop.shop_id) is None
