"""What stands beside each rate: lost, doubled and unbalanced postings, wrong balances, deadlocks, and the disk."""

import statistics
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from billing.ledger.contracts import VerdictKind
from billing.ledger.selectors import prove_ledger
from billing.ledger.services import post_batch
from tests.bench.contracts import BenchRow
from tests.bench.ledger.loading import LoadedBooks

COMMITS = 200
SAMPLED_ORDERS = 100
LEGS = 2  # of each event that the bench posts

_LAST = """
SELECT (SELECT coalesce(max(id), 0) FROM ledger_transaction), (SELECT coalesce(max(id), 0) FROM ledger_entry),
       (SELECT deadlocks FROM pg_stat_database WHERE datname = current_database())
"""

_ENTRIES = "SELECT count(*) FROM ledger_entry WHERE id > %s"

_CHECKS_OFF = "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'"

_UNBALANCED = """
SELECT count(*) FROM (
    SELECT FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
    WHERE e.id > %s
    GROUP BY e.transaction_id, a.book, a.currency
    HAVING sum(CASE e.side WHEN 'D' THEN e.amount_minor ELSE -e.amount_minor END) <> 0
) wrong
"""

# Each account that moved, walked on from the entry before: every balance, every version, and at its end the totals.
_WRONG_BALANCES = """
WITH added AS MATERIALIZED (
    SELECT account_id, account_version, side, amount_minor, balance_after_minor FROM ledger_entry WHERE id > %s
), touched AS (
    SELECT account_id, min(account_version) AS first FROM added GROUP BY account_id
), walked AS (
    SELECT e.account_id, e.account_version, e.balance_after_minor,
           t.first - 1 + row_number() OVER walk AS version,
           coalesce(before.balance_after_minor, 0)
           + sum(CASE WHEN e.side = a.normal THEN e.amount_minor ELSE -e.amount_minor END) OVER walk AS balance
    FROM added e
    JOIN touched t ON t.account_id = e.account_id
    JOIN ledger_account a ON a.id = t.account_id
    LEFT JOIN ledger_entry before ON before.account_id = t.account_id AND before.account_version = t.first - 1
    WINDOW walk AS (PARTITION BY e.account_id ORDER BY e.account_version)
)
SELECT count(*) FROM (
    SELECT FROM walked w JOIN ledger_account a ON a.id = w.account_id
    GROUP BY a.id
    HAVING NOT bool_and(w.version = w.account_version AND w.balance = w.balance_after_minor)
        OR max(w.account_version) <> a.version
        OR max(w.balance) FILTER (WHERE w.account_version = a.version)
           <> (a.posted_debits_minor - a.posted_credits_minor) * CASE a.normal WHEN 'D' THEN 1 ELSE -1 END
) wrong
"""


@dataclass
class Watch:
    """What is in the books when a measurement begins; afterwards, what is wrong with what it added."""

    transaction_id: int = field(init=False)
    entry_id: int = field(init=False)
    deadlocks: int = field(init=False)

    def __post_init__(self) -> None:
        self.transaction_id, self.entry_id, self.deadlocks = _ask(_LAST, [])

    def count(self, acknowledged: Collection[str], *, failed: int = 0) -> dict[str, int]:
        """The counters beside a rate. `acknowledged` are the keys that were answered as posted."""
        connection.close()  # sessions tell their deadlocks when they end, and this one may have had some
        (deadlocks,) = _ask("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()", [])
        found = _list_keys(self.transaction_id)
        (entries,) = _ask(_ENTRIES, [self.entry_id])
        (unbalanced,) = _ask(_UNBALANCED, [self.entry_id])
        (wrong,) = _ask(_WRONG_BALANCES, [self.entry_id])
        return {
            "missing": len(set(acknowledged).difference(found)),
            "duplicates": len(set(found).difference(acknowledged)) + abs(entries - LEGS * len(found)),
            "unbalanced": unbalanced,
            "wrong balances": wrong,
            "deadlocks": deadlocks - self.deadlocks,
            "failed": failed,
        }


def measure_commits(name: str) -> BenchRow:
    """What one commit costs, and whether it is one: fsync and synchronous_commit have to be on."""
    times = []
    for _ in range(COMMITS):
        started = time.perf_counter()
        with transaction.atomic():
            _ask(
                "SELECT pg_logical_emit_message(true, 'bench', 'a record, so that the commit has something to flush')",
                [],
            )
        times.append(1000 * (time.perf_counter() - started))
    off = {
        f"{setting} off": int(_ask(f"SHOW {setting}", [])[0] != "on")
        for setting in ("fsync", "synchronous_commit", "full_page_writes")
    }
    return BenchRow(f"{name}: a commit that reached the disk, p50", statistics.median(times), "ms", counters=off)


def prove_loaded(books: LoadedBooks) -> BenchRow:
    """All of what was loaded is proven, and orders that are posted again are recognised by key and hash."""
    started = time.perf_counter()
    proof = prove_ledger()
    seconds = time.perf_counter() - started
    step = max(1, books.orders // SAMPLED_ORDERS)
    postings = [posting for order in range(1, books.orders + 1, step) for posting in books.postings_of(order)]
    with transaction.atomic():
        verdicts = post_batch(requests=postings, now=datetime.now(UTC))
    strange = sum(verdict.kind is not VerdictKind.REPEATED for verdict in verdicts)
    (checks_off,) = _ask(_CHECKS_OFF, [])
    counters = {"unsound": int(not proof.sound), "not recognised": strange, "checks off": checks_off}
    return BenchRow(f"ledger {books.entries / 1e6:g}M: proof of all loaded entries", seconds, "s", counters=counters)


def _list_keys(after: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM ledger_transaction WHERE id > %s", [after])
        return [key for (key,) in cursor.fetchall()]


def _ask(query: str, values: list[object]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        row: tuple[Any, ...] = cursor.fetchone()
    return row
