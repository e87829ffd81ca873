"""What ads really add: how visitors who were shown some differ from those who were shown none.

The difference of two means has the interval of Welch (1947), with the normal quantile, since both groups are large when
anything is said. Nothing is charged by it, so it is the one thing here that may be a float.
"""

from math import sqrt

from search.serving.contracts import Arm, Lift

LEAST_VISITORS = 100
LEAST_BUYERS = 10
"""Of each group so many visitors, and of both together so many buyers; before, nothing is said."""

_NORMAL_95 = 1.959964


def compute_lift(shown: Arm, held_out: Arm) -> Lift | None:
    """What ads added to all who were shown some, with its interval of 95 %; None while there is not enough to say."""
    if min(shown.visitors, held_out.visitors) < LEAST_VISITORS or shown.buyers + held_out.buyers < LEAST_BUYERS:
        return None
    orders, orders_error = _compare(
        (shown.orders, shown.order_squares, shown.visitors),
        (held_out.orders, held_out.order_squares, held_out.visitors),
    )
    revenue, revenue_error = _compare(
        (shown.revenue_minor, shown.revenue_squares, shown.visitors),
        (held_out.revenue_minor, held_out.revenue_squares, held_out.visitors),
    )
    people = shown.visitors
    return Lift(
        orders=orders * people,
        orders_error=orders_error * people,
        revenue_minor=round(revenue * people),
        revenue_error_minor=round(revenue_error * people),
    )


def _compare(one: tuple[int, int, int], other: tuple[int, int, int]) -> tuple[float, float]:
    """The difference of two means and half of its interval, from sums, sums of squares and numbers."""
    (sum_1, _, n_1), (sum_2, _, n_2) = one, other
    error = _NORMAL_95 * sqrt(_variance(*one) / n_1 + _variance(*other) / n_2)
    return sum_1 / n_1 - sum_2 / n_2, error


def _variance(total: int, squares: int, number: int) -> float:
    """Of a sample; exact in integers up to the one division."""
    return (squares * number - total * total) / (number * (number - 1))
