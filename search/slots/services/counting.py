"""Counting views of sold places and clicks on them: for the merchant to see, never billed."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from search.slots.models import Lot, LotHour
from search.spending.services.combining import Combiner

MOST_LOTS = 16
LATE = timedelta(minutes=30)
"""A page that was opened while a lot ran is looked at for so long."""

_MOST_AT_ONCE = 200
_Seen = tuple[frozenset[int], datetime]


def count_click(*, lot_id: int, now: datetime) -> None:
    """Count one click on a known lot in its hour: one statement."""
    _add({lot_id: (0, 1)}, _hour_of(now))


def count_views(*, lot_ids: Collection[int], now: datetime) -> int:
    """Count one viewable view of each of a page's lots; those that are not running are left out. Returns how many.

    Two statements in a transaction, together with those that other threads bring meanwhile: all visitors of a page
    count on the same rows, and nobody should wait for each of the others.
    """
    if not lot_ids:
        return 0
    return _views.submit((frozenset(sorted(lot_ids)[:MOST_LOTS]), now))


def _count_all(seen: Sequence[_Seen]) -> list[int]:
    last = max(now for _, now in seen)
    running = set(
        Lot.objects.filter(
            pk__in=frozenset[int]().union(*(lots for lots, _ in seen)),
            shop_id__isnull=False,
            starts_at__lte=last,
            ends_at__gt=last - LATE,
        ).values_list("pk", flat=True)
    )
    hours: dict[datetime, Counter[int]] = {}
    for lots, now in seen:
        hours.setdefault(_hour_of(now), Counter()).update(lots & running)
    with transaction.atomic():
        for hour, views in sorted(hours.items()):
            _add({lot_id: (count, 0) for lot_id, count in views.items()}, hour)
    return [len(lots & running) for lots, _ in seen]


def _add(counts: dict[int, tuple[int, int]], hour: datetime) -> None:
    """Add views and clicks to lots' rows of an hour, in id order: one statement."""
    if not counts:
        return
    rows = [(lot_id, *counted) for lot_id, counted in sorted(counts.items())]
    table = connection.ops.quote_name(LotHour._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS known (lot_id, hour, views, clicks)"  # noqa: S608 - our own table
            " SELECT lot_id, %s, views, clicks"
            " FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS new (lot_id, views, clicks)"
            " ON CONFLICT (lot_id, hour) DO UPDATE"
            " SET views = known.views + EXCLUDED.views, clicks = known.clicks + EXCLUDED.clicks",
            [hour, *map(list, zip(*rows, strict=True))],
        )


def _hour_of(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


_views: Combiner[_Seen, int] = Combiner(_count_all, _MOST_AT_ONCE)
