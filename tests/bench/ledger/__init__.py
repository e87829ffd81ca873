"""How fast the books are written and read with ten million entries in them.

Beside each number stands the proof that nothing of it was lost, doubled, unbalanced or deadlocked.

A commit is one that reached the disk: with fsync or synchronous_commit off the bench fails. `JISHI_BENCH_QUICK` takes a
small share of the entries and says so in each row's name.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import django

import tests.environment  # noqa: F401 - before Django, as pytest loads it

django.setup()

from tests.bench.contracts import BenchRow  # noqa: E402
from tests.bench.fresh import fresh_database  # noqa: E402
from tests.bench.ledger.loading import LoadedBooks, load_books  # noqa: E402
from tests.bench.ledger.proving import measure_commits, prove_loaded  # noqa: E402
from tests.bench.ledger.reading import measure_opening, measure_reads  # noqa: E402
from tests.bench.ledger.writing import measure_writes, open_custody  # noqa: E402

QUICK = bool(os.environ.get("JISHI_BENCH_QUICK"))
ORDERS = 20_000 if QUICK else 1_000_000
SHOPS = 1000


@contextmanager
def prepared() -> Iterator[Callable[[], list[BenchRow]]]:
    """Loaded books; each call measures one round on them. They are proven whole in the first."""
    with fresh_database(purpose="books") as database:
        books = load_books(database, orders=ORDERS, shops=SHOPS)
        open_custody(SHOPS)
        first = [prove_loaded(books)]
        yield lambda: [*measure_round(books), *(first.pop() for _ in first[:1])]


def measure_round(books: LoadedBooks) -> list[BenchRow]:
    """What a commit costs, then writes, reads and openings. Names tell how many millions of entries there are."""
    name = f"ledger {books.entries / 1e6:g}M"
    return [measure_commits(name), *measure_writes(name), *measure_reads(name, books), *measure_opening(name)]
