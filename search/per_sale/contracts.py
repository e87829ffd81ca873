"""What crosses the border of pay per sale. Rates in basis points, money in minor units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from search.auction.contracts import Rate
from search.campaigns.contracts import CampaignState

LONGEST_NAME = 60
MOST_GOODS = 200
MOST_CATEGORIES = 50
PLACES = 6
"""Of a shelf."""


@dataclass(frozen=True, slots=True)
class RateBounds:
    """What staff let rates be; for plans that are made or changed from now on."""

    least_bps: int = 100
    most_bps: int = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDraft:
    """A plan as its merchant says it: goods with their own rate or None, and rates of categories before the plan's."""

    name: str
    default_bps: int
    goods: Mapping[int, int | None]
    categories: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """A plan as it stands. `rates` are what its goods cost now; `version` grows with every change, start and stop."""

    plan_id: int
    shop_id: int
    name: str
    state: CampaignState
    default_bps: int
    categories: Mapping[int, int]
    own: Mapping[int, int]
    rates: Mapping[int, Rate]
    version: int
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanVersionView:
    """One version: what held from then on, and who said so."""

    number: int
    runs: bool
    default_bps: int
    goods: int
    made_by: int
    made_at: datetime


class SaleState(StrEnum):
    """waiting > charged | gone; a charged one that is refunded stays charged with less.

    invalid: its click was found invalid later, so that it costs nothing, or what it cost was given back.
    """

    WAITING = "waiting"
    CHARGED = "charged"
    GONE = "gone"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleLineView:
    """A line of a sale. Without a rate the product was not in the plan when the ad was clicked, and costs nothing."""

    number: int
    product_id: int
    title_zh: str
    title_en: str
    quantity: int
    goods_minor: int
    net_minor: int
    refunded_minor: int
    rate: Rate | None
    commission_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleView:
    """An order that a click on a plan's ad brought, with the rates that were frozen at the click."""

    share_no: str
    shop_id: int
    plan_id: int
    version: int
    clicked_at: datetime
    ordered_at: datetime
    released_at: datetime | None
    goods_minor: int
    refunded_minor: int
    commission_minor: int
    charged_minor: int
    invalid_reason: str
    lines: tuple[SaleLineView, ...]

    @property
    def state(self) -> SaleState:
        if self.invalid_reason:
            return SaleState.INVALID
        if self.released_at is not None:
            return SaleState.CHARGED
        return SaleState.WAITING if self.refunded_minor < self.goods_minor else SaleState.GONE


@dataclass(frozen=True, slots=True)
class PlanSums:
    """A plan's valid sales: how many, what goods came to, commission that waits for release and that was charged."""

    sales: int = 0
    goods_minor: int = 0
    waiting_minor: int = 0
    charged_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PerSaleHealth:
    """How charging of sales stands: what waits for release, what is not proven, what does not hold, what is owed."""

    waiting: int
    waiting_minor: int
    charged_minor: int
    unproven: int
    broken: tuple[str, ...]
    owing_shops: int
    owed_minor: int


class BadPlan(ValueError):
    """Something of a plan is beyond what may be: `field`, `code`, and the limits if there are some."""

    def __init__(self, field: str, code: str, *, least: int | None = None, most: int | None = None) -> None:
        super().__init__(f"{field}: {code}")
        self.field, self.code, self.least, self.most = field, code, least, most
