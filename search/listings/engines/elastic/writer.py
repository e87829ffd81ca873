"""The one writer of an index. What `apply` was given is durable when it returns; until then it may be half done."""

import logging
from collections.abc import Iterable, Iterator, Sequence

from elasticsearch import Elasticsearch, NotFoundError
from elasticsearch.helpers import streaming_bulk

from search.listings.contracts import EngineDown, IndexChange, NoIndex
from search.listings.engines.elastic.client import Json, failures_named
from search.listings.engines.elastic.mapping import (
    LONGEST_REASON,
    POSITION_ID,
    REFRESH_INTERVAL,
    make_document,
    make_tombstone,
)

logger = logging.getLogger(__name__)
BULK_BYTES = 5 * 1024 * 1024
RETRIES = 4
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 2.0
_BUSY = (429, 502, 503, 504)
_MISSING = 404
_NEWER_IS_THERE = 409
_REFUSED = (400, 413)


class ElasticIndexer:
    """Writes one index. Every write carries its change number as the document's version, so the newest one stands.

    `is_read`: readers see this index, so that each batch has to be findable when it is done.
    """

    def __init__(self, client: Elasticsearch, *, index: str, alias: str, is_read: bool) -> None:
        self.name = index
        self._client = client
        self._alias = alias
        self._is_read = is_read

    def read_position(self) -> int:
        """The number that was written after the last batch that is wholly in the index."""
        with failures_named():
            try:
                return int(self._client.get(index=self.name, id=POSITION_ID)["_source"]["position"])
            except NotFoundError as error:
                if error.body.get("found") is False:
                    return 0
                raise

    def apply(self, changes: Iterable[IndexChange]) -> int:
        """Write changes, then the position. A document that is refused is parked: a tombstone that says why.

        Raises `EngineDown` when any other item failed, and `NoIndex` when readers were sent to another index.
        """
        batch = list(changes)
        if not batch:
            return 0
        with failures_named():
            if self._is_read:
                self._check_is_read()
            refused = self._write(map(self._write_of, batch))
            if refused:
                self._park(batch, refused)
            if self._is_read:
                self._client.indices.refresh(index=self.name)
            self._move_to(batch[-1].change_no)
        return len(batch)

    def commit_empty(self) -> None:
        """Write down the position also of an index without any change: readers know an index by it."""
        position = self.read_position()
        with failures_named():
            self._move_to(position)

    def close(self) -> None:
        self._client.close()

    def begin_fast(self) -> None:
        """While nobody reads: no refreshing."""
        with failures_named():
            self._client.indices.put_settings(index=self.name, settings={"index.refresh_interval": "-1"})

    def begin_being_read(self) -> None:
        """Make everything findable; from now on each batch is when it is done."""
        with failures_named():
            self._client.indices.put_settings(index=self.name, settings={"index.refresh_interval": REFRESH_INTERVAL})
            self._client.indices.refresh(index=self.name)
        self._is_read = True

    def _check_is_read(self) -> None:
        """Another process may have swapped while this one was cut off from the database that holds the lock."""
        if self.name not in self._client.indices.get_alias(name=self._alias):
            raise NoIndex(f"Readers were sent to another index than {self.name}.")

    def _write_of(self, change: IndexChange) -> Json:
        entry = change.entry
        body = make_document(entry, change.change_no) if entry else make_tombstone(change.listing_id, change.change_no)
        return self._version(change, body)

    def _version(self, change: IndexChange, body: Json) -> Json:
        return {
            "_op_type": "index",
            "_index": self.name,
            "_id": str(change.listing_id),
            "version": change.change_no,
            "version_type": "external",
            "_source": body,
        }

    def _write(self, actions: Iterable[Json]) -> dict[int, str]:
        """Send everything. Returns why each refused document was refused."""
        refused = {}
        for listing_id, status, reason in self._list_failures(actions):
            if status in _REFUSED:
                refused[listing_id] = reason
            elif status == _NEWER_IS_THERE:
                continue
            elif status == _MISSING:
                raise NoIndex(f"The index {self.name} is gone: {reason}")
            else:
                raise EngineDown(f"Elasticsearch did not take listing {listing_id} ({status}): {reason}")
        return refused

    def _list_failures(self, actions: Iterable[Json]) -> Iterator[tuple[int, int, str]]:
        answers = streaming_bulk(
            self._client,
            actions,
            max_chunk_bytes=BULK_BYTES,
            raise_on_error=False,
            max_retries=RETRIES,
            initial_backoff=FIRST_PAUSE_SECONDS,
            max_backoff=LONGEST_PAUSE_SECONDS,
            retry_on_status=_BUSY,
        )
        for did_succeed, answer in answers:
            if not did_succeed:
                item = answer["index"]
                error = item.get("error")
                reason = f"{error['type']}: {error['reason']}" if isinstance(error, dict) else str(error)
                yield int(item["_id"]), int(item["status"]), reason[:LONGEST_REASON]

    def _park(self, batch: Sequence[IndexChange], refused: dict[int, str]) -> None:
        for listing_id, reason in refused.items():
            logger.error("Listing %s is parked, Elasticsearch refused it: %s", listing_id, reason)
        parked = [
            self._version(
                change, make_tombstone(change.listing_id, change.change_no, parked=refused[change.listing_id])
            )
            for change in batch
            if change.listing_id in refused
        ]
        if still_refused := self._write(parked):
            raise EngineDown(f"Elasticsearch refuses even to park: {still_refused}")

    def _move_to(self, position: int) -> None:
        self._client.index(index=self.name, id=POSITION_ID, document={"shown": False, "position": position})
