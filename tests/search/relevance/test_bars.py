"""What both engines must reach on queries that nobody tuned them on, beside plain BM25 over all text."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.listings.contracts import ListingDocument
from tests.fixtures.elasticsearch import make_indexes
from tests.search.relevance.evaluation import ALL, ClassScore, draw_table, score_queries, sum_up
from tests.search.relevance.goods import read_goods
from tests.search.relevance.judgements import read_judgements
from tests.search.relevance.queries import list_held_out, list_queries
from tests.search.relevance.rankers import PLAIN, Ranker, make_elastic_ranker, make_plain_ranker, make_tantivy_ranker

BETTER_THAN_PLAIN = 1.15
SHARE_OF_EMPTY = 1 / 3

Scores = dict[str, ClassScore]


@pytest.fixture(scope="module")
def goods(sample_data: Path) -> list[ListingDocument]:
    return read_goods(sample_data)


@pytest.fixture(scope="module")
def plain(goods: list[ListingDocument]) -> Scores:
    return score(make_plain_ranker(goods))


def _open_tantivy(request: pytest.FixtureRequest, goods: list[ListingDocument]) -> Iterator[Ranker]:
    yield make_tantivy_ranker(goods, request.getfixturevalue("tmp_path_factory").mktemp("relevance"))


def _open_elastic(request: pytest.FixtureRequest, goods: list[ListingDocument]) -> Iterator[Ranker]:
    url = request.getfixturevalue("elasticsearch_url")
    indexes = make_indexes(url)
    yield make_elastic_ranker(goods, indexes, url)
    indexes.remove_all()


ENGINES = {"tantivy": _open_tantivy, "elastic": _open_elastic}


@pytest.fixture(scope="module", params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, goods: list[ListingDocument]) -> Iterator[Scores]:
    for ranker in ENGINES[request.param](request, goods):
        yield score(ranker)


def score(ranker: Ranker) -> Scores:
    """What it scores on the held-out part."""
    held_out = list_held_out(list_queries())
    queries = [query for query in list_queries() if query.query_id in held_out]
    return sum_up(score_queries(ranker, queries, read_judgements()))


def test_search_answers_better_than_plain_bm25(engine: Scores, plain: Scores) -> None:
    assert engine[ALL].ndcg >= BETTER_THAN_PLAIN * plain[ALL].ndcg, draw_table({PLAIN: plain, "engine": engine})


def test_no_class_of_queries_is_answered_worse(engine: Scores, plain: Scores) -> None:
    worse = [kind for kind in plain if engine[kind].ndcg < plain[kind].ndcg]
    assert not worse, draw_table({PLAIN: plain, "engine": engine})


def test_few_queries_find_nothing(engine: Scores, plain: Scores) -> None:
    assert engine[ALL].empty <= SHARE_OF_EMPTY * plain[ALL].empty, draw_table({PLAIN: plain, "engine": engine})
