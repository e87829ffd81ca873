"""The relay: polls for events and due work, wakes workers through the broker, and does the work itself when it is down.

Celery carries wake-ups, rows carry truth: a lost wake-up is sent again because its row is still due.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.db import close_old_connections

from market.outbox.contracts import Timer
from market.outbox.services import fan_out, list_due_consumers

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.1
SWEEP_SECONDS = 5.0
BROKER_PAUSE_SECONDS = 5.0


@dataclass(slots=True)
class Relay:
    """One relay process. `wake(kind, name)` sends a wake-up and raises when the broker is down; `run` does it here.

    kind is "consumer" or "timer"; name the dotted path of the function.
    """

    subscriptions: Mapping[str, Sequence[str]]
    timers: Sequence[Timer]
    wake: Callable[[str, str], None]
    run: Callable[[str, str], None]
    clock: Callable[[], datetime]
    _next: dict[str, float] = field(default_factory=dict)
    _next_sweep: float = 0.0
    _broker_after: float = 0.0

    def step(self) -> bool:
        """One round. Returns whether there was something to do."""
        now, tick = self.clock(), time.monotonic()
        consumers = fan_out(subscriptions=self.subscriptions, now=now)
        busy = bool(consumers)
        if tick >= self._next_sweep:
            self._next_sweep = tick + SWEEP_SECONDS
            consumers |= list_due_consumers(now=now)
        for consumer in sorted(consumers):
            self._send("consumer", consumer, tick)
        for timer in self.timers:
            if tick >= self._next.get(timer.task, 0.0):
                self._next[timer.task] = tick + timer.every_seconds
                if timer.inline:
                    self._run_here("timer", timer.task)
                else:
                    self._send("timer", timer.task, tick)
        return busy

    def loop(self, *, should_stop: Callable[[], bool]) -> None:
        """Poll until told to stop; a lost database connection is waited out."""
        while not should_stop():
            try:
                busy = self.step()
            except Exception:  # a process's edge: logged, and tried again after a pause
                log.exception("relay.step_failed")
                close_old_connections()
                time.sleep(1.0)
                continue
            if not busy:
                time.sleep(POLL_SECONDS)

    def _send(self, kind: str, name: str, tick: float) -> None:
        if tick >= self._broker_after:
            try:
                self.wake(kind, name)
                return
            except Exception as error:  # any broker's failure means: do it here, and ask it again later
                log.warning("relay.broker_down", error=str(error)[:200])
                self._broker_after = tick + BROKER_PAUSE_SECONDS
        self._run_here(kind, name)

    def _run_here(self, kind: str, name: str) -> None:
        try:
            self.run(kind, name)
        except Exception:  # one bad task must not stop the others
            log.exception("relay.task_failed", task=name)
