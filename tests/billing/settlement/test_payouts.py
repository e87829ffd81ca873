"""From a shop's balance to its bank: asked, approved by two, sent, answered; and back when it fails."""

import pytest
from django.db import IntegrityError, connection, transaction

from billing.ledger.contracts import Code, Owner
from billing.ledger.rules import account_of
from billing.ledger.selectors import find_transaction, get_balance, list_transactions, prove_ledger
from billing.ledger.services import hold
from billing.settlement.contracts.payouts import CarryReport, CarryState, PayoutState
from billing.settlement.models.payouts import Payout, PayoutApproval
from billing.settlement.selectors.payouts import PayoutNotFound, count_payouts, get_payout, list_payouts
from billing.settlement.services import payout_answers
from billing.settlement.services.payout_answers import (
    AnsweredOtherwise,
    AnswerIncomplete,
    finish_return,
    record_bank_answer,
    return_payout,
)
from billing.settlement.services.payout_asking import (
    BadPayoutAmount,
    NotEnough,
    NotRetriable,
    PayoutKeyReused,
    ask_payout,
    cancel_payout,
    retry_payout,
)
from billing.settlement.services.payout_batches import NothingToSend, make_batch
from billing.settlement.services.payout_deciding import (
    ApprovedAlready,
    OwnPayout,
    ReasonMissing,
    approve_payout,
    reject_payout,
)
from billing.settlement.services.payout_sending import carry_due_payouts
from billing.settlement.services.payout_steps import NotInBooksYet, WrongState
from market.audit.models import AuditEntry
from market.outbox.models import Event
from tests.billing.settlement.payouts import CLERK, FIRST, OWNER, SECOND, Till, till

__all__ = ["till"]


def answer(till: Till, number: str, *, arrived: bool = True, reference: str = "B1", reason: str = "账号不存在") -> None:
    state = CarryState.ARRIVED if arrived else CarryState.FAILED
    report = CarryReport(number, state, reference if arrived else "", "" if arrived else reason)
    record_bank_answer(number=number, report=report, actor_id=CLERK, now=till.now)
    till.post()


def sound(till: Till) -> bool:
    """The books balance, and 2030 holds exactly what is on its way."""
    under_way = list_payouts(shop_id=till.shop_id, states=(PayoutState.ASKED, PayoutState.APPROVED, PayoutState.SENT))
    return prove_ledger().sound and till.balance(Code.PAYOUT_IN_TRANSIT) == sum(one.amount_minor for one in under_way)


def test_the_whole_way_of_a_payout(till):
    payout = till.ask()
    assert (payout.state, payout.amount_minor, payout.last_four) == (PayoutState.ASKED, 11_400, "0128")
    assert (till.balance(Code.PAYABLE), till.balance(Code.PAYOUT_IN_TRANSIT)) == (0, 11_400)
    assert till.approve(payout).state is PayoutState.APPROVED
    batch = make_batch(actor_id=CLERK, key="one", now=till.now)
    assert (batch.row_count, batch.sum_minor, batch.unanswered) == (1, 11_400, 1)
    assert get_payout(payout.number).state is PayoutState.SENT
    answer(till, payout.number)
    done = get_payout(payout.number)
    assert (done.state, done.reference) == (PayoutState.CONFIRMED, "B1")
    assert till.balance(Code.PAYOUT_IN_TRANSIT) == 0
    assert get_balance(code=Code.BANK, owner=Owner.of_bank("main")).posted_minor == 12_000 - 11_400
    assert [row.kind for row in list_transactions(subject=payout.number)] == ["payout_confirmed", "payout_asked"]
    assert sound(till)


def test_a_repeat_is_the_same_payout_and_another_under_its_key_is_refused(till):
    first = till.ask(1_000, key="k")
    assert till.ask(1_000, key="k").number == first.number
    assert till.balance(Code.PAYOUT_IN_TRANSIT) == 1_000
    with pytest.raises(PayoutKeyReused):
        till.ask(1_001, key="k")
    all_of_it = till.ask(None, key="all")
    assert (all_of_it.amount_minor, till.ask(None, key="all").number) == (10_400, all_of_it.number)


