"""Reads of a shop's catalogue. All run inside `enter_shop`."""

from tenants.catalog.selectors.editing import (
    NoSuchProduct,
    find_product_by_handle,
    get_product_draft,
    list_product_drafts,
    list_product_ids,
)
from tenants.catalog.selectors.selling import list_product_sheets, list_sellable, list_variant_products
from tenants.catalog.selectors.tables import (
    BadCursor,
    count_by_status,
    list_products,
    list_tags,
    list_variant_labels,
)

__all__ = [
    "BadCursor",
    "NoSuchProduct",
    "count_by_status",
    "find_product_by_handle",
    "get_product_draft",
    "list_product_drafts",
    "list_product_ids",
    "list_product_sheets",
    "list_products",
    "list_sellable",
    "list_tags",
    "list_variant_labels",
    "list_variant_products",
]
