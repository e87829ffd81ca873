"""Posting into the real books: once, whole, and in balance."""

import dataclasses
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from billing.ledger.contracts import Code, Owner, Refusal, VerdictKind
from billing.ledger.models import Entry, Transaction
from billing.ledger.rules import BadEvent, FloorReached, PayoutAsked, Posting
from billing.ledger.selectors import (
    balance_at,
    find_transaction,
    get_balance,
    get_transaction,
    list_accounts,
    list_balances,
    list_entries,
    list_reversals,
    list_transactions,
    prove_ledger,
    trial_balance,
)
from billing.ledger.services import (
    BadKey,
    KeyReused,
    ReversalTooLarge,
    TransactionNotFound,
    post,
    post_batch,
    reverse,
)
from tests.billing.ledger.books import M1, M3, ROWS, STORY, PlainBooks
from tests.conftest import Clock

pytestmark = pytest.mark.django_db


def test_the_story_posted_one_by_one_clears(clock: Clock) -> None:
    plain = PlainBooks()
    for row in STORY:
        event = ROWS[row][0]
        post(key=f"story/{row}", event=event, now=clock.move(seconds=1))
        plain.post(event)
    proof = prove_ledger()
    assert proof.sound
    assert proof.cleared
    for ref, state in plain.states.items():
        balance = get_balance(code=ref.code, owner=ref.owner)
        assert balance.posted_minor == state.balance_minor, ref
        assert balance.version == state.version
    assert trial_balance().balanced


def test_the_story_posted_as_one_batch_ends_the_same(clock: Clock) -> None:
    verdicts = post_batch(requests=[Posting(f"story/{row}", ROWS[row][0]) for row in STORY], now=clock.now)
    assert {verdict.kind for verdict in verdicts} == {VerdictKind.POSTED}
    assert [verdict.key for verdict in verdicts] == [f"story/{row}" for row in STORY]
    assert prove_ledger().cleared
    assert get_balance(code=Code.PAYABLE, owner=Owner.of_shop(M1)).posted_minor == 1700
    assert get_balance(code=Code.PAYABLE, owner=Owner.of_shop(M3)).posted_minor == 0


def test_the_same_key_and_payload_gives_the_first_result(clock: Clock) -> None:
    first = post(key="k", event=ROWS["L1"][0], now=clock.now)
    again = post(key="k", event=ROWS["L1"][0], now=clock.move(days=400))
    assert again == dataclasses.replace(first, repeated=True)
    assert Transaction.objects.count() == 1
    assert get_balance(code=Code.CUSTODY_OWED, owner=Owner.of_shop(M1)).posted_minor == 10552


def test_the_same_key_and_another_payload_is_an_error(clock: Clock) -> None:
    post(key="k", event=ROWS["L1"][0], now=clock.now)
    with pytest.raises(KeyReused):
        post(key="k", event=dataclasses.replace(ROWS["L1"][0], amount_minor=1), now=clock.now)
    with pytest.raises(KeyReused):
        post(key="k", event=ROWS["A0"][0], now=clock.now)
    assert Transaction.objects.count() == 1


def test_a_repeat_is_answered_even_when_it_could_not_be_posted_again(clock: Clock) -> None:
    post(key="sale", event=ROWS["G1"][0], now=clock.now)
    post(key="sold", event=ROWS["G3"][0], now=clock.now)
    payout = PayoutAsked(shop_id=M1, reference="OUT", amount_minor=4550)
    first = post(key="out", event=payout, now=clock.now)
    assert post(key="out", event=payout, now=clock.now).transaction_id == first.transaction_id


def test_a_refused_posting_changes_nothing(clock: Clock) -> None:
    post(key="sale", event=ROWS["G1"][0], now=clock.now)
    before = trial_balance()
    with pytest.raises(FloorReached) as refused:
        post(key="out", event=PayoutAsked(shop_id=M1, reference="OUT", amount_minor=1), now=clock.now)
    assert refused.value.available_minor == 0
    assert [line for line in trial_balance().lines if line.accounts and line.debits_minor + line.credits_minor] == list(
        before.lines
    )
    assert find_transaction("out") is None


def test_a_batch_gives_a_verdict_for_each_and_refused_ones_leave_no_trace(clock: Clock) -> None:
    post(key="known", event=ROWS["L1"][0], now=clock.now)
    asked = PayoutAsked(shop_id=M1, reference="OUT", amount_minor=4000)
    verdicts = post_batch(
        requests=[
            Posting("known", ROWS["L1"][0]),
            Posting("known", ROWS["A0"][0]),
            Posting("too early", asked),
            Posting("g1", ROWS["G1"][0]),
            Posting("g3", ROWS["G3"][0]),
            Posting("out", asked),
            Posting("out", asked),
            Posting("out", dataclasses.replace(asked, amount_minor=4001)),
            Posting("out2", asked),
        ],
        now=clock.now,
    )
    assert [(verdict.kind.value, verdict.refusal) for verdict in verdicts] == [
        ("repeated", None),
        ("refused", Refusal.KEY_REUSED),
        ("refused", Refusal.FLOOR),
        ("posted", None),
        ("posted", None),
        ("posted", None),
        ("repeated", None),
        ("refused", Refusal.KEY_REUSED),
        ("refused", Refusal.FLOOR),
    ]
    assert verdicts[6].transaction_id == verdicts[5].transaction_id
    assert get_balance(code=Code.PAYABLE, owner=Owner.of_shop(M1)).posted_minor == 550
    assert Transaction.objects.count() == 4
    assert prove_ledger().sound


