"""What the table answers must be what an engine would, as far as it promises: hits, totals, sorts and pages."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.db import connection, transaction

from search.listings.contracts import ListingDocument, ListingState, SearchQuery, Sort
from search.listings.engines import postgres
from search.listings.engines.postgres import PostgresEngine
from search.listings.models import Listing
from search.listings.rules.understanding import understand
from search.listings.services.rows import make_row
from tests.conftest import Clock
from tests.search.listings.making import make_random_listing
from tests.search.listings.oracle import Oracle
from tests.search.listings.test_engines import draw_query

NONE_CLOSED: frozenset[int] = frozenset()
Fill = Callable[[int], Oracle]


@pytest.fixture
def fill(db: None, clock: Clock) -> Fill:
    """Random documents in the table, under the ids that the table gives, and before the oracle."""

    def fill(count: int) -> Oracle:
        documents = [make_random_listing(random.Random(n), n) for n in range(1, count + 1)]
        rows = [_make_row(document, clock) for document in documents]
        stored = Listing.objects.bulk_create(rows)
        return Oracle([replace(d, listing_id=row.pk) for d, row in zip(documents, stored, strict=True)])

    return fill


def _make_row(document: ListingDocument, clock: Clock) -> Listing:
    row = make_row(
        document.shop.shop_id,
        document.product_id,
        ListingState.SHOWN,
        document,
        old=None,
        source_version=1,
        now=clock.now,
    )
    row.sold_30d, row.rating_hundredths = document.sold_30d, document.rating_hundredths
    return row


def test_filters_totals_and_sorts_equal_the_oracles(fill: Fill) -> None:
    oracle, engine = fill(150), PostgresEngine()
    for seed in range(60):
        query = replace(draw_query(random.Random(seed)), words="", size=60)
        answer = engine.search(understand(query), closed_shop_ids=NONE_CLOSED)
        expected = oracle.list_sorted(query)
        assert (list(answer.listing_ids), answer.total) == (expected[:60], len(expected)), query
        assert answer.facets == ()


@pytest.mark.parametrize("words", ["马克杯", "杯", "laptop", "tn-2110", "青釉 手工", "350 ML"])
def test_words_find_what_has_all_of_them(fill: Fill, words: str) -> None:
    oracle = fill(120)
    query = SearchQuery(words=words, size=60)
    found = {document.listing_id for document in oracle.find_with_all_words(query)}
    answer = PostgresEngine().search(understand(query), closed_shop_ids=NONE_CLOSED)
    assert found and answer.total == len(found)
    assert set(answer.listing_ids) <= found


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_neither_repeat_nor_skip(fill: Fill, sort: Sort) -> None:
    oracle, engine = fill(60), PostgresEngine()
    query = SearchQuery(sort=sort, size=7)
    expected = oracle.list_sorted(query)
    seen: list[int] = []
    while True:
        answer = engine.search(understand(query), closed_shop_ids=NONE_CLOSED)
        seen += answer.listing_ids
        if not answer.next_cursor:
            break
        query = replace(query, after=answer.next_cursor)
    assert seen == expected
    second = engine.search(understand(SearchQuery(sort=sort, size=7, page=2)), closed_shop_ids=NONE_CLOSED)
    assert list(second.listing_ids) == expected[7:14]


def test_closed_shops_are_left_out(fill: Fill) -> None:
    oracle, engine = fill(60), PostgresEngine()
    closed = frozenset({1, 2})
    answer = engine.search(understand(SearchQuery(size=60)), closed_shop_ids=closed)
    expected = oracle.list_sorted(SearchQuery(size=60), closed=closed)
    assert (list(answer.listing_ids), answer.total) == (expected, len(expected))
    counts = engine.count_categories(closed_shop_ids=closed)
    assert counts[1] == len(oracle.find(SearchQuery(category_id=1), closed=closed))


# ---- Bounds ---------------------------------------------------------------------------------------


def test_of_more_than_can_be_sorted_the_newest_answer(fill: Fill, monkeypatch: pytest.MonkeyPatch) -> None:
    oracle = fill(80)
    monkeypatch.setattr(postgres, "MOST_CANDIDATES", 30)
    newest = sorted((document.listing_id for document in oracle.find(SearchQuery())), reverse=True)[:30]
    query = SearchQuery(sort=Sort.PRICE_UP, size=60)
    answer = PostgresEngine().search(understand(query), closed_shop_ids=NONE_CLOSED)
    assert answer.total == 30
    assert list(answer.listing_ids) == [pk for pk in oracle.list_sorted(query) if pk in newest]


@contextmanager
def table_locked(seconds: float) -> Iterator[None]:
    """Nobody reads listings for so long, as when the database is overwhelmed."""
    is_locked = threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("LOCK TABLE listings_listing IN ACCESS EXCLUSIVE MODE")
                is_locked.set()
                time.sleep(seconds)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert is_locked.wait(timeout=20)
    yield
    thread.join(timeout=60)


@pytest.mark.parametrize(("seconds", "total"), [(0.6, 1), (3.0, 0)])
def test_what_takes_too_long_is_looked_for_among_the_newest_and_then_given_up(
    committed_db: object, clock: Clock, seconds: float, total: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "STATEMENT_MS", 400 if total else 200)
    _make_row(make_random_listing(random.Random(1), 1), clock).save()
    with table_locked(seconds):
        began = time.monotonic()
        answer = PostgresEngine().search(understand(SearchQuery()), closed_shop_ids=NONE_CLOSED)
        assert time.monotonic() - began < 2.5
    assert answer.total == total
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
