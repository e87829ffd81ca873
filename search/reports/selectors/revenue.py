"""What advertising brings the marketplace: for staff, over all shops."""

from collections.abc import Collection
from datetime import date

from django.db.models import Count, Sum

from search.auction.contracts import Model
from search.reports.contracts import Advertiser, Figures, ReportsHealth, RevenueDay, Sold, Sums
from search.reports.models import AdCount, Position, SaleCredit, WaitingEvent
from search.reports.selectors.figures import COUNTED, PRICED, to_sums


def list_revenue_days(*, since: date, until: date) -> list[RevenueDay]:
    """Each day on which an ad was seen or clicked, both ends included, the oldest first: one statement."""
    rows = AdCount.objects.filter(day__range=(since, until)).values("day")
    found = rows.annotate(shops=Count("shop_id", distinct=True), **COUNTED).order_by("day")
    return [RevenueDay(row["day"], row["shops"], to_sums(row)) for row in found]


def list_advertisers(*, since: date, until: date, limit: int = 20) -> list[Advertiser]:
    """The shops that spent most in some days, with what it brought them by their last clicks: two statements."""
    rows = AdCount.objects.filter(day__range=(since, until)).values("shop_id")
    found = {row["shop_id"]: row for row in rows.annotate(**COUNTED, priced=PRICED).order_by()}
    sums = {shop_id: to_sums(row) for shop_id, row in found.items()}
    first = sorted(sums, key=lambda shop_id: (-sums[shop_id].cost_micro, shop_id))[:limit]
    earned = SaleCredit.objects.filter(
        model=Model.LAST.value, touch__kind="click", touch__shop_id__in=first, touch__day__range=(since, until)
    )
    brought = earned.values("touch__shop_id").annotate(revenue=Sum("revenue_minor"), adjusted=Sum("adjusted_minor"))
    sold = {
        row["touch__shop_id"]: Sold(revenue_minor=row["revenue"], adjusted_minor=row["adjusted"])
        for row in brought.order_by()
    }
    return [
        Advertiser(shop_id, Figures(sums[shop_id], sold.get(shop_id, Sold()), int(found[shop_id]["priced"])))
        for shop_id in first
    ]


def map_sums(shop_ids: Collection[int], *, since: date, until: date) -> dict[int, Sums]:
    """What was counted for each of these shops in some days, nothing for those without: one statement."""
    rows = AdCount.objects.filter(shop_id__in=set(shop_ids), day__range=(since, until)).values("shop_id")
    found = {row["shop_id"]: to_sums(row) for row in rows.annotate(**COUNTED).order_by()}
    return {shop_id: found.get(shop_id, Sums()) for shop_id in shop_ids}


def get_reports_health() -> ReportsHealth:
    """How far counting has come: two statements."""
    counted = Position.objects.filter(name="events").values_list("counted", flat=True).first()
    return ReportsHealth(counted or 0, WaitingEvent.objects.count())
