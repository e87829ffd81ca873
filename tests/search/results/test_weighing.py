"""Weights age by themselves, and what everybody looks at belongs to nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.results.contracts import Bond
from search.results.rules.weighing import HALF_LIFE_DAYS, score_pair, weigh

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.mark.parametrize("bond", Bond)
def test_a_count_halves_in_a_half_life(bond: Bond) -> None:
    day = NOW.date()
    assert weigh(bond, day + timedelta(days=HALF_LIFE_DAYS[bond])) == pytest.approx(2 * weigh(bond, day))


@given(st.permutations([0, 3, 30, 31, 90]))
def test_weights_are_sums_in_any_order(days: list[int]) -> None:
    weights = [weigh(Bond.LOOKED, NOW.date() + timedelta(days=day)) for day in days]
    assert sum(weights) == pytest.approx(sum(sorted(weights)))


def test_weights_do_not_overflow_for_eighty_years() -> None:
    assert weigh(Bond.LOOKED, NOW.date() + timedelta(days=365 * 80)) < float("inf")


def test_a_bestseller_that_everybody_looks_at_loses_to_what_belongs_together() -> None:
    one = weigh(Bond.LOOKED, NOW.date())
    close = score_pair(Bond.LOOKED, together=30 * one, one=40 * one, other=50 * one, now=NOW)
    famous = score_pair(Bond.LOOKED, together=35 * one, one=40 * one, other=20_000 * one, now=NOW)
    assert close > 5 * famous


def test_the_same_share_of_more_looks_is_believed_more() -> None:
    one = weigh(Bond.LOOKED, NOW.date())
    few = score_pair(Bond.LOOKED, together=3 * one, one=3 * one, other=3 * one, now=NOW)
    many = score_pair(Bond.LOOKED, together=300 * one, one=300 * one, other=300 * one, now=NOW)
    assert few < many < 1


def test_what_was_counted_long_ago_is_believed_less() -> None:
    old = 10 * weigh(Bond.LOOKED, NOW.date() - timedelta(days=300))
    new = 10 * weigh(Bond.LOOKED, NOW.date())
    assert score_pair(Bond.LOOKED, together=old, one=old, other=old, now=NOW) < 0.01
    assert score_pair(Bond.LOOKED, together=new, one=new, other=new, now=NOW) > 0.7


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0, 1e9))
def test_a_score_is_between_nothing_and_one(together: float, one: float, other: float) -> None:
    assert 0.0 <= score_pair(Bond.BOUGHT, together=together, one=one, other=other, now=NOW) <= 1.0
