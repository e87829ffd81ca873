"""What a decision is made by beside the question."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from search.auction.contracts import AuctionRules
from search.auction.contracts.units import PPM
from search.campaigns.contracts import Floors
from search.serving.rules.scoring import Scores


class TooSlow(Exception):
    """The page waits no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a campaign may still show, and how much of the traffic: of this process, at this moment."""

    lease_rest_micro: int = 0
    pass_rate_ppm: int = PPM


NO_BUDGET = Budget()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a decision is made by beside the question. `request` names it; `is_late`: the page waits no longer.

    Floors, reserves and scores are replaced whole when they change.
    """

    request: str
    day: date
    hour_of_week: int
    rules: AuctionRules
    floors: Floors
    reserves: Mapping[tuple[str, ...], int]
    scores: Scores
    budgets: Mapping[int, Budget]
    is_late: Callable[[], bool]
