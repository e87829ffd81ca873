"""A file for the bank and the file that comes back: each once, nothing by halves."""

import hashlib

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from billing.ledger.contracts import Code
from billing.settlement.contracts.payouts import PayoutState
from billing.settlement.models.payouts import Payout, PayoutBatch
from billing.settlement.rules.bank_file import encode, is_whole
from billing.settlement.selectors.payouts import BatchNotFound, get_batch, get_payout, list_batches
from billing.settlement.services import payout_batches
from billing.settlement.services.payout_batches import (
    BadAnswerFile,
    NothingToSend,
    fetch_batch_file,
    make_batch,
    take_answers,
)
from billing.settlement.services.payout_sending import carry_due_payouts
from market.audit.models import AuditEntry
from tests.billing.settlement.payouts import CARD, CLERK, till

__all__ = ["till"]

HEAD = "batch,payout,amount,currency,result,reference,reason\n"


@pytest.fixture
def sent(till):
    """Three payouts of 10.00, 20.00 and 30.00 in one file."""
    payouts = [till.approve(till.ask(amount)) for amount in (1_000, 2_000, 3_000)]
    batch = make_batch(actor_id=CLERK, key="b1", now=till.now)
    return batch, [payout.number for payout in payouts]


def answers(batch, lines) -> bytes:
    return (HEAD + "".join(f"{batch.number},{line}\n" for line in lines)).encode()


def take(till, content: bytes):
    try:
        return take_answers(content=content, actor_id=CLERK, now=till.now)
    finally:
        till.post()


def states(numbers) -> list[PayoutState]:
    return [get_payout(number).state for number in numbers]


def test_one_file_holds_what_was_approved_and_is_kept_as_it_was(till, sent):
    batch, numbers = sent
    assert (batch.row_count, batch.sum_minor, batch.unanswered) == (3, 6_000, 3)
    view, content = fetch_batch_file(number=batch.number, actor_id=CLERK, now=till.now)
    assert view.sha256 == hashlib.sha256(encode(content)).hexdigest() and is_whole(content)
    assert [line.split(",")[2] for line in content.splitlines()[1:4]] == numbers
    assert CARD in content
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM settlement_payoutbatch")
        assert CARD not in cursor.fetchone()[0]
    deeds = AuditEntry.objects.filter(target_id=batch.number).order_by("pk").values_list("action", flat=True)
    assert list(deeds) == ["payout_batch.made", "payout_batch.fetched"]
    assert [payout.number for payout in get_batch(batch.number)[1]] == numbers


def test_the_same_press_is_the_same_file_and_nothing_left_is_none(till, sent):
    batch, _ = sent
    assert make_batch(actor_id=CLERK, key="b1", now=till.now).number == batch.number
    with pytest.raises(NothingToSend):
        make_batch(actor_id=CLERK, key="b2", now=till.now)
    assert [one.number for _, one in list_batches()] == [batch.number]
    with pytest.raises(BatchNotFound):
        get_batch("BF0")


