"""Writes a shop's goods and stock as our own CSV."""

from collections.abc import Iterator

from django.db import transaction

from market.shops.contracts import ShopContext, ShopRef
from market.shops.tenancy import enter_shop
from market.taxonomy.selectors import get_tree
from tenants.catalog.imports import write_heading, write_products
from tenants.catalog.selectors import list_product_drafts, list_product_ids
from tenants.inventory.selectors import list_stock_of

_BATCH = 100


def export_products(*, shop: ShopRef | ShopContext, base_url: str = "") -> Iterator[str]:
    """The whole catalogue in pieces, private fields included: for the shop's own people only.

    Each batch is read in a short transaction of its own. `base_url` goes before our own pictures' addresses.
    """
    yield write_heading()
    categories = {node.category_id: node.slug for node in get_tree().nodes.values()}
    after = 0
    while True:
        with transaction.atomic(), enter_shop(shop):
            product_ids = list_product_ids(after=after, limit=_BATCH)
            products = list_product_drafts(product_ids)
            variant_ids = [v.variant_id for p in products for v in p.draft.variants if v.variant_id is not None]
            on_hand: dict[int, int] = {}
            for row in list_stock_of(variant_ids):
                on_hand[row.variant_id] = on_hand.get(row.variant_id, 0) + row.on_hand
        yield from write_products(products, on_hand=on_hand, categories=categories, base_url=base_url)
        if len(product_ids) < _BATCH:
            return
        after = product_ids[-1]
