"""Reads of listings, for the faces. None touches a shop's schema.

`epochs` is what the request already knows (`request.epochs`); without it, one statement more reads them.
"""

from search.listings.selectors.advertised import list_advertised, list_changed
from search.listings.selectors.cards import list_cards, list_shop_cards
from search.listings.selectors.finding import (
    count_categories,
    fill_shelves,
    find_ids,
    list_closed_shop_ids,
    list_shelf,
    list_shelves,
    read_generation,
    read_shown,
    search,
    search_placed,
)
from search.listings.selectors.reading import (
    find_highest_listing_id,
    find_highest_number,
    find_listing,
    find_listing_id,
    find_offer,
    find_place,
    list_gone,
    list_listings,
    list_offers,
    map_listing_ids,
    map_places,
)

__all__ = [
    "count_categories",
    "fill_shelves",
    "find_highest_listing_id",
    "find_highest_number",
    "find_ids",
    "find_listing",
    "find_listing_id",
    "find_offer",
    "find_place",
    "list_advertised",
    "list_cards",
    "list_changed",
    "list_closed_shop_ids",
    "list_gone",
    "list_listings",
    "list_offers",
    "list_shelf",
    "list_shelves",
    "list_shop_cards",
    "map_listing_ids",
    "map_places",
    "read_generation",
    "read_shown",
    "search",
    "search_placed",
]
