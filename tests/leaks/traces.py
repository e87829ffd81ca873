"""What is left behind by the walks: in Valkey, in this process's memories, in listings, index, events and logs."""

import gc
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
import tantivy
from django.db import connection

from search.listings.contracts import SearchQuery
from search.listings.engines.chosen import get_engine, get_indexes
from search.listings.keeping import Memory
from search.listings.rules.understanding import understand
from tests.leaks import canaries
from tests.leaks.walk import Finding
from web import valkey
from web.tags import kept

PUBLIC_TABLES = ("listings_", "outbox_event", "outbox_delivery", "audit_")
MOST_KEYS = 50_000
VALKEY_PREFIX = f"leaks-{os.getpid()}"


LONGEST_DIGEST = 64
"""Longer bytes are text, which has to be readable here."""


def list_memories() -> list[Memory[Any]]:
    """Every memory of this process, whoever made it."""
    return [thing for thing in gc.get_objects() if issubclass(type(thing), Memory)]  # lazy objects mind isinstance


def forget_memories() -> None:
    """Databases of tests repeat ids and epochs."""
    for memory in list_memories():
        memory.forget()
    kept.forget()


def look_everywhere(secrets: list[str]) -> list[Finding]:
    """All traces at once."""
    places = {"Valkey": read_valkey(), "memory": read_memories(), "tables": read_tables(), "index": read_index()}
    found = [Finding(place, "left behind", what) for place, texts in places.items() for what in _find(texts, secrets)]
    return found + [Finding("index", f"searched for {word}", "is found") for word in search_index()]


def read_valkey() -> Iterator[str]:
    """Every key and value of the server, but for what another run of these tests has planted there."""
    client = valkey.client()
    for number, key in enumerate(client.scan_iter(count=1000)):
        assert number < MOST_KEYS, "Valkey holds more keys than a test should leave in it."
        if b"leaks-" not in key or VALKEY_PREFIX.encode() in key:
            yield f"{key!r}"
            yield _read_key(client, key)


def _read_key(client: Any, key: bytes) -> str:
    kind = client.type(key).decode()
    readers = {
        "string": client.get,
        "hash": client.hgetall,
        "set": client.smembers,
        "list": lambda name: client.lrange(name, 0, -1),
        "zset": lambda name: client.zrange(name, 0, -1),
        "stream": lambda name: client.xrange(name),
    }
    return f"{readers[kind](key)!r}" if kind in readers else ""


def read_memories() -> Iterator[str]:
    """Whatever this process keeps."""
    for memory in list_memories():
        for key, value in list(memory._values.items()):
            yield f"{key!r}"
            yield value.decode(errors="replace") if isinstance(value, bytes) else f"{value!r}"
    yield from (f"{key!r} {html}" for key, html in list(kept._parts.items()))


def read_tables() -> Iterator[str]:
    """All rows of listings, events and the audit trail: of all shops."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        names = [name for (name,) in cursor.fetchall() if name.startswith(PUBLIC_TABLES)]
        assert len(names) >= 5
        for name in names:
            cursor.execute(f'SELECT to_jsonb(t)::text FROM public."{name}" t')
            yield from (row for (row,) in cursor.fetchall())


def read_index() -> Iterator[str]:
    """What the index stores of each document."""
    folder = get_indexes().files.find_current()
    assert folder is not None
    index = tantivy.Index.open(str(folder))
    searcher = index.searcher()
    assert searcher.num_docs > 0
    for _, address in searcher.search(tantivy.Query.all_query(), limit=10_000).hits:
        yield f"{searcher.doc(address).to_dict()!r}"


def search_index() -> list[str]:
    """The canaries under which anything is found."""
    words = [needle for mark in canaries.MARKS.values() for needle in mark.needles]
    engine = get_engine()
    return [
        word
        for word in words
        if engine.search(understand(SearchQuery(words=word, with_facets=False)), closed_shop_ids=frozenset()).total
    ]


def _find(texts: Iterator[str], secrets: list[str]) -> list[str]:
    return sorted(canaries.find(texts, secrets=secrets))


@dataclass
class Log(logging.Handler):
    """Every line that was written, as text."""

    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(logging.INFO)

    def __hash__(self) -> int:
        return id(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.exc_text or ''} {record.__dict__.get('exc_info') or ''}")

    def find(self, secrets: list[str]) -> list[Finding]:
        """The canaries in the log."""
        return [Finding("log", "was written", what) for what in sorted(canaries.find(self.lines, secrets=secrets))]


@contextmanager
def reading_logs() -> Iterator[Log]:
    """Take down what the standard library's logging and structlog say meanwhile."""
    log, root = Log(), logging.getLogger()
    level = root.level
    root.addHandler(log)
    root.setLevel(logging.INFO)
    try:
        with structlog.testing.capture_logs() as entries:
            yield log
            log.lines.extend(f"{entry!r}" for entry in entries)
    finally:
        root.removeHandler(log)
        root.setLevel(level)
