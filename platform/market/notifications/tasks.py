"""Timers of the notifications app."""

from datetime import datetime

from market.notifications.services import purge_old_messages


def purge_messages(now: datetime) -> int:
    """Delete messages that nobody needs any more."""
    return purge_old_messages(now=now)
