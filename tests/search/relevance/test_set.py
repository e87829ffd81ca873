"""The judged set is what was frozen, and whole."""

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from tests.search.relevance.goods import name_product, read_goods
from tests.search.relevance.judgements import list_pairs, read_judgements, read_second_judgements
from tests.search.relevance.measures import measure_kappa, share_within
from tests.search.relevance.queries import list_held_out, list_queries, list_read_twice

FOLDER = Path(__file__).parent
FROZEN = {
    "queries.tsv": "5fdf4acd25daf617b165e98d40440b03ac3613276fc0a5a60b56201d223c38a9",
    "grades.tsv": "df0b08dc15b648b3caf070ad329e6f10caf9bca0058760012b608e60ae071512",
    "second.tsv": "1f5adcfd07b4791b27cad2a0eadc368762e484f805447bf29f58d3f0753d8096",
}
CLASSES = {"single", "brand", "model", "attribute", "typo", "pinyin", "question", "zh", "en", "mixed"}


@pytest.mark.parametrize("name", FROZEN)
def test_the_frozen_files_are_as_they_were(name: str) -> None:
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == FROZEN[name]


def test_there_are_enough_queries_of_every_class() -> None:
    queries = list_queries()
    counts = Counter(query.kind for query in queries)
    assert len(queries) >= 250
    assert counts.keys() == CLASSES
    assert min(counts.values()) >= 22
    assert len({query.words for query in queries}) == len(queries)
    assert {query.aim for query in queries} == {"icecat", "newbee", "both"}


def test_three_tenths_of_every_class_are_held_out() -> None:
    queries = list_queries()
    held_out = list_held_out(queries)
    counts = Counter(query.kind for query in queries)
    for kind, count in Counter(query.kind for query in queries if query.query_id in held_out).items():
        assert count == round(0.3 * counts[kind])
    assert list_held_out(queries) == held_out


def test_a_fifth_is_read_twice() -> None:
    queries = list_queries()
    assert 0.18 <= len(list_read_twice(queries)) / len(queries) <= 0.22


def test_every_query_has_its_pool_judged() -> None:
    judgements = read_judgements()
    assert judgements.keys() == {query.query_id for query in list_queries()}
    assert all(len(grades) >= 10 for grades in judgements.values())
    assert {grade for grades in judgements.values() for grade in grades.values()} == {0, 1, 2, 3}


def test_two_readers_agree() -> None:
    second = read_second_judgements()
    assert second.keys() == list_read_twice(list_queries())
    pairs = list_pairs(read_judgements(), second)
    assert share_within(pairs, distance=1) >= 0.95
    assert measure_kappa(pairs) >= 0.8


def test_every_judged_product_is_among_the_goods(sample_data: Path) -> None:
    names = [name_product(document) for document in read_goods(sample_data)]
    assert len(set(names)) == len(names)
    assert {product for grades in read_judgements().values() for product in grades} <= set(names)