def test_a_file_stays_as_it_was_made(till, sent):
    row = PayoutBatch.objects.get()
    for change in ({"sum_minor": 1}, {"sha256": "0" * 64}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PayoutBatch.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()


def test_answers_are_carried_out_and_the_same_file_again_changes_nothing(till, sent):
    batch, numbers = sent
    content = answers(
        batch,
        [
            f"{numbers[0]},10.00,CNY,SUCCESS,B1,",
            f"{numbers[1]},20.00,CNY,FAILED,,户名不符",
            f"{numbers[2]},30.00,CNY,SUCCESS,B3,",
        ],
    )
    for _ in range(2):
        assert take(till, content) == (batch.number, 3)
        assert states(numbers) == [PayoutState.CONFIRMED, PayoutState.FAILED, PayoutState.CONFIRMED]
        assert till.balance(Code.PAYABLE) == 11_400 - 4_000 and till.balance(Code.PAYOUT_IN_TRANSIT) == 0
    assert get_payout(numbers[1]).reason == "户名不符"
    assert get_batch(batch.number)[0].unanswered == 0


def test_part_of_the_answers_may_come_first(till, sent):
    batch, numbers = sent
    take(till, answers(batch, [f"{numbers[1]},20.00,CNY,SUCCESS,B2,"]))
    assert states(numbers) == [PayoutState.SENT, PayoutState.CONFIRMED, PayoutState.SENT]
    assert get_batch(batch.number)[0].unanswered == 2


@pytest.mark.parametrize(
    ("line", "problem", "column"),
    [
        ("{2},30.01,CNY,SUCCESS,B3,", "another_amount", "amount"),
        ("PO9,30.00,CNY,SUCCESS,B3,", "not_in_batch", "payout"),
        ("{2},30.00,CNY,perhaps,B3,", "not_a_result", "result"),
        ("{2},30.00,CNY,SUCCESS,B1,", "twice", "reference"),
    ],
)
def test_one_bad_row_and_nothing_of_the_file_is_taken(till, sent, line, problem, column):
    batch, numbers = sent
    content = answers(batch, [f"{numbers[0]},10.00,CNY,SUCCESS,B1,", line.format(*numbers)])
    with pytest.raises(BadAnswerFile) as refused:
        take(till, content)
    assert [(one.row, one.column, one.problem) for one in refused.value.problems] == [(3, column, problem)]
    assert set(states(numbers)) == {PayoutState.SENT} and not Payout.objects.exclude(answer="").exists()
    assert till.balance(Code.PAYOUT_IN_TRANSIT) == 6_000


def test_an_answer_against_an_earlier_one_refuses_the_file(till, sent):
    batch, numbers = sent
    take(till, answers(batch, [f"{numbers[0]},10.00,CNY,SUCCESS,B1,"]))
    for line in (f"{numbers[0]},10.00,CNY,FAILED,,x", f"{numbers[0]},10.00,CNY,SUCCESS,B9,"):
        with pytest.raises(BadAnswerFile) as refused:
            take(till, answers(batch, [line]))
        assert refused.value.problems[0].problem == "answered_otherwise"
    with pytest.raises(BadAnswerFile) as refused:
        take(till, answers(batch, [f"{numbers[1]},20.00,CNY,SUCCESS,B1,"]))
    assert refused.value.problems[0].problem == "reference_taken"


def test_a_row_of_another_file_is_not_taken(till, sent):
    till.approve(till.ask(500))
    second = make_batch(actor_id=CLERK, key="b2", now=till.now)
    with pytest.raises(BadAnswerFile) as refused:
        take(till, answers(second, [f"{sent[1][0]},10.00,CNY,SUCCESS,B1,"]))
    assert refused.value.problems[0].problem == "not_in_batch"


def test_what_was_cut_short_after_the_file_was_read_goes_on_by_itself(till, sent, monkeypatch):
    batch, numbers = sent
    lines = [
        f"{number},{amount}.00,CNY,SUCCESS,B{amount}," for number, amount in zip(numbers, (10, 20, 30), strict=True)
    ]
    done = []

    def die(*, number, now):
        if done:
            raise KeyboardInterrupt
        done.append(payout_batches_carry_out(number=number, now=now))

    payout_batches_carry_out = payout_batches.carry_out_answer
    monkeypatch.setattr(payout_batches, "carry_out_answer", die)
    with pytest.raises(KeyboardInterrupt):
        take(till, answers(batch, lines))
    assert sorted(states(numbers)) == sorted([PayoutState.CONFIRMED, PayoutState.SENT, PayoutState.SENT])
    assert carry_due_payouts(now=till.now) == 2 + 0
    till.post()
    assert set(states(numbers)) == {PayoutState.CONFIRMED} and till.balance(Code.PAYOUT_IN_TRANSIT) == 0
