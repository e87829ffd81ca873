"""What a merchant says of a campaign. Checked by `rules.checking`, not when built. Money in minor units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from search.auction.contracts import ALL_HOURS, FrequencyCap, MatchType, Pace
from search.campaigns.contracts.kinds import CampaignKind, Charge, PageKind, PartState


@dataclass(frozen=True, slots=True)
class Targeting:
    """To whom, where and when: see `LiveCampaign`. A page that is not named bids as it stands (10,000)."""

    hours: int = ALL_HOURS
    regions: tuple[str, ...] = ()
    audiences: int = 0
    frequency_caps: tuple[FrequencyCap, ...] = ()
    page_bps: Mapping[PageKind, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDraft:
    """A campaign without its groups. The kind of one that exists stays."""

    name: str
    kind: CampaignKind
    daily_budget_minor: int
    starts_on: date
    total_budget_minor: int | None = None
    ends_on: date | None = None
    pace: Pace = Pace.EVEN
    targeting: Targeting = Targeting()


@dataclass(frozen=True, slots=True)
class WordDraft:
    """A word to buy. Without a bid of its own it bids what its group does."""

    text: str
    match: MatchType = MatchType.PHRASE
    bid_minor: int | None = None
    state: PartState = PartState.RUNNING


@dataclass(frozen=True, slots=True)
class NegativeDraft:
    """A word for which nothing is to be shown."""

    text: str
    match: MatchType = MatchType.PHRASE


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDraft:
    """A group with what is advertised in it: products of the shop, creatives, words."""

    name: str
    bid_minor: int
    charge: Charge = Charge.CLICK
    product_ids: tuple[int, ...] = ()
    creative_ids: tuple[int, ...] = ()
    words: tuple[WordDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class WordEdit:
    """What becomes of a word; what is None stays. `own_bid` says whether `bid_minor` is its bid, or the group's is."""

    keyword_id: int
    state: PartState | None = None
    match: MatchType | None = None
    own_bid: bool | None = None
    bid_minor: int | None = None
