"""The days' salts, made when a day is first spoken of and kept for attribution's eight days."""

import secrets
from collections.abc import Iterable
from datetime import date, timedelta

from django.db import connection

from search.spending.models import DaySalt

KEPT = timedelta(days=8)
SALT_BYTES = 32


def get_salts(days: Iterable[date]) -> dict[date, bytes]:
    """The salt of each day."""
    wanted = set(days)
    found = _read(wanted)
    if missing := sorted(wanted - found.keys()):
        made = [DaySalt(day=day, salt=secrets.token_bytes(SALT_BYTES)) for day in missing]
        DaySalt.objects.bulk_create(made, ignore_conflicts=True)
        found = _read(wanted)
    return found


def _read(days: set[date]) -> dict[date, bytes]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT day, salt FROM spending_daysalt WHERE day = ANY(%s::date[])", [sorted(days)])
        return {day: bytes(salt) for day, salt in cursor.fetchall()}
