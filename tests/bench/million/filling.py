"""Filling the table and the indexes, and how soon a change is findable afterwards."""

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import psycopg
from django.db import connection
from django.utils import timezone

from market.shops.contracts import ShopStatus
from market.shops.models import Shop
from search.listings.contracts import Engine, IndexChange, Indexes, SearchQuery
from search.listings.rules.understanding import understand
from tests.bench.contracts import BenchRow
from tests.bench.million.crowd import SHOPS, Base, copy_rows, vary
from tests.bench.million.progress import say, show_progress
from tests.bench.million.sizes import BATCH, COMMITS, LISTINGS, NONE_CLOSED


def open_shops() -> None:
    """Rows of open shops, without schemas: pages of lists look at no more of a shop."""
    now = timezone.now()
    Shop.objects.bulk_create(
        Shop(
            pk=number,
            schema_name=f"crowd_{number:06d}",
            slug=f"crowd{number}",
            name_zh=f"人群{number}号店",
            mark="人",
            status=ShopStatus.OPEN.value,
            owner_id=1,
            applied_at=now,
        )
        for number in range(1, SHOPS + 1)
    )


def load_table(bases: Sequence[Base]) -> BenchRow:
    """A million rows, and beside them what the naive way needs: a vector of all words and an index on it."""
    open_shops()
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE listings_listing ADD COLUMN naive tsvector"
            " GENERATED ALWAYS AS (array_to_tsvector(words)) STORED"
        )
    with psycopg.connect(**_parameters(), autocommit=True) as own:
        copy_rows(own, bases, LISTINGS)
        say("rows: an index for ts_rank")
        own.execute("SET maintenance_work_mem = '1GB'")
        own.execute("CREATE INDEX ON listings_listing USING gin (naive)")
        own.execute("ANALYZE listings_listing")
        count = own.execute("SELECT count(*) FROM listings_listing").fetchone()
    rate = LISTINGS / (time.perf_counter() - began)
    return BenchRow(
        "million: rows loaded into PostgreSQL", rate, "rows/s", counters={"missing": LISTINGS - (count or (0,))[0]}
    )


def _parameters() -> dict[str, str]:
    settings = connection.settings_dict
    given = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {name: str(settings[key]) for name, key in given.items() if settings[key]}


def build(label: str, indexes: Indexes, bases: Sequence[Base]) -> BenchRow:
    began = time.perf_counter()
    with indexes.lock():
        indexer = indexes.make_next(lineage="million")
        done = 0
        for changes in _cut(bases):
            done += indexer.apply(changes)
            show_progress(f"{label}, entries indexed", done, LISTINGS)
        indexer.commit_empty()
        indexes.swap(indexer)
        indexer.close()
    rate = LISTINGS / (time.perf_counter() - began)
    return BenchRow(f"million: {label}, entries indexed and swapped in", rate, "documents/s")


def _cut(bases: Sequence[Base]) -> Iterator[list[IndexChange]]:
    changes = []
    for _, entry in vary(bases, LISTINGS):
        changes.append(IndexChange(entry.listing_id, entry.listing_id, entry))
        if len(changes) == BATCH:
            yield changes
            changes = []
    if changes:
        yield changes


def time_commits(label: str, indexes: Indexes, engine: Engine, bases: Sequence[Base]) -> list[BenchRow]:
    """From a change given to the indexer until a question sees it."""
    taken, missed = [], 0
    with indexes.lock():
        indexer = indexes.open_current(lineage="million")
        assert indexer is not None
        for number in range(1, COMMITS + 1):
            entry = replace(bases[number].entry, listing_id=number, title_words=(f"qzxv{number}",))
            question = understand(SearchQuery(words=f"qzxv{number}", with_facets=False))
            began = time.perf_counter()
            indexer.apply([IndexChange(LISTINGS + number, number, entry)])
            until = began + 5
            found = 0
            while not found and time.perf_counter() < until:
                found = engine.search(question, closed_shop_ids=NONE_CLOSED).total
            taken.append((time.perf_counter() - began) * 1000)
            missed += found != 1
        indexer.close()
    name = f"million: {label}, change to findable"
    return [
        BenchRow(f"{name}, p50", statistics.median(taken), "ms", counters={"missed": missed}),
        BenchRow(f"{name}, longest", max(taken), "ms"),
    ]
