"""The indexes in one folder, as the indexer opens, builds and swaps them."""

from pathlib import Path
from typing import IO

from search.listings.contracts import Indexer
from search.listings.engines.tantivy.files import IndexFiles
from search.listings.engines.tantivy.writer import TantivyIndexer


class TantivyIndexes:
    """See `contracts.Indexes`."""

    def __init__(self, root: Path) -> None:
        self.files = IndexFiles(root)

    def lock(self) -> IO[str]:
        """Be the one writer while the file is open; a killed process lets go. Raises `IndexerRunning`."""
        return self.files.lock()

    def open_current(self, *, lineage: str) -> Indexer | None:
        """The writer of the current index, or None."""
        folder = self.files.find_current()
        if folder is None or self.files.read_lineage(folder) != lineage:
            return None
        return TantivyIndexer(folder)

    def make_next(self, *, lineage: str) -> Indexer:
        """The writer of a new index beside the others."""
        return TantivyIndexer(self.files.make_next(lineage))

    def swap(self, indexer: Indexer) -> None:
        """Let readers go on in this writer's index."""
        self.files.swap(self.files.root / indexer.name)

    def remove_unfinished(self) -> None:
        """Remove everything newer than the current index."""
        self.files.remove_unfinished()
