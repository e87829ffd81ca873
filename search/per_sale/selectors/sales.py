"""Sales that plans brought, line by line."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q, Sum

from search.auction.contracts import Rate, RateSource
from search.per_sale.contracts import PlanSums, SaleLineView, SaleView
from search.per_sale.models import AttributedLine, AttributedSale

MOST_LISTED = 500


class SaleNotFound(LookupError):
    """The shop has no such sale."""


def list_sales(
    *,
    shop_id: int,
    plan_id: int | None = None,
    since: datetime | None = None,
    before: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[SaleView]:
    """A shop's sales, the latest order first; `before` is time and number of the last one of a page: two statements."""
    rows = AttributedSale.objects.filter(shop_id=shop_id)
    if plan_id is not None:
        rows = rows.filter(campaign_id=plan_id)
    if since is not None:
        rows = rows.filter(ordered_at__gte=since)
    if before is not None:
        at, share_no = before
        rows = rows.filter(Q(ordered_at__lt=at) | Q(ordered_at=at, share_no__gt=share_no))
    ordered = rows.select_related("version").order_by("-ordered_at", "share_no").prefetch_related("lines")
    return [_to_sale(row) for row in ordered[: min(limit, MOST_LISTED)]]


def get_sale(*, shop_id: int, share_no: str) -> SaleView:
    """One sale. Raises `SaleNotFound`."""
    row = AttributedSale.objects.filter(shop_id=shop_id, pk=share_no).select_related("version").first()
    if row is None:
        raise SaleNotFound(share_no)
    return _to_sale(row)


def map_plan_sums(*, shop_id: int, plan_ids: Sequence[int] = ()) -> dict[int, PlanSums]:
    """What a shop's plans brought, by plan: one statement."""
    rows = AttributedSale.objects.filter(shop_id=shop_id, invalid_reason="")
    if plan_ids:
        rows = rows.filter(campaign_id__in=plan_ids)
    found = rows.values("campaign_id").annotate(
        sales=Count("pk"),
        goods=Sum("goods_minor") - Sum("refunded_minor"),
        waiting=Sum("commission_minor", filter=Q(released_at__isnull=True), default=0),
        charged=Sum("charged_minor"),
    )
    return {
        row["campaign_id"]: PlanSums(int(row["sales"]), int(row["goods"]), int(row["waiting"]), int(row["charged"]))
        for row in found.order_by()
    }


def _to_sale(row: AttributedSale) -> SaleView:
    return SaleView(
        share_no=row.share_no,
        shop_id=row.shop_id,
        plan_id=row.campaign_id,
        version=row.version.number,
        clicked_at=row.clicked_at,
        ordered_at=row.ordered_at,
        released_at=row.released_at,
        goods_minor=row.goods_minor,
        refunded_minor=row.refunded_minor,
        commission_minor=row.commission_minor,
        charged_minor=row.charged_minor,
        invalid_reason=row.invalid_reason,
        lines=tuple(_to_line(line) for line in sorted(row.lines.all(), key=lambda line: line.number)),
    )


def _to_line(line: AttributedLine) -> SaleLineView:
    rate = None
    if line.rate_bps is not None:
        rate = Rate(line.rate_bps, RateSource(line.rate_source), line.rate_source_id)
    return SaleLineView(
        number=line.number,
        product_id=line.product_id,
        title_zh=line.title_zh,
        title_en=line.title_en,
        quantity=line.quantity,
        goods_minor=line.goods_minor,
        net_minor=line.net_minor,
        refunded_minor=line.refunded_minor,
        rate=rate,
        commission_minor=line.commission_minor,
    )
