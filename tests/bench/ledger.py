"""How fast the books are written and read: single posts, spread and hot, against batches on one hot account.

`python -m tests.bench.ledger` prints the rows, on a database made for it and dropped; fsync is as the server has it.
"""

import itertools
import os
import statistics
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import django
from django.db import connection, transaction

import tests.environment  # noqa: F401 - before Django, as pytest loads it

django.setup()

from billing.ledger.contracts import Code, Owner  # noqa: E402
from billing.ledger.models import Transaction  # noqa: E402
from billing.ledger.rules import CustodySharePaid, Posting, PostingEvent, ProviderFeeCharged  # noqa: E402
from billing.ledger.selectors import balance_at, get_balance, prove_ledger  # noqa: E402
from billing.ledger.services import post, post_batch, post_pending, request_postings  # noqa: E402
from tests.bench.contracts import BenchRow  # noqa: E402
from tests.bench.fresh import fresh_database  # noqa: E402

SECONDS = float(os.environ.get("JISHI_BENCH_SECONDS", "3"))
WRITERS = 8
BATCH = 500
SHOPS = 1000
READS = 2000

_numbers = itertools.count(1)


def rows() -> list[BenchRow]:
    """Every row, in one run on one fresh database."""
    with fresh_database():
        measured = [*_writes(), *_reads()]
        wrong = {"unsound": 0 if prove_ledger().sound else 1}
    return [*measured, BenchRow("ledger: proof after the run", 1.0, "run", counters=wrong)]


def _writes() -> list[BenchRow]:
    spread = _single_posts("ledger: single posts over 1,000 shops", lambda number: _paid(number % SHOPS))
    hot = _single_posts("ledger: single posts on one hot account", lambda _: _fee())
    batched = _batches("ledger: batches of 500 on that hot account", _post_batch)
    requested = _batches("ledger: requested, then posted by the poster", _post_requested)
    return [spread, hot, _compared(batched, hot), _compared(requested, hot)]


def _single_posts(name: str, make: Callable[[int], PostingEvent]) -> BenchRow:
    posted = [0] * WRITERS
    until = time.monotonic() + SECONDS

    def write(writer: int) -> None:
        while time.monotonic() < until:
            number = next(_numbers)
            with transaction.atomic():
                post(key=f"bench/{number}", event=make(number), now=datetime.now(UTC))
            posted[writer] += 1
        connection.close()

    before = Transaction.objects.count()
    started = time.monotonic()
    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = sum(posted) / (time.monotonic() - started)
    return BenchRow(name, rate, "postings/s", counters={"missing": before + sum(posted) - Transaction.objects.count()})


def _batches(name: str, write: Callable[[list[Posting]], None]) -> BenchRow:
    before, posted = Transaction.objects.count(), 0
    started = time.monotonic()
    while time.monotonic() - started < SECONDS:
        write([Posting(f"bench/{next(_numbers)}", _fee()) for _ in range(BATCH)])
        posted += BATCH
    rate = posted / (time.monotonic() - started)
    return BenchRow(name, rate, "postings/s", counters={"missing": before + posted - Transaction.objects.count()})


def _post_batch(postings: list[Posting]) -> None:
    with transaction.atomic():
        post_batch(requests=postings, now=datetime.now(UTC))


def _post_requested(postings: list[Posting]) -> None:
    with transaction.atomic():
        request_postings(requests=postings, now=datetime.now(UTC))
    post_pending(datetime.now(UTC), BATCH)


def _reads() -> list[BenchRow]:
    at = datetime.now(UTC)
    owners = [Owner.of_shop(number % SHOPS) for number in range(READS)]
    now = _p99_ms(lambda number: get_balance(code=Code.CUSTODY_OWED, owner=owners[number]))
    then = _p99_ms(lambda number: balance_at(code=Code.CUSTODY_OWED, owner=owners[number], at=at))
    hot = _p99_ms(lambda _: balance_at(code=Code.PSP_FEE, at=at))
    return [
        BenchRow("ledger: balance read, p99", now, "ms"),
        BenchRow("ledger: balance at an instant, p99", then, "ms"),
        BenchRow("ledger: balance at an instant of the hot account, p99", hot, "ms"),
    ]


def _p99_ms(read: Callable[[int], object]) -> float:
    times = []
    for number in range(READS):
        started = time.perf_counter()
        read(number)
        times.append(1000 * (time.perf_counter() - started))
    return statistics.quantiles(times, n=100)[98]


def _compared(row: BenchRow, base: BenchRow) -> BenchRow:
    return BenchRow(row.name, row.value, row.unit, base.name, row.value / base.value, row.counters)


def _paid(shop_id: int) -> CustodySharePaid:
    return CustodySharePaid(shop_id=shop_id, share_no=f"S-{shop_id}", psp="wechatpay", amount_minor=10552)


def _fee() -> ProviderFeeCharged:
    return ProviderFeeCharged(psp="stripe", reference="PAY", amount_minor=153)


if __name__ == "__main__":
    for found in rows():
        ratio = f"  {found.ratio:6.1f} x {found.base}" if found.ratio else ""
        print(f"{found.name:56} {found.value:10.2f} {found.unit}{ratio}  {dict(found.counters) or ''}")
