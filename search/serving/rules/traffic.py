"""The day that paces expect: how much of a market's traffic comes in which hour, and of it in a campaign's hours."""

from search.auction.contracts import TrafficCurve
from search.auction.contracts.units import PPM
from search.campaigns.rules.hours import HOURS_A_DAY, split_hours

USUAL_DAY = TrafficCurve(
    (22, 12, 7, 5, 5, 8, 16, 28, 40, 50, 56, 56, 58, 54, 50, 50, 50, 50, 54, 66, 82, 90, 76, 46),
)
"""Hours of the business day from midnight on: few at night, most in the evening. Only their proportions count."""


def expect_day(hours: int, weekday: int) -> TrafficCurve | None:
    """What a campaign may expect of a weekday (Monday is 0) in the hours of the week that it chose; None: nothing.

    So the whole budget is planned for those hours, and not the part of it that all of a day's traffic has in them.
    """
    day = split_hours(hours)[weekday]
    requests = tuple(number if day >> hour & 1 else 0 for hour, number in enumerate(USUAL_DAY.requests))
    return TrafficCurve(requests) if any(requests) else None


def measure_hours(hours: int) -> int:
    """How much of a day's traffic comes in the chosen hours, in millionths: the mean of the days that have any."""
    days = [bits for bits in split_hours(hours) if bits]
    chosen = sum(USUAL_DAY.requests[hour] for bits in days for hour in range(HOURS_A_DAY) if bits >> hour & 1)
    return chosen * PPM // (sum(USUAL_DAY.requests) * len(days)) if days else 0
