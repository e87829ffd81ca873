"""What ads really add, in words: from visitors who were shown none."""

from dataclasses import dataclass
from datetime import date, timedelta

from market.money import format_minor
from search.serving.contracts import Arm, Lift
from search.serving.rules.lift import LEAST_BUYERS, LEAST_VISITORS, compute_lift
from search.serving.selectors import get_arms

DAYS = 28


@dataclass(frozen=True, slots=True)
class ShownLift:
    """Both groups, and the difference if there is enough to say one; sums in yuan, `lowest` to `highest` are 95 %."""

    shown: Arm
    held_out: Arm
    lift: Lift | None
    revenue: str = ""
    lowest: str = ""
    highest: str = ""
    orders: str = ""
    orders_range: str = ""
    least_visitors: int = LEAST_VISITORS
    least_buyers: int = LEAST_BUYERS


def show_lift(*, shop_id: int, today: date) -> ShownLift:
    """The weeks of the last 28 days: one statement."""
    shown, held_out = get_arms(since=today - timedelta(days=DAYS - 1), until=today, shop_id=shop_id)
    lift = compute_lift(shown, held_out)
    if lift is None:
        return ShownLift(shown, held_out, None)
    revenue, error = lift.revenue_minor, lift.revenue_error_minor
    return ShownLift(
        shown,
        held_out,
        lift,
        revenue=format_minor(revenue),
        lowest=format_minor(revenue - error),
        highest=format_minor(revenue + error),
        orders=f"{lift.orders:,.1f}",
        orders_range=f"{lift.orders - lift.orders_error:,.1f} – {lift.orders + lift.orders_error:,.1f}",
    )
