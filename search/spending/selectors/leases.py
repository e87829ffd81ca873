"""What is lent and what is left, for workers and reports."""

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Min, Q, Sum

from search.spending.contracts import CapView, LeaseCount, LeaseView
from search.spending.models import Cap, Lease


def read_leases(lease_ids: Collection[int]) -> dict[int, LeaseView]:
    """Leases as they stand, by id: one statement. What is granted may have changed as well as what is billed."""
    if not lease_ids:
        return {}
    rows = Lease.objects.filter(pk__in=set(lease_ids)).values_list(
        "pk", "campaign_id", "shop_id", "day", "granted_micro", "billed_micro", "closed_at"
    )
    return {row[0]: LeaseView(*row[:6], closed=row[6] is not None) for row in rows}


def list_caps(*, shop_id: int, campaign_ids: Collection[int], day: date) -> list[CapView]:
    """The caps of a shop and some of its campaigns on a day, with their totals; a cap nobody spent of has no row."""
    of_campaigns = Q(kind__startswith="campaign", owner_id__in=set(campaign_ids)) & (Q(day=day) | Q(day=None))
    of_shop = Q(kind__in=["merchant_day", "wallet"], owner_id=shop_id, day=day)
    rows = Cap.objects.filter(of_campaigns | of_shop).order_by("kind", "owner_id")
    return [CapView(row.kind, row.owner_id, row.day, row.limit_micro, row.taken_micro) for row in rows]


def sum_spent(campaign_ids: Collection[int], *, day: date) -> dict[int, int]:
    """What campaigns were billed for a day so far, in micro-fen, out of their leases: one statement."""
    rows = Lease.objects.filter(campaign_id__in=set(campaign_ids), day=day).values("campaign_id")
    return dict(rows.annotate(spent=Sum("billed_micro")).values_list("campaign_id", "spent"))


def sum_shop_spent(shop_id: int, *, day: date) -> int:
    """What a shop was billed for a day so far, in micro-fen, by all its campaigns: one statement."""
    total = Lease.objects.filter(shop_id=shop_id, day=day).aggregate(total=Sum("billed_micro"))["total"]
    return int(total or 0)


def count_leases(*, now: datetime) -> LeaseCount:
    """How much is out, and how many leases nobody closed in time."""
    rows = Lease.objects.filter(closed_at__isnull=True)
    sums = rows.aggregate(granted=Sum("granted_micro"), billed=Sum("billed_micro"), oldest=Min("granted_at"))
    overdue = rows.filter(closes_at__lte=now).count()
    return LeaseCount(rows.count(), overdue, sums["granted"] or 0, sums["billed"] or 0, sums["oldest"])
