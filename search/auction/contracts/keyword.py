"""A keyword auction: who takes part, by which rules, who wins and for how much."""

from dataclasses import dataclass
from enum import StrEnum

from search.auction.contracts.units import BEST_QUALITY, LARGEST_BID_MINOR, MOST_PLACES


class BadCandidate(ValueError):
    """A candidate outside the limits: nothing may be priced with it."""


class BadRules(ValueError):
    """Rules or weights that contradict themselves."""


class MechanismName(StrEnum):
    """How winners are priced: generalised second price, Vickrey-Clarke-Groves, the own bid."""

    GSP = "gsp"
    VCG = "vcg"
    FIRST = "first"


class PriceBranch(StrEnum):
    """Which part of the formula decided a price."""

    NEXT = "next"
    OWN_BID = "own_bid"
    RESERVE = "reserve"
    ALONE = "alone"
    DISPLACED = "displaced"
    FIRST_PRICE = "first_price"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An ad that was let through, with its effective bid a click. Raises `BadCandidate`."""

    ad: int
    merchant: int
    bid_minor: int
    quality: int
    reserve_minor: int
    created_us: int

    def __post_init__(self) -> None:
        if not (0 < self.bid_minor <= LARGEST_BID_MINOR and 0 <= self.reserve_minor <= LARGEST_BID_MINOR):
            raise BadCandidate(f"ad {self.ad} bids {self.bid_minor} where {self.reserve_minor} is asked")
        if not 1 <= self.quality <= BEST_QUALITY:
            raise BadCandidate(f"ad {self.ad} has a quality of {self.quality}")

    @property
    def score(self) -> int:
        return self.bid_minor * self.quality


@dataclass(frozen=True, slots=True)
class PlaceWeights:
    """How many clicks a place gets of those the first one gets, from the first down. Raises `BadRules`."""

    version: int
    by_place_ppm: tuple[int, ...]

    def __post_init__(self) -> None:
        weights = self.by_place_ppm
        if not 0 < len(weights) <= MOST_PLACES or weights[-1] <= 0 or list(weights) != sorted(weights, reverse=True):
            raise BadRules(f"weights {self.version} do not go down from place to place, or are too many")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionRules:
    """What staff set, by version: stored with each decision, never changed afterwards."""

    version: int
    step_minor: int
    least_quality: int
    least_relevance_ppm: int

    def __post_init__(self) -> None:
        if self.step_minor < 0 or not 1 <= self.least_quality <= BEST_QUALITY:
            raise BadRules(f"rules {self.version}: step {self.step_minor}, least quality {self.least_quality}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a page's auction is held by. Raises `BadRules` for more places than there are weights."""

    places: int
    rules: AuctionRules
    weights: PlaceWeights
    quality_version: int
    mechanism: MechanismName = MechanismName.GSP

    def __post_init__(self) -> None:
        if not 0 < self.places <= len(self.weights.by_place_ppm):
            raise BadRules(f"{self.places} places, but weights for {len(self.weights.by_place_ppm)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceInputs:
    """All that a price is made of; kept with the billed event for ever.

    `lower_scores` are those the formula looked at: for GSP at most the next one's, for VCG all down to the best that
    got no place. `weights_ppm` (VCG only) are those of the own place and of the places below it.
    """

    mechanism: MechanismName
    bid_minor: int
    quality: int
    reserve_minor: int
    step_minor: int
    lower_scores: tuple[int, ...]
    weights_ppm: tuple[int, ...]
    rules_version: int
    weights_version: int
    quality_version: int


@dataclass(frozen=True, slots=True)
class Price:
    """What one click costs, and why."""

    amount_minor: int
    branch: PriceBranch
    inputs: PriceInputs


@dataclass(frozen=True, slots=True)
class Award:
    """A place (from 1) given to an ad. `vcg_minor` is what it would have cost by VCG; it is only logged."""

    place: int
    ad: int
    merchant: int
    price: Price
    vcg_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An auction as it is stored: `replay` makes the same of it. `context` is the caller's (page, words, region)."""

    id: str
    decided_us: int
    context: str
    mechanism: MechanismName
    rules_version: int
    weights_version: int
    quality_version: int
    places: int
    candidates: tuple[Candidate, ...]
    awards: tuple[Award, ...]
