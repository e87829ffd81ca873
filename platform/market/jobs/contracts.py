"""What crosses the border of jobs, and what a runner is. No Django."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

JsonObject = dict[str, Any]
"""Parameters, cursors and results are whatever JSON their runner wrote."""


class JobState(StrEnum):
    """queued > running > done | failed | stopped."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class Severity(StrEnum):
    """An error left something out; a warning kept it, though not whole."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Issue:
    """What was wrong at a row and column of a file. `code` and `params` make the sentence."""

    row: int
    column: str
    code: str
    severity: Severity = Severity.ERROR
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as its page and its runner see it."""

    job_id: int
    shop_id: int
    kind: str
    state: JobState
    total: int
    done: int
    cursor: JsonObject
    params: JsonObject
    result: JsonObject
    error: str
    error_count: int
    warning_count: int
    created_by: int | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    heartbeat_at: datetime | None

    @property
    def is_over(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED, JobState.STOPPED)

    @property
    def percent(self) -> int:
        return 100 if self.state is JobState.DONE else min(99, 100 * self.done // self.total) if self.total else 0


@dataclass(frozen=True, slots=True)
class Step:
    """What one chunk did. The cursor says where the next one starts; `counts` are added to the result."""

    cursor: JsonObject
    done: int
    finished: bool
    total: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    issues: Sequence[Issue] = ()


class Runner(Protocol):
    """The work of one kind of job, in chunks. One instance serves one run of one job."""

    def prepare(self, job: JobView, now: datetime) -> object:
        """Read and fetch what the next chunk needs, outside any transaction. Must be harmless when repeated."""
        ...

    def apply(self, job: JobView, prepared: object, now: datetime) -> Step:
        """Write the chunk. Runs in the transaction that also moves the cursor, so it happens once or not at all."""
        ...


class JobRefused(Exception):
    """A runner cannot go on and says so for people: the job fails with `code`, without a retry."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
