"""The only page that lists asynchronous edges: which event goes to which task, and what is looked for when."""

from market.outbox.contracts import Timer

SUBSCRIPTIONS: dict[str, tuple[str, ...]] = {
    "product.changed": ("search.listings.tasks.on_product_changed",),
    "stock.changed": ("search.listings.tasks.on_stock_changed",),
    "shop.changed": ("search.listings.tasks.on_shop_changed",),
}

TIMERS: tuple[Timer, ...] = ()
