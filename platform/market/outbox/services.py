"""Writing events, and handing them to their consumers: at least once, in batches, with retries."""

import traceback
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from market.outbox.contracts import Consumer, EventEnvelope
from market.outbox.models import Delivery, Event

LEASE_SECONDS = 60
MAX_ATTEMPTS = 12
BATCH = 200


def record_event(*, kind: str, shop_id: int | None, key: str, payload: Mapping[str, Any], now: datetime) -> int:
    """Write an event in the caller's transaction; it is delivered after the commit. Returns its id."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("An event is recorded in the transaction in which it happens.")
    row = Event.objects.create(kind=kind, shop_id=shop_id, key=key[:200], payload=dict(payload), recorded_at=now)
    return row.pk


@transaction.atomic(durable=True)
def fan_out(*, subscriptions: Mapping[str, Sequence[str]], now: datetime, limit: int = BATCH) -> set[str]:
    """Turn new events into deliveries. Returns the consumers that have something to do."""
    events = list(
        Event.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(fanned_out_at__isnull=True)
        .order_by("id")[:limit]
    )
    if not events:
        return set()
    deliveries = [
        Delivery(event=event, consumer=consumer, due_at=now)
        for event in events
        for consumer in subscriptions.get(event.kind, ())
    ]
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    Event.objects.filter(pk__in=[event.pk for event in events]).update(fanned_out_at=now)
    return {delivery.consumer for delivery in deliveries}


def list_due_consumers(*, now: datetime) -> set[str]:
    """Consumers with deliveries that are due, also those whose worker died."""
    rows = Delivery.objects.filter(done_at__isnull=True, parked_at__isnull=True, due_at__lte=now)
    return set(rows.values_list("consumer", flat=True).distinct()[:100])


def deliver_due(*, consumer: str, call: Consumer, now: datetime, limit: int = BATCH) -> int:
    """Lease the due deliveries of one consumer, hand them over as one batch, mark them done.

    When the batch fails, each event is tried alone, so that one bad event holds up no other.
    """
    leased = _lease(consumer, now, limit)
    if not leased:
        return 0
    envelopes = [envelope for _, envelope in leased]
    try:
        call(envelopes)
    except Exception:  # a task's edge: tried again one by one, and what fails is kept with its error
        _deliver_one_by_one(leased, call, now)
    else:
        Delivery.objects.filter(pk__in=[pk for pk, _ in leased]).update(done_at=now, error="")
    return len(leased)


def _deliver_one_by_one(leased: Sequence[tuple[int, EventEnvelope]], call: Consumer, now: datetime) -> None:
    for pk, envelope in leased:
        try:
            call([envelope])
        except Exception:  # a task's edge: the error is kept with the delivery, shown to staff and tried again
            _note_failure(pk, traceback.format_exc(limit=6), now)
        else:
            Delivery.objects.filter(pk=pk).update(done_at=now, error="")


def _note_failure(pk: int, error: str, now: datetime) -> None:
    row = Delivery.objects.get(pk=pk)
    row.error = error[-4000:]
    row.due_at = now + timedelta(seconds=min(2**row.attempts, 600))
    if row.attempts >= MAX_ATTEMPTS:
        row.parked_at = now
    row.save(update_fields=["error", "due_at", "parked_at"])


@transaction.atomic(durable=True)
def _lease(consumer: str, now: datetime, limit: int) -> list[tuple[int, EventEnvelope]]:
    rows = list(
        Delivery.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        .select_related("event")
        .filter(consumer=consumer, done_at__isnull=True, parked_at__isnull=True, due_at__lte=now)
        .order_by("event_id")[:limit]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_delivery SET due_at = %s, attempts = attempts + 1 WHERE id = ANY(%s)",
            [now + timedelta(seconds=LEASE_SECONDS), [row.pk for row in rows]],
        )
    return [(row.pk, _to_envelope(row.event)) for row in rows]


def _to_envelope(event: Event) -> EventEnvelope:
    return EventEnvelope(event.pk, event.kind, event.shop_id, event.key, event.payload, event.recorded_at)


def unpark(*, delivery_id: int, now: datetime) -> bool:
    """Let staff try a parked delivery again."""
    rows = Delivery.objects.filter(pk=delivery_id, parked_at__isnull=False)
    return bool(rows.update(parked_at=None, attempts=0, due_at=now))


def purge_delivered(*, before: datetime, limit: int = 5000) -> int:
    """Delete events whose deliveries are all done since before an instant."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM outbox_delivery WHERE id IN (SELECT id FROM outbox_delivery WHERE done_at < %s LIMIT %s)",
            [before, limit],
        )
        cursor.execute(
            "DELETE FROM outbox_event e WHERE e.id IN (SELECT id FROM outbox_event WHERE fanned_out_at < %s LIMIT %s)"
            " AND NOT EXISTS (SELECT 1 FROM outbox_delivery d WHERE d.event_id = e.id)",
            [before, limit],
        )
        return int(cursor.rowcount)
