"""Counting views of sold places and clicks on them: for the merchant to see, never billed.

All visitors of a page count on the same rows, so nobody waits for the disk or long for another one: a count that a
crash loses, or that waits for more than a second, is not worth a visitor's time.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection

from search.slots.models import Lot, LotHour

MOST_LOTS = 16
LATE = timedelta(minutes=30)
"""A page that was opened while a lot ran is looked at for so long."""

_ADD = (
    "WITH settings AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true),"  # noqa: S608 - our own tables
    " set_config('lock_timeout', '1s', true))"
    f" INSERT INTO {LotHour._meta.db_table} AS known (lot_id, hour, views, clicks)"
    f" SELECT lot.id, %s, %s, %s FROM {Lot._meta.db_table} AS lot"
    " WHERE (SELECT count(*) FROM settings) > 0 AND lot.id = ANY(%s) AND lot.shop_id IS NOT NULL"
    " AND lot.starts_at <= %s AND lot.ends_at > %s ORDER BY lot.id"
    " ON CONFLICT (lot_id, hour) DO UPDATE"
    " SET views = known.views + EXCLUDED.views, clicks = known.clicks + EXCLUDED.clicks"
)


def count_click(*, lot_id: int, now: datetime) -> int:
    """Count one click on a lot that runs, in its hour: one statement, a transaction of its own. Returns how many."""
    return _add([lot_id], views=0, clicks=1, now=now)


def count_views(*, lot_ids: Collection[int], now: datetime) -> int:
    """Count one viewable view of each of a page's lots; those that do not run are left out. Returns how many.

    One statement, a transaction of its own.
    """
    wanted = sorted(set(lot_ids))[:MOST_LOTS]
    return _add(wanted, views=1, clicks=0, now=now) if wanted else 0


def _add(lot_ids: list[int], *, views: int, clicks: int, now: datetime) -> int:
    hour = now.replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [hour, views, clicks, lot_ids, now, now - LATE])
        return int(cursor.rowcount)
