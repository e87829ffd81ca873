"""Postings a second: one at a time, spread and hot, against batches on one hot account."""

import itertools
import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.db import connection, transaction

from billing.ledger.contracts import VerdictKind
from billing.ledger.rules import CustodySharePaid, Posting, PostingEvent, ProviderFeeCharged
from billing.ledger.services import post, post_batch, post_pending, request_postings
from tests.bench.contracts import BenchRow
from tests.bench.ledger.proving import Watch

SECONDS = float(os.environ.get("JISHI_BENCH_SECONDS", "3"))
WRITERS = 8
BATCH = 500
PATIENCE_SECONDS = 60.0
SPREAD, HOT = 1000, 10

_numbers = itertools.count(1)


def open_custody(shops: int) -> None:
    """The accounts that single posts go to are there before anything is measured."""
    for first in range(1, shops + 1, BATCH):
        numbers = range(first, min(first + BATCH, shops + 1))
        _post_batch([Posting(f"opened/{shop}", _paid(shop)) for shop in numbers])


def measure_writes(name: str) -> list[BenchRow]:
    """Single posts over many, ten and one account, then batches on that one, in line and through the poster."""
    spread = _single(f"{name}: single posts over {SPREAD:,} accounts", lambda number: _paid(1 + number % SPREAD))
    hot = _single(f"{name}: single posts on {HOT} hot accounts", lambda number: _paid(1 + number % HOT))
    hottest = _single(f"{name}: single posts on one hot account", lambda _: _fee())
    batched = _batches(f"{name}: batches of {BATCH} on that hot account", _post_batch)
    requested = _batches(f"{name}: requested, then posted by the poster", _post_requested)
    return [spread, hot, hottest, _compared(batched, hottest), _compared(requested, hottest)]


def _single(name: str, make: Callable[[int], PostingEvent]) -> BenchRow:
    acknowledged: list[str] = []
    failures: list[Exception] = []
    watch, ready = Watch(), threading.Barrier(WRITERS + 1)

    def write() -> None:
        try:
            connection.ensure_connection()  # is not measured
            ready.wait()
            until = time.monotonic() + SECONDS
            while time.monotonic() < until:
                number = next(_numbers)
                with transaction.atomic():
                    posted = post(key=f"bench/{number}", event=make(number), now=datetime.now(UTC))
                acknowledged.append(posted.key)
        except Exception as error:  # a thread's edge: counted, and shown by its own words
            failures.append(error)
            print(f"  {name}: {error!r}", flush=True)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    ready.wait(PATIENCE_SECONDS)
    started = time.monotonic()
    for thread in threads:
        thread.join()
    rate = len(acknowledged) / (time.monotonic() - started)
    return BenchRow(name, rate, "postings/s", counters=watch.count(acknowledged, failed=len(failures)))


def _batches(name: str, write: Callable[[list[Posting]], list[str]]) -> BenchRow:
    acknowledged: list[str] = []
    watch, started = Watch(), time.monotonic()
    while time.monotonic() - started < SECONDS:
        acknowledged += write([Posting(f"bench/{next(_numbers)}", _fee()) for _ in range(BATCH)])
    rate = len(acknowledged) / (time.monotonic() - started)
    return BenchRow(name, rate, "postings/s", counters=watch.count(acknowledged))


def _post_batch(postings: list[Posting]) -> list[str]:
    with transaction.atomic():
        verdicts = post_batch(requests=postings, now=datetime.now(UTC))
    return [verdict.key for verdict in verdicts if verdict.kind is VerdictKind.POSTED]


def _post_requested(postings: list[Posting]) -> list[str]:
    with transaction.atomic():
        request_postings(requests=postings, now=datetime.now(UTC))
    taken = post_pending(datetime.now(UTC), BATCH)
    return [posting.key for posting in postings[:taken]]


def _compared(row: BenchRow, base: BenchRow) -> BenchRow:
    return BenchRow(row.name, row.value, row.unit, base.name, row.value / base.value, row.counters)


def _paid(shop_id: int) -> CustodySharePaid:
    return CustodySharePaid(shop_id=shop_id, share_no=f"S-{shop_id}", psp="wechatpay", amount_minor=10552)


def _fee() -> ProviderFeeCharged:
    return ProviderFeeCharged(psp="stripe", reference="PAY", amount_minor=153)
