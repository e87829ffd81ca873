"""What a bid would have brought in past auctions, for words and on shelves of display ads."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAuction:
    """Auctions of a keyword that looked alike. `scores` are the best scores of other merchants, from the top down."""

    times: int
    scores: tuple[int, ...]
    reserve_minor: int
    places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A day at a bid. Clicks and cost are expectations: `clicks_micro` is millionths of a click.

    `limited` says that the budget ends before the day; clicks and cost are then those of the budget.
    """

    bid_minor: int
    auctions: int
    shown: int
    clicks_micro: int
    cost_micro: int
    limited: bool

    @property
    def click_price_minor(self) -> int:
        """The mean price of a click, rounded up to a fen; zero without clicks."""
        return -(-self.cost_micro // self.clicks_micro) if self.clicks_micro else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PastShelf:
    """Shelves of display ads that looked alike: how often each place was seen, from the first down.

    `ecpms` are the best bids of other merchants, from the top down, in fen for a thousand views.
    """

    seen: tuple[int, ...]
    ecpms: tuple[int, ...]
    floor_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayForecast:
    """What a display bid would have brought; `clicks_micro`, `cost_micro` and `limited` as in `Forecast`."""

    views: int
    clicks_micro: int
    cost_micro: int
    limited: bool
