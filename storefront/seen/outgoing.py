"""Reports of pages on their way to Valkey: a page leaves its own here, a thread of the process takes them along."""

import os
import threading
import time
from collections import deque

import structlog

from search.signals.contracts import Report
from search.signals.services import push_report
from web.valkey import breaker, client

log = structlog.get_logger(__name__)

MOST_WAITING = 1_000
PAUSE_SECONDS = 0.2


class Outgoing:
    """Holds at most so many reports; the oldest go first. What waits when the process is killed is lost."""

    def __init__(self) -> None:
        self._waiting: deque[Report] = deque(maxlen=MOST_WAITING)
        self._sending = threading.Lock()
        self._filled = threading.Event()
        self._starting = threading.Lock()
        self._started_in = 0

    def put(self, report: Report) -> None:
        """Leave a report; costs the page nothing but that."""
        self._waiting.append(report)
        self._filled.set()
        if self._started_in != os.getpid():  # a thread does not survive the fork of a worker
            self._start()

    def send(self) -> None:
        """Push what waits; where Valkey is away, it is lost."""
        with self._sending:
            while self._waiting:
                report = self._waiting.popleft()
                breaker.ask(lambda report=report: push_report(client(), report), None)  # type: ignore[misc]

    def _start(self) -> None:
        with self._starting:
            if self._started_in == os.getpid():
                return
            threading.Thread(target=self._run, name="reports of pages", daemon=True).start()
            self._started_in = os.getpid()

    def _run(self) -> None:
        while True:
            self._filled.wait()
            self._filled.clear()
            try:
                self.send()
            except Exception:  # the edge of a thread: logged, and the next report is tried again
                log.exception("seen.sending_failed")
            time.sleep(PAUSE_SECONDS)


outgoing = Outgoing()
