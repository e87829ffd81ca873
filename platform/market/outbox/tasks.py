"""Entry points of the outbox for the clock."""

from datetime import datetime, timedelta

from market.outbox.idempotency import purge_keys
from market.outbox.services import purge_delivered

KEYS_KEPT = timedelta(hours=24)
EVENTS_KEPT = timedelta(days=7)


def purge(now: datetime) -> int:
    """Forget answers that no client repeats any more, and events that everybody has had."""
    return purge_keys(before=now - KEYS_KEPT) + purge_delivered(before=now - EVENTS_KEPT)
