"""Many threads, one transaction; and a click that says what it costs in statements."""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import OperationalError, connections

from search.auction.contracts import InvalidReason, TokenKind
from search.listings.keeping import forget_all
from search.spending.contracts import ClickOutcome, ClickReport
from search.spending.models import AdEvent, Lease
from search.spending.rules.naming import number_lock
from search.spending.services import lending, record_click, record_views, recording
from search.spending.services.combining import Combiner
from search.spending.services.recording import MOST_AT_ONCE, record_clicks
from search.spending.services.repeats import LAST_TOKENS
from tests.conftest import Clock, CommittedDatabase
from tests.fixtures.ads import MICRO, AdRow, fund, lend, make_ad, show, visitor
from tests.fixtures.statements import captured_statements

SHOP = 43
LATER = timedelta(seconds=5)


class Book:
    """Work that notes its batches: doubles numbers, slowly, and fails for a batch with an odd one among them."""

    def __init__(self, seconds: float = 0.02) -> None:
        self.batches: list[list[int]] = []
        self.seconds = seconds

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.batches.append(list(numbers))
        time.sleep(self.seconds)
        if any(number % 2 for number in numbers):
            raise ValueError(f"odd: {numbers}")
        return [number * 2 for number in numbers]


def submit_all(combiner: Combiner[int, int], numbers: Sequence[int]) -> list[int | str]:
    """What each of as many threads was answered or told."""

    def submit(number: int) -> int | str:
        try:
            return combiner.submit(number)
        except ValueError as error:
            return str(error)

    with ThreadPoolExecutor(len(numbers)) as pool:
        return list(pool.map(submit, numbers))


def test_threads_are_answered_each_with_its_own_by_few_batches() -> None:
    book = Book()
    combiner = Combiner(book, most=64)
    for _ in range(3):
        assert submit_all(combiner, range(0, 32, 2)) == list(range(0, 64, 4))
    assert len(book.batches) <= 3 * 4, book.batches
    assert sorted(number for batch in book.batches for number in batch) == sorted([*range(0, 32, 2)] * 3)


def test_no_batch_is_larger_than_it_may_be() -> None:
    book = Book()
    assert submit_all(Combiner(book, most=3), range(0, 20, 2)) == list(range(0, 40, 4))
    assert max(map(len, book.batches)) == 3


def test_of_a_batch_that_fails_only_the_item_that_cannot_be_done_is_told_so() -> None:
    book = Book()
    combiner = Combiner(book, most=64)
    answers = submit_all(combiner, [0, 2, 4, 5, 6, 8])
    assert answers == [0, 4, 8, "odd: [5]", 12, 16]
    assert combiner.submit(10) == 20, "it goes on afterwards"


def test_nobody_waits_for_a_batch_that_does_not_end() -> None:
    stuck, seen = threading.Event(), []

    def work(numbers: Sequence[int]) -> list[int]:
        seen.append(list(numbers))
        if numbers[0] == 0:
            stuck.wait(10)
        return [number * 2 for number in numbers]

    combiner = Combiner(work, most=64, patience=0.1)
    with ThreadPoolExecutor(1) as pool:
        leader = pool.submit(combiner.submit, 0)
        while not seen:
            time.sleep(0.001)
        assert submit_all(combiner, [2, 4]) == [4, 8]
        assert sorted(seen) == [[0], [2], [4]], "each alone, while the first one is still at it"
        stuck.set()
        assert leader.result() == 0
    assert submit_all(combiner, [6, 8]) == [12, 16], "what gave up is in no later batch"
    assert sorted(number for batch in seen for number in batch) == [0, 2, 4, 6, 8]


