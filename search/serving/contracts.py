"""What crosses the border of serving: what a page asks for and what it is given. No Django."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from search.auction.contracts import CategoryUsual, QualityFacts, Tally, TokenKind
from search.auction.quality import CURRENT
from search.campaigns.contracts import CampaignKind, LiveCreative, PageKind

Product = tuple[int, int]
"""Whose product it is: shop id and product id."""

Usage = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdAsk:
    """One page view that asks for all its ads at once.

    `places` says how many of each kind. `tokens` are the asked words as campaigns cut them. `person` is signals' digest
    of a member or guest ("" for nobody or for somebody who said no), `network` an address prefix. `region` is a
    province code or "", `audiences` the visitor's bits but those of buyers: `bought_at` are the shops where the visitor
    bought something, None where that is not known. `category_id` is the category that is looked at or that
    `product` is in, `trade_id` the uppermost one above it.
    """

    page: PageKind
    places: Mapping[CampaignKind, int]
    query: str = ""
    tokens: tuple[str, ...] = ()
    category_id: int | None = None
    trade_id: int | None = None
    product: Product | None = None
    region: str = ""
    audiences: int = 0
    bought_at: frozenset[int] | None = None
    person: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """An ad at its place (from 1) of a kind. Exactly one of listing and creative; `used` are facts of the visitor that
    it was chosen by ("region", "interests", "device", "buyer")."""

    place: int
    kind: CampaignKind
    ad_id: int
    campaign_id: int
    shop_id: int
    listing_id: int | None
    creative: LiveCreative | None
    click_token: str
    view_token: str
    used: Usage = frozenset()


@dataclass(frozen=True, slots=True)
class PageAds:
    """What a page shows; nothing at all is always possible."""

    lines: tuple[ShownLine, ...] = ()

    def of_kind(self, kind: CampaignKind) -> list[ShownLine]:
        """The lines of a kind, by place."""
        return [line for line in self.lines if line.kind is kind]


NO_ADS = PageAds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """A product that can be shown now. `text` is all that it is called by, cleaned; categories from the top down."""

    listing_id: int
    product: Product
    in_stock: bool
    category_ids: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityTable:
    """What is known of ads, by the number of its computation: counts by ad; an ad that is missing has none yet.

    `usual` is what is usual by uppermost category, 0 for the whole market; `rules_version` says how all of it weighs.
    """

    version: int = 0
    rules_version: int = CURRENT
    facts: Mapping[int, QualityFacts] = field(default_factory=dict)
    usual: Mapping[int, CategoryUsual] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QualityPart:
    """A rate of an ad, smoothed, beside what is usual in its category; both in ppm. `tally` is what was counted."""

    rate_ppm: int
    usual_ppm: int
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityView:
    """The quality of an ad as its merchant sees it: 1 to 10, and what makes it.

    `relevance_ppm` is the mean over the words of its group; for places on pages, of pages of its own category. The
    experience, 1,000,000 where it is usual, is made of conversion, refunds and sending in time.
    """

    shown: int
    click: QualityPart
    relevance_ppm: int
    experience_ppm: int
    conversion: QualityPart
    refund: QualityPart
    on_time: QualityPart
    version: int


@dataclass(frozen=True, slots=True)
class ServingHealth:
    """How a process serves: what it holds in memory, and how old that is."""

    campaigns: int
    ads: int
    words: int
    leases: int
    decisions_waiting: int
    decisions_lost: int
    refreshed_seconds_ago: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """Visitors for whom a shop's ad won: those who bought there afterwards, their orders, the revenue in fen.

    Squares are summed over visitors, so that the spread is known.
    """

    visitors: int = 0
    buyers: int = 0
    orders: int = 0
    order_squares: int = 0
    revenue_minor: int = 0
    revenue_squares: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """What was ordered and earned because of ads, each with half of its interval of 95 %."""

    orders: float
    orders_error: float
    revenue_minor: int
    revenue_error_minor: int

    @property
    def is_certain(self) -> bool:
        """Whether the interval leaves nothing out."""
        return abs(self.revenue_minor) > self.revenue_error_minor


__all__ = [
    "NO_ADS",
    "AdAsk",
    "Arm",
    "Goods",
    "Lift",
    "PageAds",
    "Product",
    "QualityPart",
    "QualityTable",
    "QualityView",
    "ServingHealth",
    "ShownLine",
    "TokenKind",
]
