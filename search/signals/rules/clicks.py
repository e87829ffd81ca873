"""What clicks say of an offer once the place where it stood is taken out, and few clicks are not believed too much.

Position-based model (Richardson, Dominowska, Ragno, "Predicting Clicks", WWW 2007): a click is an examination times a
liking. How likely a place is examined falls as `position ** -0.6`, between the square root and the reciprocal that
Joachims, Swaminathan, Schnabel ("Unbiased Learning-to-Rank with Biased Feedback", WSDM 2017) use; the staff page shows
it beside what is measured. The estimate is the mean of a beta posterior whose prior is the market's average.
"""

import math

from search.signals.contracts import (
    LEAST_LIFT_BPS,
    MOST_LIFT_BPS,
    NEUTRAL_LIFT_BPS,
    OfferFigures,
)

DECAY = 0.6
PRIOR_EXAMINED = 20.0
"""How many examinations the prior is worth: until about so many, an offer is taken for an average one."""
AVERAGE_CLICKS = 0.08
"""Clicks per examination where nothing is known of the market yet."""


def weigh_position(position: int | None) -> int:
    """How likely a place is looked at, in basis points of the first place. Where the place is unknown: the first."""
    return round(10_000 * math.pow(max(position or 1, 1), -DECAY))


def estimate_clicks(*, clicked: int, examined: float, average: float = AVERAGE_CLICKS) -> float:
    """Clicks per examination of an offer, 0 to 1, drawn towards the market's average."""
    estimate = (clicked + average * PRIOR_EXAMINED) / (max(examined, 0.0) + PRIOR_EXAMINED)
    return min(estimate, 1.0)


def measure_lift(figures: OfferFigures, *, average: float) -> int:
    """How much more an offer is clicked than an average one at the same places.

    In basis points: 10,000 is average, from LEAST_LIFT_BPS to MOST_LIFT_BPS.
    """
    if average <= 0:
        return NEUTRAL_LIFT_BPS
    estimate = estimate_clicks(clicked=figures.clicked, examined=figures.examined, average=average)
    lift = min(max(estimate / average, LEAST_LIFT_BPS / NEUTRAL_LIFT_BPS), MOST_LIFT_BPS / NEUTRAL_LIFT_BPS)
    return round(NEUTRAL_LIFT_BPS * lift)
