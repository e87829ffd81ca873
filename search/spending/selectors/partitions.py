"""Which days have partitions of their own."""

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

TABLES = ("spending_decision", "spending_adevent")
ASK_AGAIN_SECONDS = 30.0
MOST_SOURCES = 64


@dataclass(slots=True)
class _Seen:
    """Partitions of a table that this process knows of, and when it last asked."""

    days: set[date] = field(default_factory=set)
    asked: float = -math.inf
    sources: dict[tuple[date, ...], str] = field(default_factory=dict)


_seen: dict[tuple[str, str], _Seen] = {}


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


def name_source(table: str, days: Iterable[date]) -> str:
    """What to select rows of these days from: their partitions by name. The whole table, if one of them is not made.

    A statement over a table of many partitions is planned for longer than it runs, and plans that are kept look at all
    of them. Partitions that were seen are remembered, as of the last days none is ever dropped; for one that is missing
    is looked twice a minute.
    """
    wanted = tuple(sorted(set(days)))
    seen = _seen.setdefault((connection.settings_dict["NAME"], table), _Seen())
    if source := seen.sources.get(wanted):
        return source
    now = time.monotonic()
    if not seen.days.issuperset(wanted) and now - seen.asked > ASK_AGAIN_SECONDS:
        seen.asked = now
        seen.days.update(list_partitions(table))
    if not wanted or not seen.days.issuperset(wanted):
        return table
    if len(seen.sources) >= MOST_SOURCES:
        seen.sources.clear()
    names = [f"{table}_{day:%Y%m%d}" for day in wanted]
    all_of_them = f"({' UNION ALL '.join(f'SELECT * FROM {name}' for name in names)})"  # noqa: S608 - our own names
    return seen.sources.setdefault(wanted, names[0] if len(names) == 1 else all_of_them)


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
