"""Display ads: bids by the thousand views, or by the click turned into them."""

from dataclasses import dataclass

from search.auction.contracts.keyword import BadCandidate
from search.auction.contracts.units import LARGEST_BID_MINOR, PPM


@dataclass(frozen=True, slots=True)
class ClickBid:
    """A bid a click, with the click rate that turns it into one for a thousand views."""

    bid_minor: int
    click_rate_ppm: int

    def __post_init__(self) -> None:
        if not (0 < self.bid_minor <= LARGEST_BID_MINOR and 0 < self.click_rate_ppm <= PPM):
            raise BadCandidate(f"{self.bid_minor} a click at {self.click_rate_ppm} ppm")


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayCandidate:
    """An ad with its eCPM in fen for a thousand views; `click` says that it is billed by the click."""

    ad: int
    merchant: int
    ecpm_minor: int
    created_us: int
    click: ClickBid | None = None

    def __post_init__(self) -> None:
        if not 0 < self.ecpm_minor <= LARGEST_BID_MINOR * 1_000:
            raise BadCandidate(f"ad {self.ad} bids {self.ecpm_minor} for a thousand views")


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayPriceInputs:
    """All that a price of views is made of. `next_ecpm_minor` is None where nobody came next."""

    ecpm_minor: int
    floor_minor: int
    step_minor: int
    next_ecpm_minor: int | None
    click: ClickBid | None


@dataclass(frozen=True, slots=True)
class DisplayPrice:
    """The price of a thousand views, and of what is billed: a view in micro-fen, or a click in whole fen."""

    cpm_minor: int
    view_micro: int
    click_minor: int
    inputs: DisplayPriceInputs


@dataclass(frozen=True, slots=True)
class DisplayAward:
    """A place (from 1) given to a display ad."""

    place: int
    ad: int
    merchant: int
    price: DisplayPrice


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayDecision:
    """A display auction as it is stored: `replay_display` makes the same of it. `context` is the caller's."""

    id: str
    decided_us: int
    context: str
    places: int
    floor_minor: int
    step_minor: int
    candidates: tuple[DisplayCandidate, ...]
    awards: tuple[DisplayAward, ...]
