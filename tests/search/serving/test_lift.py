"""What visitors bought because of ads."""

import statistics
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.serving.contracts import Arm
from search.serving.rules.lift import LEAST_BUYERS, LEAST_VISITORS, compute_lift
from tests.search.auction.markets import steady

Bought = tuple[int, int]
"""Of one visitor: orders and revenue."""


def make_arm(visitors: Sequence[Bought]) -> Arm:
    return Arm(
        visitors=len(visitors),
        buyers=sum(orders > 0 for orders, _ in visitors),
        orders=sum(orders for orders, _ in visitors),
        order_squares=sum(orders**2 for orders, _ in visitors),
        revenue_minor=sum(revenue for _, revenue in visitors),
        revenue_squares=sum(revenue**2 for _, revenue in visitors),
    )


bought = st.one_of(st.just((0, 0)), st.tuples(st.integers(1, 4), st.integers(1, 2_000_000)))
groups = st.lists(bought, min_size=LEAST_VISITORS, max_size=160)


@steady
@given(groups, groups)
def test_a_lift_is_what_statistics_of_single_visitors_say(shown: list[Bought], held_out: list[Bought]) -> None:
    lift = compute_lift(make_arm(shown), make_arm(held_out))
    if sum(orders > 0 for orders, _ in shown + held_out) < LEAST_BUYERS:
        assert lift is None
        return
    assert lift is not None
    for number, (value, error) in enumerate(
        ((lift.orders, lift.orders_error), (lift.revenue_minor, lift.revenue_error_minor))
    ):
        one, other = [row[number] for row in shown], [row[number] for row in held_out]
        difference = statistics.fmean(one) - statistics.fmean(other)
        spread = (statistics.variance(one) / len(one) + statistics.variance(other) / len(other)) ** 0.5
        assert value == pytest.approx(difference * len(one), rel=1e-6, abs=1)
        assert error == pytest.approx(1.959964 * spread * len(one), rel=1e-6, abs=1)


def test_of_few_visitors_nothing_is_said() -> None:
    many, few = make_arm([(1, 100)] * 5_000), make_arm([(1, 100)] * (LEAST_VISITORS - 1))
    assert compute_lift(many, few) is None and compute_lift(few, many) is None
    assert compute_lift(make_arm([(0, 0)] * 500), make_arm([(0, 0)] * 500)) is None, "nobody bought"


def test_what_could_be_chance_is_not_certain() -> None:
    lift = compute_lift(make_arm([(1, 1_000)] * 20 + [(0, 0)] * 980), make_arm([(1, 1_000)] * 2 + [(0, 0)] * 98))
    assert lift is not None and not lift.is_certain
    clear = compute_lift(make_arm([(1, 1_000)] * 900 + [(0, 0)] * 100), make_arm([(1, 1_000)] * 5 + [(0, 0)] * 195))
    assert clear is not None and clear.is_certain and clear.orders == pytest.approx(875)
