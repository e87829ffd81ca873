"""Pay per sale: rates, what is offered on a page, and what an order comes to. Money in minor units, rates in bps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

LEAST_RATE_BPS, LARGEST_RATE_BPS = 1, 10_000


class RateSource(StrEnum):
    """Whose rate a product has: its own, its category's, or the plan's."""

    PRODUCT = "product"
    CATEGORY = "category"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate and where it comes from; `source_id` is the product or category, 0 for the plan."""

    bps: int
    source: RateSource
    source_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRates:
    """What a merchant says: the plan's rate, and rates of categories and products that go before it."""

    default_bps: int
    categories: Mapping[int, int] = field(default_factory=dict)
    products: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleOffer:
    """A product of a plan as a page may show it. `conversion_ppm`: orders expected of a million clicks."""

    ad: int
    merchant: int
    rate_bps: int
    price_minor: int
    conversion_ppm: int
    closeness: int = 0


@dataclass(frozen=True, slots=True)
class SaleLine:
    """A line of an order: its number, what its goods cost, and its frozen rate; None where no rate was agreed."""

    number: int
    goods_minor: int
    rate_bps: int | None


@dataclass(frozen=True, slots=True)
class SaleShare:
    """What a line comes to: goods net of coupons, what went back of them, the commission on the rest."""

    number: int
    net_minor: int
    refunded_minor: int
    commission_minor: int
