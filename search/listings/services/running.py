"""The indexer's life: one process, started anew after any death, that keeps one index as the table says."""

import logging
import time
from collections.abc import Callable, Iterable

from django.db import Error, close_old_connections

from search.listings.contracts import EngineDown, IndexChange, Indexer, Indexes, NoIndex
from search.listings.lexicon import get_lexicon
from search.listings.models import ChangeCounter
from search.listings.services.indexing import catch_up, read_counter

logger = logging.getLogger(__name__)

REFRESH_SECONDS = 0.15
"""How often changes are looked for. With the commit, a change is findable well within half a second of its copy."""
PATIENT_SECONDS = 300.0
_REST_AFTER_ERROR_SECONDS = 1.0

Progress = Callable[[int], None]


class WrongIndex(RuntimeError):
    """The index was fed from another database, or from a later state of this one, or is gone. A new start mends it."""


def open_index(indexes: Indexes, *, rebuild: bool, progress: Progress) -> tuple[Indexer, int]:
    """The writer of the current index and its position; builds a new index beside it when asked or when there is none
    of this database and of this version's words.

    The caller holds `indexes.lock()`. Searches go on in the old index until the new one is whole.
    """
    indexes.remove_unfinished()
    counter = read_counter()
    lineage = name_lineage(counter)
    current = None if rebuild else indexes.open_current(lineage=lineage)
    if current is not None:
        position = current.read_position()
        if position <= counter.highest:
            return current, position
        current.close()
    indexer = indexes.make_next(lineage=lineage)
    position = catch_up(PatientIndexer(indexer), after=0, seen=progress)
    indexer.commit_empty()
    indexes.swap(indexer)
    return indexer, position


def wait_and_open(
    indexes: Indexes, *, rebuild: bool, progress: Progress, stopped: Callable[[], bool]
) -> tuple[Indexer, int] | None:
    """As `open_index`, but an engine that is away is waited for; None when told to stop meanwhile."""
    while not stopped():
        try:
            return open_index(indexes, rebuild=rebuild, progress=progress)
        except EngineDown as error:
            logger.warning("The engine is away, the indexer waits to begin: %s", error)
            time.sleep(_REST_AFTER_ERROR_SECONDS)
    return None


class PatientIndexer:
    """A writer that gives a batch again while the engine is away or overloaded: what was built so far is not lost.

    Raises the engine's `EngineDown` when it has been so for `PATIENT_SECONDS`, and `NoIndex` at once.
    """

    def __init__(self, indexer: Indexer) -> None:
        self.name = indexer.name
        self._indexer = indexer

    def apply(self, changes: Iterable[IndexChange]) -> int:
        batch = list(changes)
        until = time.monotonic() + PATIENT_SECONDS
        while True:
            try:
                return self._indexer.apply(batch)
            except EngineDown as error:
                if isinstance(error, NoIndex) or time.monotonic() > until:
                    raise
                logger.warning("The engine does not take a batch of the new index, the indexer waits: %s", error)
                time.sleep(_REST_AFTER_ERROR_SECONDS)

    def read_position(self) -> int:
        return self._indexer.read_position()

    def commit_empty(self) -> None:
        self._indexer.commit_empty()

    def close(self) -> None:
        self._indexer.close()


def name_lineage(counter: ChangeCounter) -> str:
    """What an index is made of: this database, and the words that its tokens were made by.

    Readers do not ask: words of another version still find nearly everything, so the old index answers until a new one
    is whole.
    """
    return f"{counter.lineage} {get_lexicon().version}"


def watch(indexer: Indexer, *, position: int, stopped: Callable[[], bool]) -> int:
    """Keep the index fresh until told to stop. What is away, database or engine, is waited for. Returns the position.

    Raises `WrongIndex` when the database comes back and knows less than the index.
    """
    is_sure = True
    while not stopped():
        try:
            if not is_sure and read_counter().highest < position:
                raise WrongIndex(f"The index is at change {position}, which the database does not know.")
            is_sure = True
            position = catch_up(indexer, after=position)
        except Error as error:
            logger.warning("The database is away, the indexer waits: %s", error)
            is_sure = False
            close_old_connections()
            time.sleep(_REST_AFTER_ERROR_SECONDS)
        except NoIndex as error:
            raise WrongIndex(str(error)) from error
        except EngineDown as error:
            logger.warning("The engine is away, the indexer waits: %s", error)
            time.sleep(_REST_AFTER_ERROR_SECONDS)
        else:
            time.sleep(REFRESH_SECONDS)
    return position
