"""What sales pay us: rules in order, each with all the versions it ever had. Public schema."""

from django.db import models
from django.db.models import Deferrable, F, Q

from market.money import DEFAULT_CURRENCY


class CommissionRule(models.Model):
    """A rule's place in the order, and which version of its terms holds now."""

    position = models.PositiveIntegerField()
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["position"], name="commission_rule_position", deferrable=Deferrable.DEFERRED
            ),
        ]


class CommissionTerms(models.Model):
    """One version of a rule: written once, read for ever, since sales name it."""

    rule = models.ForeignKey(CommissionRule, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    category_path = models.CharField(max_length=250, blank=True)
    shop_id = models.BigIntegerField(null=True)
    rate_bps = models.PositiveIntegerField()
    floor_minor = models.BigIntegerField(default=0)
    cap_minor = models.BigIntegerField(null=True)
    vat_bps = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default=DEFAULT_CURRENCY)
    note = models.CharField(max_length=200, blank=True)
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "version"], name="commission_terms_version"),
            models.CheckConstraint(
                name="commission_terms_rate_within_whole", condition=Q(rate_bps__lte=10_000, vat_bps__lte=10_000)
            ),
            models.CheckConstraint(
                name="commission_terms_cap_above_floor",
                condition=Q(floor_minor__gte=0) & (Q(cap_minor__isnull=True) | Q(cap_minor__gte=F("floor_minor"))),
            ),
        ]
