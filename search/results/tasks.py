"""What results do when something happened elsewhere, and on the clock."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from market.outbox.contracts import EventEnvelope
from search.results import services

ROUNDS = 20


def on_share_completed(events: Sequence[EventEnvelope]) -> None:
    """Count what was bought together and kept."""
    services.count_purchases(share_nos=[str(event.payload["share_no"]) for event in events], now=timezone.now())


def count_looks(now: datetime) -> int:
    """Count what was looked at together. Returns how many looks."""
    total = 0
    for _ in range(ROUNDS):
        counted = services.count_looks(now=now)
        if counted < 0:
            break
        total += counted
    return total


def forget_gone(now: datetime) -> int:
    """Drop what was counted of listings that are gone."""
    return services.forget_gone(now=now)
