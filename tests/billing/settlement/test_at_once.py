"""Several workers and people at the same things, with real transactions."""

from datetime import UTC, datetime, timedelta

from billing.ledger.models import Hold, Transaction
from billing.ledger.selectors import prove_ledger
from billing.ledger.tasks import post_requests
from billing.settlement.contracts import WriteOffView
from billing.settlement.models import ClearingProof, DayClose, Reserve
from billing.settlement.selectors import find_debt
from billing.settlement.services import (
    DebtChanged,
    close_day,
    hold_reserves,
    prove_night,
    set_shop_terms,
    write_off_debt,
)
from tests.billing.payments.steps import in_threads
from tests.billing.settlement.sales import STAFF, owed, payable, refund, sell

NIGHT = datetime(2026, 11, 22, 16, 6, tzinfo=UTC)
DAY = timedelta(days=1)
SHOPS = range(41, 53)


def test_four_workers_end_one_day_while_the_poster_posts(committed_db):
    for shop_id in SHOPS:
        sell(f"S-{shop_id}", NIGHT - DAY, shop_id=shop_id)
        refund(f"S-{shop_id}", 5_550, NIGHT - DAY, shop_id=shop_id)
    results = in_threads(
        *[lambda: close_day(now=NIGHT)] * 4, lambda: post_requests(NIGHT), lambda: prove_night(now=NIGHT)
    )
    assert not [result for result in results if isinstance(result, Exception)], results
    assert [owed(shop_id) for shop_id in SHOPS] == [1_000] * len(SHOPS)
    assert Transaction.objects.filter(kind="debt_moved").count() == len(SHOPS)
    assert DayClose.objects.count() == ClearingProof.objects.count() == 1 and prove_ledger().sound


def test_a_debt_is_given_up_by_one_of_two_people(committed_db):
    sell("S-1", NIGHT - 120 * DAY, shop_id=41)
    refund("S-1", 5_550, NIGHT - 120 * DAY, shop_id=41)
    close_day(now=NIGHT - 119 * DAY)

    def give_up() -> WriteOffView:
        return write_off_debt(shop_id=41, currency="CNY", amount_minor=1_000, reason="gone", actor_id=STAFF, now=NIGHT)

    results = in_threads(give_up, give_up, give_up)
    assert sum(isinstance(result, WriteOffView) for result in results) == 1, results
    assert sum(isinstance(result, DebtChanged) for result in results) == 2, results
    assert find_debt(shop_id=41, now=NIGHT) is None and prove_ledger().sound


def test_reserves_are_held_once_however_many_workers_hold_them(committed_db):
    for shop_id in SHOPS:
        set_shop_terms(
            shop_id=shop_id, release_days=None, reserve_bps=1_000, reserve_days=30, note="x", actor_id=STAFF, now=NIGHT
        )
        sell(f"S-{shop_id}", NIGHT, shop_id=shop_id)
    results = in_threads(*[lambda: hold_reserves(now=NIGHT)] * 4)
    assert sum(results) == len(SHOPS), results
    assert Hold.objects.count() == Reserve.objects.filter(held_minor=455).count() == len(SHOPS)
    assert {payable(shop_id).available_minor for shop_id in SHOPS} == {4_095} and prove_ledger().sound
