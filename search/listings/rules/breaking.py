"""A circuit breaker: when to stop asking an engine that fails, and when to try it again. Pure; time is passed in.

After M. Nygard, Release It!, "Circuit Breaker": closed, open, half-open.
"""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """What to do with a question: ask, answer otherwise, or answer otherwise and see whether the engine is back."""

    ASK = "ask"
    REFUSE = "refuse"
    PROBE = "probe"


@dataclass(frozen=True, slots=True)
class BreakerLimits:
    """It opens at so many bad answers among the last so many; failed probes double the pause up to the longest."""

    most_bad: int = 3
    among: int = 20
    pause_seconds: float = 1.0
    longest_pause_seconds: float = 15.0


@dataclass(slots=True)
class Breaker:
    """The state of one engine as one process sees it. Moments are in seconds of any clock that never goes back."""

    limits: BreakerLimits = BreakerLimits()
    _recent: deque[bool] = field(default_factory=deque)  # whether each was bad
    _pause_seconds: float = 0.0
    _try_again_at: float | None = None  # None while closed

    @property
    def is_open(self) -> bool:
        """Whether the engine is left alone, but for probes."""
        return self._try_again_at is not None

    def measure_pause(self, now: float) -> float | None:
        """Seconds until the next probe; None while closed."""
        return None if self._try_again_at is None else max(0.0, self._try_again_at - now)

    def decide(self, now: float) -> Verdict:
        """What to do now. One probe at a time: the next is due when this one failed, or has not been heard of."""
        if self._try_again_at is None:
            return Verdict.ASK
        if now < self._try_again_at:
            return Verdict.REFUSE
        self._try_again_at = now + self._pause_seconds
        return Verdict.PROBE

    def record(self, now: float, *, is_bad: bool) -> None:
        """An answer came, or did not. What was asked before the breaker opened and comes after says nothing new."""
        if self.is_open:
            return
        self._recent.append(is_bad)
        if len(self._recent) > self.limits.among:
            self._recent.popleft()
        if sum(self._recent) >= self.limits.most_bad:
            self._recent.clear()
            self._pause_seconds = self.limits.pause_seconds
            self._try_again_at = now + self._pause_seconds

    def record_probe(self, now: float, *, is_bad: bool) -> None:
        """A good probe closes the breaker, a bad one lengthens the pause."""
        if not self.is_open:
            return
        if not is_bad:
            self._try_again_at = None
            return
        self._pause_seconds = min(2 * self._pause_seconds, self.limits.longest_pause_seconds)
        self._try_again_at = now + self._pause_seconds
