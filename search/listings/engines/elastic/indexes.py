"""The indexes of one installation in the cluster: an alias names the one that is read."""

import contextlib
from collections.abc import Iterator

from django.db import DEFAULT_DB_ALIAS, connections
from elasticsearch import NotFoundError

from search.listings.contracts import Indexer, IndexerRunning
from search.listings.engines.elastic.client import connect, failures_named
from search.listings.engines.elastic.mapping import make_template
from search.listings.engines.elastic.writer import ElasticIndexer
from search.listings.engines.fields import VERSION

WRITE_TIMEOUT_SECONDS = 30.0
KEPT_BEFORE = 1


class ElasticIndexes:
    """See `contracts.Indexes`. `alias` is also what the names of all indexes begin with."""

    def __init__(self, url: str, alias: str) -> None:
        self._url = url
        self.alias = alias
        self._client = connect(url, timeout_seconds=WRITE_TIMEOUT_SECONDS)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Be the one writer, on whatever machine: a lock of the database that feeds the indexes, gone with its session.

        Raises `IndexerRunning`. A writer that is cut off from the database notices at its next batch when another one
        has swapped meanwhile, and versions keep the two from undoing each other's work.
        """
        connection = connections.create_connection(DEFAULT_DB_ALIAS)
        key = f"indexes {self.alias}"
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
                if cursor.fetchone() != (True,):
                    raise IndexerRunning(f"Another process already writes the indexes {self.alias}.")
                try:
                    yield
                finally:
                    cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])
        finally:
            connection.close()

    def open_current(self, *, lineage: str) -> Indexer | None:
        """The writer of the index that the alias names, or None."""
        index = self._find_current()
        if index is None or not index.startswith(f"{self.alias}-v{VERSION}-"):
            return None
        with failures_named():
            mappings = self._client.indices.get_mapping(index=index)[index]["mappings"]
        if mappings.get("_meta", {}).get("lineage") != lineage:
            return None
        return self._open(index, is_read=True)

    def make_next(self, *, lineage: str) -> Indexer:
        """The writer of a new index beside the others."""
        with failures_named():
            self._client.indices.put_index_template(name=self.alias, **make_template(f"{self.alias}-v*"))
            number = max(map(_number_of, self.list_names()), default=0) + 1
            index = f"{self.alias}-v{VERSION}-{number:06d}"
            self._client.indices.create(index=index, mappings={"_meta": {"lineage": lineage}})
        indexer = self._open(index, is_read=False)
        indexer.begin_fast()
        return indexer

    def swap(self, indexer: Indexer) -> None:
        """Let the alias name this writer's index, and remove those that readers left long ago."""
        assert isinstance(indexer, ElasticIndexer)
        indexer.begin_being_read()
        with failures_named():
            self._client.indices.update_aliases(
                actions=[
                    {"remove": {"index": f"{self.alias}-v*", "alias": self.alias, "must_exist": False}},
                    {"add": {"index": indexer.name, "alias": self.alias}},
                ]
            )
            for old in self.list_names()[: -1 - KEPT_BEFORE]:
                self._client.indices.delete(index=old, ignore_unavailable=True)

    def remove_unfinished(self) -> None:
        """Remove everything newer than the current index."""
        current = self._find_current()
        newest = _number_of(current) if current else 0
        with failures_named():
            for index in self.list_names():
                if _number_of(index) > newest:
                    self._client.indices.delete(index=index, ignore_unavailable=True)

    def remove_all(self) -> None:
        """Leave nothing in the cluster, after a test or a measurement."""
        with failures_named():
            for index in self.list_names():
                self._client.indices.delete(index=index, ignore_unavailable=True)
            self._client.options(ignore_status=404).indices.delete_index_template(name=self.alias)

    def _open(self, index: str, *, is_read: bool) -> ElasticIndexer:
        client = connect(self._url, timeout_seconds=WRITE_TIMEOUT_SECONDS)
        return ElasticIndexer(client, index=index, alias=self.alias, is_read=is_read)

    def _find_current(self) -> str | None:
        with failures_named():
            try:
                return next(iter(self._client.indices.get_alias(name=self.alias)), None)
            except NotFoundError:
                return None

    def list_names(self) -> list[str]:
        """The names of all indexes there are, the newest last."""
        found = self._client.indices.get(index=f"{self.alias}-v*", features="aliases")
        return sorted(found, key=_number_of)


def _number_of(index: str) -> int:
    return int(index.rpartition("-")[2])
