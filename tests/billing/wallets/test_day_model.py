"""Days of two wallets against plain arithmetic: never below zero, never above the hold, every sum exact."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.ledger.contracts import Code
from billing.wallets.contracts import ChargeKind
from billing.wallets.rules.bonuses import BonusLeft, expire_bonuses, use_bonuses
from billing.wallets.rules.days import Parts, divide_credit
from billing.wallets.selectors import find_day_hold, get_wallet
from billing.wallets.services import (
    DayClosed,
    DayExceeded,
    DayNotHeld,
    MoreThanCharged,
    expire_due_bonuses,
    set_payment_order,
)
from tests.billing.wallets.steps import (
    DAY,
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

DEEDS = st.sampled_from(
    ["cash", "bonus", "hold", "hold", "charge", "charge", "charge", "credit", "close", "pass", "order"]
)
STEPS = st.lists(
    st.tuples(DEEDS, st.integers(0, 1), st.integers(0, 1), st.integers(1, 3_000), st.sampled_from(list(ChargeKind))),
    min_size=5,
    max_size=30,
)


class Model:
    """One shop's wallet in plain numbers: bonuses as `[left, expires at]`, a day as what is held, charged, credited."""

    def __init__(self) -> None:
        self.cash = 0
        self.bonuses: list[list] = []
        self.days: dict = {}
        self.cash_first = False

    @property
    def bonus(self) -> int:
        return sum(left for left, _ in self.bonuses)

    @property
    def held(self) -> tuple[int, int]:
        days = self.days.values()
        return sum(day["cash"] for day in days), sum(day["bonus"] for day in days)

    @property
    def earned(self) -> int:
        """What was charged and not credited, of all days."""
        days = self.days.values()
        return sum(sum(day["charged"].values()) - sum(day["credited"].values()) for day in days)

    def expire(self, now) -> None:
        held = self.held[1]
        for bonus in sorted(self.bonuses, key=lambda one: one[1]):
            kept = min(held, bonus[0])
            held -= kept
            if bonus[1] <= now:
                bonus[0] = kept

    def use(self, amount: int) -> None:
        for bonus in sorted(self.bonuses, key=lambda one: one[1]):
            part = min(amount, bonus[0])
            bonus[0] -= part
            amount -= part
        assert amount == 0

    def put_aside(self, day, amount: int, now) -> bool:
        found = self.days.setdefault(day, {"cash": 0, "bonus": 0, "open": True, "charged": {}, "credited": {}})
        if not found["open"]:
            return False
        self.expire(now)
        cash, bonus = self.divide(amount, self.cash - self.held[0], self.bonus - self.held[1])
        found["bonus"] += bonus
        found["cash"] += cash
        return True

    def divide(self, amount: int, cash: int, bonus: int) -> tuple[int, int]:
        """Fen by fen, out of what goes first while there is some."""
        paid = {"cash": 0, "bonus": 0}
        for name, there in (("cash", cash), ("bonus", bonus))[:: 1 if self.cash_first else -1]:
            paid[name] = min(there, amount - sum(paid.values()))
        return paid["cash"], paid["bonus"]

    def charge(self, day, kind, amount: int) -> bool:
        found = self.days.get(day)
        if found is None or not found["open"] or amount > found["cash"] + found["bonus"]:
            return False
        cash, bonus = self.divide(amount, found["cash"], found["bonus"])
        found["bonus"] -= bonus
        found["cash"] -= cash
        self.use(bonus)
        self.cash -= cash
        found["charged"][kind] = found["charged"].get(kind, 0) + amount
        return True

    def credit(self, day, kind, given: Parts, now) -> None:
        found = self.days[day]
        found["credited"][kind] = found["credited"].get(kind, 0) + given.amount_minor
        self.cash += given.cash_minor
        if given.bonus_minor:
            self.bonuses.append([given.bonus_minor, now + timedelta(days=30)])

    def may_credit(self, day, kind, amount: int) -> bool:
        found = self.days.get(day)
        return found is not None and found["credited"].get(kind, 0) + amount <= found["charged"].get(kind, 0)

    def close(self, day) -> bool:
        if day not in self.days:
            return False
        self.days[day] |= {"cash": 0, "bonus": 0, "open": False}
        return True


