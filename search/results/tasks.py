"""What results do when something happened elsewhere, and on the clock."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from market.outbox.contracts import EventEnvelope
from search.results import services


def on_share_completed(events: Sequence[EventEnvelope]) -> None:
    """Count what was bought together and kept."""
    services.count_purchases(share_nos=[str(event.payload["share_no"]) for event in events], now=timezone.now())


def forget_gone(now: datetime) -> int:
    """Drop what was counted of listings that are gone."""
    return services.forget_gone(now=now)