def test_a_batch_with_an_impossible_event_writes_nothing(clock: Clock) -> None:
    bad = dataclasses.replace(ROWS["L1"][0], amount_minor=0)
    with pytest.raises(BadEvent):
        post_batch(requests=[Posting("a", ROWS["L1"][0]), Posting("b", bad)], now=clock.now)
    assert not Transaction.objects.exists()
    assert post_batch(requests=[], now=clock.now) == []


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_key_has_a_limit(key: str, clock: Clock) -> None:
    with pytest.raises(BadKey):
        post(key=key, event=ROWS["L1"][0], now=clock.now)


def test_entries_keep_the_balance_and_the_version_they_left(clock: Clock) -> None:
    for number, row in enumerate(("L1", "L2", "L3", "L4", "L5")):
        post(key=row, event=ROWS[row][0], now=clock.move(minutes=1) + timedelta(seconds=number))
    entries = list_entries(code=Code.CUSTODY_OWED, owner=Owner.of_shop(M1))
    assert [entry.account_version for entry in entries] == [5, 4, 3, 2, 1]
    assert [entry.balance_after_minor for entry in entries] == [0, 11337, 11937, 12000, 10552]
    assert entries[0].kind == "custody_released"
    assert entries[0].subject == "S-20"
    older = list_entries(code=Code.CUSTODY_OWED, owner=Owner.of_shop(M1), before_version=3, limit=1)
    assert [entry.account_version for entry in older] == [2]
    day = list_entries(
        code=Code.CUSTODY_OWED, owner=Owner.of_shop(M1), since=entries[3].created_at, until=entries[1].created_at
    )
    assert [entry.account_version for entry in day] == [3, 2]


def test_a_past_balance_is_what_the_last_entry_left(clock: Clock) -> None:
    moments = {}
    for row in ("L1", "L2", "L3"):
        moments[row] = post(key=row, event=ROWS[row][0], now=clock.move(hours=1)).created_at
    owner = Owner.of_shop(M1)
    assert balance_at(code=Code.CUSTODY_OWED, owner=owner, at=moments["L1"] - timedelta(microseconds=1)) == 0
    assert balance_at(code=Code.CUSTODY_OWED, owner=owner, at=moments["L1"]) == 10552
    assert balance_at(code=Code.CUSTODY_OWED, owner=owner, at=moments["L2"] + timedelta(minutes=59)) == 12000
    assert balance_at(code=Code.CUSTODY_OWED, owner=owner, at=clock.now) == 11937
    then = trial_balance(at=moments["L2"])
    assert then.balanced
    assert {line.code: line.balance_minor for line in then.lines}[Code.CUSTODY_OWED] == 12000


def test_a_clock_that_goes_back_never_disorders_an_account(clock: Clock) -> None:
    first = post(key="a", event=ROWS["L1"][0], now=clock.now)
    second = post(key="b", event=ROWS["L3"][0], now=clock.now - timedelta(hours=1))
    assert second.created_at == first.created_at


def test_a_business_date_is_that_of_shanghai(clock: Clock) -> None:
    late = clock.now.replace(hour=16, minute=0)
    posted = post(key="a", event=ROWS["L1"][0], now=late)
    found = get_transaction(posted.transaction_id)
    assert found is not None
    assert found.business_date == late.date() + timedelta(days=1)
    assert found.event["amount_minor"] == 10552
    assert len(found.entries) == 2


def test_transactions_are_found_by_subject_and_kind(clock: Clock) -> None:
    for row in ("L1", "L2", "LR1"):
        post(key=row, event=ROWS[row][0], now=clock.now)
    assert [found.key for found in list_transactions(subject="S-20")] == ["L2", "L1"]
    assert [found.key for found in list_transactions(kind="refund_custody")] == ["LR1"]
    newest = list_transactions(limit=1)[0]
    assert [found.key for found in list_transactions(before_id=newest.transaction_id)] == ["L2", "L1"]


