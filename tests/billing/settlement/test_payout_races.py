"""Many hands on one payout, and clocks that die: every fen leaves once, or not at all."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from billing.ledger.contracts import Code
from billing.ledger.selectors import list_transactions, prove_ledger
from billing.settlement.contracts.payouts import CarryReport, CarryState, ChannelName, PayoutState, PayoutView
from billing.settlement.models.payouts import Payout, PayoutApproval
from billing.settlement.selectors.payouts import get_payout, list_payouts
from billing.settlement.services.payout_answers import AnsweredOtherwise, record_bank_answer, return_payout
from billing.settlement.services.payout_asking import NotEnough, ask_payout, cancel_payout, retry_payout
from billing.settlement.services.payout_batches import NothingToSend, make_batch
from billing.settlement.services.payout_deciding import approve_payout, reject_payout
from billing.settlement.services.payout_sending import carry_due_payouts
from billing.settlement.services.payout_steps import WrongState
from tests.billing.payments.steps import in_threads
from tests.billing.settlement.payout_clock import run_clock
from tests.billing.settlement.payouts import CLERK, FIRST, OWNER, SECOND, Till, till
from tests.billing.settlement.test_payout_withdrawals import Purse, purse
from tests.fixtures.forks import fork

__all__ = ["purse", "till"]

LONG = bool(os.environ.get("JISHI_LONG"))
KILLS = 25 if LONG else 6
ROUNDS = 50 if LONG else 4
SEED = int(os.environ.get("JISHI_SEED", "1"))


@pytest.fixture
def counter(committed_db, till) -> Till:
    """The till in a database of its own, so that threads see each other."""
    return till


def under_way(till: Till) -> int:
    states = (PayoutState.ASKED, PayoutState.APPROVED, PayoutState.SENT)
    return sum(payout.amount_minor for payout in list_payouts(shop_id=till.shop_id, states=states))


def assert_exact(till: Till, *, confirmed: int = 0) -> None:
    """Nothing lost, nothing twice: what is owed, on its way and paid makes what was earned."""
    till.post()
    assert prove_ledger().sound
    assert till.balance(Code.PAYOUT_IN_TRANSIT) == under_way(till)
    assert till.balance(Code.PAYABLE) + under_way(till) + confirmed == 11_400


def approving(till: Till, number: str, person: int) -> Callable[[], PayoutView]:
    return partial(approve_payout, number=number, actor_id=person, now=till.now)


def kinds(results: list[object]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def test_one_key_pressed_eight_times_at_once_is_one_payout(counter):
    results = in_threads(*[lambda: counter.ask(None, key="same") for _ in range(8)])
    assert kinds(results) == {"PayoutView": 8}, results
    assert len({result.number for result in results}) == 1
    assert_exact(counter)


def test_eight_payouts_at_once_take_no_more_than_there_is(counter):
    results = in_threads(*[lambda key=key: counter.ask(3_000, key=key) for key in "abcdefgh"])
    assert kinds(results) == {"PayoutView": 3, "NotEnough": 5}, results
    assert counter.balance(Code.PAYABLE) == 2_400
    assert_exact(counter)


def test_one_person_twice_at_once_is_one_person(counter):
    payout = counter.ask(1_000)
    people = (FIRST, FIRST, FIRST, FIRST)
    results = in_threads(
        *[lambda one=one: approve_payout(number=payout.number, actor_id=one, now=counter.now) for one in people]
    )
    assert kinds(results) == {"PayoutView": 1, "ApprovedAlready": 3}, results
    assert get_payout(payout.number).state is PayoutState.ASKED
    results = in_threads(
        *[
            lambda one=one: approve_payout(number=payout.number, actor_id=one, now=counter.now)
            for one in (SECOND, CLERK)
        ]
    )
    assert PayoutApproval.objects.count() in (2, 3) and get_payout(payout.number).state is PayoutState.APPROVED
    assert all(isinstance(result, PayoutView | WrongState) for result in results)


def test_yes_no_and_never_mind_at_once_end_in_one_of_them(counter):
    for _ in range(ROUNDS):
        payout = counter.ask(1_000)
        approve_payout(number=payout.number, actor_id=FIRST, now=counter.now)
        number = payout.number
        stop = partial(reject_payout, number=number, reason="x", now=counter.now)
        results = in_threads(
            approving(counter, number, SECOND),
            partial(stop, actor_id=CLERK),
            partial(cancel_payout, shop_id=counter.shop_id, number=number, actor_id=OWNER, now=counter.now),
            partial(stop, actor_id=FIRST),
        )
        assert all(result is None or isinstance(result, PayoutView | WrongState) for result in results), results
        assert get_payout(number).state in (PayoutState.APPROVED, PayoutState.CANCELLED)
        reversals = [row for row in list_transactions(subject=number) if row.reverses_id]
        assert len(reversals) == (get_payout(number).state is PayoutState.CANCELLED)
        assert_exact(counter)


def test_four_files_at_once_hold_each_payout_once(counter):
    numbers = {counter.approve(counter.ask(500)).number for _ in range(6)}
    results = in_threads(*[lambda key=key: make_batch(actor_id=CLERK, key=key, now=counter.now) for key in "abab"])
    made = {result.number: result for result in results if not isinstance(result, NothingToSend)}
    assert all(not isinstance(result, Exception) or isinstance(result, NothingToSend) for result in results), results
    assert sum(batch.row_count for batch in made.values()) == 6
    assert {payout.number for payout in list_payouts(states=(PayoutState.SENT,))} == numbers
    assert_exact(counter)


def test_two_answers_at_once_and_one_is_carried_out(counter):
    paid = 0
    for turn in range(ROUNDS):
        number = counter.send(1_000).number
        yes = CarryReport(number, CarryState.ARRIVED, f"B{turn}")
        no = CarryReport(number, CarryState.FAILED, "", "户名不符")
        note = partial(record_bank_answer, number=number, actor_id=CLERK, now=counter.now)
        results = in_threads(
            *[partial(note, report=report) for report in (yes, no, yes, no)],
            lambda: carry_due_payouts(now=counter.now),
        )
        assert all(result in (None, 0, 1) or isinstance(result, AnsweredOtherwise) for result in results), results
        paid += 1_000 * (get_payout(number).state is PayoutState.CONFIRMED)
        assert get_payout(number).is_final
        assert_exact(counter, confirmed=paid)


def test_a_return_and_retries_at_once_bring_the_money_back_once(counter):
    number = counter.send(4_000).number
    record_bank_answer(
        number=number, report=CarryReport(number, CarryState.ARRIVED, "B1"), actor_id=CLERK, now=counter.now
    )
    counter.post()
    give_back = [lambda: return_payout(number=number, reason="退票", actor_id=CLERK, now=counter.now)] * 3
    results = in_threads(*give_back, lambda: carry_due_payouts(now=counter.now))
    assert all(result in (None, 0, 1) for result in results), results
    assert_exact(counter)
    again = in_threads(
        *[lambda: retry_payout(shop_id=counter.shop_id, number=number, actor_id=OWNER, now=counter.now)] * 4
    )
    assert {result.number for result in again if isinstance(result, PayoutView)} == {again[0].number}, again
    assert Payout.objects.filter(retry_of__number=number).count() == 1
    assert_exact(counter)


@pytest.fixture
def wallet(committed_db, purse) -> Purse:
    return purse


def test_four_clocks_at_once_withdraw_once(wallet, wechat_simulator):
    numbers = {wallet.withdraw(500).number for _ in range(4)}
    wallet.hours = 1
    for _ in range(3):
        in_threads(*[wallet.carry] * 4)
    there = Counter(row["out_request_no"] for row in wechat_simulator.read("withdrawals"))
    assert there == dict.fromkeys(numbers, 1)
    assert wallet.available() == 9_940 - 2_000


def test_withdrawals_asked_for_at_once_promise_no_more_than_there_is(wallet):
    calls = [
        lambda key=key: ask_payout(
            shop_id=wallet.shop_id,
            channel=ChannelName.WECHATPAY,
            amount_minor=3_000,
            actor_id=OWNER,
            key=key,
            now=wallet.now,
        )
        for key in "abcdefaa"
    ]
    results = in_threads(*calls)
    asked = {result.number for result in results if isinstance(result, PayoutView)}
    assert len(asked) == 3 and all(isinstance(one, PayoutView | NotEnough) for one in results), results


@pytest.mark.timeout(120 + 15 * KILLS)
def test_a_clock_that_is_killed_anywhere_pays_everybody_once(wallet, committed_db, wechat_simulator):
    chance = random.Random(SEED)
    numbers = [wallet.withdraw(amount).number for amount in (1_000, 2_000, 3_000, 1_500, 500)]
    wechat_simulator.switch(latency_ms=30, init_next_withdrawals=2, fail_next_withdrawals=1)
    provider = {"WECHATPAY": wechat_simulator.settings()}
    for _ in range(KILLS):
        clock = fork(run_clock, 30.0, database=committed_db.name, changed=provider)
        time.sleep(chance.uniform(0.0, 0.6))
        clock.kill()
        if all(get_payout(number).is_final for number in numbers):
            break
    wechat_simulator.switch(latency_ms=0)
    now = datetime.now(UTC) + timedelta(days=1)
    for _ in range(40):
        if all(get_payout(number).is_final for number in numbers):
            break
        time.sleep(0.1)
        now += timedelta(hours=1)
        carry_due_payouts(now=now)
    there = wechat_simulator.read("withdrawals")
    assert Counter(row["out_request_no"] for row in there) == dict.fromkeys(numbers, 1)
    ends = {"SUCCESS": PayoutState.CONFIRMED, "FAIL": PayoutState.FAILED}
    for row in there:
        assert get_payout(row["out_request_no"]).state is ends[row["status"]]
    paid = sum(row["amount"] for row in there if row["status"] == "SUCCESS")
    assert wallet.available() == 9_940 - paid
