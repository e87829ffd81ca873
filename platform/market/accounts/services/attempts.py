"""Limits that the database holds: how many codes are sent, how many passwords are refused."""

from datetime import datetime

from django.db import connection, transaction

from market.accounts.contracts import AttemptKind
from market.accounts.fields import blind_index
from market.accounts.models import Attempt
from market.accounts.rules import LONGEST_WINDOW, next_allowed_at


class TooManyAttempts(RuntimeError):
    """Not before `again_at`."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__(again_at.isoformat())
        self.again_at = again_at


@transaction.atomic
def count_attempt(*, kind: AttemptKind, subject: str, now: datetime) -> None:
    """Count one attempt at `subject` (an address or login as typed); raises `TooManyAttempts` instead of the one
    that would pass the limit. Two at once are counted one after the other."""
    index = _index_of(subject)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"attempt:{kind.value}:{index}"])
    _refuse(kind, index, now)
    Attempt.objects.create(kind=kind.value, subject_index=index, at=now)


def refuse_if_exhausted(*, kind: AttemptKind, subject: str, now: datetime) -> None:
    """Raises `TooManyAttempts` when none is left; counts nothing."""
    _refuse(kind, _index_of(subject), now)


def _refuse(kind: AttemptKind, index: str, now: datetime) -> None:
    earlier = Attempt.objects.filter(kind=kind.value, subject_index=index, at__gt=now - LONGEST_WINDOW)
    again_at = next_allowed_at(kind, list(earlier.values_list("at", flat=True)), now)
    if again_at is not None:
        raise TooManyAttempts(again_at)


def _index_of(subject: str) -> str:
    return blind_index(subject.strip().lower(), purpose="attempt")
