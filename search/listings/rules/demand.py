"""How much an offer is sought, in one number that an index can hold."""

import math

MOST_APPEAL = 1_000

SOLD = 0.5
RATED = 0.2
STOCKED = 0.3
_MANY_SOLD = 10_000
_ENOUGH_RATINGS = 5


def weigh_demand(*, sold_30d: int, rating_hundredths: int, rating_count: int, in_stock: bool) -> int:
    """0 to `MOST_APPEAL`: sales of thirty days by their magnitude, the rating once a few have rated, and the stock."""
    sold = min(math.log1p(max(0, sold_30d)) / math.log1p(_MANY_SOLD), 1.0)
    rated = rating_hundredths / 500 * min(rating_count / _ENOUGH_RATINGS, 1.0)
    return round(MOST_APPEAL * (SOLD * sold + RATED * rated + STOCKED * in_stock))
