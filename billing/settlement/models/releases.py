"""One row a sold share: its money on the way to the shop. Public schema."""

from django.db import models
from django.db.models import F, Q

from billing.settlement.contracts.releases import ReleaseState


class Release(models.Model):
    """A share is released once its sale is final and, by cash on delivery, its cash has come in."""

    share_no = models.CharField(max_length=40, unique=True)
    shop_id = models.BigIntegerField(db_index=True)
    method = models.CharField(max_length=12)
    carrier = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, default=ReleaseState.WAITING.value)
    total_minor = models.BigIntegerField()
    commission_minor = models.BigIntegerField()
    commission_vat_minor = models.BigIntegerField()
    cash_fee_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    noted_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    cash_at = models.DateTimeField(null=True)
    split_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)  # null: somebody must act first, such as a carrier that holds the cash
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="release_state_is_known", condition=Q(state__in=[state.value for state in ReleaseState])
            ),
            models.CheckConstraint(
                name="release_commission_within_total",
                condition=Q(commission_minor__gte=0, commission_minor__lte=F("total_minor")),
            ),
            models.CheckConstraint(
                name="release_vat_within_commission",
                condition=Q(commission_vat_minor__gte=0, commission_vat_minor__lte=F("commission_minor")),
            ),
            models.CheckConstraint(
                name="release_is_final_before_released",
                condition=Q(released_at__isnull=True) | Q(completed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="release_due", fields=["due_at"], condition=~Q(state="released")),
            models.Index(name="release_done", fields=["released_at"], condition=Q(released_at__isnull=False)),
        ]
