"""Writes of listings: copying products, finding what went wrong. (Feeding an index is `services.indexing`.)"""

from search.listings.services.copying import (
    list_known_product_ids,
    mark_changed,
    refresh_listings,
    refresh_shop,
)
from search.listings.services.demand import count_sales, set_lifts
from search.listings.services.reconciling import reconcile_index, reconcile_shop, reconcile_shops

__all__ = [
    "count_sales",
    "list_known_product_ids",
    "mark_changed",
    "reconcile_index",
    "reconcile_shop",
    "reconcile_shops",
    "refresh_listings",
    "refresh_shop",
    "set_lifts",
]