@pytest.mark.parametrize("amount", [0, -1, 99, 5_000_000_001])
def test_an_amount_that_no_payout_may_have_is_refused(till, amount):
    with pytest.raises(BadPayoutAmount):
        till.ask(amount)
    assert not list_payouts(shop_id=till.shop_id)


def test_no_more_than_is_free_is_paid_and_nothing_is_written(till):
    with pytest.raises(NotEnough) as refused:
        till.ask(11_401)
    assert refused.value.free_minor == 11_400
    assert not Payout.objects.exists() and till.balance(Code.PAYABLE) == 11_400


def test_what_is_put_aside_stays(till):
    with transaction.atomic():
        account = account_of(Code.PAYABLE, Owner.of_shop(till.shop_id))
        hold(key="reserve:1", kind="reserve", account=account, amount_minor=10_000, expires_at=None, now=till.now)
    with pytest.raises(NotEnough) as refused:
        till.ask(1_401)
    assert refused.value.free_minor == 1_400
    assert till.ask().amount_minor == 1_400


def test_nothing_is_nothing_to_ask_for(till):
    till.ask()
    with pytest.raises(NotEnough):
        till.ask()


def test_the_asker_and_one_person_twice_never_count(till):
    payout = till.ask()
    with pytest.raises(OwnPayout):
        approve_payout(number=payout.number, actor_id=OWNER, now=till.now)
    assert approve_payout(number=payout.number, actor_id=FIRST, now=till.now).state is PayoutState.ASKED
    with pytest.raises(ApprovedAlready):
        approve_payout(number=payout.number, actor_id=FIRST, now=till.now)
    with pytest.raises(NothingToSend):
        make_batch(actor_id=CLERK, key="early", now=till.now)
    done = approve_payout(number=payout.number, actor_id=SECOND, now=till.now)
    assert [one.actor_id for one in done.approvals] == [FIRST, SECOND]
    with pytest.raises(WrongState):
        approve_payout(number=payout.number, actor_id=CLERK, now=till.now)


def test_somebody_who_asked_as_staff_of_the_shop_cannot_approve(till):
    payout = ask_payout(
        shop_id=till.shop_id,
        channel=till.ask(1_000).channel,
        amount_minor=500,
        actor_id=FIRST,
        key="by-first",
        now=till.now,
    )
    for person in (FIRST, OWNER):  # who asked, and who works in the shop
        with pytest.raises(OwnPayout):
            approve_payout(number=payout.number, actor_id=person, now=till.now)


def test_the_database_itself_wants_two_people(till):
    row = Payout.objects.get(number=till.ask().number)
    row.approved_at = till.now
    for made in ([FIRST], [FIRST, FIRST], [OWNER, FIRST]):
        with pytest.raises(IntegrityError), transaction.atomic():
            for person in made:
                PayoutApproval.objects.create(payout=row, asked_by=OWNER, actor_id=person, at=till.now)
            Payout.objects.filter(pk=row.pk).update(state="approved", approved_at=till.now)
    with pytest.raises(IntegrityError, match="payout_approved_by_another"), transaction.atomic():
        PayoutApproval.objects.create(payout=row, asked_by=OWNER, actor_id=OWNER, at=till.now)
    # Not even by lying about who asked.
    with pytest.raises(IntegrityError, match="of 2"), transaction.atomic():
        PayoutApproval.objects.create(payout=row, asked_by=1, actor_id=OWNER, at=till.now)
        PayoutApproval.objects.create(payout=row, asked_by=1, actor_id=FIRST, at=till.now)
        Payout.objects.filter(pk=row.pk).update(state="approved", approved_at=till.now)


