"""NDCG and agreement, against numbers worked out by hand."""

import pytest

from tests.search.relevance.measures import (
    count_unjudged,
    measure_condensed_ndcg,
    measure_kappa,
    measure_ndcg,
    share_within,
)

GRADES = {"a": 3, "b": 2, "c": 0}


def test_the_best_order_scores_one() -> None:
    assert measure_ndcg(["a", "b", "c"], GRADES) == 1


def test_a_swap_costs_what_the_discount_says() -> None:
    # Gains 7 and 3: (3 + 7 / log2 3) / (7 + 3 / log2 3).
    assert measure_ndcg(["b", "a"], GRADES) == pytest.approx(0.8340, abs=1e-4)


def test_an_unjudged_product_takes_a_place_and_gains_nothing() -> None:
    # (7 / log2 3 + 3 / log2 4) / (7 + 3 / log2 3).
    assert measure_ndcg(["?", "a", "b"], GRADES) == pytest.approx(0.6653, abs=1e-4)
    assert measure_condensed_ndcg(["?", "a", "b"], GRADES) == 1
    assert count_unjudged(["?", "a", "b"], GRADES) == 1


def test_only_the_first_ten_places_count() -> None:
    ten_wrong = [f"wrong {place}" for place in range(10)]
    assert measure_ndcg([*ten_wrong, "a"], GRADES) == 0
    many = {f"good {place}": 3 for place in range(20)}
    assert measure_ndcg(list(many)[10:], many) == 1


def test_nothing_found_scores_nothing() -> None:
    assert measure_ndcg([], GRADES) == 0


def test_a_query_without_a_good_product_has_no_score() -> None:
    assert measure_ndcg(["c"], {"c": 0}) is None


def test_agreement_is_counted_exactly_and_within_one() -> None:
    pairs = [(3, 3), (3, 2), (0, 2), (1, 1)]
    assert share_within(pairs, distance=0) == 0.5
    assert share_within(pairs, distance=1) == 0.75


def test_kappa_is_one_for_agreement_and_nothing_for_chance() -> None:
    assert measure_kappa([(0, 0), (3, 3), (2, 2)]) == 1
    assert measure_kappa([(0, 0), (0, 3), (3, 0), (3, 3)]) == 0
    # Seen: 1/4. By chance: 3.5 / 4 + 1.5 / 4 + 1.5 / 2 = 2, the second reader's margins being 1/4, 1/4, 1/2 and 0.
    assert measure_kappa([(0, 0), (1, 1), (2, 2), (3, 2)]) == 0.875
