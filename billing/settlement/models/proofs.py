"""When the whole ledger was last recomputed, and what came out. Public schema."""

from django.db import models


class LedgerCheck(models.Model):
    """One recomputation of all books. `findings` names what does not hold; an empty list is a sound ledger."""

    taken_at = models.DateTimeField(db_index=True)
    sound = models.BooleanField()
    findings = models.JSONField(default=list)
    unposted = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="ledger_check_sound_without_findings",
                condition=models.Q(sound=True, findings=[]) | models.Q(sound=False) & ~models.Q(findings=[]),
            ),
        ]
