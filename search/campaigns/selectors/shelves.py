"""What other shops bid for places on pages now."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from django.db.models import Exists, OuterRef, Q

from search.auction.contracts import ClickBid, MatchType
from search.auction.display import compute_ecpm
from search.auction.matching import compute_effective_bid
from search.campaigns import models
from search.campaigns.contracts import CampaignKind, CampaignState, Charge, CreativeState, PageKind, PartState
from search.campaigns.rules.demand import blur_bid
from search.listings.models import Listing

SHELVES = (PageKind.HOME, PageKind.CATEGORY, PageKind.PRODUCT)
"""Pages with places for display ads."""

MOST_OTHERS = 5_000
_RUNNING = PartState.RUNNING.value


def list_ads_of_trades(trades: Collection[int]) -> Q:
    """The display ads of goods of these categories, whoever's they are and were, as a condition on `campaigns.Ad`."""
    goods = Listing.objects.filter(
        shop_id=OuterRef("group__campaign__shop_id"), product_id=OuterRef("product_id"),
        category_ids__overlap=sorted(trades),
    )  # fmt: skip
    return Q(group__campaign__kind=CampaignKind.DISPLAY.value) & Q(Exists(goods))


def map_rival_ecpms(
    *, shop_id: int, trades: Collection[int], anywhere: bool, click_rate_ppm: int, today: date
) -> Mapping[PageKind, list[int]]:
    """The best bid of each other shop by page, in fen for a thousand views: on the ladder, never exact. One statement.

    On category pages those count that meet the trades, or all if `anywhere`. A bid a click is turned by the click rate.
    """
    shown = models.Ad.objects.filter(group=OuterRef("pk"), state=_RUNNING).filter(
        Q(creative=None) | Q(creative__state=CreativeState.APPROVED.value, creative__removed_at=None)
    )
    rows = models.Group.objects.filter(
        Q(campaign__ends_on=None) | Q(campaign__ends_on__gte=today),
        Exists(shown),
        state=_RUNNING,
        campaign__state=CampaignState.RUNNING.value,
        campaign__kind=CampaignKind.DISPLAY.value,
        campaign__starts_on__lte=today,
    ).exclude(campaign__shop_id=shop_id)
    blocked = models.AdvertiserLimit.objects.filter(blocked=True).values("shop_id")
    rows = rows.exclude(campaign__shop_id__in=blocked)
    meets = Exists(shown.filter(Q(creative__isnull=False) | list_ads_of_trades(trades)))
    found = rows.annotate(meets=meets).order_by("-pk").values_list(
        "campaign__shop_id", "charge", "bid_minor", "meets", *(f"campaign__{page.value}_bps" for page in SHELVES)
    )  # fmt: skip
    best: dict[PageKind, dict[int, int]] = defaultdict(dict)
    for other, charge, bid_minor, is_near, *page_bps in found[:MOST_OTHERS]:
        for page, bps in zip(SHELVES, page_bps, strict=True):
            ecpm = _find_ecpm(compute_effective_bid(bid_minor, MatchType.EXACT, bps), Charge(charge), click_rate_ppm)
            if ecpm and (page is not PageKind.CATEGORY or anywhere or is_near):
                best[page][other] = max(best[page].get(other, 0), ecpm)
    return {page: [blur_bid(ecpm) for ecpm in bids.values()] for page, bids in best.items()}


def _find_ecpm(bid_minor: int, charge: Charge, click_rate_ppm: int) -> int:
    if charge is Charge.MILLE or not bid_minor:
        return bid_minor
    return compute_ecpm(ClickBid(bid_minor, click_rate_ppm))
