"""What serving and spending know of campaigns: frozen values without a query in them. Money in minor units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from search.auction.contracts import ALL_HOURS, FrequencyCap, Keyword, MatchType, Pace
from search.campaigns.contracts.kinds import CampaignKind, Charge, PageKind
from tenants.catalog.contracts import Picture

Position = str
"""How far a reader has followed the changes: the snapshot it read in, as PostgreSQL writes one."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The campaigns that changed since a position, and the position to go on from."""

    campaign_ids: tuple[int, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class LiveCreative:
    """An approved picture. `landing` is a path on the market's host."""

    creative_id: int
    title: str
    picture: Picture
    landing: str


@dataclass(frozen=True, slots=True)
class LiveKeyword:
    """A bought word. `match` is the loosest that is wanted; the bid is the word's own, or its group's."""

    keyword_id: int
    tokens: tuple[str, ...]
    match: MatchType
    bid_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveAd:
    """One ad: a product of the shop, or a creative. `created_us` is the age that breaks ties in auctions."""

    ad_id: int
    campaign_id: int
    group_id: int
    shop_id: int
    product_id: int | None
    creative: LiveCreative | None
    kind: CampaignKind
    charge: Charge
    bid_minor: int
    keywords: tuple[LiveKeyword, ...]
    negatives: tuple[Keyword, ...]
    created_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCampaign:
    """A running campaign with all that runs in it.

    No region or audience means all. `starts_on` and `ends_on` are business days, both included: the reader compares
    them with its day. `shop_daily_limit_minor` is the lower of the merchant's own limit and staff's.
    """

    campaign_id: int
    shop_id: int
    kind: CampaignKind
    pace: Pace
    daily_budget_minor: int
    total_budget_minor: int | None
    shop_daily_limit_minor: int | None
    starts_on: date
    ends_on: date | None
    hours: int = ALL_HOURS
    regions: frozenset[str] = frozenset()
    audiences: int = 0
    frequency_caps: tuple[FrequencyCap, ...] = ()
    page_bps: Mapping[PageKind, int] = field(default_factory=dict)
    ads: tuple[LiveAd, ...] = ()


@dataclass(frozen=True, slots=True)
class CampaignBudget:
    """The caps that a campaign's money comes out of; None where there is no such cap."""

    campaign_id: int
    shop_id: int
    daily_minor: int
    total_minor: int | None
    shop_daily_minor: int | None


@dataclass(frozen=True, slots=True)
class Floors:
    """The least that is taken on a page: for a click, and for a thousand views."""

    click_minor: Mapping[PageKind, int]
    mille_minor: Mapping[PageKind, int]

    def find(self, page: PageKind, charge: Charge) -> int:
        """The floor of a page for a charge."""
        return (self.click_minor if charge is Charge.CLICK else self.mille_minor)[page]
