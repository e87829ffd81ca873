"""How well search answers: NDCG@10 of the held-out judged queries, the baseline (plain BM25) beside the engines.

Measures nothing where JISHI_SAMPLE_DATA names no folder, and says so.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django

import tests.environment  # noqa: F401 - before Django, as pytest loads it

django.setup()

from onebox.elasticsearch import find_missing_tools, start_node  # noqa: E402
from tests.bench.contracts import BenchRow  # noqa: E402
from tests.fixtures.elasticsearch import make_indexes  # noqa: E402
from tests.fixtures.wechatpay import free_port  # noqa: E402
from tests.search.relevance.evaluation import ClassScore, describe_agreement, draw_table, score_queries, sum_up  # noqa: E402
from tests.search.relevance.goods import read_goods  # noqa: E402
from tests.search.relevance.judgements import read_judgements, read_second_judgements  # noqa: E402
from tests.search.relevance.queries import list_held_out, list_queries  # noqa: E402
from tests.search.relevance.rankers import (  # noqa: E402
    PLAIN,
    Ranker,
    make_elastic_ranker,
    make_plain_ranker,
    make_tantivy_ranker,
)


@contextmanager
def prepared() -> Iterator[Callable[[], list[BenchRow]]]:
    """The table once; every round gives the same rows, since nothing here is a matter of time."""
    folder = os.environ.get("JISHI_SAMPLE_DATA", "")
    if not folder or not Path(folder).is_dir():
        print("relevance: left out (JISHI_SAMPLE_DATA names no folder)", flush=True)
        yield list
        return
    scores = _evaluate(Path(folder))
    print(draw_table(scores), describe_agreement(read_judgements(), read_second_judgements()), sep="\n", flush=True)
    rows = _list_rows(scores)
    yield lambda: rows


def _evaluate(samples: Path) -> dict[str, dict[str, ClassScore]]:
    documents = read_goods(samples)
    held_out = list_held_out(list_queries())
    queries = [query for query in list_queries() if query.query_id in held_out]
    judgements = read_judgements()
    with tempfile.TemporaryDirectory() as folder, _open_node(Path(folder) / "node") as url:
        rankers: list[Ranker] = [
            make_plain_ranker(documents),
            make_tantivy_ranker(documents, Path(folder) / "index"),
        ]
        if url:
            rankers.append(make_elastic_ranker(documents, make_indexes(url), url))
        return {ranker.name: sum_up(score_queries(ranker, queries, judgements)) for ranker in rankers}


@contextmanager
def _open_node(folder: Path) -> Iterator[str]:
    """The address of a node of our own, empty where none can be built or run."""
    missing = find_missing_tools()
    if missing:
        print(f"relevance: Elasticsearch left out ({', '.join(missing)} missing)", flush=True)
        yield ""
        return
    node = start_node(folder, port=free_port())
    try:
        yield node.url
    finally:
        node.kill()


def _list_rows(scores: dict[str, dict[str, ClassScore]]) -> list[BenchRow]:
    return [
        _make_row(name, score, scores[PLAIN][kind])
        for name, classes in scores.items()
        for kind, score in classes.items()
    ]


def _make_row(name: str, score: ClassScore, plain: ClassScore) -> BenchRow:
    title = f"relevance, {score.kind}: {name}"
    if name == PLAIN or not plain.ndcg:
        return BenchRow(title, score.ndcg, "NDCG@10")
    return BenchRow(title, score.ndcg, "NDCG@10", PLAIN, score.ndcg / plain.ndcg)
