"""The connection to the cluster, and what its failures mean to us."""

import contextlib
import logging
from collections.abc import Iterator
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError
from elasticsearch.exceptions import UnsupportedProductError
from elasticsearch.helpers import BulkIndexError

from search.listings.contracts import EngineDown, NoIndex

logging.getLogger("elastic_transport.transport").setLevel(logging.WARNING)  # a line for each request otherwise
Json = dict[str, Any]  # what Elasticsearch is asked in, and answers in


def connect(url: str, *, timeout_seconds: float) -> Elasticsearch:
    """A client that is safe to share between threads. It connects with the first request.

    A connection that broke is tried once more, so that one kept over a restart costs nothing; a time-out is final.
    """
    return Elasticsearch(
        url, request_timeout=timeout_seconds, max_retries=1, retry_on_timeout=False, connections_per_node=16
    )


@contextlib.contextmanager
def failures_named() -> Iterator[None]:
    """Whatever goes wrong inside is `NoIndex`, when an index is missing, or `EngineDown`."""
    try:
        yield
    except NotFoundError as error:
        raise NoIndex(f"There is no index: {error}") from error
    except (ApiError, TransportError, UnsupportedProductError, BulkIndexError) as error:
        raise EngineDown(f"Elasticsearch: {error}") from error