def test_a_leader_that_dies_leaves_nobody_waiting() -> None:
    entered, go_on = threading.Event(), threading.Event()

    def work(numbers: Sequence[int]) -> list[int]:
        if len(numbers) > 1:
            raise SystemExit
        if numbers[0] == 0:
            entered.set()
            go_on.wait(10)
        return [number * 2 for number in numbers]

    combiner = Combiner(work, most=64, patience=60)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(combiner.submit, 0)
        entered.wait(10)
        others = [pool.submit(combiner.submit, number) for number in (2, 4, 6)]
        while len(combiner._waiting) < 3:
            time.sleep(0.001)
        go_on.set()
        assert first.result(timeout=10) == 0
        ends = [other.exception(timeout=10) or other.result() for other in others]
    assert sorted(map(repr, ends)) == ["12", "8", "SystemExit()"], "the one that led is gone, the others went on alone"


@pytest.fixture
def ad(clock: Clock, any_db: None) -> AdRow:
    fund(SHOP, 100_000, clock.now)
    return make_ad(shop_id=SHOP, now=clock.now)


@pytest.mark.parametrize("many", [1, 8])
def test_clicks_cost_three_statements_however_many_come_at_once(
    db: None, ad: AdRow, clock: Clock, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = lend(ad, clock.now, least_micro=5_000 * MICRO)
    warm, *tokens = [show(ad, lease.lease_id, clock.now) for _ in range(many + 1)]
    click(warm, clock.now)
    with captured_statements(monkeypatch) as statements:
        outcomes = record_clicks([make_report(token, clock.now) for token in tokens])
    assert len(statements) == 3, str(statements)
    assert all(outcome.billed for outcome in outcomes)
    assert Lease.objects.get().billed_micro == (many + 1) * 100 * MICRO
    assert count_for_repeats(tokens, clock, monkeypatch) == 0, "this process recorded them itself"
    forget_all()
    assert count_for_repeats(tokens, clock, monkeypatch) == 3, "where ads lead; locks; what others recorded"
    assert count_for_repeats(tokens, clock, monkeypatch) == 0, "it knows them now"
    assert Lease.objects.get().billed_micro == (many + 1) * 100 * MICRO


def test_while_many_tokens_are_repeats_they_wait_for_nobodys_lease(
    committed_db: CommittedDatabase, ad: AdRow, clock: Clock
) -> None:
    lease = lend(ad, clock.now, least_micro=9_000 * MICRO)
    tokens = [show(ad, lease.lease_id, clock.now) for _ in range(3 * LAST_TOKENS)]
    fresh = show(ad, lease.lease_id, clock.now)
    for start in range(0, len(tokens), MOST_AT_ONCE):
        record_clicks([make_report(token, clock.now) for token in tokens[start : start + MOST_AT_ONCE]])
    forget_all()
    record_clicks([make_report(token, clock.now) for token in tokens[:MOST_AT_ONCE]])
    with psycopg.connect(committed_db.environment["DATABASE_URL"]) as other:
        other.execute("SELECT id FROM spending_lease FOR NO KEY UPDATE")
        outcomes = record_clicks([make_report(token, clock.now) for token in tokens[-MOST_AT_ONCE:]])
    assert {outcome.reason for outcome in outcomes} == {InvalidReason.TOKEN_USED}
    [outcome] = record_clicks([make_report(fresh, clock.now)])
    assert outcome.billed


@pytest.mark.parametrize("failing", ["_record", "_record_filling"])
def test_what_was_not_committed_can_be_reported_again(
    db: None, ad: AdRow, clock: Clock, failing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fund(SHOP + 1, 100_000, clock.now)
    short = make_ad(shop_id=SHOP + 1, now=clock.now)
    leases = [lend(one, clock.now, least_micro=500 * MICRO) for one in (ad, short)]
    Lease.objects.filter(shop_id=SHOP + 1).update(granted_micro=0)
    tokens = [show(one, lease.lease_id, clock.now) for one, lease in zip((ad, short), leases, strict=True)]
    reports = [make_report(token, clock.now) for token in tokens]

    def fail(*_: object) -> None:
        raise OperationalError("gone")

    with monkeypatch.context() as patched, pytest.raises(OperationalError):
        patched.setattr(recording, failing, fail)
        record_clicks(reports)
    recorded = failing == "_record_filling"
    first, second = record_clicks(reports)
    assert first.reason == (InvalidReason.TOKEN_USED if recorded else "")
    assert (second.billed, second.reason) == (True, "")
    assert sorted(AdEvent.objects.values_list("billed_micro", flat=True)) == [100 * MICRO] * 2


def count_for_repeats(tokens: Sequence[str], clock: Clock, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many statements it takes to say that they were all used."""
    with captured_statements(monkeypatch) as statements:
        again = record_clicks([make_report(token, clock.now) for token in tokens])
    assert {(outcome.billed, outcome.reason) for outcome in again} == {(False, InvalidReason.TOKEN_USED)}
    assert all(outcome.target for outcome in again)
    return len(statements)


def test_views_of_a_page_cost_three_statements_and_a_bad_token_none(
    db: None, ad: AdRow, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = lend(ad, clock.now)
    tokens = [show(ad, lease.lease_id, clock.now, kind=TokenKind.VIEW, price_micro=7, place=one) for one in (1, 2, 3)]
    click(show(ad, lease.lease_id, clock.now), clock.now)
    with captured_statements(monkeypatch) as statements:
        assert record_views(tokens=tokens, facts=visitor(), now=clock.now) == 3
    assert len(statements) == 3, str(statements)
    with captured_statements(monkeypatch) as statements:
        click("x" * 116, clock.now)
    assert len(statements) == 0, str(statements)


@pytest.mark.parametrize("price_micro", [100 * MICRO, 0])
def test_clicks_of_one_person_on_an_ad_wait_for_each_other_but_not_for_ever(
    committed_db: CommittedDatabase, ad: AdRow, clock: Clock, monkeypatch: pytest.MonkeyPatch, price_micro: int
) -> None:
    monkeypatch.setattr(lending, "LOCK_SECONDS", 1)
    lease = lend(ad, clock.now)
    tokens = [show(ad, lease.lease_id, clock.now, price_micro=price_micro) for _ in range(2)]
    with held(committed_db, number_lock("person", "person-7", ad.ad_id)):
        with pytest.raises(OperationalError, match="lock timeout"):
            click(tokens[0], clock.now, 7)
        assert click(tokens[1], clock.now, 8).reason == "", "another one does not wait"
    assert list(AdEvent.objects.values_list("reason", flat=True)) == [""]
    assert click(tokens[0], clock.now, 7).reason == "", "what was lost can still come"
    assert Lease.objects.get().billed_micro == 2 * price_micro


def test_a_click_sees_what_was_recorded_while_it_waited(
    committed_db: CommittedDatabase, ad: AdRow, clock: Clock
) -> None:
    """Two processes have two combiners: only the locks are between them."""
    lease = lend(ad, clock.now)
    tokens = [show(ad, lease.lease_id, clock.now) for _ in range(6)]

    def report(token: str) -> str:
        try:
            return record_clicks([make_report(token, clock.now, 7)])[0].reason
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        with held(committed_db, number_lock("person", "person-7", ad.ad_id)):
            reasons = [pool.submit(report, token) for token in tokens]
            time.sleep(0.3)
        told = sorted(reason.result() for reason in reasons)
    assert told == ["", *[InvalidReason.DOUBLE_CLICK] * 5]
    assert Lease.objects.get().billed_micro == 100 * MICRO


def make_report(token: str, now: datetime, number: int = 0) -> ClickReport:
    return ClickReport(token=token, facts=visitor(number), at=now + LATER)


def click(token: str, now: datetime, number: int = 0) -> ClickOutcome:
    return record_click(token=token, facts=visitor(number), now=now + LATER)


@contextmanager
def held(database: CommittedDatabase, number: int) -> Iterator[None]:
    """A lock that another process has meanwhile."""
    with psycopg.connect(database.environment["DATABASE_URL"]) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [number])
        yield
