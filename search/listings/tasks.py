"""What listings do when something happened elsewhere, and on the clock."""

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from market.outbox.contracts import EventEnvelope
from search.listings.services import count_sales, refresh_listings, refresh_shop
from search.listings.services.wording import count_words

SECONDS_AT_A_TIME = 5.0


def on_product_changed(events: Sequence[EventEnvelope]) -> None:
    """Copy the products anew, each once however many events there are."""
    wanted: dict[int, set[int]] = defaultdict(set)
    for event in events:
        if event.shop_id is not None:
            wanted[event.shop_id].add(int(event.payload["product_id"]))
    _refresh(wanted)


def on_stock_changed(events: Sequence[EventEnvelope]) -> None:
    """The same, for products of which pieces came or went."""
    wanted: dict[int, set[int]] = defaultdict(set)
    for event in events:
        if event.shop_id is not None:
            wanted[event.shop_id].update(int(product_id) for product_id in event.payload["product_ids"])
    _refresh(wanted)


def on_shop_changed(events: Sequence[EventEnvelope]) -> None:
    """A shop opened, closed, was suspended or renamed, or its freight changed: all its listings."""
    for shop_id in sorted({event.shop_id for event in events if event.shop_id is not None}):
        refresh_shop(shop_id=shop_id, now=timezone.now())


def count_demand(now: datetime) -> int:
    """Count what was sold in thirty days. Returns how many listings stand differently."""
    return count_sales(now=now)


def count_called_words(now: datetime) -> int:
    """Count by which words listings are called; what is left after a few seconds is the next time's."""
    del now  # nothing in it hangs on the time
    return count_words(until=time.monotonic() + SECONDS_AT_A_TIME)


def _refresh(wanted: dict[int, set[int]]) -> None:
    for shop_id in sorted(wanted):
        refresh_listings(shop_id=shop_id, product_ids=wanted[shop_id], now=timezone.now())
