"""What crosses the border of the outbox."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class EventEnvelope:
    """One event as a consumer gets it. Delivered at least once; `event_id` and `key` are for deduping."""

    event_id: int
    kind: str
    shop_id: int | None
    key: str
    payload: Mapping[str, Any]  # what the recording service wrote, JSON
    recorded_at: datetime


Consumer = Callable[[Sequence[EventEnvelope]], None]


@dataclass(frozen=True, slots=True)
class Timer:
    """A function `(now) -> int` that looks for due work every so many seconds and says how much it did.

    `inline` timers run in the relay itself (they must be quick and need no broker).
    """

    task: str
    every_seconds: float
    inline: bool = False


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """What was answered to a request with an idempotency key."""

    status: int
    body: bytes
    content_type: str = "application/json"
    location: str = ""


@dataclass(frozen=True, slots=True)
class OutboxHealth:
    """For staff: what waits, how long, and what was parked."""

    waiting: int
    oldest_seconds: float
    parked: int
    retrying: int
