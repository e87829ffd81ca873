"""What was bought after ads were touched."""

from dataclasses import dataclass
from datetime import datetime

from search.auction.contracts import Credit, Model, TouchKind
from search.reports.contracts.events import Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class BoughtLine:
    """A line of a paid order. `number` counts from 1; `product_id` is 0 for orders older than ads."""

    number: int
    product_id: int
    revenue_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldShare:
    """A shop's paid order; what is cancelled or refunded is all of it, at once."""

    share_no: str
    shop_id: int
    ordered_at: datetime
    lines: tuple[BoughtLine, ...]
    refunded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedAd:
    """A valid click or view before an order. `number` is the event's; `cell` is where it was counted."""

    number: int
    kind: TouchKind
    at: datetime
    product_id: int
    cell: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditedLine:
    """A touch's part of a line, by one model. `adjusted_minor` is what went back later than 72 hours after."""

    line: int
    model: Model
    kind: TouchKind
    credit: Credit
    adjusted_minor: int
