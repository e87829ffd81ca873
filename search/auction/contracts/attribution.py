"""Orders and the ads that were touched before them."""

from dataclasses import dataclass
from enum import StrEnum


class TouchKind(StrEnum):
    """A click, or a viewable view; they are never mixed."""

    CLICK = "click"
    VIEW = "view"


class Model(StrEnum):
    """How an order's revenue is shared among touches: the last one, all alike, or 40/20/40 by position."""

    LAST = "last"
    LINEAR = "linear"
    POSITION = "position"


class Scope(StrEnum):
    """Whether what was bought is what was advertised, or something else of the same shop."""

    SAME_PRODUCT = "same_product"
    SAME_SHOP = "same_shop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """A person's valid click or view of an ad. `id` settles two in the same microsecond."""

    id: int
    kind: TouchKind
    at_us: int
    ad: int
    shop: int
    product: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """A paid line of the same person; revenue is net of coupons."""

    shop: int
    product: int
    ordered_us: int
    revenue_minor: int


@dataclass(frozen=True, slots=True)
class Credit:
    """A touch's part of a line: all parts make a million, and the line's revenue."""

    touch: Touch
    scope: Scope
    share_ppm: int
    revenue_minor: int


@dataclass(frozen=True, slots=True)
class Refund:
    """What of a line was cancelled or refunded, and when."""

    at_us: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class CountedRevenue:
    """A line's revenue in reports: what counts from the start, and what is taken off later."""

    counted_minor: int
    adjusted_minor: int
