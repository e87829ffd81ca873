"""What pay per sale does when something happened to an order, and on the clock."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from market.outbox.contracts import EventEnvelope
from search.per_sale.services import follow_invalid_clicks, follow_order, follow_sale, prove_sales


def on_share_sold(events: Sequence[EventEnvelope]) -> None:
    """An order is paid, or agreed for cash: whose click brought it."""
    for event in events:
        assert event.shop_id is not None
        follow_sale(share_no=str(event.payload["share_no"]), shop_id=event.shop_id, now=timezone.now())


def on_share_moved(events: Sequence[EventEnvelope]) -> None:
    """An order is released, refunded or cancelled: read it anew."""
    for event in events:
        follow_order(share_no=str(event.payload["share_no"]), now=timezone.now())


def follow_invalid(now: datetime) -> int:
    """Take sales from clicks that were found invalid since."""
    return follow_invalid_clicks(now)


def prove(now: datetime) -> int:
    """Prove what was charged since the last time."""
    return prove_sales(now)
