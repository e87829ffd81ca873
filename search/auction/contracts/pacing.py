"""The pace of a day: how much traffic is expected when, and how many requests are let through."""

from dataclasses import dataclass
from enum import StrEnum

from search.auction.contracts.keyword import BadRules
from search.auction.contracts.units import PPM


class Pace(StrEnum):
    """Along the day's traffic, or as fast as possible."""

    EVEN = "even"
    FAST = "fast"


@dataclass(frozen=True, slots=True)
class TrafficCurve:
    """Expected requests of a business day in equal slices (24 hours, 288 times five minutes)."""

    requests: tuple[int, ...]

    def __post_init__(self) -> None:
        slices = len(self.requests)
        if not slices or 86_400 % slices or min(self.requests) < 0 or not sum(self.requests):
            raise BadRules(f"a day of {slices} slices")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceState:
    """Where a campaign's throttle stands: its pass rate, when it last moved, what was spent by then.

    `admitted_ppm` and `yielded_micro` are sums that fade: requests let through (in millionths) and what they cost.
    Their quotient says what one request that is let through will cost.
    """

    rate_ppm: int
    moved_second: int = 0
    spent_micro: int = 0
    admitted_ppm: int = 0
    yielded_micro: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.rate_ppm <= PPM:
            raise ValueError(f"a pass rate of {self.rate_ppm} ppm")


@dataclass(frozen=True, slots=True, kw_only=True)
class PacePlan:
    """A campaign's day: how it is paced, its budget, and the traffic that is expected."""

    pace: Pace
    budget_micro: int
    curve: TrafficCurve
