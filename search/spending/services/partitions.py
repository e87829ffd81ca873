"""Daily partitions, made ahead by the database's owner, and decisions dropped after 35 days.

A row whose partition was not made in time stands in the default partition, and moves when its own is made: what comes
is never refused. Each step is a transaction of its own that waits at most three seconds for its locks.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import connection, transaction

from search.spending.selectors.partitions import TABLES, list_partitions

AHEAD_DAYS = 14
DECISIONS_KEPT = timedelta(days=35)
LOCK_TIMEOUT_MS = 3_000
_ONE_DAY = timedelta(days=1)


def keep_partitions(*, today: date) -> int:
    """Make what is missing from yesterday to two weeks ahead and for misplaced rows, drop old decisions.

    Needs the owner's role; may be repeated. Returns how many partitions were made or dropped.
    """
    changed = 0
    for table in TABLES:
        there = list_partitions(table)
        wanted = {today + timedelta(days=number) for number in range(-1, AHEAD_DAYS + 1)} | set(_list_misplaced(table))
        for day in sorted(wanted - set(there)):
            _make(table, day)
            changed += 1
    for day in list_partitions("spending_decision"):
        if day < today - DECISIONS_KEPT:
            _drop("spending_decision", day)
            changed += 1
    return changed


def _list_misplaced(table: str) -> Iterator[date]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT day FROM {table}_default")  # noqa: S608 - one of ours
        for (day,) in cursor.fetchall():
            yield day


@transaction.atomic(durable=True)
def _make(table: str, day: date) -> None:
    """A partition with what stands in the default one for its day."""
    name = f"{table}_{day:%Y%m%d}"
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
        cursor.execute(f"LOCK TABLE {table} IN SHARE UPDATE EXCLUSIVE MODE")
        cursor.execute(f"LOCK TABLE {table}_default IN ACCESS EXCLUSIVE MODE")
        cursor.execute(f"CREATE TABLE {name} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        cursor.execute(
            f"WITH moved AS (DELETE FROM {table}_default WHERE day = %s RETURNING *)"  # noqa: S608 - ours
            f" INSERT INTO {name} SELECT * FROM moved",
            [day],
        )
        cursor.execute(f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ('{day}') TO ('{day + _ONE_DAY}')")


@transaction.atomic(durable=True)
def _drop(table: str, day: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
        cursor.execute(f"DROP TABLE {table}_{day:%Y%m%d}")
