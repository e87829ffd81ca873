"""Timers of the accounts app."""

from datetime import datetime

from market.accounts.services import purge_expired_rows


def purge_expired(now: datetime) -> int:
    """Delete tickets, attempts, sessions and sign-ups whose time is over."""
    return purge_expired_rows(now=now)
