"""The weeks' salts. Without a salt the events of its week are nobody's any more."""

import secrets
from collections.abc import Iterable
from datetime import date

from search.signals.models import VisitorSalt

SALT_BYTES = 32


def get_salts(weeks: Iterable[date]) -> dict[date, bytes]:
    """The salts of weeks by their Mondays, made when they are first asked for."""
    wanted = set(weeks)
    found = _read(wanted)
    if missing := sorted(wanted - found.keys()):
        made = [VisitorSalt(starts_on=week, salt=secrets.token_bytes(SALT_BYTES)) for week in missing]
        VisitorSalt.objects.bulk_create(made, ignore_conflicts=True)
        found = _read(wanted)
    return found


def _read(weeks: set[date]) -> dict[date, bytes]:
    rows = VisitorSalt.objects.filter(starts_on__in=weeks).values_list("starts_on", "salt")
    return {starts_on: bytes(salt) for starts_on, salt in rows}
