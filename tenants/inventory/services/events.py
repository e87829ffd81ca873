"""The one event the stock writes."""

from collections.abc import Iterable
from datetime import datetime

from market.outbox.services import record_event
from market.shops.tenancy import entered_shop


def record_stock_changed(*, product_ids: Iterable[int], now: datetime) -> None:
    """Tell the rest of the house, after the commit, what can be bought of these products now."""
    products = sorted(set(product_ids))
    if not products:
        return
    shop_id = entered_shop().shop_id
    record_event(
        kind="stock.changed",
        shop_id=shop_id,
        key=f"{shop_id}:{','.join(map(str, products))}",
        payload={"product_ids": products},
        now=now,
    )
