"""What is asked for and what others bid for it. Money in minor units."""

from dataclasses import dataclass
from enum import StrEnum

from search.auction.contracts import MatchType


class Competition(StrEnum):
    """How many other merchants bid for a word; never which, and never how many exactly."""

    FEW = "few"
    SOME = "some"
    MANY = "many"


@dataclass(frozen=True, slots=True)
class AskedQuery:
    """A query of the last 28 days, as tokens: how often it was asked."""

    text: str
    tokens: tuple[str, ...]
    searches: int


@dataclass(frozen=True, slots=True)
class OthersWord:
    """A word that another merchant buys in a campaign that runs."""

    shop_id: int
    tokens: tuple[str, ...]
    match: MatchType
    bid_minor: int


@dataclass(frozen=True, slots=True)
class WordFigures:
    """A word: searches a day that it meets, competition, and the usual bid where at least five others bid."""

    text: str
    searches_a_day: int
    competition: Competition
    usual_bid_minor: int | None


class WordHint(StrEnum):
    """Why a word is not shown, or hardly: the first that holds, in this order."""

    EXCLUDED = "excluded"
    BELOW_FLOOR = "below_floor"
    OUTBID = "outbid"
    NOBODY_ASKS = "nobody_asks"


@dataclass(frozen=True, slots=True)
class StudiedWord:
    """A bought word with its figures, and what stands in its way, if anything."""

    figures: WordFigures
    hint: WordHint | None


@dataclass(frozen=True, slots=True)
class DayForecast:
    """A day of words at their bids and a budget, from what was asked in 28 days and what others bid now.

    `clicks_micro` is millionths of a click. `limited`: the budget ends before the day does. `is_known` is false where
    nobody asked for any of the words.
    """

    searches: int
    clicks_micro: int
    cost_micro: int
    limited: bool

    @property
    def is_known(self) -> bool:
        return self.searches > 0

    @property
    def clicks(self) -> int:
        """Whole clicks, rounded."""
        return round(self.clicks_micro / 1_000_000)

    @property
    def cost_minor(self) -> int:
        """What they cost, rounded."""
        return round(self.cost_micro / 1_000_000)

    @property
    def click_price_minor(self) -> int:
        """The mean price of a click, rounded up; zero without clicks."""
        return -(-self.cost_micro // self.clicks_micro) if self.clicks_micro else 0
