"""Which days have partitions of their own."""

from datetime import date

from django.db import connection

TABLES = ("spending_decision", "spending_adevent")


def list_partitions(table: str) -> list[date]:
    """The days that have a partition of their own, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = %s::regclass ORDER BY c.relname",
            [table],
        )
        names = [str(name).removeprefix(f"{table}_") for (name,) in cursor.fetchall()]
    return [date.fromisoformat(name) for name in names if name.isdecimal()]


def find_last_day() -> date | None:
    """The last day for which both tables have a partition."""
    lasts = [days[-1] if (days := list_partitions(table)) else None for table in TABLES]
    return min((day for day in lasts if day is not None), default=None) if None not in lasts else None


def count_misplaced() -> int:
    """Rows whose partition was not made in time: they wait in the default one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM spending_decision_default) + (SELECT count(*) FROM spending_adevent_default)"
        )
        return int(cursor.fetchone()[0])
