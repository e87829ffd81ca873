"""Reads of jobs. What a shop sees names the shop; staff see all, without parameters or results."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q

from market.jobs.contracts import Issue, JobState, JobView, Severity
from market.jobs.models import Job, JobIssue

_UNFINISHED = (JobState.QUEUED.value, JobState.RUNNING.value)


class NoSuchJob(LookupError):
    """The shop has no job with this id."""


def get_job(*, job_id: int, shop_id: int) -> JobView:
    """A shop's job. Raises `NoSuchJob`."""
    row = Job.objects.filter(pk=job_id, shop_id=shop_id).first()
    if row is None:
        raise NoSuchJob(job_id)
    return to_view(row)


def list_jobs(*, shop_id: int, kinds: Sequence[str] = (), limit: int = 20) -> list[JobView]:
    """A shop's jobs, newest first."""
    rows = Job.objects.filter(shop_id=shop_id).order_by("-pk")
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return [to_view(row) for row in rows[:limit]]


def list_issues(*, job_id: int, shop_id: int, after: int = 0, limit: int = 100) -> list[tuple[int, Issue]]:
    """What was wrong, in the order of the file, with the id to go on after."""
    rows = JobIssue.objects.filter(job_id=job_id, job__shop_id=shop_id, pk__gt=after).order_by("pk")
    return [(row.pk, to_issue(row)) for row in rows[:limit]]


def list_all_jobs(*, states: Sequence[JobState] = (), before_id: int | None = None, limit: int = 50) -> list[JobView]:
    """Jobs of every shop, newest first: for staff."""
    rows = Job.objects.order_by("-pk")
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return [to_view(row) for row in rows[:limit]]


def count_jobs_by_state() -> dict[JobState, int]:
    """How many jobs are in each state: for staff."""
    found = dict(Job.objects.values_list("state").annotate(number=Count("pk")).order_by())
    return {state: found.get(state.value, 0) for state in JobState}


def list_stalled(*, now: datetime, limit: int = 20) -> list[int]:
    """Jobs that nobody works on now though they are not over: queued, or left by a process that died."""
    rows = Job.objects.filter(Q(leased_until__isnull=True) | Q(leased_until__lte=now), state__in=_UNFINISHED)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def to_view(row: Job) -> JobView:
    """The contract of a row. For this app only."""
    return JobView(
        job_id=row.pk,
        shop_id=row.shop_id,
        kind=row.kind,
        state=JobState(row.state),
        total=row.total,
        done=row.done,
        cursor=row.cursor,
        params=row.params,
        result=row.result,
        error=row.error,
        error_count=row.error_count,
        warning_count=row.warning_count,
        created_by=row.created_by,
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        heartbeat_at=row.heartbeat_at,
    )


def to_issue(row: JobIssue) -> Issue:
    """The contract of a row. For this app only."""
    return Issue(row=row.row, column=row.column, code=row.code, severity=Severity(row.severity), params=row.params)