@pytest.mark.parametrize(
    "change",
    [
        {"amount_minor": 1},
        {"shop_id": 999},
        {"asked_by": 1},
        {"last_four": "9999"},
        {"state": "confirmed"},
        {"state": "sent"},
        {"number": "PO1"},
    ],
)
def test_what_was_agreed_stays_and_no_state_is_skipped(till, change):
    row = Payout.objects.get(number=till.ask().number)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.filter(pk=row.pk).update(**change, approved_at=till.now, sent_at=till.now, confirmed_at=till.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()


def test_a_rejected_payout_gives_the_money_back_with_a_reason(till):
    payout = till.ask(5_000)
    with pytest.raises(ReasonMissing):
        reject_payout(number=payout.number, reason="  ", actor_id=FIRST, now=till.now)
    for _ in range(2):
        reject_payout(number=payout.number, reason="户名与店铺不符", actor_id=FIRST, now=till.now)
    stopped = get_payout(payout.number)
    assert (stopped.state, stopped.reason) == (PayoutState.CANCELLED, "户名与店铺不符")
    assert till.balance(Code.PAYABLE) == 11_400 and sound(till)
    assert find_transaction(f"payout-back:{payout.number}").reverses_id is not None
    with pytest.raises(WrongState):
        approve_payout(number=payout.number, actor_id=SECOND, now=till.now)


def test_an_approved_payout_can_still_be_stopped_a_sent_one_cannot(till):
    approved = till.approve(till.ask(1_000))
    with pytest.raises(WrongState):
        cancel_payout(shop_id=till.shop_id, number=approved.number, actor_id=OWNER, now=till.now)
    reject_payout(number=approved.number, reason="重复", actor_id=CLERK, now=till.now)
    sent = till.send(2_000)
    with pytest.raises(WrongState):
        reject_payout(number=sent.number, reason="晚了", actor_id=CLERK, now=till.now)
    assert sound(till)


def test_the_shop_may_think_better_of_it(till):
    payout = till.ask(3_000)
    for _ in range(2):
        cancel_payout(shop_id=till.shop_id, number=payout.number, actor_id=OWNER, now=till.now)
    assert till.balance(Code.PAYABLE) == 11_400 and sound(till)


def test_a_failed_payout_comes_back_and_is_asked_again_once(till):
    payout = till.send(4_000)
    answer(till, payout.number, arrived=False)
    failed = get_payout(payout.number)
    assert (failed.state, failed.reason) == (PayoutState.FAILED, "账号不存在")
    assert till.balance(Code.PAYABLE) == 11_400
    again = retry_payout(shop_id=till.shop_id, number=payout.number, actor_id=OWNER, now=till.now)
    same = retry_payout(shop_id=till.shop_id, number=payout.number, actor_id=OWNER, now=till.now)
    assert again.number == same.number != payout.number
    assert (again.amount_minor, again.retry_of) == (4_000, payout.number)
    assert get_payout(payout.number).retried_by == again.number
    with pytest.raises(NotRetriable):
        retry_payout(shop_id=till.shop_id, number=again.number, actor_id=OWNER, now=till.now)
    assert till.balance(Code.PAYABLE) == 7_400 and sound(till)


def test_an_answer_is_taken_once_and_another_one_not_at_all(till):
    payout = till.send(4_000)
    answer(till, payout.number)
    answer(till, payout.number)
    for wrong in ({"arrived": False}, {"reference": "B2"}):
        with pytest.raises(AnsweredOtherwise):
            answer(till, payout.number, **wrong)
    assert len(list_transactions(subject=payout.number)) == 2 and sound(till)


def test_an_answer_needs_its_reference_or_its_reason(till):
    payout = till.send(4_000)
    for wrong in ({"reference": " "}, {"arrived": False, "reason": ""}):
        with pytest.raises(AnswerIncomplete):
            answer(till, payout.number, **wrong)
    with pytest.raises(AnswerIncomplete):
        report = CarryReport(payout.number, CarryState.CARRIED, "B1")
        record_bank_answer(number=payout.number, report=report, actor_id=CLERK, now=till.now)
    assert get_payout(payout.number).state is PayoutState.SENT


def test_nothing_is_answered_before_it_is_sent(till):
    with pytest.raises(WrongState):
        answer(till, till.ask(1_000).number)


def test_an_answer_that_was_cut_short_is_carried_out_by_the_clock(till, monkeypatch):
    payout = till.send(4_000)
    with monkeypatch.context() as cut:
        cut.setattr(payout_answers, "carry_out_answer", lambda **_: None)
        answer(till, payout.number)
    assert get_payout(payout.number).state is PayoutState.SENT
    assert carry_due_payouts(now=till.now) == 1
    till.post()
    assert get_payout(payout.number).state is PayoutState.CONFIRMED and sound(till)
    assert carry_due_payouts(now=till.clock.move(hours=2)) == 0


def test_what_the_bank_returns_later_is_owed_again(till, monkeypatch):
    payout = till.send(4_000)
    record_bank_answer(
        number=payout.number, report=CarryReport(payout.number, CarryState.ARRIVED, "B1"), actor_id=CLERK, now=till.now
    )
    with pytest.raises(NotInBooksYet):
        return_payout(number=payout.number, reason="退票", actor_id=CLERK, now=till.now)
    till.post()
    with pytest.raises(AnswerIncomplete):
        return_payout(number=payout.number, reason="", actor_id=CLERK, now=till.now)
    with monkeypatch.context() as cut:  # killed between the two halves
        cut.setattr(payout_answers, "finish_return", lambda **_: None)
        return_payout(number=payout.number, reason="账户信息有误，退票", actor_id=CLERK, now=till.now)
    assert till.balance(Code.PAYOUT_IN_TRANSIT) == 4_000
    assert carry_due_payouts(now=till.now) == 1
    for _ in range(2):
        assert not finish_return(number=payout.number, now=till.now)
    returned = get_payout(payout.number)
    assert (returned.state, returned.reason) == (PayoutState.FAILED, "账户信息有误，退票")
    assert till.balance(Code.PAYABLE) == 11_400
    assert get_balance(code=Code.BANK, owner=Owner.of_bank("main")).posted_minor == 12_000
    assert sound(till)


def test_another_shop_neither_sees_nor_touches_it(till, make_shop):
    payout, other = till.ask(1_000), make_shop("beta", owner_id=900_002)
    with pytest.raises(PayoutNotFound):
        get_payout(payout.number, shop_id=other.shop_id)
    for deed in (cancel_payout, retry_payout):
        with pytest.raises(PayoutNotFound):
            deed(shop_id=other.shop_id, number=payout.number, actor_id=900_002, now=till.now)
    assert list_payouts(shop_id=other.shop_id) == []
    assert get_payout(payout.number).state is PayoutState.ASKED


def test_staff_see_what_waits(till):
    till.ask(1_000)
    till.approve(till.ask(1_000))
    till.send(1_000)
    assert count_payouts() == {"asked": 1, "approved": 0, "sent": 2, "trouble": 0}


def test_every_deed_is_in_the_trail_and_every_end_is_told(till):
    payout = till.send(4_000)
    answer(till, payout.number, arrived=False)
    deeds = list(AuditEntry.objects.filter(target_id=payout.number).order_by("pk").values_list("action", flat=True))
    assert deeds == ["payout.asked", "payout.approved", "payout.approved", "payout.answered", "payout.failed"]
    event = Event.objects.get(kind="payout.ended")
    assert (event.shop_id, event.payload["state"], event.payload["reason"]) == (till.shop_id, "failed", "账号不存在")


def test_the_account_number_is_unreadable_at_rest_and_left_out_of_views(till):
    payout = till.ask(1_000)
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_number, holder FROM settlement_payout")
        stored = cursor.fetchone()
    assert all("6222021234567890128" not in cell and "陈小禾" not in cell for cell in stored)
    assert "6222021234567890128" not in repr(payout) and "陈小禾" not in repr(payout)
