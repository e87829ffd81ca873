"""A new index is built beside the one that is read and swapped in while questions go on: none fails or misses hits."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from search.listings.contracts import Indexes, SearchQuery
from tests.bench.contracts import BenchRow
from tests.bench.load import percentile
from tests.bench.million.asking import Ask
from tests.bench.million.crowd import Base
from tests.bench.million.filling import build

ASKED = 60
CLIENTS = 2
PAUSE_SECONDS = 0.02
"""Between the questions of one client: it is the index that is rebuilt here, not a machine that is filled."""


@dataclass
class Watch:
    """Asks the same questions over and over; what each finds is known."""

    ask: Ask
    expected: Sequence[tuple[SearchQuery, int]]
    taken: list[float] = field(default_factory=list)
    failed: int = 0
    differing: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def run_beside(self, work: Callable[[], None]) -> None:
        """Ask for as long as the work takes, and a moment longer."""
        threads = [threading.Thread(target=self._visit, args=(number,)) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            work()
            time.sleep(1)
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _visit(self, place: int) -> None:
        while not self._over.is_set():
            query, total = self.expected[place % len(self.expected)]
            place += 1
            began = time.perf_counter()
            try:
                found = self.ask(query)
            except Exception:  # whatever it was, the question was not answered
                self.failed += 1
                continue
            self.taken.append((time.perf_counter() - began) * 1000)
            self.differing += found != total
            self._over.wait(PAUSE_SECONDS)


def measure_rebuild(
    label: str, indexes: Indexes, ask: Ask, bases: Sequence[Base], queries: Sequence[SearchQuery]
) -> list[BenchRow]:
    """Rebuild the whole index under questions."""
    watch = Watch(ask, [(query, ask(query)) for query in queries[:ASKED]])
    built: list[BenchRow] = []
    watch.run_beside(lambda: built.append(build(label, indexes, bases)))
    name = f"million: {label}, rebuilt and swapped under questions"
    counters = {"failed": watch.failed, "differing": watch.differing, "not asked": int(not watch.taken)}
    return [
        BenchRow(f"{name}, asked", len(watch.taken), "queries", counters=counters),
        BenchRow(f"{name}, p99", percentile(watch.taken, 0.99), "ms"),
        BenchRow(f"{name}, rate", built[0].value, "documents/s"),
    ]
