"""Scores by class, of a ranker that is known."""

from collections.abc import Mapping, Sequence

import pytest

from tests.search.relevance.evaluation import ALL, draw_table, score_queries, sum_up
from tests.search.relevance.queries import JudgedQuery

QUERIES = [
    JudgedQuery("q001", "single", "both", "mug"),
    JudgedQuery("q002", "single", "both", "teapot"),
    JudgedQuery("q003", "typo", "both", "mgu"),
    JudgedQuery("q004", "typo", "both", "nothing like it"),
]
JUDGEMENTS = {"q001": {"a": 3}, "q002": {"a": 3, "b": 0}, "q003": {"a": 2}, "q004": {"b": 0}}


class KnownRanker:
    """Answers from a list."""

    name = "known"

    def __init__(self, answers: Mapping[str, Sequence[str]]) -> None:
        self._answers = answers

    def rank(self, words: str, *, size: int = 10) -> list[str]:
        return list(self._answers.get(words, ()))[:size]


def test_scores_are_means_over_the_queries_of_a_class() -> None:
    ranker = KnownRanker({"mug": ["a"], "teapot": ["b", "?", "a"], "nothing like it": ["b"]})
    scores = sum_up(score_queries(ranker, QUERIES, JUDGEMENTS))
    assert list(scores) == [ALL, "single", "typo"]
    assert scores["single"].ndcg == pytest.approx((1 + 1 / 2) / 2)
    assert scores["single"].condensed == pytest.approx((1 + 0.6309) / 2, abs=1e-4)
    assert scores["single"].unjudged == pytest.approx(1 / 4)
    # What finds nothing scores nothing; a query that nothing answers has no score.
    assert scores["typo"].ndcg == 0
    assert [scores[kind].empty for kind in scores] == [1, 0, 1]
    assert scores[ALL].ndcg == pytest.approx((1 + 1 / 2 + 0) / 3)


def test_the_table_has_a_line_a_class_and_a_column_a_ranker() -> None:
    scores = sum_up(score_queries(KnownRanker({"mug": ["a"]}), QUERIES, JUDGEMENTS))
    lines = draw_table({"plain": scores, "known": scores}).splitlines()
    assert [line.split()[0] for line in lines] == ["class", ALL, "single", "typo"]
    assert "plain" in lines[0] and "known" in lines[0]
