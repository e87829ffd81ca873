"""What crosses the border of cart, quote and purchase. Money in minor units of `currency`."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from billing.settlement.contracts import CommissionGroup
from tenants.catalog.contracts import Text
from tenants.inventory.contracts import Shortage
from tenants.orders.contracts import OrderState, PaymentMethod


@dataclass(frozen=True, slots=True)
class CartOwner:
    """Whose cart: a user's, or a guest's by the random key in the guest cookie. One of them is set."""

    user_id: int | None = None
    guest_key: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a face knows, from the listing, of what is put into the cart. A snapshot, never a price to charge."""

    listing_id: int
    shop_id: int
    shop_name: Text
    shop_slug: str
    product_id: int
    variant_id: int
    title: Text
    choices: Text
    picture_url: str
    price_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class CartLineView:
    """One line of the cart as it was put there."""

    line_id: int
    offer: Offer
    quantity: int
    ticked: bool
    added_at: datetime


@dataclass(frozen=True, slots=True)
class CartView:
    """The cart, lines newest shop first, newest line first."""

    cart_id: int
    lines: tuple[CartLineView, ...]

    @property
    def pieces(self) -> int:
        return sum(line.quantity for line in self.lines)


class QuoteProblem(StrEnum):
    """Why a line cannot be bought as it stands."""

    NOT_ON_SALE = "not_on_sale"
    SHORT = "short"
    SHOP_CLOSED = "shop_closed"
    PRICE_CHANGED = "price_changed"


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """A ticked line at today's price. `problem` says why it cannot be bought, or that its price moved."""

    line_id: int
    offer: Offer
    sku: str
    quantity: int
    available: int
    unit_price_minor: int
    line_minor: int
    weight_grams: int
    problem: QuoteProblem | None = None
    price_before_minor: int | None = None
    category_id: int | None = None


@dataclass(frozen=True, slots=True)
class ShopQuote:
    """What one shop asks: goods + freight = total."""

    shop_id: int
    shop_name: Text
    shop_slug: str
    lines: tuple[QuoteLine, ...]
    goods_minor: int
    freight_minor: int
    total_minor: int
    free_freight_from_minor: int | None


@dataclass(frozen=True, slots=True)
class Quote:
    """The whole price, line by line. `digest` names it: placing with another digest is refused."""

    shops: tuple[ShopQuote, ...]
    goods_minor: int
    freight_minor: int
    total_minor: int
    currency: str
    digest: str

    @property
    def problems(self) -> tuple[QuoteLine, ...]:
        return tuple(line for shop in self.shops for line in shop.lines if line.problem is not None)

    @property
    def can_be_placed(self) -> bool:
        return bool(self.shops) and all(line.problem in (None, QuoteProblem.PRICE_CHANGED) for line in self.problems)


class PurchaseState(StrEnum):
    """A purchase waits for money, is paid (or agreed, by COD), or is closed unpaid."""

    WAITING = "waiting"
    PAID = "paid"
    AGREED = "agreed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class ShareSummary:
    """The versioned public copy of one shop's order, enough for lists and tabs."""

    share_no: str
    purchase_no: str
    shop_id: int
    shop_name: Text
    shop_slug: str
    buyer_id: int
    state: OrderState
    method: PaymentMethod
    total_minor: int
    freight_minor: int
    currency: str
    pieces: int
    lines: tuple[
        dict[str, object], ...
    ]  # title_zh, title_en, choices_zh, choices_en, picture_url, quantity, unit_price_minor, listing_id, product_id
    placed_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class ShareOutcomes:
    """How orders went. `goods`: by (shop, product) how many were sold, and how many of these went back or are on their
    way back. `sent`: by shop how many had to be sent by now, and how many of these were sent in time.
    """

    goods: dict[tuple[int, int], tuple[int, int]]
    sent: dict[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class ShareTerms:
    """What was agreed about one shop's order when it was placed: sums, and the commission as it was then.

    `commission_groups` says which rule took what of which goods; it is empty for orders older than rules.
    """

    goods_minor: int
    freight_minor: int
    total_minor: int
    commission_bps: int
    commission_minor: int
    currency: str
    commission_vat_minor: int
    commission_groups: tuple[CommissionGroup, ...]


@dataclass(frozen=True, slots=True)
class PurchaseView:
    """A purchase with its shares."""

    purchase_no: str
    buyer_id: int
    state: PurchaseState
    method: PaymentMethod
    total_minor: int
    currency: str
    placed_at: datetime
    expires_at: datetime | None
    shares: tuple[ShareSummary, ...]
    payment_no: str = ""


@dataclass(frozen=True, slots=True)
class SalesFigures:
    """What was bought in a span of time. Closed purchases count as placed, not as sold."""

    purchases: int
    waiting: int
    sold: int
    sold_minor: int
    buyers: int


@dataclass(frozen=True, slots=True)
class StockRefusal:
    """The shortages of one shop."""

    shop_id: int
    shortages: tuple[Shortage, ...]
