"""Between a page and the log: a bounded stream in Valkey, emptied in batches.

A page only appends (one short round trip); while Valkey is away it loses what it would have told. Entries are deleted
after their events are committed, so that a worker that dies between the two reads them again, and tokens make that
harmless. Persons are digests here already and queries are cleaned: nothing raw waits anywhere.
"""

from typing import Any

import structlog
from redis import Redis

from search.signals.codec import BadReport, decode_report, encode_report
from search.signals.contracts import Report

log = structlog.get_logger(__name__)

STREAM = "signals:reports"
MOST_WAITING = 20_000
_FIELD = b"r"


def push_report(client: Redis, report: Report) -> None:
    """Append a report; the oldest go when too many wait. Raises redis' errors."""
    client.xadd(STREAM, {_FIELD: encode_report(report)}, maxlen=MOST_WAITING, approximate=True)


def list_waiting(client: Redis, *, limit: int) -> list[tuple[bytes, Report | None]]:
    """The oldest entries with their ids; None for one that cannot be read. Raises redis' errors."""
    entries: Any = client.xrange(STREAM, count=limit)  # Any: redis' types know no server's answer
    return [(entry_id, _read(fields.get(_FIELD, b""))) for entry_id, fields in entries]


def drop_entries(client: Redis, entry_ids: list[bytes]) -> None:
    """Delete entries whose events are committed. Raises redis' errors."""
    if entry_ids:
        client.xdel(STREAM, *entry_ids)


def count_waiting(client: Redis) -> int:
    """How many reports wait. Raises redis' errors."""
    return int(client.xlen(STREAM))


def _read(encoded: bytes) -> Report | None:
    try:
        return decode_report(encoded)
    except BadReport as error:
        log.warning("signals.unreadable_report", error=str(error)[:200])
        return None
