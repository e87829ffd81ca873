"""One thread at a time, in the order in which they came.

What only computes gains nothing from several threads of a process, and loses its turn every 5 ms to the others: of
eight decisions at once each took as long as all of them. One after the other, the first is answered after its own time.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class NoTurn(Exception):
    """The time was over before it was this thread's turn."""


class Turnstile:
    """Lets one thread pass at a time; who leaves hands its turn to who has waited longest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._is_taken = False

    @contextmanager
    def passing(self, wait_seconds: float) -> Iterator[None]:
        """Hold the turn. Raises `NoTurn`."""
        self._enter(wait_seconds)
        try:
            yield
        finally:
            self._leave()

    def _enter(self, wait_seconds: float) -> None:
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=max(wait_seconds, 0.0)):
            return
        with self._lock:
            if turn in self._waiting:
                self._waiting.remove(turn)
                raise NoTurn("others took their turn for too long")
            # It was handed over at the last moment.

    def _leave(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False
