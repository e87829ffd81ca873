"""Noting how work of search ended, for staff to see."""

from datetime import datetime

from search.listings.contracts import ReconcileOutcome
from search.signals.models import ReconcileRun


def note_reconciling(*, outcome: ReconcileOutcome, seconds: float, now: datetime) -> None:
    """Keep how a comparison of all products with their listings ended."""
    ReconcileRun.objects.create(
        at=now,
        seconds=seconds,
        checked=outcome.checked,
        lost=len(outcome.lost),
        stale=len(outcome.stale),
        ghosts=len(outcome.ghosts),
    )
