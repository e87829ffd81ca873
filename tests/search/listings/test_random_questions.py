"""A thousand random documents and thousands of random questions: both engines answer as looking at each document does.

`./run test --long` asks all of them. A failure names its seed.
"""

import os
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from search.listings.contracts import Engine, EngineAnswer, SearchQuery, Sort
from search.listings.rules.understanding import understand
from tests.search.listings.making import make_random_listing
from tests.search.listings.oracle import Oracle
from tests.search.listings.test_engines import ENGINES, draw_query

LONG = bool(os.environ.get("JISHI_LONG"))
DOCUMENTS = 1_000
QUESTIONS = 5_000 if LONG else 100
WALKS = 200 if LONG else 6
NONE_CLOSED: frozenset[int] = frozenset()

pytestmark = pytest.mark.timeout(7_200 if LONG else 600)


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle(make_random_listing(random.Random(n), n) for n in range(1, DOCUMENTS + 1))


@pytest.fixture(scope="module", params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    for fill in ENGINES[request.param](request):
        yield fill(make_random_listing(random.Random(n), n) for n in range(1, DOCUMENTS + 1))


def draw(seed: int) -> SearchQuery:
    """A random question for a random page of its answer."""
    random_ = random.Random(seed)
    return replace(draw_query(random_), page=random_.choice([1, 1, 1, 2, 3, 9]))


def ask(engine: Engine, query: SearchQuery) -> EngineAnswer:
    return engine.search(understand(query), closed_shop_ids=NONE_CLOSED)


def is_ranked_by_words(query: SearchQuery) -> bool:
    return query.sort is Sort.BEST and bool(query.words)


def test_totals_counts_sorts_and_pages_are_the_oracles(engine: Engine, oracle: Oracle) -> None:
    counted = 0
    for seed in range(QUESTIONS):
        query = draw(seed)
        answer, expected = ask(engine, query), oracle.list_sorted(query)
        assert answer.total == len(expected), seed
        first = (query.page - 1) * query.size
        if is_ranked_by_words(query):
            assert set(answer.listing_ids) <= set(expected), seed
            assert len(answer.listing_ids) == len(expected[first : first + query.size]), seed
        else:
            assert list(answer.listing_ids) == expected[first : first + query.size], seed
        for facet in answer.facets:
            for value in facet.values:
                counted += 1
                assert value.count == oracle.count(query, facet, value.value), (seed, facet.key or facet.kind, value)
    assert counted > 10 * QUESTIONS


def test_walking_from_page_to_page_meets_every_hit_once(engine: Engine, oracle: Oracle) -> None:
    for seed in range(WALKS):
        query = replace(draw(seed), page=1, size=random.Random(seed).randint(5, 40), with_facets=False)
        expected = oracle.list_sorted(query)
        seen: list[int] = []
        while True:
            answer = ask(engine, query)
            seen += answer.listing_ids
            if not answer.next_cursor:
                break
            query = replace(query, after=answer.next_cursor)
        assert len(seen) == len(set(seen)), seed
        assert (set(seen) == set(expected)) if is_ranked_by_words(query) else (seen == expected), seed