def refuses(deed, *args, **kwargs) -> bool:
    """Whether a deed is refused for a reason that the model knows too."""
    try:
        deed(*args, **kwargs)
    except (DayClosed, DayExceeded, DayNotHeld, MoreThanCharged):
        return True
    return False


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_any_days_of_two_shops_come_to_what_plain_arithmetic_says(shop_a, shop_b, steps):
    models = {shop_a.shop_id: Model(), shop_b.shop_id: Model()}
    before = transaction.savepoint()
    now = datetime(2026, 11, 22, 10, tzinfo=UTC)
    for number, (deed, which, later, amount, kind) in enumerate(steps):
        now += timedelta(seconds=1)
        shop, day = list(models)[which], DAY + timedelta(days=later)
        if deed == "pass":
            now += timedelta(hours=amount % 40)
            expire_due_bonuses(now=now)
            for model in models.values():
                model.expire(now)
        else:
            do_both(deed, shop, models[shop], amount, {"key": f"k{number}", "now": now}, kind, day)
        for one, expected in models.items():
            compare(one, expected)
    assert_sound(*models)
    earned = read_code(Code.ADS_CPC) + read_code(Code.ADS_CPM) + read_code(Code.VAT_PAYABLE)
    assert earned == sum(model.earned for model in models.values())
    transaction.savepoint_rollback(before)


def do_both(deed: str, shop: int, model: Model, amount: int, asked: dict, kind: ChargeKind, day: date) -> None:
    """One deed on the wallet and on its model; both do it, or both refuse."""
    now, about = asked["now"], {"day": day, "kind": kind}
    if deed == "cash":
        give_cash(shop, amount, **asked)
        model.cash += amount
    elif deed == "bonus":
        give_bonus(shop, amount, days=1 + amount % 3, **asked)
        model.bonuses.append([amount, now + timedelta(days=1 + amount % 3)])
    elif deed == "order":
        model.cash_first = not model.cash_first
        assert set_payment_order(shop_id=shop, cash_first=model.cash_first, actor_id=STAFF, now=now)
    elif deed == "hold":
        done = model.put_aside(day, amount, now)
        assert refuses(hold_day, shop, amount, day=day, **asked) is not done
    elif deed == "charge":
        done = model.charge(day, kind, amount)
        assert refuses(charge, shop, amount, **about, **asked) is not done
    elif deed == "close":
        assert refuses(close_day, shop, now=now, day=day) is not model.close(day)
    elif model.may_credit(day, kind, amount):
        given = credit(shop, amount, **about, **asked)
        assert given.amount_minor == amount
        model.credit(day, kind, Parts(given.cash_minor, given.bonus_minor), now)
    else:
        assert refuses(credit, shop, amount, **about, **asked)


def compare(shop: int, expected: Model) -> None:
    """The wallet and its days are what the model says, and nothing is below zero."""
    wallet = get_wallet(shop)
    assert (wallet.cash_minor, wallet.bonus_minor) == (expected.cash, expected.bonus)
    assert wallet.held_minor == sum(expected.held)
    assert min(wallet.available_minor, wallet.cash_minor, wallet.bonus_minor) >= 0
    for day, found in expected.days.items():
        hold = find_day_hold(shop_id=shop, day=day)
        assert hold.left_minor == found["cash"] + found["bonus"]
        assert hold.charged_minor == sum(found["charged"].values())


@given(
    charged=st.tuples(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 100)),
    wanted=st.lists(st.integers(1, 4_000), min_size=1, max_size=20),
)
def test_all_credits_together_give_back_exactly_what_was_charged(charged, wanted):
    cash, bonus, percent = charged
    whole = Parts(cash, bonus, cash * percent // 106)
    so_far = Parts(0, 0, 0)
    for amount in [*wanted, None]:
        left = whole.amount_minor - so_far.amount_minor
        part = divide_credit(min(amount or left, left), charged=whole, credited=so_far) if left else Parts(0, 0, 0)
        assert 0 <= part.vat_minor <= part.cash_minor
        assert part.bonus_minor >= 0
        so_far = Parts(
            so_far.cash_minor + part.cash_minor,
            so_far.bonus_minor + part.bonus_minor,
            so_far.vat_minor + part.vat_minor,
        )
    assert so_far == whole


BONUSES = st.lists(st.tuples(st.integers(0, 500), st.integers(-5, 5)), max_size=6)
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@given(bonuses=BONUSES, held=st.integers(0, 3_000))
def test_what_is_held_is_never_let_go_and_what_is_not_over_never_goes(bonuses, held):
    left = [BonusLeft(number, amount, NOW + timedelta(days=days)) for number, (amount, days) in enumerate(bonuses)]
    whole = sum(one.left_minor for one in left)
    held = min(held, whole)
    parts = expire_bonuses(left, held, NOW)
    over = {one.bonus_id: one.left_minor for one in left if one.expires_at <= NOW}
    assert parts.keys() <= over.keys()
    assert sum(parts.values()) == max(0, sum(over.values()) - held)
    assert sum(use_bonuses(left, held).values()) == held
