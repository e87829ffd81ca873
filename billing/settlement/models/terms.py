"""What is agreed with one shop, and what is kept back of its sales for a while. Public schema."""

from django.db import models
from django.db.models import F, Q

from billing.settlement.contracts.reserve import ReserveState


class ShopTerms(models.Model):
    """How one shop is settled where that differs from the platform's own. Its history is in the audit trail."""

    shop_id = models.BigIntegerField(unique=True)
    release_days = models.PositiveIntegerField(null=True)  # null: the platform's
    reserve_bps = models.PositiveIntegerField(default=0)
    reserve_days = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)
    changed_by = models.BigIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="shop_terms_reserve_within_whole", condition=Q(reserve_bps__lte=10_000)),
            models.CheckConstraint(
                name="shop_terms_reserve_has_days",
                condition=Q(reserve_bps=0, reserve_days=0) | Q(reserve_bps__gt=0, reserve_days__gt=0),
            ),
        ]


class Reserve(models.Model):
    """Part of one released sale that stays with us until a day: a hold of the ledger, under a key of its own."""

    share_no = models.CharField(max_length=40, unique=True)
    shop_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()  # what was agreed
    held_minor = models.BigIntegerField(default=0)  # what could be held, at most that
    rate_bps = models.PositiveIntegerField()
    until = models.DateTimeField()
    state = models.CharField(max_length=8, default=ReserveState.WAITING.value)
    posting_key = models.CharField(max_length=200)
    noted_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reserve_state_is_known", condition=Q(state__in=[state.value for state in ReserveState])
            ),
            models.CheckConstraint(
                name="reserve_held_within_agreed",
                condition=Q(amount_minor__gt=0, held_minor__gte=0, held_minor__lte=F("amount_minor")),
            ),
            models.CheckConstraint(
                name="reserve_held_is_an_amount", condition=Q(held_minor=0) | Q(state=ReserveState.HELD.value)
            ),
        ]
        indexes = [
            models.Index(name="reserve_waiting", fields=["id"], condition=Q(state="waiting")),
            models.Index(name="reserve_of_a_shop", fields=["shop_id", "until"]),
        ]
