"""Floors with what they do: how many live bids lie below an amount, and so take no part."""

from collections.abc import Sequence

from market.money import WHOLE_BPS
from search.auction.contracts import MatchType
from search.auction.matching import compute_effective_bid
from search.campaigns.contracts import Charge, FloorEffect, LiveAd, LiveCampaign, PageKind
from search.campaigns.selectors.limits import get_floors
from search.campaigns.selectors.live import read_live

BY_WORDS = (PageKind.SEARCH, PageKind.CATEGORY)
"""Where clicks are auctioned by words; everywhere but in search places go by what a thousand views bring."""


def measure_floors(wanted: Sequence[tuple[PageKind, Charge, int]]) -> list[FloorEffect]:
    """For each page, charge and amount: how many bids run there, and how many lie below the floor and the amount.

    A bid is taken at its best: its words met exactly, times the page's multiplier. So whoever is below never takes part
    there. Bids by the click for places are left out: what they come to depends on how often each is clicked.
    """
    floors, campaigns = get_floors(), read_live(None)
    effects = []
    for page, charge, amount_minor in wanted:
        bids = [bid for campaign in campaigns for bid in _list_bids(campaign, page, charge)]
        floor_minor = floors.find(page, charge)
        effects.append(
            FloorEffect(
                floor_minor=floor_minor,
                bids=len(bids),
                below_now=sum(bid < floor_minor for _, bid in bids),
                below_then=sum(bid < amount_minor for _, bid in bids),
                shops_below_then=len({shop_id for shop_id, bid in bids if bid < amount_minor}),
            )
        )
    return effects


def _list_bids(campaign: LiveCampaign, page: PageKind, charge: Charge) -> list[tuple[int, int]]:
    """Shop and bid of everything in a campaign that bids on a page."""
    page_bps = campaign.page_bps.get(page, WHOLE_BPS)
    best: dict[tuple[int, int | None], int] = {}
    for ad in campaign.ads:
        for part, bid_minor in _list_parts(ad, charge, page):
            best[(ad.group_id, part)] = compute_effective_bid(bid_minor, MatchType.EXACT, page_bps)
    return [(campaign.shop_id, bid) for bid in best.values()]


def _list_parts(ad: LiveAd, charge: Charge, page: PageKind) -> list[tuple[int | None, int]]:
    """What of an ad bids: its words one by one, or its group as a whole."""
    if charge is Charge.CLICK and page in BY_WORDS:
        return [(word.keyword_id, word.bid_minor) for word in ad.keywords]
    if charge is Charge.MILLE and page is not PageKind.SEARCH and ad.charge is Charge.MILLE:
        return [(None, ad.bid_minor)]
    return []
