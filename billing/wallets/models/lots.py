"""What is put aside for bids on fixed slots, and what became of the price of a lot that was won."""

from django.db import models
from django.db.models import F, Q

from billing.wallets.contracts import LotState


class LotHold(models.Model):
    """One row a shop and lot. `part` counts the ledger's holds: a bid may be withdrawn and made again."""

    shop_id = models.BigIntegerField()
    lot_id = models.BigIntegerField()
    state = models.CharField(max_length=8, default=LotState.HELD.value)
    amount_minor = models.BigIntegerField()
    price_minor = models.BigIntegerField(default=0)
    delivered_minor = models.BigIntegerField(default=0)
    returned_minor = models.BigIntegerField(default=0)
    part = models.PositiveIntegerField(default=1)
    held_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="lot_hold_once_a_lot", fields=["shop_id", "lot_id"]),
            models.CheckConstraint(name="lot_hold_state", condition=Q(state__in=[word.value for word in LotState])),
            models.CheckConstraint(
                name="lot_hold_price_within_held",
                condition=Q(amount_minor__gt=0, price_minor__gte=0, price_minor__lte=F("amount_minor")),
            ),
            models.CheckConstraint(
                name="lot_hold_parts_within_price",
                condition=Q(delivered_minor__gte=0, returned_minor__gte=0)
                & Q(price_minor__gte=F("delivered_minor") + F("returned_minor")),
            ),
            models.CheckConstraint(
                name="lot_hold_only_what_is_won_has_a_price", condition=Q(state="won") | Q(price_minor=0)
            ),
        ]


class LotStep(models.Model):
    """One deed on a lot's money, once under its key."""

    hold = models.ForeignKey(LotHold, on_delete=models.PROTECT, related_name="steps")
    key = models.CharField(max_length=200, unique=True)
    deed = models.CharField(max_length=8)
    amount_minor = models.BigIntegerField()
    done_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="lot_step_deed", condition=Q(deed__in=["held", "won", "voided", "shown", "returned"])
            ),
        ]
