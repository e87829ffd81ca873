"""Charged hours, and how charging stands."""

from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min, Sum
from django.db.models.functions import Coalesce

from search.auction.contracts import CapKind, TokenKind
from search.spending.contracts import AdEventView, ChargingHealth, FindingState, HourView
from search.spending.models import AdEvent, Cap, ChargeHead, Finding, HourCharge, Lease
from search.spending.rules.days import floor_hour
from search.spending.selectors.feeds import select_events
from search.spending.selectors.partitions import count_misplaced, find_last_day

MOST_LISTED = 500


class HourNotFound(LookupError):
    """There is no such charged hour, or not of this shop."""


def list_hours(
    *, shop_id: int | None = None, since: date, until: date, kind: TokenKind | None = None, limit: int = 100
) -> list[HourView]:
    """Charged hours of some days (both included), the latest first; of one shop or, for staff, of all."""
    rows = HourCharge.objects.filter(day__range=(since, until))
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    return [to_hour(row) for row in rows.order_by("-hour", "-pk")[: min(limit, MOST_LISTED)]]


def get_hour(*, charge_id: int, shop_id: int | None = None) -> HourView:
    """One charged hour; with a shop, only of that shop. Raises `HourNotFound`."""
    row = HourCharge.objects.filter(pk=charge_id).first()
    if row is None or (shop_id is not None and row.shop_id != shop_id):
        raise HourNotFound(charge_id)
    return to_hour(row)


def list_charged(hour: HourView, *, limit: int = MOST_LISTED) -> list[AdEventView]:
    """The events that a charge is made of, freed ones too, as they came."""
    condition = "e.day = %s AND e.shop_id = %s AND e.kind = %s AND e.charge_id = %s"
    values = [hour.day, hour.shop_id, hour.kind.value, hour.charge_id]
    return select_events(condition, values, order="e.at, e.number", limit=limit)


def get_charging_health(now: datetime) -> ChargingHealth:
    """How charging stands: what is due and how long, what is carried, what does not hold."""
    due = AdEvent.objects.filter(charge_id__isnull=True, billed_micro__gt=0).aggregate(
        events=Count("token"), oldest=Min("at")
    )
    late = 0 if due["oldest"] is None else (floor_hour(now) - due["oldest"]).total_seconds()
    broken = HourCharge.objects.exclude(finding="").order_by("-pk").values_list("pk", flat=True)[:MOST_LISTED]
    heads = ChargeHead.objects.filter(is_passed_on=False)
    return ChargingHealth(
        uncharged_events=due["events"],
        oldest_uncharged_at=due["oldest"],
        lag_seconds=max(0, int(late)),
        carry_micro=int(heads.aggregate(total=Coalesce(Sum("carry_micro"), 0))["total"]),
        unproven_hours=HourCharge.objects.filter(proven_at__isnull=True).count(),
        broken_hours=tuple(broken),
        findings_waiting=Finding.objects.filter(state=FindingState.FOUND.value).count(),
        leases_overdue=Lease.objects.filter(closed_at__isnull=True, closes_at__lte=now).count(),
        open_days=Cap.objects.filter(kind=CapKind.WALLET.value, closed_at__isnull=True).count(),
        partitions_until=find_last_day(),
        misplaced_rows=count_misplaced(),
    )


def to_hour(row: HourCharge) -> HourView:
    """A row as it crosses the border."""
    names = [name for name in HourView.__slots__ if name not in ("charge_id", "kind", "transaction_ids")]
    columns: dict[str, Any] = {name: getattr(row, name) for name in names}  # Any: each its own type
    return HourView(charge_id=row.pk, kind=TokenKind(row.kind), transaction_ids=tuple(row.transaction_ids), **columns)
