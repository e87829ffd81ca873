"""Reads of slots: places, lots, sealed bids, and what runs now."""

from search.slots.selectors.bids import count_lots_of_creatives, list_bids, list_bids_of_shop, list_outcomes
from search.slots.selectors.lots import (
    find_landing,
    find_lot,
    find_slot,
    list_calendar,
    list_lots_of_slot,
    list_parts,
    list_slots,
    list_sold_prices,
    map_lots,
    read_health,
)
from search.slots.selectors.running import list_running
from search.slots.selectors.staff import count_standing_bids, get_slot, measure_cancel

__all__ = [
    "count_lots_of_creatives",
    "count_standing_bids",
    "find_landing",
    "find_lot",
    "find_slot",
    "get_slot",
    "list_bids",
    "list_bids_of_shop",
    "list_calendar",
    "list_lots_of_slot",
    "list_outcomes",
    "list_parts",
    "list_running",
    "list_slots",
    "list_sold_prices",
    "map_lots",
    "measure_cancel",
    "read_health",
]
