"""Bans: one at a time for a product; those lifted stay as its history."""

from django.db import models
from django.db.models import Q

from search.moderation.contracts import LONGEST_NOTE, BanReason


class ProductBan(models.Model):
    """That a product is banned, or was until `lifted_at`."""

    shop_id = models.BigIntegerField()
    product_id = models.BigIntegerField()
    title_zh = models.TextField(blank=True)
    title_en = models.TextField(blank=True)
    reason = models.CharField(max_length=16)
    note = models.CharField(max_length=LONGEST_NOTE)
    banned_by = models.BigIntegerField()
    banned_at = models.DateTimeField()
    lifted_by = models.BigIntegerField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="product_banned_once", fields=["shop_id", "product_id"], condition=Q(lifted_at__isnull=True)
            ),
            models.CheckConstraint(
                name="ban_reason_known", condition=Q(reason__in=[reason.value for reason in BanReason])
            ),
            models.CheckConstraint(name="ban_note_said", condition=~Q(note="")),
        ]
        indexes = [models.Index(name="ban_in_force", fields=["-id"], condition=Q(lifted_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.shop_id}/{self.product_id}: {self.reason}"
