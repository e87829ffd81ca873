"""How fast search answers: a question with facets, against the same answer from PostgreSQL with `ts_rank`.

`python -m tests.bench.search` prints the rows, over 20,000 invented listings (JISHI_BENCH_LISTINGS), on a database and
an index made for it and dropped.
"""

import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import django
from django.db import connection

import tests.environment  # noqa: F401 - before Django, as pytest loads it

django.setup()

from search.listings.contracts import AttributeTick, IndexChange, ListingDocument, ListingState, SearchQuery  # noqa: E402
from search.listings.engines.tantivy.engine import TantivyEngine  # noqa: E402
from search.listings.engines.tantivy.files import IndexFiles  # noqa: E402
from search.listings.engines.tantivy.writer import TantivyIndexer  # noqa: E402
from search.listings.models import Listing  # noqa: E402
from search.listings.rules.entries import make_entry  # noqa: E402
from search.listings.rules.understanding import understand  # noqa: E402
from search.listings.services.rows import make_row  # noqa: E402
from tests.bench.contracts import BenchRow  # noqa: E402
from tests.bench.fresh import fresh_database  # noqa: E402
from tests.search.listings.oracle import Oracle  # noqa: E402
from tests.search.listings.samples import make_many  # noqa: E402

LISTINGS = int(os.environ.get("JISHI_BENCH_LISTINGS", "20000"))
SECONDS = float(os.environ.get("JISHI_BENCH_SECONDS", "3"))
ROUNDS = 3
COMMITS = 20
CHECKED = 4
NONE_CLOSED: frozenset[int] = frozenset()

WORDS = ("手工 马克杯", "陶瓷 茶壶", "充电 台灯", "防水 双肩包", "纯棉 连衣裙", "静音 键盘", "复古 手机壳", "轻便 跑鞋")
QUERIES = tuple(
    SearchQuery(words=words, price_to_minor=high, attributes=ticks)
    for words, high, ticks in itertools.product(
        WORDS, (None, 300_000), ((), (AttributeTick("参数1", ("值1", "值2", "值3")),))
    )
)

# What one writes who has only PostgreSQL: rank all that match, and one GROUP BY for each of four facets.
_FOUND = (
    "WITH found AS (SELECT id, brand, shop_id, category_ids, parameter_keys, price_minor,"
    " ts_rank(naive, query) AS rank FROM listings_listing, plainto_tsquery('simple', %(words)s) AS query"
    " WHERE naive @@ query AND price_minor <= %(high)s AND parameter_keys && %(keys)s) "
)
_STATEMENTS = (
    _FOUND + "SELECT id FROM found ORDER BY rank DESC, id DESC LIMIT 24",
    _FOUND + "SELECT count(*) FROM found",
    _FOUND + "SELECT brand, count(*) FROM found GROUP BY brand ORDER BY 2 DESC LIMIT 12",
    _FOUND + "SELECT shop_id, count(*) FROM found GROUP BY shop_id ORDER BY 2 DESC LIMIT 12",
    _FOUND + "SELECT c, count(*) FROM found, unnest(category_ids) AS c GROUP BY c ORDER BY 2 DESC LIMIT 12",
    _FOUND + "SELECT p, count(*) FROM found, unnest(parameter_keys) AS p GROUP BY p ORDER BY 2 DESC LIMIT 100",
)


def rows() -> list[BenchRow]:
    """Every row, in one run on one fresh database and index."""
    documents = list(make_many(LISTINGS))
    with tempfile.TemporaryDirectory() as folder, fresh_database(as_owner=True):
        files = IndexFiles(Path(folder))
        built = _build(files, documents)
        _store(documents)
        engine = TantivyEngine(files.root)
        asked = _time("search: query with all facets", lambda query: _ask(engine, query))
        hits = _time("search: query, hits only", lambda query: _ask(engine, query, facets=False))
        naive = _time("search: the same with ts_rank and four GROUP BY", _ask_naively)
        wrong = {"wrong totals": _count_wrong(engine, documents)}
        commits = _time_commits(files, engine)
    return [
        built,
        *(_compare(row, base) for row, base in zip(asked, naive, strict=True)),
        *hits,
        *naive,
        commits,
        BenchRow("search: totals looked up one by one", float(CHECKED), "queries", counters=wrong),
    ]


