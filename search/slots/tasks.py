"""Entry points of slots for the clock."""

from datetime import datetime

from search.slots.services import close_due_lots, decide_due_parts, open_due_lots, watch_running


def open_lots(now: datetime) -> int:
    """Open lots up to the horizon of each place."""
    return open_due_lots(now=now)


def close_lots(now: datetime) -> int:
    """Close the lots whose time for bids is over."""
    return close_due_lots(now=now)


def watch_lots(now: datetime) -> int:
    """Note whether what is sold can be served this minute."""
    return watch_running(now=now)


def decide_parts(now: datetime) -> int:
    """Earn what was delivered, give the rest back."""
    return decide_due_parts(now=now)
