"""What crosses the border of signals.

A *person* is the keyed digest of a member's id or of a guest's key (`rules.visitors`): it stands in no table but that
of choices. Events carry a *visitor*: the person's digest under the salt of a week, so that weeks cannot be joined once
their salts are gone. A *query* is cleaned text (`rules.words`); what looks like personal data is no query.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

MOST_SIGHTINGS = 80
"""Of one report: two pages of hits and what was done with them."""
HIGHEST_POSITION = 2_400
NEUTRAL_LIFT_BPS = 10_000
LEAST_LIFT_BPS = 5_000
MOST_LIFT_BPS = 20_000


class EventKind(StrEnum):
    """What was done. All but `searched` name a listing."""

    SEARCHED = "searched"
    SHOWN = "shown"
    CLICKED = "clicked"
    VIEWED = "viewed"
    CARTED = "carted"
    BOUGHT = "bought"


class Device(StrEnum):
    """What somebody looks at pages with, as the log writes it."""

    MOBILE = "m"
    COMPUTER = "c"


@dataclass(frozen=True, slots=True)
class Sighting:
    """One thing of a report. `position` counts from 1 through all pages of a list."""

    kind: EventKind
    listing_id: int | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What one request or one page tells. `token` names it: told twice, it counts once.

    `person` is "" for somebody unknown, `query` and `language` for none. `total` is how much a search found, None when
    that is not known (an engine was away). `device` is a word of `Device` and `region` a province's code, "" for none
    that is known.
    """

    token: str
    at: datetime
    person: str
    sightings: tuple[Sighting, ...]
    query: str = ""
    language: str = ""
    category_id: int | None = None
    total: int | None = None
    device: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class SearchEvent:
    """One event as it is kept. Events become visible in the order of their ids, so that a reader never misses one."""

    event_id: int
    kind: EventKind
    at: datetime
    visitor: uuid.UUID | None
    query: str
    language: str
    listing_id: int | None
    shop_id: int | None
    category_id: int | None
    position: int | None
    total: int | None


@dataclass(frozen=True, slots=True)
class Look:
    """That somebody looked at an offer or put it into a cart, by the business day."""

    event_id: int
    visitor: uuid.UUID
    day: date
    listing_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class QueryFigures:
    """A query over some days. `searches` are all; the others count different visitors a day."""

    query: str
    searches: int
    nothing_found: int
    visitors: int
    clickers: int
    carters: int
    buyers: int

    @property
    def click_through_bps(self) -> int:
        """Of 10,000 visitors, so many clicked something."""
        return round(10_000 * self.clickers / self.visitors) if self.visitors else 0


@dataclass(frozen=True, slots=True)
class HotWord:
    """A query that many different people ask now. `weight`: visitors, halved for every `HALF_LIFE` gone by."""

    query: str
    weight: float


@dataclass(frozen=True, slots=True)
class OfferFigures:
    """An offer over some days, of one query or of all; different visitors a day and query.

    `examined`: how often it was seen, a place far down counting less (`rules.clicks`).
    """

    listing_id: int
    shown: int
    examined: float
    clicked: int
    viewed: int
    carted: int
    bought: int


@dataclass(frozen=True, slots=True)
class PositionFigures:
    """A place in the list of hits over some days."""

    position: int
    shown: int
    clicked: int

    @property
    def click_through(self) -> float:
        """Clicks per showing, 0 to 1."""
        return self.clicked / self.shown if self.shown else 0.0


@dataclass(frozen=True, slots=True)
class DayFigures:
    """All of search on one business day; see `QueryFigures`."""

    day: date
    searches: int
    nothing_found: int
    visitors: int
    clickers: int


@dataclass(frozen=True, slots=True)
class ReconcileRun:
    """How one comparison of all products with their listings ended."""

    at: datetime
    seconds: float
    checked: int
    lost: int
    stale: int
    ghosts: int


@dataclass(frozen=True, slots=True)
class SearchHealth:
    """How search stands. `generation` is "" and `down_because` says why while the engine has nothing to read.

    `position` and `highest` are numbers of changes: what the index has, and what there is; `lag` is how many changes
    the index lacks, those without a number included. `uncounted`: events that stand in no count yet. `is_resting`:
    this process leaves the engine alone after failures (a circuit breaker), and tries it again in so many seconds.
    `parked`: listings that the engine refused, with why.
    """

    engine: str
    generation: str
    down_because: str
    is_resting: bool
    position: int
    highest: int
    lag: int
    uncounted: int
    last_run: ReconcileRun | None
    parked: Mapping[int, str] = field(default_factory=dict)
    retried_in_seconds: float | None = None
