"""What the bank or the provider said of a payout: written down first, then carried out once."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from billing.settlement.contracts.payouts import CarryReport, CarryState, ChannelName, PayoutState
from billing.settlement.models.payouts import Payout
from billing.settlement.rules.payouts import RETURNS_ASKED_EVERY, RETURNS_WITHIN
from billing.settlement.services.payout_steps import (
    WrongState,
    audit_payout,
    book_arrival,
    demand_state,
    lock_payout,
    move_payout,
    put_back,
    take_arrival_back,
)


class AnswerIncomplete(ValueError):
    """Arrived needs the bank's reference, failed a reason that the shop is told."""


class AnsweredOtherwise(RuntimeError):
    """Another answer was written down for this payout before."""


def record_bank_answer(*, number: str, report: CarryReport, actor_id: int, now: datetime) -> None:
    """Staff note what the bank did with one payout of a file. The same answer again changes nothing.

    Raises `PayoutNotFound`, `WrongState`, `AnswerIncomplete`, `AnsweredOtherwise`.
    """
    needed = report.reference if report.state is CarryState.ARRIVED else report.reason
    if report.state not in (CarryState.ARRIVED, CarryState.FAILED) or not needed.strip():
        raise AnswerIncomplete(number)
    with transaction.atomic(durable=True):
        row = lock_payout(number)
        if row.channel != ChannelName.BANK.value:
            raise WrongState(number, row.state)
        note_answer(row, report, now=now)
        audit_payout(row, "payout.answered", actor_id=actor_id, now=now)
    carry_out_answer(number=number, now=now)


def note_answer(row: Payout, report: CarryReport, *, now: datetime) -> None:
    """Step: write down what the bank said, and let the clock see to it. Raises `WrongState`, `AnsweredOtherwise`."""
    if row.answer:
        if row.answer != report.state.value or row.answer_reference != report.reference:
            raise AnsweredOtherwise(row.number)
        return
    demand_state(row, PayoutState.SENT)
    row.answer, row.answer_reference = report.state.value, report.reference[:64]
    row.answer_reason, row.due_at = report.reason[:200], now
    row.save(update_fields=["answer", "answer_reference", "answer_reason", "due_at"])


@transaction.atomic(durable=True)
def carry_out_answer(*, number: str, now: datetime) -> bool:
    """Do what the bank's written answer means, once. False when there is nothing to do (any more)."""
    row = lock_payout(number)
    if row.state != PayoutState.SENT.value or not row.answer:
        return False
    if row.answer == CarryState.ARRIVED.value:
        _confirm(row, row.answer_reference, now)
    else:
        _fail(row, row.answer_reference, row.answer_reason, now)
    return True


@transaction.atomic(durable=True)
def record_carried(*, report: CarryReport, due_at: datetime, now: datetime) -> None:
    """What a provider says of a payout that was sent: under way, arrived, failed, or sent back after it had arrived."""
    row = lock_payout(report.number)
    state = PayoutState(row.state)
    if state is PayoutState.SENT and report.state is CarryState.ARRIVED:
        _confirm(row, report.reference, now)
    elif report.state is CarryState.FAILED and state in (PayoutState.SENT, PayoutState.CONFIRMED):
        if state is PayoutState.CONFIRMED:
            row.returned_at = now
        _fail(row, report.reference, report.reason, now)
    elif state in (PayoutState.SENT, PayoutState.CONFIRMED):
        row.reference, row.error, row.due_at = report.reference[:64] or row.reference, "", due_at
        if state is PayoutState.CONFIRMED:
            row.due_at = _next_look(row, now)
        row.save(update_fields=["reference", "error", "due_at"])


def return_payout(*, number: str, reason: str, actor_id: int, now: datetime) -> None:
    """The bank sent a confirmed payout back: row C2 is reversed, then C1; the shop is owed it again and told why.

    Two transactions, since each locks other accounts; the clock does the second if this is cut short. A repeat changes
    nothing. Raises `PayoutNotFound`, `WrongState`, `AnswerIncomplete`, `NotInBooksYet`.
    """
    if not reason.strip():
        raise AnswerIncomplete(number)
    with transaction.atomic(durable=True):
        row = lock_payout(number)
        if row.returned_at is None:
            demand_state(row, PayoutState.CONFIRMED)
            if row.channel != ChannelName.BANK.value:
                raise WrongState(number, row.state)
            take_arrival_back(row, now)
            row.returned_at, row.reason, row.due_at = now, reason.strip()[:200], now
            row.save(update_fields=["returned_at", "reason", "due_at"])
            audit_payout(row, "payout.returned", actor_id=actor_id, now=now)
    finish_return(number=number, now=now)


@transaction.atomic(durable=True)
def finish_return(*, number: str, now: datetime) -> bool:
    """The second half of a return. False when there is nothing to do (any more)."""
    row = lock_payout(number)
    if row.state != PayoutState.CONFIRMED.value or row.returned_at is None:
        return False
    _fail(row, row.reference, row.reason, now)
    return True


def _confirm(row: Payout, reference: str, now: datetime) -> None:
    row.reference = reference[:64]
    move_payout(row, PayoutState.CONFIRMED, now=now)
    book_arrival(row, settings.PLATFORM_BANK_ACCOUNT, now)
    row.due_at = _next_look(row, now)
    row.save(update_fields=["due_at"])
    audit_payout(row, "payout.confirmed", actor_id=None, now=now)


def _fail(row: Payout, reference: str, reason: str, now: datetime) -> None:
    row.reference, row.due_at = reference[:64], None
    move_payout(row, PayoutState.FAILED, now=now, reason=reason)
    put_back(row, now)
    audit_payout(row, "payout.failed", actor_id=None, now=now)


def _next_look(row: Payout, now: datetime) -> datetime | None:
    """A bank may send back what a provider called a success, so that is asked again for a while."""
    assert row.confirmed_at is not None
    if row.channel == ChannelName.BANK.value or now >= row.confirmed_at + RETURNS_WITHIN:
        return None
    return now + RETURNS_ASKED_EVERY