def test_a_failed_payout_is_reversed_whole(clock: Clock) -> None:
    for row in ("G1", "G3"):
        post(key=row, event=ROWS[row][0], now=clock.now)
    asked = post(key="out", event=PayoutAsked(shop_id=M1, reference="OUT", amount_minor=4000), now=clock.now)
    back = reverse(key="out/failed", transaction_id=asked.transaction_id, now=clock.now)
    assert reverse(key="out/failed", transaction_id=asked.transaction_id, now=clock.now).repeated
    assert get_balance(code=Code.PAYABLE, owner=Owner.of_shop(M1)).posted_minor == 4550
    assert get_balance(code=Code.PAYOUT_IN_TRANSIT, owner=Owner.of_shop(M1)).posted_minor == 0
    assert [found.transaction_id for found in list_reversals(asked.transaction_id)] == [back.transaction_id]
    with pytest.raises(ReversalTooLarge):
        reverse(key="again", transaction_id=asked.transaction_id, now=clock.now)
    with pytest.raises(KeyReused):
        reverse(key="out/failed", transaction_id=asked.transaction_id, amount_minor=1, now=clock.now)


def test_partial_reversals_never_exceed_the_original(clock: Clock) -> None:
    posted = post(key="L6", event=ROWS["L6"][0], now=clock.now)
    reverse(key="r1", transaction_id=posted.transaction_id, amount_minor=1000, now=clock.now)
    with pytest.raises(ReversalTooLarge):
        reverse(key="r2", transaction_id=posted.transaction_id, amount_minor=1851, now=clock.now)
    reverse(key="r2", transaction_id=posted.transaction_id, amount_minor=1850, now=clock.now)
    assert get_balance(code=Code.MERCHANT_RECEIVABLE, owner=Owner.of_shop(M1)).posted_minor == 0
    assert prove_ledger().sound


def test_what_is_not_there_cannot_be_reversed(clock: Clock) -> None:
    with pytest.raises(TransactionNotFound):
        reverse(key="r", transaction_id=1, now=clock.now)


def test_a_reversal_cannot_overdraw_what_was_paid_out(clock: Clock) -> None:
    for row in ("G1", "G2"):
        post(key=row, event=ROWS[row][0], now=clock.now)
    released = post(key="G3", event=ROWS["G3"][0], now=clock.now)
    post(key="out", event=PayoutAsked(shop_id=M1, reference="OUT", amount_minor=4550), now=clock.now)
    with pytest.raises(FloorReached):
        reverse(key="r", transaction_id=released.transaction_id, now=clock.now)
    assert Entry.objects.filter(transaction__reverses=released.transaction_id).count() == 0


def test_balances_of_one_owner_do_not_show_anothers(clock: Clock) -> None:
    post(key="a", event=ROWS["L1"][0], now=clock.now)
    post(key="b", event=dataclasses.replace(ROWS["L1"][0], shop_id=2, amount_minor=7), now=clock.now)
    assert {code: found.posted_minor for code, found in list_balances(owner=Owner.of_shop(2)).items()} == {
        Code.CUSTODY_OWED: 7
    }
    assert list_entries(code=Code.CUSTODY_OWED, owner=Owner.of_shop(2))[0].amount_minor == 7


def test_accounts_are_listed_by_code_in_the_order_they_were_opened(clock: Clock) -> None:
    for row in STORY:
        post(key=row, event=ROWS[row][0], now=clock.now)
    found = list_accounts(code=Code.ESCROW, limit=3)
    assert [view.account.owner.id for view in found] == ["1/S-1", "2/S-2", "3/S-3"]
    assert (found[0].debits_minor, found[0].credits_minor, found[0].balance_minor) == (12000, 12000, 0)
    rest = list_accounts(code=Code.ESCROW, after_id=found[2].account_id)
    assert [view.account.owner.id for view in rest] == ["1/S-9"]


def test_a_posting_is_four_statements_and_so_is_a_batch(
    clock: Clock, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    post(key="opens", event=ROWS["L1"][0], now=clock.now)
    with django_assert_num_queries(4):
        post(key="one", event=ROWS["L1"][0], now=clock.now)
    many = [Posting(f"many/{number}", ROWS["L1"][0]) for number in range(50)]
    with django_assert_num_queries(4 + len(("SAVEPOINT", "RELEASE"))):
        post_batch(requests=many, now=clock.now)
    with django_assert_num_queries(3):
        post(key="one", event=ROWS["L1"][0], now=clock.now)


def test_currencies_are_kept_apart(clock: Clock) -> None:
    post(key="a", event=ROWS["L1"][0], now=clock.now)
    post(key="b", event=dataclasses.replace(ROWS["L1"][0], currency="USD"), now=clock.now)
    assert get_balance(code=Code.CUSTODY_OWED, owner=Owner.of_shop(M1)).posted_minor == 10552
    assert get_balance(code=Code.CUSTODY_OWED, owner=Owner.of_shop(M1), currency="USD").posted_minor == 10552
    assert trial_balance().balanced
    assert len(trial_balance().differences) == 2
