"""What is put aside for a shop's advertising of one day, and what was charged and credited to that day."""

from django.db import models
from django.db.models import F, Q

from billing.wallets.contracts import ChargeKind

_KINDS = [kind.value for kind in ChargeKind]


class DayHold(models.Model):
    """One row a shop and day. `cash_part` and `bonus_part` count the ledger's holds, which end when they are spent."""

    shop_id = models.BigIntegerField()
    day = models.DateField()
    held_cash_minor = models.BigIntegerField(default=0)
    held_bonus_minor = models.BigIntegerField(default=0)
    charged_cash_minor = models.BigIntegerField(default=0)
    charged_bonus_minor = models.BigIntegerField(default=0)
    cash_part = models.PositiveIntegerField(default=0)
    bonus_part = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="day_hold_once_a_day", fields=["shop_id", "day"]),
            models.CheckConstraint(
                name="day_hold_never_charged_beyond",
                condition=Q(charged_cash_minor__gte=0, charged_cash_minor__lte=F("held_cash_minor"))
                & Q(charged_bonus_minor__gte=0, charged_bonus_minor__lte=F("held_bonus_minor")),
            ),
            models.CheckConstraint(
                name="day_hold_closed_has_no_rest",
                condition=Q(closed_at__isnull=True)
                | Q(charged_cash_minor=F("held_cash_minor"), charged_bonus_minor=F("held_bonus_minor")),
            ),
        ]
        indexes = [models.Index(name="day_hold_open", fields=["day"], condition=Q(closed_at__isnull=True))]


class DayIncrease(models.Model):
    """What one asking put aside more."""

    hold = models.ForeignKey(DayHold, on_delete=models.PROTECT, related_name="increases")
    key = models.CharField(max_length=200, unique=True)
    asked_minor = models.BigIntegerField()
    cash_minor = models.BigIntegerField()
    bonus_minor = models.BigIntegerField()
    held_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="day_increase_within_asked",
                condition=Q(cash_minor__gte=0, bonus_minor__gte=0)
                & Q(asked_minor__gte=F("cash_minor") + F("bonus_minor")),
            ),
        ]


class Charge(models.Model):
    """One posted charge, out of the day's hold."""

    hold = models.ForeignKey(DayHold, on_delete=models.PROTECT, related_name="charges")
    key = models.CharField(max_length=180, unique=True)
    kind = models.CharField(max_length=8)
    cash_minor = models.BigIntegerField()
    bonus_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    transaction_ids = models.JSONField()
    charged_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="charge_kind", condition=Q(kind__in=_KINDS)),
            models.CheckConstraint(
                name="charge_has_an_amount",
                condition=Q(cash_minor__gte=0, bonus_minor__gte=0) & (Q(cash_minor__gt=0) | Q(bonus_minor__gt=0)),
            ),
            models.CheckConstraint(
                name="charge_vat_within_cash", condition=Q(vat_minor__gte=0, vat_minor__lte=F("cash_minor"))
            ),
        ]
        indexes = [models.Index(name="charge_of_kind", fields=["hold", "kind"])]


class Credit(models.Model):
    """What was given back of a day's charges of one kind, in the proportion in which they were paid."""

    hold = models.ForeignKey(DayHold, on_delete=models.PROTECT, related_name="credits")
    key = models.CharField(max_length=180, unique=True)
    kind = models.CharField(max_length=8)
    cash_minor = models.BigIntegerField()
    bonus_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    transaction_ids = models.JSONField()
    credited_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="credit_kind", condition=Q(kind__in=_KINDS)),
            models.CheckConstraint(
                name="credit_has_an_amount",
                condition=Q(cash_minor__gte=0, bonus_minor__gte=0) & (Q(cash_minor__gt=0) | Q(bonus_minor__gt=0)),
            ),
            models.CheckConstraint(
                name="credit_vat_within_cash", condition=Q(vat_minor__gte=0, vat_minor__lte=F("cash_minor"))
            ),
        ]
        indexes = [models.Index(name="credit_of_kind", fields=["hold", "kind"])]
