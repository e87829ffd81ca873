"""Events, their deliveries, and idempotency keys. Public schema."""

from django.db import models
from django.db.models import Q


class Event(models.Model):
    """Something that others care about, written in the transaction in which it happened."""

    kind = models.CharField(max_length=60)
    shop_id = models.BigIntegerField(null=True)
    key = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()
    fanned_out_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(name="event_not_fanned_out", fields=["id"], condition=Q(fanned_out_at__isnull=True))]


class Delivery(models.Model):
    """One event for one consumer: due until `done_at`; parked after too many tries."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    consumer = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="delivery_once_a_consumer", fields=["event", "consumer"])]
        indexes = [
            models.Index(
                name="delivery_waiting",
                fields=["consumer", "due_at"],
                condition=Q(done_at__isnull=True, parked_at__isnull=True),
            )
        ]


class IdempotencyKey(models.Model):
    """A request that a client may repeat: who, which key, what was asked, what was answered."""

    scope = models.CharField(max_length=80)
    key = models.CharField(max_length=100)
    request_hash = models.CharField(max_length=64)
    leased_until = models.DateTimeField()
    created_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(default=b"")
    content_type = models.CharField(max_length=80, blank=True)
    location = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="idempotency_key_once_a_scope", fields=["scope", "key"])]
