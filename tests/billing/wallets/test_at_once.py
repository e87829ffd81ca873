"""Real commits: many at one wallet at once, and steps without a transaction."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.transaction import TransactionManagementError

from billing.wallets.contracts import ChargeKind
from billing.wallets.selectors import find_day_hold, get_wallet
from billing.wallets.services import DayExceeded, charge_day, expire_due_bonuses, hold_for_day
from tests.billing.wallets.steps import DAY, assert_sound, charge, credit, give_bonus, give_cash, hold_day


def test_steps_demand_the_transaction_of_what_they_are_done_for(committed_db, shop_a, clock):
    asked = {"shop_id": shop_a.shop_id, "day": DAY, "amount_minor": 1, "key": "x", "now": clock.now}
    for step in (hold_for_day, charge_day):
        with pytest.raises(TransactionManagementError):
            step(**asked, **({"kind": ChargeKind.CLICK} if step is charge_day else {}))


def test_many_at_one_wallet_neither_overdraw_it_nor_wait_in_a_circle(committed_db, shop_a, shop_b, clock):
    shops = shop_a.shop_id, shop_b.shop_id
    for shop in shops:
        give_cash(shop, 3_000, key="cash", now=clock.now)
        give_bonus(shop, 2_000, key="bonus", days=1, now=clock.now)

    def work(number: int) -> int:
        shop, charged = shops[number % 2], 0
        try:
            for step in range(6):
                key = f"{number}:{step}"
                hold_day(shop, 200, key=f"h{key}", now=clock.now)
                give_cash(shop, 10, key=f"t{key}", now=clock.now)
                try:
                    charged += charge(shop, 150, key=f"c{key}", now=clock.now).amount_minor
                    charged -= credit(shop, 20, key=f"g{key}", now=clock.now).amount_minor
                except DayExceeded:
                    continue
            expire_due_bonuses(now=clock.now)
        finally:
            connection.close()
        return charged

    with ThreadPoolExecutor(8) as pool:
        spent = sum(pool.map(work, range(8)))
    wallets = [get_wallet(shop) for shop in shops]
    assert sum(one.cash_minor + one.bonus_minor for one in wallets) == 2 * 5_000 + 8 * 6 * 10 - spent
    assert all(one.available_minor >= 0 for one in wallets)
    for shop in shops:
        day = find_day_hold(shop_id=shop, day=DAY)
        assert 0 <= day.left_minor == get_wallet(shop).held_minor
    assert_sound(*shops)
