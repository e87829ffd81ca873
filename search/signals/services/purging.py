"""Forgetting by age: events and salts after weeks, counts after months, queries that nothing speaks of any more."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction

from billing.settlement.services.days import business_date
from search.signals.services.recording import KEPT, lock_head

PAIRS_KEPT = KEPT
COUNTS_KEPT = timedelta(days=100)
SALT_HOLDS = timedelta(days=7)
MOST_ROWS = 20_000

_UNSPOKEN = (
    "DELETE FROM signals_query WHERE id IN (SELECT old.id FROM signals_query AS old WHERE"
    " NOT EXISTS (SELECT 1 FROM signals_searchevent AS e WHERE e.query_id = old.id)"
    " AND NOT EXISTS (SELECT 1 FROM signals_queryday AS d WHERE d.query_id = old.id)"
    " AND NOT EXISTS (SELECT 1 FROM signals_pairday AS p WHERE p.query_id = old.id) LIMIT %s)"
)


def purge_old(*, now: datetime, limit: int = MOST_ROWS) -> int:
    """Delete what is too old, at most `limit` rows of each table. Returns how many rows went."""
    today = business_date(now)
    gone = _delete("signals_searchevent", "old.at <= %s", now - KEPT, limit)
    gone += _delete("signals_visitorsalt", "old.starts_on <= %s", today - KEPT - SALT_HOLDS, limit)
    gone += _delete("signals_pairday", "old.day <= %s", today - PAIRS_KEPT, limit)
    for table in ("signals_queryday", "signals_listingday", "signals_positionday"):
        gone += _delete(table, "old.day <= %s", today - COUNTS_KEPT, limit)
    gone += _delete("signals_audienceweek", "old.starts_on <= %s", today - COUNTS_KEPT, limit)
    gone += _delete("signals_choice", "NOT old.is_off AND old.forgotten_at <= %s", now - KEPT, limit)
    gone += _delete("signals_reconcilerun", "old.at <= %s", now - COUNTS_KEPT, limit)
    return gone + _delete_unspoken_queries(limit)


def _delete(table: str, condition: str, before: date, limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE id IN (SELECT old.id FROM {table} AS old WHERE {condition} LIMIT %s)",  # noqa: S608
            [before, limit],
        )
        return int(cursor.rowcount)


@transaction.atomic(durable=True)
def _delete_unspoken_queries(limit: int) -> int:
    lock_head()  # nobody is about to speak of one
    with connection.cursor() as cursor:
        cursor.execute(_UNSPOKEN, [limit])
        return int(cursor.rowcount)
