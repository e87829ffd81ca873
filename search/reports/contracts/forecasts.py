"""What a display campaign may expect of a day."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """From the lower to the higher quartile of days, to two figures: more is not known."""

    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayOutlook:
    """A day at a bid, by days that were counted: views, clicks, cost in fen.

    `is_known` is false while too few days were counted. `limited`: on the better days the budget ends first.
    """

    bid_minor: int
    days: int
    is_known: bool
    views: Span
    clicks: Span
    cost_minor: Span
    limited: bool
