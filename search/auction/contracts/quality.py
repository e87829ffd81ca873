"""What quality is made of: counts of valid events, what is usual in a category, how much each part weighs."""

from dataclasses import dataclass

from search.auction.contracts.keyword import BadRules
from search.auction.contracts.units import PPM


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something happened: `hits` of `trials`."""

    hits: int
    trials: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.trials:
            raise ValueError(f"{self.hits} of {self.trials}")


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual in a category, and how many trials it weighs against an ad's own."""

    rate_ppm: int
    strength: int

    def __post_init__(self) -> None:
        if not (0 < self.rate_ppm <= PPM and self.strength > 0):
            raise BadRules(f"a usual rate of {self.rate_ppm} ppm that weighs {self.strength}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryUsual:
    """The usual rates of a category, for each part of quality."""

    click: Usual
    conversion: Usual
    refund: Usual
    good_review: Usual
    on_time: Usual


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFacts:
    """An ad's own counts. `views_by_place` counts viewable views from the first place down; clicks are valid ones."""

    clicks: int
    views_by_place: tuple[int, ...]
    relevance_ppm: int
    conversions: Tally
    refunds: Tally
    good_reviews: Tally
    on_time: Tally

    def __post_init__(self) -> None:
        if self.clicks < 0 or min(self.views_by_place, default=0) < 0 or not 0 <= self.relevance_ppm <= PPM:
            raise ValueError(f"{self.clicks} clicks, relevance {self.relevance_ppm} ppm")


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityRules:
    """How the parts make a quality, by version. The four weights of experience make ten thousand.

    `full_click_rate_ppm` is the expected click rate that makes 1000 with full relevance and a usual experience.
    """

    version: int
    full_click_rate_ppm: int
    conversion_bps: int
    refund_bps: int
    good_review_bps: int
    on_time_bps: int
    least_experience_ppm: int
    most_experience_ppm: int

    def __post_init__(self) -> None:
        weights = (self.conversion_bps, self.refund_bps, self.good_review_bps, self.on_time_bps)
        if sum(weights) != 10_000 or min(weights) < 0 or self.full_click_rate_ppm <= 0:
            raise BadRules(f"quality rules {self.version}: weights {weights}")
        if not 0 < self.least_experience_ppm <= PPM <= self.most_experience_ppm:
            raise BadRules(f"quality rules {self.version}: experience leaves no middle")


@dataclass(frozen=True, slots=True)
class Quality:
    """A quality with its parts; `version` is stored with every decision that uses it."""

    value: int
    click_rate_ppm: int
    relevance_ppm: int
    experience_ppm: int
    version: int
