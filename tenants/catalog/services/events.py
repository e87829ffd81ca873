"""The one event the catalogue writes."""

from datetime import datetime

from market.outbox.services import record_event
from market.shops.tenancy import entered_shop


def record_product_changed(*, product_id: int, now: datetime) -> None:
    """Tell the rest of the house, after the commit, to look at this product again."""
    shop_id = entered_shop().shop_id
    record_event(
        kind="product.changed",
        shop_id=shop_id,
        key=f"{shop_id}:{product_id}",
        payload={"product_id": product_id},
        now=now,
    )
