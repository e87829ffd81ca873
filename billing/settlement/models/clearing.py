"""Ends of days: debts moved, and every night whether what must clear has cleared. Public schema."""

from django.db import models
from django.db.models import Q

from billing.settlement.contracts.clearing import ClearingKind


class DayClose(models.Model):
    """A business day whose end has been dealt with: debts moved and netted."""

    business_date = models.DateField(unique=True)
    closed_at = models.DateTimeField()
    moved = models.PositiveIntegerField(default=0)
    netted = models.PositiveIntegerField(default=0)


class DebtWriteOff(models.Model):
    """What a shop owed us and will not pay, given up by a member of staff."""

    reference = models.CharField(max_length=60, unique=True)
    shop_id = models.BigIntegerField(db_index=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    owed_since = models.DateTimeField()
    reason = models.CharField(max_length=300)
    written_by = models.BigIntegerField()
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="write_off_has_amount_and_reason", condition=Q(amount_minor__gt=0) & ~Q(reason="")
            ),
        ]


class ClearingProof(models.Model):
    """One look at every account that must clear: each night's, and those that staff asked for."""

    business_date = models.DateField()
    asked_by = models.BigIntegerField(null=True)  # null: the night's own
    taken_at = models.DateTimeField()
    entries_upto = models.BigIntegerField()  # every entry up to this one was in the books, and looked at
    looked_at = models.PositiveIntegerField()  # accounts
    young = models.PositiveIntegerField()
    explained = models.PositiveIntegerField()
    overdue = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="clearing_proof_once_a_night", fields=["business_date"], condition=Q(asked_by__isnull=True)
            ),
        ]


class ClearingItem(models.Model):
    """What had not cleared at a proof: an account with a balance, or a request that is not in the books."""

    proof = models.ForeignKey(ClearingProof, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=8)
    place = models.CharField(max_length=140)  # names the account or request, the same from night to night
    book = models.CharField(max_length=10, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    code = models.CharField(max_length=4, blank=True)
    owner_kind = models.CharField(max_length=10, blank=True)
    owner_id = models.CharField(max_length=80, blank=True)
    request_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=200, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    balance_minor = models.BigIntegerField(default=0)
    since = models.DateTimeField()
    overdue_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="clearing_item_once_a_proof", fields=["proof", "place"]),
            models.CheckConstraint(
                name="clearing_item_kind_is_known", condition=Q(kind__in=[kind.value for kind in ClearingKind])
            ),
        ]
        indexes = [models.Index(name="clearing_item_by_age", fields=["proof", "since", "id"])]


class ClearingNote(models.Model):
    """Why something has not cleared, as staff know it. It explains what was there when it was written."""

    place = models.CharField(max_length=140)
    reason = models.CharField(max_length=300)
    written_by = models.BigIntegerField()
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="clearing_note_has_a_reason", condition=~Q(reason=""))]
        indexes = [models.Index(name="clearing_note_of_a_place", fields=["place", "-id"])]
