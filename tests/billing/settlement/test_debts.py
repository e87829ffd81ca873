"""What shops owe us: moved at the end of a day, netted from what is free, given up by staff."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.ledger.contracts import Balance, Code, Owner
from billing.ledger.models import Transaction
from billing.ledger.rules import account_of
from billing.ledger.selectors import get_balance, prove_ledger
from billing.ledger.services import hold
from billing.settlement.models import DayClose
from billing.settlement.rules.debts import DebtDeed, plan_debt
from billing.settlement.selectors import find_debt, list_debts, list_write_offs
from billing.settlement.services import DebtChanged, NoReason, close_day, set_shop_terms, settle_debt, write_off_debt
from billing.settlement.tasks import end_day
from market.audit.models import AuditEntry
from tests.billing.settlement.sales import SHOP, STAFF, owed, payable, refund, sell

MIDNIGHT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)  # the business day is Shanghai's
DAY = timedelta(days=1)


@given(
    posted=st.integers(-10_000, 10_000),
    held=st.integers(0, 10_000),
    owed_minor=st.integers(0, 10_000),
    promised=st.integers(0, 5_000),
)
def test_a_step_never_takes_what_is_not_free_nor_more_than_is_owed(posted, held, owed_minor, promised):
    step = plan_debt(payable=Balance(posted, held), owed_minor=owed_minor, promised_minor=promised)
    if posted < 0:
        assert step.deed is DebtDeed.MOVED and posted + step.amount_minor == 0
    elif step is not None:
        assert step.deed is DebtDeed.NETTED and 0 < step.amount_minor <= owed_minor
        assert posted - step.amount_minor >= held + promised
    else:
        assert owed_minor == 0 or posted - held - promised <= 0


def test_a_negative_payable_is_moved_once_at_the_end_of_its_day(db):
    sell("S-1", MIDNIGHT - DAY)
    refund("S-1", 7_400, MIDNIGHT - DAY)
    assert payable().posted_minor == -2_850
    assert not DayClose.objects.filter(business_date="2026-11-22").exists()
    assert close_day(now=MIDNIGHT + timedelta(minutes=6))
    assert (payable().posted_minor, owed()) == (0, 2_850)
    assert not close_day(now=MIDNIGHT + timedelta(hours=5))
    close = DayClose.objects.get(business_date="2026-11-22")
    assert (close.moved, close.netted) == (1, 0) and prove_ledger().sound


def test_a_day_ends_in_the_business_time_zone_and_some_minutes_later(db):
    assert close_day(now=MIDNIGHT + timedelta(minutes=4))
    assert [str(close.business_date) for close in DayClose.objects.all()] == ["2026-11-21"]
    assert close_day(now=MIDNIGHT + timedelta(minutes=5))
    assert DayClose.objects.filter(business_date="2026-11-22").exists()


def test_a_debt_is_netted_from_what_comes_in_and_the_rest_the_day_after(db):
    sell("S-1", MIDNIGHT - DAY)
    refund("S-1", 12_000, MIDNIGHT - DAY)
    close_day(now=MIDNIGHT + timedelta(minutes=6))
    assert owed() == 7_450
    sell("S-2", MIDNIGHT + timedelta(hours=3))
    close_day(now=MIDNIGHT + DAY + timedelta(minutes=6))
    assert (payable().posted_minor, owed()) == (0, 2_900)
    sell("S-3", MIDNIGHT + DAY + timedelta(hours=3))
    close_day(now=MIDNIGHT + 2 * DAY + timedelta(minutes=6))
    assert (payable().posted_minor, owed()) == (1_650, 0)
    kinds = Transaction.objects.filter(kind__startswith="debt").values_list("key", flat=True)
    assert sorted(kinds) == [
        f"debt-moved:{SHOP}:CNY:20261122",
        f"debt-netted:{SHOP}:CNY:20261123",
        f"debt-netted:{SHOP}:CNY:20261124",
    ]


def test_what_is_held_or_promised_to_a_reserve_is_not_netted(db, clock):
    sell("S-1", MIDNIGHT - DAY)
    refund("S-1", 14_550, MIDNIGHT - DAY)
    close_day(now=MIDNIGHT + timedelta(minutes=6))
    now = MIDNIGHT + timedelta(hours=3)
    set_shop_terms(
        shop_id=SHOP, release_days=None, reserve_bps=1_000, reserve_days=30, note="x", actor_id=STAFF, now=now
    )
    sell("S-2", now)  # 455 of 4550 are promised
    account = account_of(Code.PAYABLE, Owner.of_shop(SHOP))
    hold(key="payout:1", kind="payout", account=account, amount_minor=3_000, expires_at=None, now=now)
    close_day(now=MIDNIGHT + DAY + timedelta(minutes=6))
    assert payable().posted_minor == 3_455 and payable().held_minor == 3_000
    assert owed() == 10_000 - (4_550 - 3_455)


def test_a_run_that_was_cut_off_is_gone_on_with_and_does_nothing_twice(db):
    for shop_id in (41, 42, 43):
        sell(f"S-{shop_id}", MIDNIGHT - DAY, shop_id=shop_id)
        refund(f"S-{shop_id}", 5_550, MIDNIGHT - DAY, shop_id=shop_id)
    now = MIDNIGHT + timedelta(minutes=6)
    day = (MIDNIGHT + timedelta(hours=1)).date()
    assert settle_debt(shop_id=41, currency="CNY", day=day, now=now).amount_minor == 1_000
    assert settle_debt(shop_id=41, currency="CNY", day=day, now=now) is None
    assert close_day(now=now)
    assert [owed(shop_id) for shop_id in (41, 42, 43)] == [1_000, 1_000, 1_000]
    assert Transaction.objects.filter(kind="debt_moved").count() == 3


def test_a_debt_ages_first_in_first_out_and_only_the_old_part_is_given_up(db):
    old, young = MIDNIGHT - 120 * DAY, MIDNIGHT - 20 * DAY
    for number, (at, amount) in enumerate([(old, 5_550), (young, 2_000)], start=1):
        if number == 1:
            sell("S-1", at)
        refund("S-1", amount, at)
        close_day(now=at + DAY)
    assert owed() == 3_000
    debt = find_debt(shop_id=SHOP, now=MIDNIGHT)
    assert (debt.owed_minor, debt.lost_minor) == (3_000, 1_000) and debt.since == old + DAY
    assert list_debts(now=MIDNIGHT) == [debt] and list_debts(now=old + 2 * DAY)[0].lost_minor == 0

    deed = {"shop_id": SHOP, "currency": "CNY", "actor_id": STAFF, "now": MIDNIGHT}
    with pytest.raises(NoReason):
        write_off_debt(amount_minor=1_000, reason="  ", **deed)
    with pytest.raises(DebtChanged):
        write_off_debt(amount_minor=3_000, reason="closed for good", **deed)
    written = write_off_debt(amount_minor=1_000, reason="closed for good", **deed)
    with pytest.raises(DebtChanged):
        write_off_debt(amount_minor=1_000, reason="closed for good", **deed)
    assert owed() == 2_000 and get_balance(code=Code.BAD_DEBT).posted_minor == 1_000
    assert list_write_offs() == [written] and written.owed_since == old + DAY
    assert AuditEntry.objects.filter(action="debt.written_off", actor_id=STAFF).count() == 1
    assert find_debt(shop_id=SHOP, now=MIDNIGHT).lost_minor == 0 and prove_ledger().sound


def test_many_debts_are_aged_in_few_statements(db, django_assert_num_queries):
    for shop_id in range(41, 46):
        at = MIDNIGHT - (shop_id - 40) * 30 * DAY
        sell(f"S-{shop_id}", at, shop_id=shop_id)
        refund(f"S-{shop_id}", 5_550, at, shop_id=shop_id)
    close_day(now=MIDNIGHT)
    with django_assert_num_queries(3):
        debts = list_debts(now=MIDNIGHT)
    assert [(debt.owed_minor, debt.lost_minor) for debt in debts] == [(1_000, 0)] * 5, "moved just now"
    assert list_debts(now=MIDNIGHT + 91 * DAY)[0].lost_minor == 1_000
    assert len(list_debts(now=MIDNIGHT, limit=2)) == 2


def test_a_debt_that_is_not_old_enough_cannot_be_given_up(db):
    sell("S-1", MIDNIGHT - 10 * DAY)
    refund("S-1", 5_550, MIDNIGHT - 10 * DAY)
    close_day(now=MIDNIGHT)
    with pytest.raises(DebtChanged):
        write_off_debt(shop_id=SHOP, currency="CNY", amount_minor=0, reason="x", actor_id=STAFF, now=MIDNIGHT)
    assert not list_write_offs()


def test_the_night_does_both_once_and_looks_without_work(db, django_assert_max_num_queries):
    assert end_day(MIDNIGHT + timedelta(minutes=6)) == 2
    with django_assert_max_num_queries(2):
        assert end_day(MIDNIGHT + timedelta(minutes=7)) == 0
