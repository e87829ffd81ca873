"""Leases of workers that are gone: given back at a clean stop, taken back from those that fell silent.

A click that comes later is billed all the same: its lease is filled up out of the caps, as any closed one is.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef

from search.spending.models import Lease, LeaseHolder
from search.spending.services.leasing import MOST_CLOSED, WORKER_NAME, close_leases

SILENT_AFTER = timedelta(minutes=2)
"""Who was not heard of for so long has ended: a living worker tells every ten seconds, and one that cannot read its
leases for 30 shows nothing any more. Would it live all the same, it finds its leases closed and takes others."""

_TELL = (
    "INSERT INTO spending_leaseholder (worker, seen_at) VALUES (%s, %s)"
    " ON CONFLICT (worker) DO UPDATE SET seen_at = GREATEST(spending_leaseholder.seen_at, excluded.seen_at)"
)


def tell_alive(*, worker: str, now: datetime) -> None:
    """A worker that holds leases lives: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [worker[:WORKER_NAME], now])


@transaction.atomic(durable=True)
def give_back_leases(*, worker: str, now: datetime) -> int:
    """A worker ends: what is left of its leases returns to the caps. Returns how many were closed.

    One out of which somebody is paying now is left to `take_back_leases`: who ends waits for nobody.
    """
    name = worker[:WORKER_NAME]
    LeaseHolder.objects.filter(pk=name).delete()
    return close_leases(Lease.objects.filter(worker=name), now)


@transaction.atomic(durable=True)
def take_back_leases(now: datetime, limit: int = MOST_CLOSED) -> int:
    """What is left of the leases of workers that fell silent returns to the caps. Returns how many were closed."""
    heard = LeaseHolder.objects.filter(pk=OuterRef("worker"), seen_at__gt=now - SILENT_AFTER)
    silent = Lease.objects.filter(~Exists(heard), granted_at__lte=now - SILENT_AFTER)
    return close_leases(silent.filter(granted_micro__gt=F("billed_micro")), now, limit)
