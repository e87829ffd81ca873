"""What crosses the border of slots. Money in fen, times with their zone. No Django."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from search.auction.contracts import LotPriceInputs
from search.campaigns.contracts import LiveCreative, PageKind
from tenants.catalog.contracts import Text

LONGEST_NAME = 40
LONGEST_KEY = 40
LONGEST_REASON = 200
MOST_SLOTS = 60
MOST_DAYS_AHEAD = 30
MOST_UNITS = 31
MOST_STANDING_BIDS = 300
"""Of one shop, over all lots."""
MOST_MOVES = 100
"""How often one shop may bid, raise and withdraw at one lot."""


class LotUnit(StrEnum):
    """What a lot is counted in. One unit is one part: earned when it was delivered, given back when not."""

    HOUR = "hour"
    DAY = "day"


class SlotKind(StrEnum):
    """How a place looks on its page."""

    CAROUSEL = "carousel"
    BANNER = "banner"


class LotState(StrEnum):
    """open > closed (sold, or nobody bid) > delivered (every part is decided); cancelled by staff."""

    OPEN = "open"
    CLOSED = "closed"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class BidState(StrEnum):
    """standing > won | lost; withdrawn by the merchant before the lot closed."""

    STANDING = "standing"
    WON = "won"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


class LostBecause(StrEnum):
    """Why a bid did not win."""

    OUTBID = "outbid"
    CREATIVE = "creative"
    SHOP = "shop"
    CANCELLED = "cancelled"


class PartState(StrEnum):
    """Whether a part of a won lot is earned."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotTerms:
    """A place as staff define it. A lot has `length` units; bids end `closes_minutes` before it begins."""

    key: str
    page: PageKind
    kind: SlotKind
    position: int
    width: int
    height: int
    unit: LotUnit
    length: int
    days_ahead: int
    closes_minutes: int
    reserve_minor: int
    step_minor: int
    name: Text
    is_sold: bool = True


@dataclass(frozen=True, slots=True)
class SlotView:
    """A place with its id, and who of staff changed it last."""

    slot_id: int
    terms: SlotTerms
    changed_by: int | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LotSpan:
    """When a lot runs, and until when it takes bids. Half open."""

    starts_at: datetime
    ends_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LotView:
    """A lot. `shop_id`, `creative_id`, `price_minor` and `inputs` are the winner's, None until it is sold."""

    lot_id: int
    slot: SlotView
    span: LotSpan
    state: LotState
    reserve_minor: int
    step_minor: int
    shop_id: int | None
    creative_id: int | None
    price_minor: int | None
    inputs: LotPriceInputs | None
    bidders: int
    is_servable: bool
    views: int
    clicks: int
    cancel_reason: str

    @property
    def click_bps(self) -> int | None:
        """Clicks of ten thousand views, rounded; None while fewer views than clicks were told of."""
        if not self.views or self.views < self.clicks:
            return None
        return (20_000 * self.clicks + self.views) // (2 * self.views)

    def takes_bids(self, now: datetime) -> bool:
        """Whether a bid may be placed, raised or withdrawn."""
        return self.state is LotState.OPEN and now < self.span.closes_at


@dataclass(frozen=True, slots=True, kw_only=True)
class BidView:
    """One merchant's sealed bid."""

    bid_id: int
    lot_id: int
    shop_id: int
    maximum_minor: int
    creative_id: int
    state: BidState
    because: LostBecause | None
    placed_at: datetime
    is_released: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """One part of a won lot. `servable_minutes` of `minutes` are proven."""

    number: int
    starts_at: datetime
    ends_at: datetime
    amount_minor: int
    state: PartState
    servable_minutes: int
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningSlot:
    """A place of a page now. Without a creative it is unsold: the marketplace's own picture stands there."""

    key: str
    kind: SlotKind
    position: int
    width: int
    height: int
    creative: LiveCreative | None = None
    lot_id: int | None = None
    shop_id: int | None = None


@dataclass(frozen=True, slots=True)
class CancelEffect:
    """What taking a lot away does: so many bids lose and get their holds back, and the winner so much of the price."""

    bids: int
    shop_id: int | None
    price_minor: int
    returned_minor: int


@dataclass(frozen=True, slots=True)
class SlotsHealth:
    """For staff: what should have happened and did not."""

    late_closings: int
    unreleased_bids: int
    late_parts: int
    unservable_now: int
