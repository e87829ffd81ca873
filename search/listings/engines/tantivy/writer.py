"""The one writer of the index."""

from collections.abc import Iterable
from pathlib import Path

import tantivy

from search.listings.contracts import IndexChange
from search.listings.engines.tantivy.hits import find_position
from search.listings.engines.tantivy.labels import LabelWriter
from search.listings.engines.tantivy.schema import build_schema, make_document

HEAP_BYTES = 48_000_000


class TantivyIndexer:
    """Writes the index in one folder. What `apply` committed is on disk; what it did not is gone after a kill."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self._schema = build_schema()
        self._index = tantivy.Index(self._schema, path=str(folder))
        self._index.config_reader("manual")
        self._labels = LabelWriter(folder)
        self._writer = self._index.writer(heap_size=HEAP_BYTES, num_threads=1)

    def read_position(self) -> int:
        """The highest change number among the documents.

        Changes are committed in order, so every change up to it is in the index; a later one that only removed a
        document is not seen here and is applied again, which changes nothing.
        """
        self._index.reload()
        return find_position(self._index.searcher())

    def apply(self, changes: Iterable[IndexChange]) -> int:
        """Apply changes in order and commit them together."""
        count = 0
        for change in changes:
            # By query: deleting by term makes a signed term of the number, which finds nothing in an unsigned field.
            self._writer.delete_documents_by_query(
                tantivy.Query.term_query(self._schema, "listing_id", change.listing_id)
            )
            if change.entry is not None:
                self._writer.add_document(make_document(change.entry, change.change_no, self._labels.number))
            count += 1
        if count:
            self._labels.flush()
            self._writer.commit()
        return count

    def commit_empty(self) -> None:
        """Make an index without any document one that can be read."""
        self._writer.commit()

    def close(self) -> None:
        """Finish merges and let go of the writer."""
        self._writer.wait_merging_threads()
        self._labels.close()
