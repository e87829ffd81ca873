"""Views and clicks as they were recorded, and the feeds by which they are followed."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from search.auction.contracts import PriceStep, TokenKind


@dataclass(frozen=True, slots=True)
class FeedPosition:
    """How far a feed was read: a transaction's id (xid8), then a row's number within it."""

    xid: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AdEventView:
    """A view or click. `reason` is "" for a valid one, else a word of `InvalidReason`.

    Billed and borne make the price, both zero where it is invalid. `person` and `network` are hashes that only the
    event's own day shares. `page`, `query`, `region` and `keyword_id` are its decision's. `written_in` and `number` are
    its place in the feed.
    """

    number: int
    day: date
    token: UUID
    kind: TokenKind
    at: datetime
    decision_id: UUID
    place: int
    ad_id: int
    campaign_id: int
    group_id: int
    keyword_id: int | None
    shop_id: int
    product_id: int | None
    page: str
    query: str
    region: str
    lease_id: int
    price_micro: int
    billed_micro: int
    borne_micro: int
    reason: str
    person: UUID | None
    network: UUID | None
    dwell_ms: int | None
    charge_id: int | None
    inputs: str
    decision_stored: bool
    written_in: int


class CorrectionKind(StrEnum):
    """Why an event costs its merchant nothing after all: never charged, or given back."""

    FREED = "freed"
    CREDITED = "credited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What leaves a merchant's cost after an event was recorded; at most one an event."""

    number: int
    day: date
    token: UUID
    shop_id: int
    campaign_id: int
    kind: CorrectionKind
    amount_micro: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an event cost what it did. `price_minor` is what the steps end in; `per_thousand` says it is for so many."""

    steps: tuple[PriceStep, ...]
    price_minor: int
    per_thousand: bool
    price_micro: int
    billed_micro: int
    borne_micro: int
