"""The audit trail: rows are added and never changed; a trigger in the database sees to it."""

from django.db import models

from market.audit.contracts import ActorKind


class AuditEntry(models.Model):
    """One deed. People are ids, so that a person can be deleted without touching the trail."""

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_kind = models.CharField(max_length=10, choices=[(kind.value, kind.name) for kind in ActorKind])
    shop_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=40)
    target_id = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["shop_id", "-id"], name="audit_by_shop"),
            models.Index(fields=["actor_id", "-id"], name="audit_by_actor"),
            models.Index(fields=["target_kind", "target_id", "-id"], name="audit_by_target"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(actor_id__isnull=False) | models.Q(actor_kind=ActorKind.SYSTEM.value),
                name="audit_actor_known",
            ),
        ]

    def __str__(self) -> str:
        return f"audit {self.pk}"
