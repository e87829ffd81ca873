"""Counting clicks on sold places: for the merchant to see, never billed."""

from datetime import datetime

from django.db import connection, transaction

from search.slots.models import LotClicks


@transaction.atomic(durable=True)
def count_click(*, lot_id: int, now: datetime) -> None:
    """Count one click on a known lot in its hour: one statement."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    table = connection.ops.quote_name(LotClicks._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS known (lot_id, hour, clicks) VALUES (%s, %s, 1)"  # noqa: S608 - our own table
            " ON CONFLICT (lot_id, hour) DO UPDATE SET clicks = known.clicks + 1",
            [lot_id, hour],
        )
