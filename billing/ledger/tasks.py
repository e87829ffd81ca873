"""What the relay's timers call."""

from datetime import datetime

from billing.ledger import services


def post_pending(now: datetime) -> int:
    """Bring what was requested into the books. Cheap when there is nothing to do: one look at a partial index."""
    return services.post_pending(now)


def expire_holds(now: datetime) -> int:
    """Give back holds whose time is over."""
    return services.expire_holds(now)
