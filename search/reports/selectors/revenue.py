"""What advertising brings the marketplace: for staff, over all shops."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any  # Any: annotated rows have no type of their own

from django.db.models import Count, Sum

from search.auction.contracts import Model
from search.reports.contracts import Advertiser, Figures, ReportsHealth, RevenueDay, Sold, Sums
from search.reports.contracts.events import SUM_NAMES
from search.reports.models import AdCount, Position, SaleCredit, WaitingEvent

_SUMS = {f"sum_{name}": Sum(name) for name in SUM_NAMES}


def list_revenue_days(*, since: date, until: date) -> list[RevenueDay]:
    """Each day on which an ad was seen or clicked, both ends included, the oldest first: one statement."""
    rows = AdCount.objects.filter(day__range=(since, until)).values("day")
    found = rows.annotate(shops=Count("shop_id", distinct=True), **_SUMS).order_by("day")
    return [RevenueDay(row["day"], row["shops"], _to_sums(row)) for row in found]


def list_advertisers(*, since: date, until: date, limit: int = 20) -> list[Advertiser]:
    """The shops that spent most in some days, with what it brought them by their last clicks: two statements."""
    rows = AdCount.objects.filter(day__range=(since, until)).values("shop_id").annotate(**_SUMS).order_by()
    sums = {row["shop_id"]: _to_sums(row) for row in rows}
    first = sorted(sums, key=lambda shop_id: (-sums[shop_id].cost_micro, shop_id))[:limit]
    earned = SaleCredit.objects.filter(
        model=Model.LAST.value, touch__kind="click", touch__shop_id__in=first, touch__day__range=(since, until)
    )
    brought = earned.values("touch__shop_id").annotate(revenue=Sum("revenue_minor"), adjusted=Sum("adjusted_minor"))
    sold = {
        row["touch__shop_id"]: Sold(revenue_minor=row["revenue"], adjusted_minor=row["adjusted"])
        for row in brought.order_by()
    }
    return [Advertiser(shop_id, Figures(sums[shop_id], sold.get(shop_id, Sold()))) for shop_id in first]


def map_sums(shop_ids: Collection[int], *, since: date, until: date) -> dict[int, Sums]:
    """What was counted for each of these shops in some days, nothing for those without: one statement."""
    rows = AdCount.objects.filter(shop_id__in=set(shop_ids), day__range=(since, until)).values("shop_id")
    found = {row["shop_id"]: _to_sums(row) for row in rows.annotate(**_SUMS).order_by()}
    return {shop_id: found.get(shop_id, Sums()) for shop_id in shop_ids}


def get_reports_health() -> ReportsHealth:
    """How far counting has come: two statements."""
    counted = Position.objects.filter(name="events").values_list("counted", flat=True).first()
    return ReportsHealth(counted or 0, WaitingEvent.objects.count())


def _to_sums(row: Mapping[str, Any]) -> Sums:
    return Sums(**{name: int(row[f"sum_{name}"]) for name in SUM_NAMES})
