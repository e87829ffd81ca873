"""Timers of campaigns."""

from datetime import datetime

from search.campaigns.services import end_past_campaigns, forget_edits

MOST_AT_ONCE = 500


def end_past(now: datetime) -> int:
    """End what ran its days. Returns how many ended."""
    ended = 0
    while number := end_past_campaigns(limit=MOST_AT_ONCE, now=now):
        ended += number
    return ended


def purge(now: datetime) -> int:
    """Drop what can be undone no more. Returns how much."""
    return forget_edits(now=now)
