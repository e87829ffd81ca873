"""The indexer's life: one process, started anew after any death, that keeps one index as the table says."""

import logging
import time
from collections.abc import Callable

from django.db import Error, close_old_connections

from search.listings.contracts import Indexer
from search.listings.engines.tantivy.files import IndexFiles
from search.listings.engines.tantivy.writer import TantivyIndexer
from search.listings.services.indexing import catch_up, read_counter

logger = logging.getLogger(__name__)

REFRESH_SECONDS = 0.15
"""How often changes are looked for. With the commit, a change is findable well within half a second of its copy."""
_REST_AFTER_ERROR_SECONDS = 1.0

Progress = Callable[[int], None]


class WrongIndex(RuntimeError):
    """The index was fed from another database, or from a later state of this one. A new start builds it anew."""


def open_index(files: IndexFiles, *, rebuild: bool, progress: Progress) -> tuple[Indexer, int]:
    """The writer of the current index and its position; builds a new index beside it when asked or when there is none
    of this database.

    The caller holds `files.lock()`. Searches go on in the old index until the new one is whole.
    """
    files.remove_unfinished()
    counter = read_counter()
    folder = files.find_current()
    if folder is not None and not rebuild and files.read_lineage(folder) == str(counter.lineage):
        indexer = TantivyIndexer(folder)
        position = indexer.read_position()
        if position <= counter.highest:
            return indexer, position
        indexer.close()
    folder = files.make_next(str(counter.lineage))
    indexer = TantivyIndexer(folder)
    position = catch_up(indexer, after=0, seen=progress)
    indexer.commit_empty()
    files.swap(folder)
    return indexer, position


def watch(indexer: Indexer, *, position: int, stopped: Callable[[], bool]) -> int:
    """Keep the index fresh until told to stop. A database that is away is waited for. Returns the position.

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
        else:
            time.sleep(REFRESH_SECONDS)
    return position
