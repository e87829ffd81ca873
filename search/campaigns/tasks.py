"""Timers of campaigns."""

from datetime import datetime

from search.campaigns.services import end_past_campaigns

MOST_AT_ONCE = 500


def end_past(now: datetime) -> int:
    """End what ran its days. Returns how many ended."""
    ended = 0
    while number := end_past_campaigns(limit=MOST_AT_ONCE, now=now):
        ended += number
    return ended
