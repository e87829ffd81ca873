"""What faces show of campaigns. Money in minor units."""

from dataclasses import dataclass
from datetime import date, datetime

from search.auction.contracts import MatchType, Pace
from search.campaigns.contracts.drafts import Targeting
from search.campaigns.contracts.kinds import CampaignKind, CampaignState, Charge, CreativeState, PartState
from tenants.catalog.contracts import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignView:
    """A campaign as its shop sees it. `version` grows with each change of its own fields."""

    campaign_id: int
    shop_id: int
    name: str
    kind: CampaignKind
    state: CampaignState
    pace: Pace
    daily_budget_minor: int
    total_budget_minor: int | None
    starts_on: date
    ends_on: date | None
    targeting: Targeting
    version: int
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """A group with how much is in it, removed things not counted."""

    group_id: int
    campaign_id: int
    name: str
    state: PartState
    bid_minor: int
    charge: Charge
    ads: int
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdView:
    """An ad: exactly one of product and creative."""

    ad_id: int
    group_id: int
    campaign_id: int
    state: PartState
    product_id: int | None
    creative_id: int | None


@dataclass(frozen=True, slots=True)
class AdvertisedThing:
    """What an ad is for: goods of a shop, or (without a product) a creative."""

    ad_id: int
    shop_id: int
    product_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordView:
    """A bought word. `bid_minor` is its own bid, None for its group's."""

    keyword_id: int
    group_id: int
    text: str
    match: MatchType
    bid_minor: int | None
    state: PartState


@dataclass(frozen=True, slots=True)
class TypedBid:
    """A bid as it was typed, with what makes an effective one of it: the factor of the match, the page's multiplier."""

    bid_minor: int
    match: MatchType
    match_bps: int
    page_bps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NegativeView:
    """A word for which nothing is shown, of a group or (without one) of the whole campaign."""

    negative_id: int
    campaign_id: int
    group_id: int | None
    text: str
    match: MatchType


@dataclass(frozen=True, slots=True, kw_only=True)
class CreativeView:
    """A picture and title of a merchant's own, and what staff said of it."""

    creative_id: int
    shop_id: int
    title: str
    picture: Picture
    landing: str
    state: CreativeState
    reason: str
    created_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvertiserLimit:
    """What a shop may spend a day on all campaigns: the merchant's own limit and staff's. Blocked: nothing is shown."""

    shop_id: int
    own_daily_minor: int | None = None
    staff_daily_minor: int | None = None
    blocked: bool = False
    reason: str = ""

    @property
    def daily_minor(self) -> int | None:
        """The lower of both limits, None without any."""
        return min((one for one in (self.own_daily_minor, self.staff_daily_minor) if one is not None), default=None)


@dataclass(frozen=True, slots=True)
class FloorEffect:
    """What a floor does to the bids that run: how many there are, how many it keeps out, and how many another would."""

    floor_minor: int
    bids: int
    below_now: int
    below_then: int
    shops_below_then: int


@dataclass(frozen=True, slots=True)
class EditOutcome:
    """What a change of many did. `edit_id` undoes it; it is 0 when nothing changed."""

    edit_id: int
    changed: int
