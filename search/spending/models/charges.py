"""Hours as they were charged, and what is given back."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from market.money import MICRO_PER_MINOR
from search.spending.contracts import FindingState, GroupedBy
from search.spending.models.events import BILLED_KINDS, KINDS, SALE


class ChargeHead(models.Model):
    """Where a shop's charging of one kind and day stands. Whoever charges holds its lock.

    What is left when the day is closed (less than a fen) is the first carry of the next day that begins.
    """

    shop_id = models.BigIntegerField()
    kind = models.CharField(max_length=5)
    day = models.DateField()
    seq = models.PositiveIntegerField(default=0)
    carry_micro = models.BigIntegerField(default=0)
    last_charge = models.ForeignKey("HourCharge", on_delete=models.PROTECT, null=True, related_name="+")
    credit_seq = models.PositiveIntegerField(default=0)
    credit_carry_micro = models.BigIntegerField(default=0)
    is_closed = models.BooleanField(default=False)
    is_passed_on = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="charge_head_once", fields=["shop_id", "kind", "day"]),
            models.CheckConstraint(name="charge_head_kind", condition=Q(kind__in=BILLED_KINDS)),
            models.CheckConstraint(
                name="charge_head_carries_less_than_a_fen",
                condition=Q(carry_micro__gte=0, carry_micro__lt=MICRO_PER_MINOR)
                & Q(credit_carry_micro__gte=0, credit_carry_micro__lt=MICRO_PER_MINOR),
            ),
        ]


class HourCharge(models.Model):
    """One closed hour of a shop, kind and day. `previous` is the charge whose carry it took in, if any."""

    shop_id = models.BigIntegerField()
    kind = models.CharField(max_length=5)
    day = models.DateField()
    hour = models.DateTimeField()
    seq = models.PositiveIntegerField()
    key = models.CharField(max_length=120, unique=True)
    previous = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="next")
    events = models.PositiveIntegerField()
    freed = models.PositiveIntegerField()
    sum_micro = models.BigIntegerField()
    carry_in_micro = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    carry_out_micro = models.BigIntegerField()
    cash_minor = models.BigIntegerField()
    bonus_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    transaction_ids = ArrayField(models.BigIntegerField(), default=list)
    closed_at = models.DateTimeField()
    proven_at = models.DateTimeField(null=True)
    finding = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="hour_charge_once", fields=["shop_id", "kind", "day", "seq"]),
            models.CheckConstraint(name="hour_charge_kind", condition=Q(kind__in=BILLED_KINDS)),
            models.CheckConstraint(
                name="hour_charge_adds_up",
                condition=Q(
                    sum_micro=F("amount_minor") * MICRO_PER_MINOR + F("carry_out_micro") - F("carry_in_micro"),
                    carry_out_micro__gte=0,
                    carry_out_micro__lt=MICRO_PER_MINOR,
                    carry_in_micro__gte=0,
                    carry_in_micro__lt=MICRO_PER_MINOR,
                    sum_micro__gte=0,
                ),
            ),
            models.CheckConstraint(
                name="hour_charge_is_paid", condition=Q(amount_minor=F("cash_minor") + F("bonus_minor"))
            ),
        ]
        indexes = [
            models.Index(name="hour_charge_when", fields=["shop_id", "hour"]),
            models.Index(name="hour_charge_unproven", fields=["id"], condition=Q(proven_at__isnull=True)),
            models.Index(name="hour_charge_broken", fields=["id"], condition=~Q(finding="")),
        ]


class Finding(models.Model):
    """Clicks of one network or person that were found invalid later, as far as one shop paid for them."""

    shop_id = models.BigIntegerField()
    day = models.DateField()
    grouped_by = models.CharField(max_length=7)
    who = models.UUIDField()
    reasons = ArrayField(models.CharField(max_length=20))
    rules_version = models.PositiveIntegerField()
    evidence = models.JSONField()
    events = models.PositiveIntegerField()
    amount_micro = models.BigIntegerField()
    state = models.CharField(max_length=8, default=FindingState.FOUND.value)
    found_at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="ad_finding_state", condition=Q(state__in=[one.value for one in FindingState])),
            models.CheckConstraint(
                name="ad_finding_group", condition=Q(grouped_by__in=[one.value for one in GroupedBy])
            ),
            models.CheckConstraint(
                name="ad_finding_decided",
                condition=Q(state=FindingState.FOUND.value, decided_at__isnull=True)
                | (~Q(state=FindingState.FOUND.value) & Q(decided_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(name="ad_finding_open", fields=["state", "id"], condition=Q(state__in=["found", "approved"])),
            models.Index(name="ad_finding_of_shop", fields=["shop_id", "day"]),
        ]


class Credit(models.Model):
    """One event of a finding. Posted once its hour was charged and the finding approved; of a sale's click, nothing."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="credits")
    day = models.DateField()
    token = models.UUIDField()
    kind = models.CharField(max_length=5)
    amount_micro = models.BigIntegerField()
    posting = models.ForeignKey("CreditPosting", on_delete=models.PROTECT, null=True, related_name="credits")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="ad_credit_once_an_event", fields=["day", "token"]),
            models.CheckConstraint(
                name="ad_credit_amount", condition=Q(amount_micro__gt=0) | Q(kind=SALE, amount_micro=0)
            ),
            models.CheckConstraint(name="ad_credit_event_kind", condition=Q(kind__in=KINDS)),
        ]


class CreditPosting(models.Model):
    """Credits of one shop, kind and day as they were posted together; what makes no fen is carried."""

    shop_id = models.BigIntegerField()
    kind = models.CharField(max_length=5)
    day = models.DateField()
    seq = models.PositiveIntegerField()
    key = models.CharField(max_length=120, unique=True)
    sum_micro = models.BigIntegerField()
    carry_in_micro = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    carry_out_micro = models.BigIntegerField()
    posted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="ad_credit_posting_once", fields=["shop_id", "kind", "day", "seq"]),
            models.CheckConstraint(
                name="ad_credit_posting_adds_up",
                condition=Q(sum_micro=F("amount_minor") * MICRO_PER_MINOR + F("carry_out_micro") - F("carry_in_micro")),
            ),
        ]
