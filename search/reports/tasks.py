"""What reports do when something happened elsewhere, and on the clock."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from billing.settlement.services.days import business_date
from market.outbox.contracts import EventEnvelope
from search.reports import services
from search.serving.services import purge_exposures, take_lift_sale_back

ROUNDS = 20
EXPOSURES_KEPT = timedelta(days=42)
"""As long as signals keep the salts of weeks."""


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
    """Drop names of days and weeks that mean nobody any more. Returns how many."""
    return services.purge_joined(now=now) + purge_exposures(before=business_date(now) - EXPOSURES_KEPT)


def on_share_sold(events: Sequence[EventEnvelope]) -> None:
    """Credit orders to the ads before them: `share.paid`, and `share.agreed` of those that are paid in cash."""
    for event in events:
        assert event.shop_id is not None
        services.count_sale(share_no=str(event.payload["share_no"]), shop_id=event.shop_id)


def on_share_gone(events: Sequence[EventEnvelope]) -> None:
    """Take off what went back: `share.refunded`, `share.cancelled`."""
    for event in events:
        take_lift_sale_back(share_no=str(event.payload["share_no"]))
        services.note_refund(share_no=str(event.payload["share_no"]), refunded_at=event.recorded_at)
