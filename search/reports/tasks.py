"""What reports do when something happened elsewhere, and on the clock."""

from collections.abc import Sequence
from datetime import datetime

from market.outbox.contracts import EventEnvelope
from search.reports import services

ROUNDS = 20


def count(now: datetime) -> int:
    """Add what ads did since the last time. Returns how many events and corrections."""
    total = 0
    for _ in range(ROUNDS):
        counted = services.count_events(now=now)
        total += counted.read + counted.waited
        if not counted.read:
            break
    return total + services.count_corrections(now=now)


def count_qualities(now: datetime) -> int:
    """Count what was seen, clicked and bought of ads. Returns of how many."""
    return services.count_qualities(now=now)


def purge(now: datetime) -> int:
    """Drop names of days that mean nobody any more. Returns how many."""
    return services.purge_joined(now=now)


def on_share_sold(events: Sequence[EventEnvelope]) -> None:
    """Credit orders to the ads before them: `share.paid`, and `share.agreed` of those that are paid in cash."""
    for event in events:
        assert event.shop_id is not None
        services.count_sale(share_no=str(event.payload["share_no"]), shop_id=event.shop_id)


def on_share_gone(events: Sequence[EventEnvelope]) -> None:
    """Take off what went back: `share.refunded`, `share.cancelled`."""
    for event in events:
        services.note_refund(share_no=str(event.payload["share_no"]), refunded_at=event.recorded_at)
