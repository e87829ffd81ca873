"""A shop's wallet as a row to lock, and the bonuses in it."""

from django.db import models
from django.db.models import F, Q

from billing.wallets.contracts import BonusSource


class Wallet(models.Model):
    """One row a shop: whatever changes a wallet locks it first. The money itself is in the ledger."""

    shop_id = models.BigIntegerField(unique=True)
    opened_at = models.DateTimeField()
    owed_minor = models.BigIntegerField(default=0)  # commission on sales that it had no money for
    owed_parts = models.PositiveIntegerField(default=0)  # how often some of it was paid
    cash_first = models.BooleanField(default=False, db_default=False)  # else bonus pays first

    class Meta:
        constraints = [models.CheckConstraint(name="wallet_owed_is_a_sum", condition=Q(owed_minor__gte=0))]
        indexes = [models.Index(name="wallet_owing", fields=["shop_id"], condition=Q(owed_minor__gt=0))]


class Bonus(models.Model):
    """One bonus. What is left of all bonuses of a shop is the balance of its bonus account."""

    number = models.CharField(max_length=32, unique=True)
    shop_id = models.BigIntegerField()
    key = models.CharField(max_length=200, unique=True)
    source = models.CharField(max_length=10)
    amount_minor = models.BigIntegerField()
    left_minor = models.BigIntegerField()
    expired_minor = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=300)
    granted_by = models.BigIntegerField(null=True)
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="bonus_source", condition=Q(source__in=[word.value for word in BonusSource])),
            models.CheckConstraint(name="bonus_amount_is_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="bonus_is_used_or_expires_once",
                condition=Q(left_minor__gte=0, expired_minor__gte=0)
                & Q(amount_minor__gte=F("left_minor") + F("expired_minor")),
            ),
        ]
        indexes = [
            models.Index(name="bonus_of_shop", fields=["shop_id", "expires_at", "id"]),
            models.Index(name="bonus_expiring", fields=["expires_at"], condition=Q(left_minor__gt=0)),
        ]
