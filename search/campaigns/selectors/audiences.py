"""Audiences of a shop's campaigns with their sizes, out of what is counted of the log."""

from collections.abc import Collection
from datetime import datetime

from billing.checkout.selectors import count_buyers
from billing.settlement.services.days import business_date
from market.accounts.regions import list_provinces
from market.taxonomy.selectors import get_tree
from search.auction.audiences import MOST_INTERESTS
from search.campaigns.contracts.audiences import AudienceView, Reach, Sizes
from search.campaigns.rules.audiences import estimate_reach, gather_sizes, list_views
from search.signals.selectors import map_audience_sizes


def read_sizes(*, shop_id: int, now: datetime) -> Sizes:
    """How many people each audience has: two statements."""
    counted = map_audience_sizes(today=business_date(now))
    provinces = [province.code for province in list_provinces()]
    return gather_sizes(counted, _list_tops(), provinces, count_buyers(shop_id))


def list_audiences(sizes: Sizes) -> list[AudienceView]:
    """Every audience that a campaign can be for, interests in the order of the categories."""
    return list_views(sizes, _list_tops())


def find_reach(*, shop_id: int, audiences: int, regions: Collection[str], now: datetime) -> Reach:
    """For how many people a targeting is: two statements, none where everybody is wanted."""
    if not audiences and not regions:
        return Reach(None, 1_000_000)
    return estimate_reach(audiences, regions, read_sizes(shop_id=shop_id, now=now))


def _list_tops() -> tuple[int, ...]:
    return get_tree().tops[:MOST_INTERESTS]
