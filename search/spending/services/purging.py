"""Forgetting by age: salts after attribution's days, leases and whom a visitor worked for once all is final."""

from datetime import datetime, timedelta

from django.db import transaction

from billing.settlement.services.days import business_date
from search.spending.models import AdEvent, DaySalt, Lease, LeaseHolder
from search.spending.services.late import FINAL_AFTER
from search.spending.services.salts import KEPT

LEASES_KEPT = timedelta(days=35)
HOLDERS_KEPT = timedelta(days=1)
LOOKED_BACK = timedelta(days=7)
MOST_ROWS = 20_000


@transaction.atomic(durable=True)
def purge_old(*, now: datetime, limit: int = MOST_ROWS) -> int:
    """Delete what is too old. Returns how many rows went or were made to forget."""
    today = business_date(now)
    gone, _ = DaySalt.objects.filter(day__lt=today - KEPT).delete()
    old = Lease.objects.filter(closed_at__isnull=False, day__lt=today - LEASES_KEPT).values_list("pk", flat=True)
    gone += Lease.objects.filter(pk__in=list(old[:limit])).delete()[0]
    gone += LeaseHolder.objects.filter(seen_at__lt=now - HOLDERS_KEPT).delete()[0]
    final = today - FINAL_AFTER - timedelta(days=1)
    named = AdEvent.objects.filter(day__range=(final - LOOKED_BACK, final), works_for_shop_id__isnull=False)
    return gone + named.update(works_for_shop_id=None)
