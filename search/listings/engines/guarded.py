"""An engine behind a circuit breaker: while it fails or is slow, its callers learn at once that it is down."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from search.listings.contracts import (
    BadQuery,
    Candidate,
    Engine,
    EngineAnswer,
    EngineDown,
    NoIndex,
    Question,
    SearchQuery,
)
from search.listings.rules.breaking import Breaker, BreakerLimits, Verdict

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")
PROBE = Question(SearchQuery(size=1, with_facets=False))


class GuardedEngine:
    """See `contracts.Engine`. An answer that took `slow_seconds` or longer is given, but counts as a failure.

    No shopper waits for a probe: a thread asks it while they are answered otherwise. A missing index is no failure: the
    engine answers at once that there is none.
    """

    def __init__(self, engine: Engine, *, slow_seconds: float, limits: BreakerLimits | None = None) -> None:
        self.name = engine.name
        self._engine = engine
        self._slow_seconds = slow_seconds
        self._breaker = Breaker(limits or BreakerLimits())
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether the engine is left alone now."""
        return self._breaker.is_open

    def measure_pause(self) -> float | None:
        """Seconds until the engine is tried again; None while it is asked as always."""
        with self._lock:
            return self._breaker.measure_pause(time.monotonic())

    def read_generation(self) -> str:
        """Asked on every page, and mostly remembered, so that only its failures tell anything."""
        return self._ask(self._engine.read_generation, counts_when_good=False)

    def search(self, question: Question, *, closed_shop_ids: frozenset[int]) -> EngineAnswer:
        """The engine's answer."""
        return self._ask(lambda: self._engine.search(question, closed_shop_ids=closed_shop_ids))

    def list_candidates(self, question: Question, *, closed_shop_ids: frozenset[int]) -> Sequence[Candidate]:
        """The engine's answer."""
        return self._ask(lambda: self._engine.list_candidates(question, closed_shop_ids=closed_shop_ids))

    def count_categories(self, *, closed_shop_ids: frozenset[int]) -> Mapping[int, int]:
        """The engine's answer."""
        return self._ask(lambda: self._engine.count_categories(closed_shop_ids=closed_shop_ids))

    def read_position(self) -> int:
        """For staff, who may wait: not guarded."""
        return self._engine.read_position()

    def list_parked(self) -> Mapping[int, str]:
        """For staff, who may wait: not guarded."""
        return self._engine.list_parked()

    def list_versions(self) -> Mapping[int, int]:
        """For reconciling, which has time: not guarded."""
        return self._engine.list_versions()

    def _ask(self, ask: Callable[[], Answer], *, counts_when_good: bool = True) -> Answer:
        with self._lock:
            verdict = self._breaker.decide(time.monotonic())
        if verdict is Verdict.PROBE:
            threading.Thread(target=self._probe, name="probe of the search engine", daemon=True).start()
        if verdict is not Verdict.ASK:
            raise EngineDown(f"The engine {self.name} is left alone until it is well again.")
        began = time.monotonic()
        try:
            answer = ask()
        except (BadQuery, NoIndex):
            raise
        except EngineDown:
            self._record(is_bad=True)
            raise
        is_slow = time.monotonic() - began >= self._slow_seconds
        if is_slow or counts_when_good:
            self._record(is_bad=is_slow)
        return answer

    def _record(self, *, is_bad: bool) -> None:
        with self._lock:
            was_open = self._breaker.is_open
            self._breaker.record(time.monotonic(), is_bad=is_bad)
            if self._breaker.is_open and not was_open:
                logger.error("The engine %s fails or is slow; PostgreSQL answers until it is well again.", self.name)

    def _probe(self) -> None:
        """One small question. Whatever comes of it, the breaker hears of it."""
        began, is_bad = time.monotonic(), True
        try:
            self._engine.search(PROBE, closed_shop_ids=frozenset())
            is_bad = time.monotonic() - began >= self._slow_seconds
        except NoIndex:
            is_bad = False
        except EngineDown as error:
            logger.info("The engine %s is still down: %s", self.name, error)
        finally:
            with self._lock:
                self._breaker.record_probe(time.monotonic(), is_bad=is_bad)
                if not self._breaker.is_open:
                    logger.warning("The engine %s answers again.", self.name)
