"""Wake-ups for jobs: an event when one is queued, a timer for those that a dead process left."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from market.jobs.selectors import list_stalled
from market.jobs.services import run_job
from market.outbox.contracts import EventEnvelope

# Short slices: without a broker the relay itself does this work between its other duties.
SLICE_SECONDS = 8.0
RESUME_SECONDS = 4.0


def on_job_queued(events: Sequence[EventEnvelope]) -> None:
    """Work on the jobs of these events, a slice of time each. A job that another process has is left to it."""
    job_ids = list(dict.fromkeys(event.payload["job_id"] for event in events))
    for job_id in job_ids:
        run_job(job_id=job_id, clock=timezone.now, seconds=max(1.0, SLICE_SECONDS / len(job_ids)))


def resume_stalled(now: datetime) -> int:
    """A timer: go on with jobs whose process died or whose wake-up was lost. Returns how many."""
    job_ids = list_stalled(now=now, limit=5)
    for job_id in job_ids:
        run_job(job_id=job_id, clock=timezone.now, seconds=RESUME_SECONDS)
    return len(job_ids)
