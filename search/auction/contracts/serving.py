"""What decides whether an ad may take part: words, the state of the ad, the page that is shown."""

from dataclasses import dataclass
from enum import StrEnum

from search.auction.contracts.units import PPM


class MatchType(StrEnum):
    """How close the words that were asked have to be to those that were bought."""

    EXACT = "exact"
    PHRASE = "phrase"
    BROAD = "broad"


@dataclass(frozen=True, slots=True)
class Keyword:
    """Bought words as tokens (`search.tokens`), and the loosest match that is wanted."""

    tokens: tuple[str, ...]
    loosest: MatchType


class Refusal(StrEnum):
    """Why an ad does not take part, in the order in which it is looked at."""

    PAUSED = "paused"
    NOT_APPROVED = "not_approved"
    OUT_OF_STOCK = "out_of_stock"
    NO_MATCH = "no_match"
    WORD_EXCLUDED = "word_excluded"
    OUTSIDE_HOURS = "outside_hours"
    OUTSIDE_REGION = "outside_region"
    OUTSIDE_AUDIENCE = "outside_audience"
    NOT_RELEVANT = "not_relevant"
    QUALITY_TOO_LOW = "quality_too_low"
    BID_BELOW_RESERVE = "bid_below_reserve"
    SEEN_OFTEN_ENOUGH = "seen_often_enough"
    BUDGET_USED_UP = "budget_used_up"
    PACED = "paced"


ALL_HOURS = (1 << 168) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AdFacts:
    """An ad as serving knows it.

    `hours` has a bit for each hour of the business week, Monday's first is bit 0. No region or audience means all;
    audiences are bits (`auction.audiences`), one of each kind
    that is wanted has to be the visitor's. `lease_rest_micro` is what is left of the budget's lease.
    """

    running: bool
    approved: bool
    in_stock: bool
    hours: int
    regions: frozenset[str]
    audiences: int
    relevance_ppm: int
    quality: int
    bid_minor: int
    reserve_minor: int
    lease_rest_micro: int
    pass_rate_ppm: int

    def __post_init__(self) -> None:
        if not (0 <= self.relevance_ppm <= PPM and 0 <= self.pass_rate_ppm <= PPM and 0 <= self.hours <= ALL_HOURS):
            raise ValueError(f"relevance {self.relevance_ppm}, pass rate {self.pass_rate_ppm}, hours {self.hours:x}")


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFacts:
    """The page view that asks, as it meets one ad. `draw_ppm` is the ad's draw for this request (`pacing.draw`)."""

    matched: bool
    excluded: bool
    hour_of_week: int
    region: str
    audiences: int
    seen_often_enough: bool
    draw_ppm: int