def _ask(engine: TantivyEngine, query: SearchQuery, *, facets: bool = True) -> None:
    query = replace(query, with_facets=facets)
    engine.search(understand(query), closed_shop_ids=NONE_CLOSED)


def _ask_naively(query: SearchQuery) -> None:
    values = query.attributes[0].values if query.attributes else tuple(f"值{n}" for n in range(1, 13))
    keys = [f"参数1\x1f{value}" for value in values]
    given = {"words": query.words, "high": query.price_to_minor or 10**12, "keys": keys}
    with connection.cursor() as cursor:
        for statement in _STATEMENTS:
            cursor.execute(statement, given)
            cursor.fetchall()


def _time(name: str, ask: Callable[[SearchQuery], None]) -> list[BenchRow]:
    for query in QUERIES:
        ask(query)
    taken: list[float] = []
    for _ in range(ROUNDS):
        until = time.monotonic() + SECONDS / ROUNDS
        for query in itertools.cycle(QUERIES):
            began = time.perf_counter()
            ask(query)
            taken.append((time.perf_counter() - began) * 1000)
            if time.monotonic() > until:
                break
    cuts = statistics.quantiles(taken, n=100)
    return [BenchRow(f"{name}, p50", statistics.median(taken), "ms"), BenchRow(f"{name}, p99", cuts[98], "ms")]


def _time_commits(files: IndexFiles, engine: TantivyEngine) -> BenchRow:
    """From a change given to the indexer until a question sees it."""
    folder = files.find_current()
    assert folder is not None
    indexer = TantivyIndexer(folder)
    taken, missed = [], 0
    for number, document in enumerate(make_many(COMMITS, seed=2), start=1):
        entry = make_entry(document)
        began = time.perf_counter()
        indexer.apply([IndexChange(LISTINGS + number, LISTINGS + number, replace(entry, listing_id=LISTINGS + number))])
        answer = engine.search(understand(SearchQuery(with_facets=False)), closed_shop_ids=NONE_CLOSED)
        taken.append((time.perf_counter() - began) * 1000)
        missed += answer.total != LISTINGS + number
    indexer.close()
    return BenchRow("search: change to findable, p50", statistics.median(taken), "ms", counters={"missed": missed})


def _build(files: IndexFiles, documents: Sequence[ListingDocument]) -> BenchRow:
    folder = files.make_next()
    indexer = TantivyIndexer(folder)
    began = time.perf_counter()
    count = indexer.apply(IndexChange(n, d.listing_id, make_entry(d)) for n, d in enumerate(documents, start=1))
    rate = count / (time.perf_counter() - began)
    indexer.close()
    files.swap(folder)
    return BenchRow("search: documents made into tokens and indexed", rate, "documents/s")


def _store(documents: Sequence[ListingDocument]) -> None:
    """The same listings as rows, with what the naive way needs: a vector of all text and an index on it."""
    now = datetime.now(UTC)
    for start in range(0, len(documents), 2_000):
        some = documents[start : start + 2_000]
        Listing.objects.bulk_create(
            make_row(d.shop.shop_id, d.product_id, ListingState.SHOWN, d, old=None, source_version=1, now=now)
            for d in some
        )
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE listings_listing ADD COLUMN naive tsvector")
        cursor.execute("UPDATE listings_listing SET naive = array_to_tsvector(words)")
        cursor.execute("CREATE INDEX ON listings_listing USING gin (naive)")
        cursor.execute("ANALYZE listings_listing")


def _count_wrong(engine: TantivyEngine, documents: Sequence[ListingDocument]) -> int:
    """Totals of a few questions, against looking at every document."""
    oracle = Oracle(documents)
    wrong = 0
    for query in QUERIES[:: len(QUERIES) // CHECKED]:
        answer = engine.search(understand(query), closed_shop_ids=NONE_CLOSED)
        wrong += answer.total != len(oracle.find(query))
    return wrong


def _compare(row: BenchRow, base: BenchRow) -> BenchRow:
    return replace(row, base=base.name, ratio=row.value / base.value)


if __name__ == "__main__":
    for row in rows():
        ratio = f"{row.ratio:.3f}" if row.ratio else ""
        print(f"{row.name:60} {row.value:12.2f} {row.unit:12} {ratio:8} {dict(row.counters) or ''}")
