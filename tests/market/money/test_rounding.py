"""Portions and splits: nothing is lost, nothing is invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.money import BadRate, BadWeights, included_portion, portion, round_micro, split

amounts = st.integers(-(10**12), 10**12)
rates = st.integers(0, 20_000)
weight_lists = st.lists(st.integers(0, 10**9), min_size=1, max_size=50).filter(any)


@pytest.mark.parametrize(
    ("amount", "bps", "expected"),
    [(12000, 500, 600), (25500, 60, 153), (10552, 60, 63), (1, 5000, 1), (3, 5000, 2), (-3, 5000, -2), (0, 500, 0)],
)
def test_a_portion_rounds_halves_away_from_zero(amount: int, bps: int, expected: int) -> None:
    assert portion(amount, bps) == expected


@given(amounts, rates)
def test_a_negative_portion_mirrors_the_positive_one(amount: int, bps: int) -> None:
    assert portion(-amount, bps) == -portion(amount, bps)
    assert 2 * abs(portion(amount, bps) * 10_000 - amount * bps) <= 10_000


@pytest.mark.parametrize(
    ("micro", "minor"), [(0, 0), (499_999, 0), (500_000, 1), (3_437_500_000, 3_438), (-500_000, -1), (-499_999, 0)]
)
def test_micro_fen_round_halves_away_from_zero(micro: int, minor: int) -> None:
    assert round_micro(micro) == minor


@pytest.mark.parametrize(
    ("gross", "included"),
    [(600, 34), (400, 23), (250, 14), (150, 8), (4127, 234), (22838, 1293), (322, 18), (7000, 396), (99900, 5655)],
)
def test_tax_inside_a_price_is_what_rounding_the_net_leaves(gross: int, included: int) -> None:
    assert included_portion(gross, 600) == included


@given(amounts, rates)
def test_an_included_portion_has_the_sign_of_the_gross_and_is_never_more(gross: int, bps: int) -> None:
    part = included_portion(gross, bps)
    assert abs(part) <= abs(gross)
    assert part * gross >= 0
    assert included_portion(-gross, bps) == -part


def test_a_negative_rate_is_refused() -> None:
    with pytest.raises(BadRate):
        portion(100, -1)
    with pytest.raises(BadRate):
        included_portion(100, -1)


def test_the_basket_of_three_shops_splits_as_the_books_say() -> None:
    assert split(3000, (12000, 9000, 8000)) == [1241, 931, 828]
    assert split(500, (12000, 9000, 8000)) == [207, 155, 138]
    assert split(25500, (12000, 9000, 8000)) == [10552, 7914, 7034]


@given(amounts, weight_lists)
def test_parts_sum_to_the_total_and_stay_within_one_of_the_exact_share(total: int, weights: list[int]) -> None:
    parts = split(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * whole - total * weight) < whole
        assert part == 0 or weight > 0
    assert split(-total, weights) == [-part for part in parts]


def test_equal_remainders_go_to_the_earlier_parts() -> None:
    assert split(2, (1, 1, 1)) == [1, 1, 0]
    assert split(100, (1, 1, 1)) == [34, 33, 33]


@pytest.mark.parametrize("weights", [(), (0, 0), (1, -1)])
def test_weights_that_cannot_split_are_refused(weights: tuple[int, ...]) -> None:
    with pytest.raises(BadWeights):
        split(100, weights)
