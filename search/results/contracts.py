"""What crosses the border of results. No Django."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

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
class Look:
    """One entry of the log of what visitors looked at. Numbers grow and are never seen out of order.

    `visitor` tells visitors of one day apart and leads to nobody.
    """

    number: int
    visitor: UUID
    day: date
    listing_id: int
    at: datetime


class LookLog(Protocol):
    """Where looks are read from. Robots, and those who want to leave no trace, are not in it."""

    def list_looks(self, *, after: int, limit: int) -> tuple[Sequence[Look], int]:
        """Looks among the next so many entries, in order, and the number of the last entry.

        Nothing with a lower number comes later. The number is `after` at the end of the log.
        """
        ...

    def list_days(self, wanted: Sequence[tuple[UUID, date]], *, up_to: int, most: int) -> Sequence[Look]:
        """The first `most` looks of each of these visitors and days up to a number, in order."""
        ...


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
    """For staff: up to which look pairs are counted, and when the counter last moved."""

    position: int
    moved_at: datetime | None
