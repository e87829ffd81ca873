"""Top-ups: paid through a provider or taken from sales, and when they are taken by themselves."""

from django.db import models
from django.db.models import F, Q

from billing.wallets.contracts import TopUpSource, TopUpState


class TopUp(models.Model):
    """One top-up. `number` is also the number of its payment's share at the provider."""

    number = models.CharField(max_length=32, unique=True)
    shop_id = models.BigIntegerField()
    key = models.CharField(max_length=120)
    source = models.CharField(max_length=8)
    automatic = models.BooleanField(default=False)
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=8)
    gateway = models.CharField(max_length=16, blank=True)
    payment_no = models.CharField(max_length=32, blank=True)
    asked_by = models.BigIntegerField(null=True)
    day = models.DateField()
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="top_up_once_a_key", fields=["shop_id", "key"]),
            models.CheckConstraint(name="top_up_amount_is_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(name="top_up_source", condition=Q(source__in=[one.value for one in TopUpSource])),
            models.CheckConstraint(name="top_up_state", condition=Q(state__in=[one.value for one in TopUpState])),
            models.CheckConstraint(
                name="top_up_paid_has_a_time", condition=Q(state="paid") & Q(paid_at__isnull=False) | ~Q(state="paid")
            ),
            models.CheckConstraint(
                name="top_up_payment_has_a_number",
                condition=Q(source="sales", payment_no="")
                | Q(source="payment", expires_at__isnull=False) & ~Q(payment_no=""),
            ),
        ]
        indexes = [
            models.Index(name="top_up_of_shop", fields=["shop_id", "-id"]),
            models.Index(name="top_up_expiring", fields=["expires_at"], condition=Q(state="open")),
        ]


class AutoTopUp(models.Model):
    """A shop's wish: below so much, take so much from sales, at most so much a business day."""

    shop_id = models.BigIntegerField(unique=True)
    is_on = models.BooleanField(default=False)
    below_minor = models.BigIntegerField()
    take_minor = models.BigIntegerField()
    daily_minor = models.BigIntegerField()
    set_by = models.BigIntegerField()
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="auto_top_up_amounts",
                condition=Q(below_minor__gt=0, take_minor__gt=0, daily_minor__gte=F("take_minor")),
            ),
        ]
        indexes = [models.Index(name="auto_top_up_on", fields=["shop_id"], condition=Q(is_on=True))]
