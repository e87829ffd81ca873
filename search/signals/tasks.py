"""What signals do on the clock."""

from datetime import datetime

from search.signals.services import count_events, purge_old

ROUNDS = 20


def count(now: datetime) -> int:
    """Add what is new in the log to the counts. Returns how many events."""
    total = 0
    for _ in range(ROUNDS):
        done = count_events()
        total += done
        if not done:
            break
    return total


def purge(now: datetime) -> int:
    """Forget what is older than it may be. Returns how many rows went."""
    return purge_old(now=now)
