"""A worker that takes in what pages report, to be killed."""

from datetime import UTC, datetime

from search.signals import tasks
from search.signals.services import buffering, count_events


def work(stream: str) -> None:
    """Take reports in and count them by small batches, until killed."""
    buffering.STREAM = stream
    tasks.MOST_REPORTS = 7
    while True:
        tasks.take_in(datetime(2026, 11, 22, tzinfo=UTC))
        count_events(limit=13)
