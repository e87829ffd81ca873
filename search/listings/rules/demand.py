"""How much an offer is sought, in one number that an index can hold."""

import math

MOST_APPEAL = 1_000

SOLD = 0.4
RATED = 0.15
LIKED = 0.15
STOCKED = 0.3
_MANY_SOLD = 10_000
_ENOUGH_RATINGS = 5


def weigh_demand(
    *, sold_30d: int, rating_hundredths: int, rating_count: int, liked_percent: int, in_stock: bool
) -> int:
    """0 to `MOST_APPEAL`: the magnitude of thirty days' sales, the rating once a few have rated, clicks, the stock."""
    sold = min(math.log1p(max(0, sold_30d)) / math.log1p(_MANY_SOLD), 1.0)
    rated = rating_hundredths / 500 * min(rating_count / _ENOUGH_RATINGS, 1.0)
    liked = liked_percent / 100
    return round(MOST_APPEAL * (SOLD * sold + RATED * rated + LIKED * liked + STOCKED * in_stock))


def grade_lift(lift_bps: int) -> int:
    """How much an offer is liked in per cent, from how much more it is clicked than an average one (10,000).

    Twice as often is 75, half as often 25. In steps of ten around 50, so that few clicks more change no index.
    """
    doublings = math.log2(max(lift_bps, 1) / 10_000)
    return min(max(50 + 10 * round(2.5 * doublings), 0), 100)
