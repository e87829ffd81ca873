"""Reads of campaigns: for their shops, for staff, and for what serves and charges them."""

from search.campaigns.selectors.audiences import find_reach, list_audiences, read_sizes
from search.campaigns.selectors.changes import read_changes
from search.campaigns.selectors.creatives import (
    count_creatives,
    count_waiting,
    list_creatives,
    list_for_review,
    map_creatives,
)
from search.campaigns.selectors.demand import forecast_words, measure_words, study_words, suggest_words
from search.campaigns.selectors.floors import measure_floors
from search.campaigns.selectors.limits import (
    find_limit,
    get_floors,
    list_advertiser_ids,
    list_blocked_shops,
    list_limited,
    map_limits,
)
from search.campaigns.selectors.live import get_budgets, read_live
from search.campaigns.selectors.reading import (
    CampaignNotFound,
    count_campaigns,
    find_without_groups,
    get_campaign,
    get_group,
    list_ads,
    list_advertised_things,
    list_campaigns,
    list_groups,
    list_keywords,
    list_negatives,
    map_ads,
    map_campaigns,
    map_keywords,
)
from search.campaigns.selectors.typed_bids import find_typed_bid

__all__ = [
    "CampaignNotFound",
    "count_campaigns",
    "count_creatives",
    "count_waiting",
    "find_limit",
    "find_reach",
    "find_typed_bid",
    "find_without_groups",
    "forecast_words",
    "get_budgets",
    "get_campaign",
    "get_floors",
    "get_group",
    "list_ads",
    "list_advertised_things",
    "list_advertiser_ids",
    "list_audiences",
    "list_blocked_shops",
    "list_campaigns",
    "list_creatives",
    "list_for_review",
    "list_groups",
    "list_keywords",
    "list_limited",
    "list_negatives",
    "map_ads",
    "map_campaigns",
    "map_creatives",
    "map_keywords",
    "map_limits",
    "measure_floors",
    "measure_words",
    "read_changes",
    "read_live",
    "read_sizes",
    "study_words",
    "suggest_words",
]
