"""The bank's files: approved payouts go out in one, answers come back in another."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from billing.settlement.channels.bank import BankFileChannel
from billing.settlement.contracts.payouts import (
    BankAnswer,
    BatchView,
    CarryReport,
    CarryState,
    ChannelName,
    FileProblem,
    PayoutState,
)
from billing.settlement.models.payouts import Payout, PayoutBatch
from billing.settlement.rules.bank_file import MOST_ROWS, read_answer_file
from billing.settlement.selectors.payouts import get_batch, read_batch_file, to_order
from billing.settlement.services.guarding import judge_shop
from billing.settlement.services.payout_answers import carry_out_answer, note_answer
from billing.settlement.services.payout_steps import move_payout
from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from market.money import DEFAULT_CURRENCY


class NothingToSend(RuntimeError):
    """No approved payout goes to the bank, or the guard let none of them pass."""


class BadAnswerFile(ValueError):
    """A bank's file of which nothing was taken; `problems` name rows, columns and why."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


def make_batch(*, actor_id: int, key: str, now: datetime) -> BatchView:
    """One file of every approved bank payout that the guard lets pass, at most 500, oldest first.

    From here on they are sent, whatever becomes of the file: it is kept and can be fetched again. The same key again
    is the same file. Raises `NothingToSend`.
    """
    known = PayoutBatch.objects.filter(key=key).values_list("number", flat=True).first()
    if known is None:
        known = _write_batch(_list_allowed(now), actor_id, key, now)
    return get_batch(known)[0]


@transaction.atomic(durable=True)
def fetch_batch_file(*, number: str, actor_id: int, now: datetime) -> tuple[BatchView, str]:
    """The file as it was made; that somebody took it is written down. Raises `BatchNotFound`."""
    batch, content = read_batch_file(number)
    _audit("payout_batch.fetched", batch.number, actor_id, {"sha256": batch.sha256}, now)
    return batch, content


def take_answers(*, content: bytes, actor_id: int, now: datetime) -> tuple[str, int]:
    """Read the bank's answers: all of the file is written down at once, or nothing. Returns its number and how many.

    What is written down is carried out payout by payout; the clock goes on with what is left if this is cut short.
    The same file again changes nothing. Raises `BadAnswerFile`.
    """
    file = read_answer_file(content)
    if file.problems:
        raise BadAnswerFile(file.problems)
    for number in _note_answers(file.batch_no, file.answers, actor_id, now):
        carry_out_answer(number=number, now=now)
    return file.batch_no, len(file.answers)


def _list_allowed(now: datetime) -> list[str]:
    """Approved bank payouts that the guard lets pass; the others keep why not."""
    waiting = Payout.objects.filter(state=PayoutState.APPROVED.value, channel=ChannelName.BANK.value)
    allowed = []
    for row in waiting.order_by("id")[:MOST_ROWS]:
        verdict = judge_shop(
            shop_id=row.shop_id, channel=ChannelName.BANK, now=now, account_id=row.account_id, amount_minor=0
        )
        if verdict.allows:
            allowed.append(row.number)
        else:
            Payout.objects.filter(pk=row.pk).update(error=f"guard: {verdict.codes}"[:300])
    return allowed


@transaction.atomic(durable=True)
def _write_batch(numbers: Sequence[str], actor_id: int, key: str, now: datetime) -> str:
    rows = list(
        Payout.objects.select_for_update(no_key=True)
        .filter(number__in=numbers, state=PayoutState.APPROVED.value)
        .order_by("id")
    )
    known = PayoutBatch.objects.filter(key=key).values_list("number", flat=True).first()
    if known is not None:  # the same press of the button, a moment earlier
        return known
    if not rows:
        raise NothingToSend
    number = f"BF{now:%y%m%d%H%M%S}{secrets.token_hex(4).upper()}"
    channel = BankFileChannel(batch_no=number, currency=DEFAULT_CURRENCY)
    for row in rows:
        channel.submit(to_order(row))
    file = channel.write()
    batch = PayoutBatch.objects.create(
        number=number,
        key=key,
        sha256=file.sha256,
        row_count=file.row_count,
        sum_minor=file.sum_minor,
        currency=DEFAULT_CURRENCY,
        bank_account=settings.PLATFORM_BANK_ACCOUNT,
        content=file.content,
        made_by=actor_id,
        made_at=now,
    )
    for place, row in enumerate(rows, start=1):
        row.batch, row.batch_row = batch, place
        move_payout(row, PayoutState.SENT, now=now)
    facts = {"rows": file.row_count, "amount_minor": file.sum_minor, "sha256": file.sha256}
    _audit("payout_batch.made", number, actor_id, facts, now)
    return number


@transaction.atomic(durable=True)
def _note_answers(batch_no: str, answers: Sequence[BankAnswer], actor_id: int, now: datetime) -> list[str]:
    rows = {
        row.number: row
        for row in Payout.objects.select_for_update(no_key=True)
        .filter(batch__number=batch_no, number__in=[answer.number for answer in answers])
        .order_by("id")
    }
    taken = dict(
        Payout.objects.filter(channel=ChannelName.BANK.value)
        .filter(reference__in=[answer.reference for answer in answers if answer.reference])
        .values_list("reference", "number")
    )
    problems = [problem for answer in answers for problem in _check_answer(answer, rows, taken)]
    if problems:
        raise BadAnswerFile(problems)
    channel = BankFileChannel(batch_no=batch_no, currency=DEFAULT_CURRENCY, answers=answers)
    reports = [(row, channel.query(to_order(row))) for row in rows.values()]
    for row, report in reports:
        note_answer(row, report, now=now)
    failed = sum(report.state is CarryState.FAILED for _, report in reports)
    _audit("payout_batch.answered", batch_no, actor_id, {"rows": len(reports), "failed": failed}, now)
    return [row.number for row in rows.values()]


def _check_answer(answer: BankAnswer, rows: Mapping[str, Payout], taken: Mapping[str, str]) -> list[FileProblem]:
    row = rows.get(answer.number)
    if row is None:
        return [FileProblem(answer.row, "payout", "not_in_batch", answer.number[:40])]
    problems = []
    if row.amount_minor != answer.amount_minor:
        problems.append(FileProblem(answer.row, "amount", "another_amount", str(answer.amount_minor)))
    if taken.get(answer.reference, answer.number) != answer.number:
        problems.append(FileProblem(answer.row, "reference", "reference_taken", answer.reference[:40]))
    if not _fits(row, answer):
        problems.append(FileProblem(answer.row, "result", "answered_otherwise", row.state))
    return problems


def _fits(row: Payout, answer: BankAnswer) -> bool:
    """Whether an answer is the first one, or the same once more."""
    if row.state == PayoutState.SENT.value and not row.answer:
        return True
    told = CarryReport(row.number, CarryState.ARRIVED if answer.arrived else CarryState.FAILED, answer.reference)
    return row.answer == told.state.value and row.answer_reference == told.reference


def _audit(action: str, number: str, actor_id: int, facts: Mapping[str, object], now: datetime) -> None:
    write_audit(
        action=action,
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        target_kind="payout_batch",
        target_id=number,
        detail=facts,
        now=now,
    )
