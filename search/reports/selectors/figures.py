"""Reports: sums of cells and credits of sales, one row for each value of a dimension. Two statements each."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any  # Any: lookups and sums are named by text

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from search.auction.contracts import Scope, TouchKind
from search.reports.contracts import Dimension, Figures, Report, ReportAsk, ReportRow, Sold, Sums
from search.reports.contracts.events import SUM_NAMES
from search.reports.models import AdCount, SaleCredit

MOST_DAYS = 92
MOST_ROWS = 1_000
_COLUMNS: Mapping[Dimension, str] = {
    Dimension.DAY: "day",
    Dimension.HOUR: "hour",
    Dimension.CAMPAIGN: "campaign_id",
    Dimension.GROUP: "group_id",
    Dimension.AD: "ad_id",
    Dimension.KEYWORD: "keyword_id",
    Dimension.TERM: "term__text",
    Dimension.PLACE: "place",
    Dimension.PAGE: "page",
    Dimension.REGION: "region",
}

COUNTED = {f"sum_{name}": Sum(name) for name in SUM_NAMES}
PRICED = Sum("clicks", filter=Q(click_micro__gt=0), default=0)


class TooManyDays(ValueError):
    """A report over more than `MOST_DAYS` days, or over none."""


def get_report(ask: ReportAsk, *, most: int = MOST_ROWS) -> Report:
    """Figures by dimension, of one shop only. Raises `TooManyDays`."""
    if not 0 <= (ask.until - ask.since).days < MOST_DAYS:
        raise TooManyDays(f"{ask.since} to {ask.until}")
    column = _COLUMNS[ask.by]
    counts = _sum_counts(ask, column)
    sold = _sum_sales(ask, column)
    none = Sums(), 0
    found = {key: (*counts.get(key, none), sold.get(key, Sold())) for key in counts.keys() | sold.keys()}
    rows = [ReportRow(_name(key), Figures(sums, made, priced)) for key, (sums, priced, made) in found.items()]
    rows.sort(key=lambda row: _place(row, ask.by))
    total = Figures(
        sum((sums for sums, _ in counts.values()), Sums()),
        sum(sold.values(), Sold()),
        sum(priced for _, priced in counts.values()),
    )
    return Report(tuple(rows[:most]), total, len(rows) > most)


def to_sums(row: Mapping[str, Any]) -> Sums:
    """A row of `COUNTED`."""
    return Sums(**{name: int(row[f"sum_{name}"]) for name in SUM_NAMES})


def _sum_counts(ask: ReportAsk, column: str) -> dict[Any, tuple[Sums, int]]:
    """Sums, and the clicks of cells in which one was billed."""
    rows = AdCount.objects.filter(**_narrow(ask, "")).values(column)
    found = rows.annotate(**COUNTED, priced=PRICED).order_by()
    return {row[column]: (to_sums(row), int(row["priced"])) for row in found}


def _sum_sales(ask: ReportAsk, column: str) -> dict[Any, Sold]:
    found: dict[Any, Sold] = {}
    for row in _read_credits(ask, column):
        found[row["key"]] = found.get(row["key"], Sold()) + _to_sold(row)
    return found


def _read_credits(ask: ReportAsk, column: str) -> Iterable[Mapping[str, Any]]:
    """Orders are counted once, by the credits of their first lines; revenue by those of all."""
    of_shop = SaleCredit.objects.filter(model=ask.model.value, **_narrow(ask, "touch__"))
    grouped = of_shop.values("scope", key=F(f"touch__{column}"), kind=F("touch__kind"))
    summed = grouped.annotate(
        orders=Coalesce(Sum("share_ppm", filter=Q(line=1)), 0),
        revenue=Sum("revenue_minor"),
        adjusted=Sum("adjusted_minor"),
    )
    return summed.order_by()


def _to_sold(row: Mapping[str, Any]) -> Sold:
    orders, revenue, adjusted = int(row["orders"]), int(row["revenue"]), int(row["adjusted"])
    if row["kind"] == TouchKind.VIEW.value:
        return Sold(view_orders_ppm=orders, view_revenue_minor=revenue - adjusted)
    halo = revenue - adjusted if row["scope"] == Scope.SAME_SHOP.value else 0
    return Sold(orders_ppm=orders, revenue_minor=revenue, adjusted_minor=adjusted, halo_minor=halo)


def _narrow(ask: ReportAsk, prefix: str) -> dict[str, Any]:
    narrowed = {"shop_id": ask.shop_id, "day__gte": ask.since, "day__lte": ask.until}
    if ask.campaign_id is not None:
        narrowed["campaign_id"] = ask.campaign_id
    return {f"{prefix}{name}": value for name, value in narrowed.items()}


def _name(key: Any) -> str:
    return key.isoformat() if isinstance(key, date) else str(key)


def _place(row: ReportRow, by: Dimension) -> tuple[Any, ...]:
    if by is Dimension.DAY:
        return (row.key,)
    if by in (Dimension.HOUR, Dimension.PLACE):
        return (int(row.key),)
    return (-row.figures.cost_micro, -row.figures.sums.clicks, -row.figures.sums.views, row.key)
