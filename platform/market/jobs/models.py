"""Long work as rows: what is asked, how far it is, what was wrong. Celery only wakes it up."""

from django.db import models
from django.db.models import F, Q

from market.jobs.contracts import JobState, Severity


class Job(models.Model):
    """One long work of a shop's. `lease_key` names the process that runs it until `leased_until`."""

    shop_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, default=JobState.QUEUED.value)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    cursor = models.JSONField(default=dict)
    params = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=200, blank=True)
    error_count = models.PositiveIntegerField(default=0)
    warning_count = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_key = models.CharField(max_length=40, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    created_by = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in JobState]), name="jobs_job_state_known"
            ),
            models.CheckConstraint(condition=Q(total=0) | Q(done__lte=F("total")), name="jobs_job_done_within_total"),
        ]
        indexes = [
            models.Index(fields=["shop_id", "-id"], name="jobs_job_by_shop"),
            models.Index(
                fields=["leased_until"],
                condition=Q(state__in=[JobState.QUEUED.value, JobState.RUNNING.value]),
                name="jobs_job_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.state}"


class JobIssue(models.Model):
    """Something wrong at a row and column, as a code with its parameters."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="issues")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=80, blank=True)
    code = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    severity = models.CharField(max_length=8, default=Severity.ERROR.value)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(severity__in=[severity.value for severity in Severity]), name="jobs_issue_severity_known"
            ),
        ]

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.code}"
