"""What crosses the border of results. No Django."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from search.listings.contracts import ListingCard
from tenants.catalog.contracts import Text


class Bond(StrEnum):
    """What ties two listings together."""

    LOOKED = "looked"
    BOUGHT = "bought"


class Step(StrEnum):
    """What a person did with a listing, the weakest first."""

    VIEWED = "viewed"
    CARTED = "carted"
    BOUGHT = "bought"


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a person last did with a listing."""

    listing_id: int
    step: Step
    at: datetime


@dataclass(frozen=True, slots=True)
class Partner:
    """A listing that belongs to another: how strongly (0 to 1), by how many visits or purchases."""

    listing_id: int
    bond: Bond
    score: float
    times: int


class ReasonKind(StrEnum):
    """Why something is shown."""

    LOOKED_TOGETHER = "looked_together"
    BOUGHT_TOGETHER = "bought_together"
    LIKE_THIS = "like_this"
    YOU_LOOKED = "you_looked"
    YOU_CARTED = "you_carted"
    YOU_BOUGHT = "you_bought"
    POPULAR = "popular"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, and on account of what: a listing of one's history, or the category it is popular in."""

    kind: ReasonKind
    listing_id: int | None = None
    about: Text | None = None


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One card and why it is shown."""

    card: ListingCard
    reason: Reason


@dataclass(frozen=True, slots=True)
class RelatedGoods:
    """The shelves beside one listing, the same for every visitor."""

    looked: tuple[Recommendation, ...] = ()
    bought: tuple[Recommendation, ...] = ()
    similar: tuple[Recommendation, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.looked or self.bought or self.similar)


@dataclass(frozen=True, slots=True)
class ForYou:
    """One person's shelf. `is_cold`: nothing is known of the person, so the shelf is everybody's."""

    items: tuple[Recommendation, ...]
    is_cold: bool


@dataclass(frozen=True, slots=True)
class CountingHealth:
    """For staff: the event up to which looks are counted, and since when the next one waits, None when none does."""

    position: int
    waiting_since: datetime | None

    def measure_lag(self, now: datetime) -> int:
        """For how many seconds the next event has waited; 0 when none does."""
        return max(0, int((now - self.waiting_since).total_seconds())) if self.waiting_since else 0
