"""What the relay's timers call."""

from datetime import datetime

from billing.ledger.services import expire_holds, post_pending, prove_due, seal_ledger

BATCH = 500
MOST_BATCHES = 20


def post_requests(now: datetime) -> int:
    """Bring what was requested into the books. Cheap when there is nothing to do: one look at a partial index."""
    taken = 0
    for _ in range(MOST_BATCHES):
        batch = post_pending(now, BATCH)
        taken += batch
        if batch < BATCH:
            break
    return taken


def seal_new_rows(now: datetime) -> int:
    """Add what was posted since the last time to the chain of seals."""
    return seal_ledger(now=now)


def expire_due_holds(now: datetime) -> int:
    """Give back holds whose time is over."""
    return expire_holds(now)


def prove_books(now: datetime) -> int:
    """Once a night, prove all of the books and store what came of it."""
    return int(prove_due(now))
