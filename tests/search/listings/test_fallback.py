"""What the table answers must be what an engine would, as far as it promises: hits, totals, sorts and pages."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from search.listings.contracts import ListingDocument, ListingState, SearchQuery, Sort
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
def test_words_find_what_the_engine_finds(fill: Fill, words: str) -> None:
    oracle = fill(120)
    query = SearchQuery(words=words, size=60)
    found = {document.listing_id for document in oracle.find(query)}
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
