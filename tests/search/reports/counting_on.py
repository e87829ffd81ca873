"""Counting until all is counted: a feed waits for every transaction of the server, also of other databases."""

import time
from datetime import datetime

from search.reports.models import Position
from search.reports.tasks import count
from search.spending.models import AdEvent, Correction

MOST_SECONDS = 120.0


def count_all(now: datetime) -> int:
    """Count on until every event and correction was read. Returns how many were counted by this.

    However many there are: what may not last is that nothing moves.
    """
    until, total = time.monotonic() + MOST_SECONDS, count(now)
    while _read_counted() != (AdEvent.objects.count(), Correction.objects.count()):
        assert time.monotonic() < until, "something keeps a transaction open"
        time.sleep(0.05)
        if more := count(now):
            until, total = time.monotonic() + MOST_SECONDS, total + more
    return total


def _read_counted() -> tuple[int, int]:
    counted = dict(Position.objects.values_list("name", "counted"))
    return counted.get("events", 0), counted.get("corrections", 0)
