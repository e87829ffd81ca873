"""Bonus: given once with a reason, used before cash, the oldest first, gone in time unless it is held."""

from datetime import timedelta

import pytest

from billing.ledger.contracts import Code
from billing.wallets.contracts import BonusSource
from billing.wallets.models import Bonus
from billing.wallets.selectors import get_wallet, is_cash_first, list_bonuses
from billing.wallets.services import (
    BadAmount,
    BadExpiry,
    KeyReused,
    NoReason,
    expire_due_bonuses,
    grant_bonus,
    set_payment_order,
)
from market.audit.models import AuditEntry
from market.audit.selectors import list_entries
from market.shops.selectors import ShopNotFound
from tests.billing.wallets.steps import (
    STAFF,
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
def shop(shop_a) -> int:
    return shop_a.shop_id


def left(shop: int) -> list[int]:
    return list(Bonus.objects.filter(shop_id=shop).order_by("pk").values_list("left_minor", flat=True))


def test_a_bonus_is_given_once_and_stands_in_the_trail(shop, clock):
    assert give_bonus(shop, 2_000, key="b", now=clock.now) == give_bonus(shop, 2_000, key="b", now=clock.now)
    with pytest.raises(KeyReused):
        give_bonus(shop, 2_001, key="b", now=clock.now)
    assert (read_code(Code.ADS_PROMO), get_wallet(shop).bonus_minor) == (2_000, 2_000)
    [entry] = AuditEntry.objects.filter(action="wallet.bonus_granted")
    assert (entry.actor_id, entry.shop_id, entry.detail["amount_minor"], entry.detail["reason"]) == (
        STAFF,
        shop,
        2_000,
        "welcome",
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"amount_minor": 0}, BadAmount),
        ({"amount_minor": 10_000_001}, BadAmount),
        ({"reason": "  "}, NoReason),
        ({"days": 0}, BadExpiry),
        ({"days": 1_100}, BadExpiry),
        ({"shop_id": 999_999}, ShopNotFound),
    ],
)
def test_a_bonus_that_makes_no_sense_is_refused(shop, clock, change, problem):
    days = change.pop("days", 30)
    asked = {"shop_id": shop, "amount_minor": 100, "reason": "welcome", "key": "b", "actor_id": STAFF, **change}
    with pytest.raises(problem):
        grant_bonus(expires_at=clock.now + timedelta(days=days), now=clock.now, **asked)
    assert not Bonus.objects.exists()


def test_the_bonus_that_expires_first_is_used_first(shop, clock):
    give_bonus(shop, 1_000, key="late", days=60, now=clock.now)
    give_bonus(shop, 1_000, key="early", days=10, now=clock.now)
    hold_day(shop, 1_500, key="h", now=clock.now)
    charge(shop, 1_200, key="ads", now=clock.now)
    assert left(shop) == [800, 0]
    assert_sound(shop)


def test_what_is_not_used_in_time_expires_once(shop, clock):
    give_bonus(shop, 2_000, key="b", days=10, now=clock.now)
    give_bonus(shop, 300, key="c", days=11, now=clock.now)
    assert expire_due_bonuses(now=clock.now) == 0
    assert expire_due_bonuses(now=clock.move(days=10)) == 1
    assert expire_due_bonuses(now=clock.now) == 0
    assert (get_wallet(shop).bonus_minor, read_code(Code.ADS_PROMO)) == (300, 300)
    assert_sound(shop)


def test_bonus_that_is_held_expires_only_when_the_day_is_closed(shop, clock):
    give_bonus(shop, 2_000, key="b", days=10, now=clock.now)
    hold_day(shop, 1_500, key="h", now=clock.now)
    clock.move(days=10)
    assert expire_due_bonuses(now=clock.now) == 1
    assert left(shop) == [1_500]
    charge(shop, 600, key="ads", now=clock.now)
    assert expire_due_bonuses(now=clock.now) == 0
    close_day(shop, now=clock.now)
    assert expire_due_bonuses(now=clock.now) == 1
    assert (left(shop), get_wallet(shop).bonus_minor) == ([0], 0)
    assert Bonus.objects.get().expired_minor == 1_400
    assert_sound(shop)


def test_a_day_takes_no_bonus_whose_time_is_over_though_the_timer_was_late(shop, clock):
    give_bonus(shop, 2_000, key="b", days=10, now=clock.now)
    assert hold_day(shop, 500, key="h", now=clock.move(days=10)).left_minor == 0
    assert get_wallet(shop).bonus_minor == 0
    assert_sound(shop)


def test_bonus_that_is_given_back_lasts_thirty_days_from_then(shop, clock):
    give_bonus(shop, 2_000, key="b", days=10, now=clock.now)
    hold_day(shop, 2_000, key="h", now=clock.now)
    charge(shop, 2_000, key="ads", now=clock.now)
    credit(shop, 500, key="c", now=clock.move(days=3))
    [returned, _] = list_bonuses(shop_id=shop)
    assert (returned.source, returned.left_minor, returned.reason) == (BonusSource.RETURNED, 500, "robots")
    assert returned.expires_at == clock.now + timedelta(days=30)
    expire_due_bonuses(now=clock.move(days=29))
    assert get_wallet(shop).bonus_minor == 500
    expire_due_bonuses(now=clock.move(days=1))
    assert get_wallet(shop).bonus_minor == 0
    assert_sound(shop)


def test_one_shops_bonuses_are_not_anothers(shop, shop_b, clock):
    give_bonus(shop, 2_000, key="b", now=clock.now)
    assert list_bonuses(shop_id=shop_b.shop_id) == []
    assert [bonus.shop_id for bonus in list_bonuses(shop_id=shop)] == [shop]


def test_cash_goes_first_where_staff_set_it_and_bonus_pays_the_rest(shop, clock):
    give_cash(shop, 500, key="cash", now=clock.now)
    give_bonus(shop, 2_000, key="bonus", now=clock.now)
    asked = {"shop_id": shop, "actor_id": STAFF, "now": clock.now}
    assert not is_cash_first(shop) and not set_payment_order(cash_first=False, **asked)
    assert set_payment_order(cash_first=True, **asked) and not set_payment_order(cash_first=True, **asked)
    assert is_cash_first(shop)
    held = hold_day(shop, 1_500, key="day", now=clock.now)
    assert (held.held_cash_minor, held.held_bonus_minor) == (500, 1_000)
    first, second = (charge(shop, amount, key=f"hour-{amount}", now=clock.now) for amount in (400, 600))
    assert (first.cash_minor, first.bonus_minor) == (400, 0)
    assert (second.cash_minor, second.bonus_minor) == (100, 500)
    assert set_payment_order(cash_first=False, **asked)
    (entry, *_) = list_entries(shop_id=shop, action="wallet.order_set", limit=5)
    assert entry.detail == {"cash_first": False} and entry.actor_id == STAFF
    assert_sound(shop)


def test_the_order_of_a_shop_that_is_none_cannot_be_set(db, clock):
    with pytest.raises(ShopNotFound):
        set_payment_order(shop_id=999_999, cash_first=True, actor_id=STAFF, now=clock.now)
