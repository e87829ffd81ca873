"""Reads about the outbox, for staff and for health."""

from datetime import datetime

from django.db.models import Min, Q

from market.outbox.contracts import OutboxHealth
from market.outbox.models import Delivery, Event


def count_parked() -> int:
    """How many deliveries were given up, of all consumers: one statement."""
    return Delivery.objects.filter(parked_at__isnull=False).count()


def get_health(*, now: datetime, consumers: str = "") -> OutboxHealth:
    """How far deliveries are behind; those to consumers whose names begin so, with whatever is not handed out yet."""
    waiting = Q(done_at__isnull=True, parked_at__isnull=True, consumer__startswith=consumers)
    oldest = Delivery.objects.filter(waiting).aggregate(at=Min("event__recorded_at"))["at"]
    unfanned = Event.objects.filter(fanned_out_at__isnull=True)
    oldest = min((at for at in (oldest, unfanned.aggregate(at=Min("recorded_at"))["at"]) if at), default=None)
    return OutboxHealth(
        waiting=Delivery.objects.filter(waiting).count() + unfanned.count(),
        oldest_seconds=(now - oldest).total_seconds() if oldest else 0.0,
        parked=Delivery.objects.filter(parked_at__isnull=False, consumer__startswith=consumers).count(),
        retrying=Delivery.objects.filter(waiting, attempts__gt=1).count(),
    )


def list_troubled(limit: int = 50, *, before_id: int | None = None) -> list[dict[str, object]]:
    """Parked and failing deliveries, newest first, as plain rows for a table."""
    rows = Delivery.objects.filter(done_at__isnull=True).exclude(error="").select_related("event").order_by("-id")
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return [
        {
            "delivery_id": row.pk,
            "consumer": row.consumer,
            "kind": row.event.kind,
            "shop_id": row.event.shop_id,
            "key": row.event.key,
            "attempts": row.attempts,
            "parked": row.parked_at is not None,
            "due_at": row.due_at,
            "error": row.error,
        }
        for row in rows[:limit]
    ]
