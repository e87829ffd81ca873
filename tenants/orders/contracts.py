"""What crosses the border of a shop's orders."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tenants.catalog.contracts import Text

SELF_DELIVERY = "self"
"""The carrier of a shop that brings its parcels itself; pages show a word for it."""


class OrderState(StrEnum):
    """submitted > paid > shipped > delivered > completed; cancelled and refunded end it earlier."""

    SUBMITTED = "submitted"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class PaymentMethod(StrEnum):
    """How the buyer pays."""

    WECHATPAY = "wechatpay"
    COD = "cod"


@dataclass(frozen=True, slots=True)
class ShipTo:
    """A snapshot of where an order goes. `phone` is plain here and encrypted in tables."""

    recipient: str
    phone: str
    region: str
    street: str
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class OrderLineDraft:
    """A line as it was agreed: everything is a snapshot."""

    product_id: int
    variant_id: int
    listing_id: int
    title: Text
    choices: Text
    sku: str
    picture_url: str
    quantity: int
    unit_price_minor: int


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """What a purchase asks of one shop."""

    share_no: str
    purchase_no: str
    buyer_id: int
    ship_to: ShipTo
    lines: tuple[OrderLineDraft, ...]
    goods_minor: int
    freight_minor: int
    total_minor: int
    currency: str
    method: PaymentMethod
    note: str = ""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of a stored order."""

    line_id: int
    product_id: int
    variant_id: int
    listing_id: int
    title: Text
    choices: Text
    sku: str
    picture_url: str
    quantity: int
    unit_price_minor: int
    shipped_quantity: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel and what is in it: (line_id, quantity)."""

    parcel_id: int
    carrier: str
    tracking_number: str
    shipped_at: datetime
    delivered_at: datetime | None
    contents: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """One entry of the log that shopper and shop both see."""

    kind: str
    at: datetime
    actor: str
    detail: dict[str, str]


@dataclass(frozen=True, slots=True)
class OrderSheet:
    """An order whole."""

    order_id: int
    share_no: str
    purchase_no: str
    buyer_id: int
    state: OrderState
    method: PaymentMethod
    ship_to: ShipTo
    lines: tuple[OrderLine, ...]
    parcels: tuple[Parcel, ...]
    events: tuple[OrderEvent, ...]
    goods_minor: int
    freight_minor: int
    total_minor: int
    currency: str
    note: str
    version: int
    submitted_at: datetime
    paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class ShareCompleted:
    """What settlement needs to know of a sold share.

    The payload of the events `share.cash_collected` (a carrier has the buyer's cash) and `share.completed` (the sale
    is final). Events that move no money of ours name the share's number only: `share.paid` (the provider has the
    buyer's money), `share.agreed` (it will be paid in cash), `share.refunded` (all of it went back) and
    `share.cancelled` (of one agreed on, nothing will come).
    """

    share_no: str
    shop_id: int
    method: PaymentMethod
    total_minor: int
    commission_minor: int
    commission_vat_bps: int
    currency: str
    carrier: str
    commission_vat_minor: int | None = None  # None: sold before it was frozen, so it follows from the rate
