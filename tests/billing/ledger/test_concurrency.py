"""Many writers on the same accounts: no deadlock, nothing lost, nothing twice."""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from billing.ledger.contracts import Code, Owner
from billing.ledger.models import PostingRequest, Transaction
from billing.ledger.rules import (
    AdTopUpCaptured,
    CustodySharePaid,
    DisputeOpened,
    FloorReached,
    PayoutAsked,
    ProviderFeeCharged,
    RefundAfterRelease,
    account_of,
)
from billing.ledger.selectors import get_balance, prove_ledger
from billing.ledger.services import KeyReused, hold, post, post_pending, request_posting
from tests.billing.ledger.books import ROWS
from tests.conftest import Clock, CommittedDatabase

LONG = bool(os.environ.get("JISHI_LONG"))
PROCESSES, THREADS = (16, 1) if LONG else (4, 4)
SECONDS = 240 if LONG else 4
ROUNDS = 1000 if LONG else 12
SEED = int(os.environ.get("JISHI_SEED", "1"))
ROOT = Path(__file__).resolve().parents[3]


def together(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run calls at the same time, each in a thread with a connection of its own; their results or errors."""
    barrier = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(number: int) -> None:
        try:
            barrier.wait(timeout=20)
            results[number] = calls[number]()
        except Exception as problem:
            results[number] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.mark.timeout(SECONDS + 240)
def test_sixteen_writers_on_hot_accounts_lose_nothing_and_never_deadlock(committed_db: CommittedDatabase) -> None:
    commands = [
        [sys.executable, "-m", "tests.billing.ledger.writer", str(seed), str(THREADS), str(SECONDS)]
        for seed in range(SEED, SEED + PROCESSES)
    ]
    running = [
        subprocess.Popen(command, cwd=ROOT, env=committed_db.environment, stdout=subprocess.PIPE, text=True)
        for command in commands
    ]
    answers = [json.loads(process.communicate(timeout=SECONDS + 200)[0]) for process in running]
    failures: Counter[str] = Counter()
    acknowledged: dict[str, int] = {}
    for answer in answers:
        failures += Counter(answer["failures"])
        acknowledged |= answer["acknowledged"]
    refused = failures.pop("refused", 0)
    assert not failures
    post_everything()
    keys = Counter(Transaction.objects.values_list("key", flat=True))
    assert len(acknowledged) > 50
    assert not [key for key in acknowledged if keys[key] != 1]
    assert not [key for key, times in keys.items() if times > 1]
    requested = sum(answer["fees"] for answer in answers)
    shared = sum(amount for key, amount in acknowledged.items() if key.startswith("shared/"))
    taken_back = 7 * Transaction.objects.filter(kind="reversal").count()
    backs = sum(amount for key, amount in acknowledged.items() if key.startswith("back/"))
    assert get_balance(code=Code.PSP_FEE).posted_minor == requested + shared + backs - taken_back
    proof = prove_ledger()
    assert proof.sound, proof
    print(
        f"{PROCESSES} processes of {THREADS}, {SECONDS} s, seeds from {SEED}: {sum(keys.values())} transactions,"
        f" {len(acknowledged)} acknowledged keys, {refused} refused"
    )


def post_everything() -> None:
    last = PostingRequest.objects.order_by("-due_at").values_list("due_at", flat=True).first()
    while last is not None and post_pending(last + timedelta(hours=1)):
        pass


def test_two_posters_at_once_post_each_request_once(committed_db: CommittedDatabase, clock: Clock) -> None:
    with transaction.atomic():
        for number in range(300):
            event = CustodySharePaid(shop_id=number % 7, share_no=f"S-{number}", psp="w", amount_minor=number + 1)
            request_posting(key=f"paid/{number}", event=event, now=clock.now)

    def drain() -> int:
        taken = 0
        while batch := post_pending(clock.now, 20):
            taken += batch
        return taken

    taken = together([drain, drain, drain, drain])
    assert sum(taken) == 300
    assert Transaction.objects.count() == 300
    assert not PostingRequest.objects.filter(transaction__isnull=True).exists()
    proof = prove_ledger()
    assert proof.sound
    assert proof.unposted == 0


def test_one_key_posted_by_many_at_once_is_one_transaction(committed_db: CommittedDatabase, clock: Clock) -> None:
    event = ProviderFeeCharged(psp="w", reference="P", amount_minor=9)

    def once() -> int:
        with transaction.atomic():
            return post(key="same", event=event, now=clock.now).transaction_id

    assert len(set(together([once] * 8))) == 1
    assert get_balance(code=Code.PSP_FEE).posted_minor == 9


def test_one_key_taken_by_two_different_events_at_once_is_given_to_one(
    committed_db: CommittedDatabase, clock: Clock
) -> None:
    def take(row: str) -> Callable[[], int]:
        def run() -> int:
            with transaction.atomic():
                return post(key="same", event=ROWS[row][0], now=clock.now).transaction_id

        return run

    results = together([take("L1"), take("A0"), take("L6"), take("G1")])
    assert len([result for result in results if isinstance(result, int)]) == 1
    assert len([result for result in results if isinstance(result, KeyReused)]) == 3
    assert Transaction.objects.count() == 1
    assert prove_ledger().sound


def test_one_hold_key_taken_on_two_accounts_at_once_is_given_to_one(
    committed_db: CommittedDatabase, clock: Clock
) -> None:
    for shop in range(1, 5):
        with transaction.atomic():
            event = AdTopUpCaptured(shop_id=shop, reference="T", psp="w", amount_minor=100)
            post(key=f"top-up/{shop}", event=event, now=clock.now)

    def take(shop: int) -> Callable[[], int]:
        wallet = account_of(Code.AD_WALLET_CASH, Owner.of_shop(shop))

        def run() -> int:
            with transaction.atomic():
                return hold(
                    key="same", kind="bid", account=wallet, amount_minor=10, expires_at=None, now=clock.now
                ).hold_id

        return run

    results = together([take(shop) for shop in range(1, 5)])
    assert len([result for result in results if isinstance(result, int)]) == 1
    assert len([result for result in results if isinstance(result, KeyReused)]) == 3
    assert prove_ledger().sound


def test_new_accounts_opened_by_many_at_once_are_opened_once(committed_db: CommittedDatabase, clock: Clock) -> None:
    def fill(shift: int) -> Callable[[], None]:
        def run() -> None:
            for number in range(10):
                shop = (number * 7 + shift) % 10
                event = CustodySharePaid(shop_id=shop, share_no=f"S-{shift}-{number}", psp="w", amount_minor=1)
                with transaction.atomic():
                    post(key=f"{shift}/{number}", event=event, now=clock.now)

        return run

    assert together([fill(shift) for shift in range(6)]) == [None] * 6
    assert sum(get_balance(code=Code.CUSTODY_OWED, owner=Owner.of_shop(shop)).posted_minor for shop in range(10)) == 60
    assert prove_ledger().sound


@pytest.mark.timeout(ROUNDS + 300)
def test_a_refund_a_payout_and_a_chargeback_at_once_are_exact(committed_db: CommittedDatabase, clock: Clock) -> None:
    outcomes: Counter[tuple[bool, bool]] = Counter()
    for number in range(ROUNDS):
        shop = 100 + number
        with transaction.atomic():
            for row in ("G1", "G3"):
                event = type(ROWS[row][0])(**{**ROWS[row][0].to_payload(), "shop_id": shop})
                post(key=f"{number}/{row}", event=event, now=clock.now)
        events = [
            RefundAfterRelease(
                shop_id=shop,
                share_no="S-9",
                psp="w",
                refund_no="R",
                cash_minor=1000,
                commission_minor=50,
                commission_vat_minor=3,
            ),
            DisputeOpened(shop_id=shop, reference="D", psp="w", amount_minor=2000),
            PayoutAsked(shop_id=shop, reference="O1", amount_minor=3000),
            PayoutAsked(shop_id=shop, reference="O2", amount_minor=1600),
        ]

        def attempt(place: int, number: int = number, events: list = events) -> Callable[[], bool]:
            def run() -> bool:
                try:
                    with transaction.atomic():
                        post(key=f"{number}/e{place}", event=events[place], now=clock.now)
                except FloorReached:
                    return False
                return True

            return run

        *places, again = together([attempt(place) for place in (0, 1, 2, 3, 0)])
        refunded, disputed, first, second = places
        assert refunded is True
        assert again is True
        assert disputed is True
        assert not (first and second)
        owner = Owner.of_shop(shop)
        left = 4550 - 950 - 2000 - 3000 * first - 1600 * second
        assert get_balance(code=Code.PAYABLE, owner=owner).posted_minor == left
        assert get_balance(code=Code.PAYOUT_IN_TRANSIT, owner=owner).posted_minor == 3000 * first + 1600 * second
        assert get_balance(code=Code.DISPUTE_HOLD, owner=owner).posted_minor == 2000
        outcomes[first, second] += 1
    assert get_balance(code=Code.REFUND_PAYABLE, owner=Owner.of_psp("w")).posted_minor == 1000 * ROUNDS
    assert Transaction.objects.count() == ROUNDS * 4 + outcomes[True, False] + outcomes[False, True]
    assert prove_ledger().sound
    print(
        f"{ROUNDS} orders: {outcomes[True, False]} and {outcomes[False, True]} of the two payouts, "
        f"{outcomes[False, False]} neither"
    )
