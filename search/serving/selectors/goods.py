"""Advertised goods as auctions compare them with what is asked."""

from collections.abc import Sequence

from market.shops.contracts import Epochs
from market.taxonomy.selectors import get_tree
from search.listings.selectors import list_advertised
from search.serving.contracts import Goods, Product
from search.tokens.text import clean


def read_goods(products: Sequence[Product], *, epochs: Epochs) -> list[Goods]:
    """Those of these products that can be shown: one statement for each 500."""
    nodes = get_tree().nodes
    found = []
    for row in list_advertised(products, epochs=epochs):
        trades = [nodes[pk] for pk in row.category_ids if pk in nodes]
        names = (name for node in trades for name in (node.name_zh, node.name_en))
        goods = Goods(
            listing_id=row.listing_id,
            product=(row.shop_id, row.product_id),
            in_stock=row.in_stock,
            category_ids=row.category_ids,
            text=clean("\n".join((*row.texts, *names))),
        )
        found.append(goods)
    return found
