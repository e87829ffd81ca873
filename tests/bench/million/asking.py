"""The questions, the naive way to answer them, and many who ask at once."""

import random
import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, connections

from search.listings.contracts import Engine, SearchQuery
from search.listings.rules.understanding import understand
from search.tokens.plain import read_plain_query
from tests.bench.contracts import BenchRow
from tests.bench.load import percentile
from tests.bench.million.crowd import Base
from tests.bench.million.progress import say
from tests.bench.million.sizes import CHECKED, CLIENTS, NONE_CLOSED, QUESTIONS, SECONDS

Ask = Callable[[SearchQuery], int]
"""Answers one question whole and says how many listings it found."""

# What one writes who has only PostgreSQL: rank all that match, and one GROUP BY for each of four facets.
_FOUND = (
    "WITH found AS (SELECT id, brand, shop_id, category_ids, parameter_keys, ts_rank(naive, query) AS rank"
    " FROM listings_listing, to_tsquery('simple', %(words)s) AS query WHERE naive @@ query) "
)
_STATEMENTS = (
    _FOUND + "SELECT count(*) FROM found",
    _FOUND + "SELECT id FROM found ORDER BY rank DESC, id DESC LIMIT 24",
    _FOUND + "SELECT brand, count(*) FROM found GROUP BY brand ORDER BY 2 DESC LIMIT 12",
    _FOUND + "SELECT shop_id, count(*) FROM found GROUP BY shop_id ORDER BY 2 DESC LIMIT 12",
    _FOUND + "SELECT c, count(*) FROM found, unnest(category_ids) AS c GROUP BY c ORDER BY 2 DESC LIMIT 12",
    _FOUND + "SELECT p, count(*) FROM found, unnest(parameter_keys) AS p GROUP BY p ORDER BY 2 DESC LIMIT 100",
)


@dataclass
class Times:
    """Milliseconds of each answer, and how many did not come."""

    taken: list[float]
    failed: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.taken) / self.seconds if self.seconds else 0.0


def draw_queries(bases: Sequence[Base], *, seed: int = 7) -> list[SearchQuery]:
    """One to three words out of the titles, some brands, some with a price band or in stock only."""
    chance = random.Random(seed)
    queries = []
    while len(queries) < QUESTIONS:
        base = chance.choice(bases)
        words = [word for word in base.title[0].split() + base.title[1].split() if 1 < len(word) < 20]
        if not words:
            continue
        picked = chance.sample(words, min(len(words), chance.choice((1, 1, 2, 2, 3))))
        queries.append(
            SearchQuery(
                words=" ".join(picked)[:100],
                price_to_minor=chance.choice((None, None, None, 50_000)),
                in_stock=chance.random() < 0.15,
            )
        )
    return queries


def asking(engine: Engine) -> Ask:
    def ask(query: SearchQuery) -> int:
        return engine.search(understand(query), closed_shop_ids=NONE_CLOSED).total

    return ask


def ask_naively(query: SearchQuery) -> int:
    tokens = ["'" + word.replace("\\", "").replace("'", "''") + "'" for word in read_plain_query(query.words)]
    with connection.cursor() as cursor:
        total = 0
        for number, statement in enumerate(_STATEMENTS):
            cursor.execute(statement, {"words": " & ".join(tokens)})
            rows = cursor.fetchall()
            total = rows[0][0] if number == 0 else total
    return total


def measure_engines(engines: Mapping[str, Ask], queries: Sequence[SearchQuery]) -> list[BenchRow]:
    measured: list[BenchRow] = []
    for clients in CLIENTS:
        named = {}
        for label, ask in engines.items():
            say(f"{label}: {clients} clients ask")
            named[label] = run(ask, queries, clients)
        for label, times in named.items():
            name = f"million: {label}, query with four facets, {clients} clients"
            measured.append(
                BenchRow(f"{name}, p50", statistics.median(times.taken), "ms", counters={"failed": times.failed})
            )
            p99, base = percentile(times.taken, 0.99), percentile(named["ts_rank"].taken, 0.99)
            other = f"million: ts_rank, query with four facets, {clients} clients, p99"
            is_base = label == "ts_rank"
            measured.append(
                BenchRow(f"{name}, p99", p99, "ms", "" if is_base else other, None if is_base else p99 / base)
            )
            measured.append(BenchRow(f"{name}, rate", times.rate, "queries/s"))
    return measured


def run(ask: Ask, queries: Sequence[SearchQuery], clients: int) -> Times:
    """So many threads ask for so long; each begins elsewhere. Those that are under way at the end still count."""
    times, lock = Times([]), threading.Lock()
    start = time.perf_counter()
    until = start + SECONDS

    def visit(number: int) -> None:
        place = number * 131
        try:
            while time.perf_counter() < until:
                began = time.perf_counter()
                place += 1
                try:
                    ask(queries[place % len(queries)])
                except Exception:  # whatever it was, the question was not answered
                    with lock:
                        times.failed += 1
                    continue
                with lock:
                    times.taken.append((time.perf_counter() - began) * 1000)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.seconds = time.perf_counter() - start
    return times


def compare_totals(engines: Mapping[str, Ask], queries: Sequence[SearchQuery]) -> BenchRow:
    """The engines must find the same number for every question that is looked up."""
    ours = [ask for label, ask in engines.items() if label != "ts_rank"]
    differing = sum(len({ask(query) for ask in ours}) > 1 for query in queries[:CHECKED])
    return BenchRow("million: totals compared between engines", CHECKED, "queries", counters={"differing": differing})
