"""Balances now and at an instant, each answer checked, and how fast accounts are opened where there are many."""

import os
import random
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from billing.ledger.contracts import Balance, Code, Owner
from billing.ledger.models import Account
from billing.ledger.rules import account_of
from billing.ledger.selectors import balance_at, get_balance
from billing.ledger.services.accounts import open_accounts
from tests.bench.contracts import BenchRow
from tests.bench.fresh import fresh_database
from tests.bench.ledger.loading import PSP, SECONDS_APART, SINCE, LoadedBooks

SECONDS = float(os.environ.get("JISHI_BENCH_SECONDS", "3"))
READS = 2000
CHECKED_READS = 50
NEAR = 2000  # orders: how far from the beginning the hot account's balance is summed up again
AT_ONCE, SHOPS = 100, 1000
SEED = 20_261_122

_SUM = """
SELECT coalesce(sum(CASE WHEN e.side = a.normal THEN e.amount_minor ELSE -e.amount_minor END), 0)
FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
WHERE a.book = 'main' AND a.code = %s AND a.owner_id = %s AND e.created_at <= %s
"""


def measure_reads(name: str, books: LoadedBooks) -> list[BenchRow]:
    """An order's balance now; a shop's and the hottest account's at any instant of the year."""
    chance = random.Random(SEED)
    orders = [chance.randint(1, books.orders) for _ in range(READS)]
    shops = [Owner.of_shop(1 + order % books.shops) for order in orders]
    instants = [SINCE + timedelta(seconds=SECONDS_APART * order) for order in orders]
    owners = [Owner.of_order(1 + order % books.shops, f"B-{order}") for order in orders]

    def now(place: int) -> Balance:
        return get_balance(code=Code.ESCROW, owner=owners[place])

    def then(place: int) -> int:
        return balance_at(code=Code.PAYABLE, owner=shops[place], at=instants[place])

    def hot(place: int) -> int:
        return balance_at(code=Code.PSP_RECEIVABLE, owner=Owner.of_psp(PSP), at=instants[place])

    wrong_now = sum(now(place) != Balance(version=2) for place in range(READS))
    wrong_then = sum(
        then(place) != _sum_up(Code.PAYABLE, shops[place].id, instants[place]) for place in range(CHECKED_READS)
    )
    near = [SINCE + timedelta(seconds=SECONDS_APART * chance.randint(1, NEAR)) for _ in range(CHECKED_READS)]
    wrong_hot = sum(
        balance_at(code=Code.PSP_RECEIVABLE, owner=Owner.of_psp(PSP), at=at) != _sum_near(at) for at in near
    )
    return [
        *_latencies(f"{name}: balance read", now, wrong_now),
        *_latencies(f"{name}: balance at an instant", then, wrong_then),
        *_latencies(f"{name}: that of the hottest account", hot, wrong_hot),
    ]


def measure_opening(name: str) -> list[BenchRow]:
    """Accounts opened a second, in the empty books of another database and in these."""
    with fresh_database(purpose="empty"):
        empty = _open("ledger 0M: accounts opened, none there before")
    accounts = Account.objects.count()
    full = _open(f"{name}: accounts opened, {accounts / 1e6:.1g}M there before")
    return [empty, BenchRow(full.name, full.value, full.unit, empty.name, full.value / empty.value, full.counters)]


def _open(name: str) -> BenchRow:
    begin = time.time_ns()  # other owners in every round
    opened = 0
    # The first change of a page after a checkpoint is logged with the whole page: each shop's place in the index has
    # had its first one before anything is measured.
    while opened < SHOPS:
        opened += _open_some(begin, opened)
    before, opened_before, started = Account.objects.count(), opened, time.monotonic()
    while time.monotonic() - started < SECONDS:
        opened += _open_some(begin, opened)
    rate = (opened - opened_before) / (time.monotonic() - started)
    missing = before + opened - opened_before - Account.objects.count()
    return BenchRow(name, rate, "accounts/s", counters={"missing": missing})


def _open_some(begin: int, first: int) -> int:
    numbers = range(first, first + AT_ONCE)
    refs = [account_of(Code.ESCROW, Owner.of_order(1 + number % SHOPS, f"N-{begin}-{number}")) for number in numbers]
    with transaction.atomic():
        return len(open_accounts(refs=refs, now=datetime.now(UTC)))


def _latencies(name: str, read: Callable[[int], object], wrong: int) -> list[BenchRow]:
    times = []
    for place in range(READS):
        started = time.perf_counter()
        read(place)
        times.append(1000 * (time.perf_counter() - started))
    shares = statistics.quantiles(times, n=100)
    counters = {"wrong": wrong}
    return [BenchRow(f"{name}, {word}", shares[at], "ms", counters=counters) for word, at in (("p50", 49), ("p99", 98))]


def _sum_near(at: datetime) -> int:
    return _sum_up(Code.PSP_RECEIVABLE, PSP, at)


def _sum_up(code: Code, owner_id: str, at: datetime) -> int:
    values: Sequence[object] = [code.value, owner_id, at]
    with connection.cursor() as cursor:
        cursor.execute(_SUM, values)
        return int(cursor.fetchone()[0])
