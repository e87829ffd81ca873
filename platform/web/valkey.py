"""The way to Valkey for what may be missed: short waits, and a pause after a failure instead of a queue of waits."""

import time
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import structlog
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

T = TypeVar("T")
WAIT_SECONDS = 0.25
PAUSE_SECONDS = 1.0
UNREACHABLE = (RedisError, OSError)

log = structlog.get_logger(__name__)


class Breaker:
    """Stops asking for a moment after a failure, so that a dead server costs one wait a second, not one a request."""

    def __init__(self, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._pause_seconds = pause_seconds
        self._closed_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether asking is allowed now."""
        return time.monotonic() >= self._closed_until

    def ask(self, question: Callable[[], T], otherwise: T) -> T:
        """The answer, or `otherwise` while the server cannot be reached."""
        if not self.is_open:
            return otherwise
        try:
            return question()
        except UNREACHABLE as error:
            self._closed_until = time.monotonic() + self._pause_seconds
            log.warning("valkey_unreachable", error=type(error).__name__)
            return otherwise


breaker = Breaker()


@lru_cache(maxsize=1)
def client() -> Redis:
    """One pooled client of the process, with short waits. Ask it through `breaker`."""
    return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=WAIT_SECONDS, socket_timeout=WAIT_SECONDS)
