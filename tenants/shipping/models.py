"""What one shop charges for freight. One row a shop."""

from django.db import models


class FreightRule(models.Model):
    """Flat freight, free from a goods total on. Minor units."""

    flat_minor = models.BigIntegerField(default=0)
    free_from_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, default="CNY")
    ships_from = models.CharField(max_length=60, blank=True)
    handling_hours = models.PositiveSmallIntegerField(default=48)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="freight_is_not_negative", condition=models.Q(flat_minor__gte=0)),
            models.CheckConstraint(
                name="freight_free_from_is_positive",
                condition=models.Q(free_from_minor__isnull=True) | models.Q(free_from_minor__gt=0),
            ),
            models.CheckConstraint(name="freight_has_one_rule", condition=models.Q(id=1)),
        ]
