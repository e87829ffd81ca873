"""Starting, running and stopping long work.

A run does chunks for some seconds and then makes room: each chunk is one transaction that writes its rows and moves
the job's cursor, so that a process killed anywhere resumes exactly after the last whole chunk. A lease keeps two
processes from one job; a job whose lease is over is found again by a timer.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from market.jobs.contracts import Issue, JobRefused, JobState, JsonObject, Runner, Severity, Step
from market.jobs.models import Job, JobIssue
from market.jobs.selectors import to_view
from market.outbox.services import record_event

LEASE_SECONDS = 60
SLICE_SECONDS = 20.0
MOST_ATTEMPTS = 5
MOST_ISSUES = 1000

log = structlog.get_logger(__name__)


class UnknownKind(LookupError):
    """No runner is named for this kind of job."""


class LeaseLost(RuntimeError):
    """Another process took the job over, or somebody stopped it; what this one did last is rolled back."""


def start_job(
    *, shop_id: int, kind: str, params: JsonObject, created_by: int | None, now: datetime, total: int = 0
) -> int:
    """Write down work to be done and wake a worker after the commit. Returns the job's id. Raises `UnknownKind`."""
    _check_kind(kind)
    with transaction.atomic():
        job = Job.objects.create(
            shop_id=shop_id, kind=kind, params=params, total=total, created_by=created_by, created_at=now
        )
        _wake(job, now)
    return job.pk


def stop_job(*, job_id: int, shop_id: int, now: datetime) -> bool:
    """Stop a job after its present chunk; what is done stays done. False if it was over already."""
    rows = Job.objects.filter(pk=job_id, shop_id=shop_id, state__in=[JobState.QUEUED.value, JobState.RUNNING.value])
    return bool(rows.update(state=JobState.STOPPED.value, ended_at=now, lease_key="", leased_until=None))


def run_job(*, job_id: int, clock: Callable[[], datetime], seconds: float = SLICE_SECONDS) -> bool:
    """Work on a job for some seconds. True when it is over, False when there is more or another process has it."""
    lease_key = secrets.token_hex(8)
    job = _claim(job_id, lease_key, clock())
    if job is None:
        return Job.objects.filter(pk=job_id, ended_at__isnull=False).exists()
    until = time.monotonic() + seconds
    try:
        runner = _load_runner(job.kind)
        while not _run_chunk(job_id, lease_key, runner, clock):
            if time.monotonic() >= until:
                _make_room(job_id, lease_key, clock())
                return False
    except LeaseLost:
        return False
    except JobRefused as refusal:
        _fail(job_id, lease_key, refusal.code, refusal.params, clock())
    except Exception as error:
        # A job's edge: written down and tried again, the process lives on for other jobs.
        log.exception("job.chunk_failed", job_id=job_id)
        _postpone(job_id, lease_key, error, clock())
        return False
    return True


def _check_kind(kind: str) -> str:
    runners: Mapping[str, str] = settings.JOB_RUNNERS
    if kind not in runners:
        raise UnknownKind(kind)
    return runners[kind]


def _load_runner(kind: str) -> Runner:
    runner: Runner = import_string(_check_kind(kind))()
    return runner


def _wake(job: Job, now: datetime) -> None:
    record_event(
        kind="job.queued", shop_id=job.shop_id, key=f"{job.pk}:{job.done}", payload={"job_id": job.pk}, now=now
    )


@transaction.atomic(durable=True)
def _claim(job_id: int, lease_key: str, now: datetime) -> Job | None:
    job = Job.objects.select_for_update(no_key=True).filter(pk=job_id).first()
    if job is None or job.ended_at is not None or (job.leased_until is not None and job.leased_until > now):
        return None
    if job.attempts >= MOST_ATTEMPTS:
        # Not even an error came back: something in this chunk kills the process itself.
        _end(job, JobState.FAILED, now, error=job.error or "crashed")
        return None
    job.attempts += 1
    job.state = JobState.RUNNING.value
    job.started_at = job.started_at or now
    _extend(job, lease_key, now)
    job.save()
    return job


def _run_chunk(job_id: int, lease_key: str, runner: Runner, clock: Callable[[], datetime]) -> bool:
    before = to_view(Job.objects.get(pk=job_id))
    prepared = runner.prepare(before, clock())
    with transaction.atomic(durable=True):
        job = _lock_leased(job_id, lease_key)
        now = clock()
        step = runner.apply(to_view(job), prepared, now)
        _record(job, step)
        if step.finished:
            _end(job, JobState.DONE, now)
        else:
            _extend(job, lease_key, now)
            job.save()
    return step.finished


def _lock_leased(job_id: int, lease_key: str) -> Job:
    job = Job.objects.select_for_update(no_key=True).get(pk=job_id)
    if job.lease_key != lease_key or job.state != JobState.RUNNING.value:
        raise LeaseLost(job_id)
    return job


def _record(job: Job, step: Step) -> None:
    job.cursor = step.cursor
    job.done += step.done
    job.total = max(job.total if step.total is None else step.total, job.done)
    job.attempts = 0
    job.error = ""
    job.result = {**job.result, **{name: job.result.get(name, 0) + number for name, number in step.counts.items()}}
    room = max(0, MOST_ISSUES - job.error_count - job.warning_count)
    job.error_count += sum(issue.severity is Severity.ERROR for issue in step.issues)
    job.warning_count += sum(issue.severity is Severity.WARNING for issue in step.issues)
    JobIssue.objects.bulk_create(_to_row(job.pk, issue) for issue in step.issues[:room])


def _to_row(job_id: int, issue: Issue) -> JobIssue:
    return JobIssue(
        job_id=job_id,
        row=issue.row,
        column=issue.column[:80],
        code=issue.code[:60],
        severity=issue.severity.value,
        params={name: value if isinstance(value, int) else value[:200] for name, value in issue.params.items()},
    )


def _extend(job: Job, lease_key: str, now: datetime) -> None:
    job.lease_key = lease_key
    job.leased_until = now + timedelta(seconds=LEASE_SECONDS)
    job.heartbeat_at = now


def _end(job: Job, state: JobState, now: datetime, *, error: str = "") -> None:
    job.state = state.value
    job.error = error[:200]
    job.ended_at = job.heartbeat_at = now
    job.lease_key = ""
    job.leased_until = None
    job.save()


@transaction.atomic(durable=True)
def _make_room(job_id: int, lease_key: str, now: datetime) -> None:
    job = _lock_leased(job_id, lease_key)
    job.lease_key, job.leased_until = "", None
    job.save(update_fields=["lease_key", "leased_until"])
    _wake(job, now)


@transaction.atomic(durable=True)
def _fail(job_id: int, lease_key: str, code: str, params: Mapping[str, str | int], now: datetime) -> None:
    job = _lock_leased(job_id, lease_key)
    JobIssue.objects.create(job=job, row=0, code=code[:60], params=dict(params))
    job.error_count += 1
    _end(job, JobState.FAILED, now, error=code)


@transaction.atomic(durable=True)
def _postpone(job_id: int, lease_key: str, error: Exception, now: datetime) -> None:
    job = Job.objects.select_for_update(no_key=True).get(pk=job_id)
    if job.lease_key != lease_key:
        return
    if job.attempts >= MOST_ATTEMPTS:
        _end(job, JobState.FAILED, now, error=f"{type(error).__name__}")
        return
    job.error = type(error).__name__
    job.lease_key = ""
    job.leased_until = now + timedelta(seconds=5 * 2**job.attempts)
    job.save(update_fields=["error", "lease_key", "leased_until"])
