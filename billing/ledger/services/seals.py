"""Closing ranges of rows under a seal, once nothing can be added to them any more."""

import time
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from billing.ledger.models import Seal
from billing.ledger.rules import SealedRange, compute_head, pack_digests
from billing.ledger.seal_record import SealRecord, append_record
from billing.ledger.selectors.seals import read_digests

ROWS = 5000
WAIT_SECONDS = 5.0
_PAUSE_SECONDS = 0.05
_LOCK = 7_320_110  # any number that no other advisory lock of the project uses

_LAST_IDS = """
SELECT (SELECT coalesce(max(id), 0) FROM ledger_transaction), (SELECT coalesce(max(id), 0) FROM ledger_entry)
"""

# A writer locks the table before it draws an id, and keeps the lock until it ends. So whoever may still commit an id
# up to the last one seen is among those who hold the lock after it was seen. (The snapshot's oldest transaction would
# tell the same, but waits for writers of every database of the server.)
_WRITERS = """
SELECT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND relation IN ('public.ledger_transaction'::regclass, 'public.ledger_entry'::regclass)
"""


def seal_ledger(*, now: datetime, wait_seconds: float = WAIT_SECONDS) -> int:
    """Seal what is there and finished. Returns the number of seals added; 0 also when writers stay busy too long.

    Not inside a transaction: it waits for the writers of this moment, and the record outside follows the commit.
    """
    bounds = _close_bounds(wait_seconds)
    if bounds is None:
        return 0
    added = 0
    while (record := _seal_next(bounds, now)) is not None:
        append_record(settings.LEDGER_SEAL_FILE, record)
        added += 1
    return added


def _close_bounds(wait_seconds: float) -> dict[str, int] | None:
    """The last ids of both tables, once every transaction that was writing to them then has ended."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST_IDS)
        last_transaction, last_entry = cursor.fetchone()
        writers = _list_writers()
        until = time.monotonic() + wait_seconds
        while writers := writers & _list_writers():
            if time.monotonic() >= until:
                return None
            time.sleep(_PAUSE_SECONDS)
    return {"transaction": last_transaction, "entry": last_entry}


def _list_writers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS)
        return {writer for (writer,) in cursor.fetchall()}


@transaction.atomic(durable=True)
def _seal_next(bounds: dict[str, int], now: datetime) -> SealRecord | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    last = Seal.objects.order_by("-number").first()
    ends = {
        "transaction": last.transactions_upto if last else 0,
        "entry": last.entries_upto if last else 0,
    }
    ranges = {table: _read_range(table, after, bounds[table]) for table, after in ends.items()}
    if all(sealed.upto == sealed.after for sealed in ranges.values()):
        return None
    number = last.number + 1 if last else 1
    previous = last.head if last else ""
    head = compute_head(secret=settings.LEDGER_SEAL_KEY, previous=previous, number=number, sealed_at=now, ranges=ranges)
    Seal.objects.create(
        number=number,
        transactions_after=ranges["transaction"].after,
        transactions_upto=ranges["transaction"].upto,
        transaction_digests=ranges["transaction"].digests,
        entries_after=ranges["entry"].after,
        entries_upto=ranges["entry"].upto,
        entry_digests=ranges["entry"].digests,
        head=head,
        sealed_at=now,
    )
    return SealRecord(number, head)


def _read_range(table: str, after: int, bound: int) -> SealedRange:
    upto = min(bound, after + ROWS)
    if upto <= after:
        return SealedRange(after, after, b"")
    return SealedRange(after, upto, pack_digests(read_digests(table, after, upto)))
