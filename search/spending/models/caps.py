"""Money that may be spent: caps, and leases out of them."""

from django.db import models
from django.db.models import F, Q

from search.auction.contracts import CapKind


class Cap(models.Model):
    """One limit, one row. Taken is what is billed or out in open leases; more than the limit only after it was lowered.

    Owned by a campaign or a shop; `day` is null for a campaign's total. A wallet's is the hold of that day, and is
    closed when the hold is given back.
    """

    kind = models.CharField(max_length=14)
    owner_id = models.BigIntegerField()
    day = models.DateField(null=True)
    limit_micro = models.BigIntegerField(default=0)
    taken_micro = models.BigIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="cap_once", fields=["kind", "owner_id", "day"], nulls_distinct=False),
            models.CheckConstraint(name="cap_kind_known", condition=Q(kind__in=[kind.value for kind in CapKind])),
            models.CheckConstraint(name="cap_not_negative", condition=Q(limit_micro__gte=0, taken_micro__gte=0)),
            models.CheckConstraint(
                name="cap_day_unless_total",
                condition=Q(kind=CapKind.CAMPAIGN_TOTAL.value, day__isnull=True)
                | (~Q(kind=CapKind.CAMPAIGN_TOTAL.value) & Q(day__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                name="cap_wallet_open",
                fields=["day"],
                condition=Q(kind=CapKind.WALLET.value, closed_at__isnull=True),
            ),
        ]


class Lease(models.Model):
    """A part of the caps, lent to a worker for one campaign and day. Billed is the sum of its billed events.

    When it closes, what is left goes back to the caps (`returned_micro` counts it) and granted is what was billed.
    """

    campaign_id = models.BigIntegerField()
    shop_id = models.BigIntegerField()
    day = models.DateField()
    granted_micro = models.BigIntegerField()
    billed_micro = models.BigIntegerField(default=0)
    returned_micro = models.BigIntegerField(default=0)
    worker = models.CharField(max_length=80)
    granted_at = models.DateTimeField()
    last_shown_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="lease_never_overdrawn",
                condition=Q(billed_micro__gte=0, returned_micro__gte=0, granted_micro__gte=F("billed_micro")),
            ),
        ]
        indexes = [
            models.Index(name="lease_due", fields=["closes_at"], condition=Q(closed_at__isnull=True)),
            models.Index(name="lease_of_shop", fields=["shop_id", "day"]),
            models.Index(name="lease_of_campaign", fields=["campaign_id", "day"]),
        ]


class LeaseHolder(models.Model):
    """A worker that takes leases, and when it last told that it lives; one that ended has no row."""

    worker = models.CharField(max_length=80, primary_key=True)
    seen_at = models.DateTimeField()
