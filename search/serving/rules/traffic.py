"""The day that paces expect: how much of a market's traffic comes in which hour."""

from search.auction.contracts import TrafficCurve

USUAL_DAY = TrafficCurve(
    (22, 12, 7, 5, 5, 8, 16, 28, 40, 50, 56, 56, 58, 54, 50, 50, 50, 50, 54, 66, 82, 90, 76, 46),
)
"""Hours of the business day from midnight on: few at night, most in the evening. Only their proportions count."""
