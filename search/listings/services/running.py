"""The indexer's life: one process, started anew after any death, that keeps one index as the table says."""

import logging
import time
from collections.abc import Callable

from django.db import Error, close_old_connections

from search.listings.contracts import EngineDown, Indexer, Indexes, NoIndex
from search.listings.services.indexing import catch_up, read_counter

logger = logging.getLogger(__name__)

REFRESH_SECONDS = 0.15
"""How often changes are looked for. With the commit, a change is findable well within half a second of its copy."""
_REST_AFTER_ERROR_SECONDS = 1.0

Progress = Callable[[int], None]


class WrongIndex(RuntimeError):
    """The index was fed from another database, or from a later state of this one, or is gone. A new start mends it."""


def open_index(indexes: Indexes, *, rebuild: bool, progress: Progress) -> tuple[Indexer, int]:
    """The writer of the current index and its position; builds a new index beside it when asked or when there is none
    of this database.

    The caller holds `indexes.lock()`. Searches go on in the old index until the new one is whole.
    """
    indexes.remove_unfinished()
    counter = read_counter()
    lineage = str(counter.lineage)
    current = None if rebuild else indexes.open_current(lineage=lineage)
    if current is not None:
        position = current.read_position()
        if position <= counter.highest:
            return current, position
        current.close()
    indexer = indexes.make_next(lineage=lineage)
    position = catch_up(indexer, after=0, seen=progress)
    indexer.commit_empty()
    indexes.swap(indexer)
    return indexer, position


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
