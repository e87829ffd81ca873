"""Sales are told of by events and read anew: who clicked before, with the rates that held then; refunds; the release.

An order belongs to a plan when the last valid click on its shop's ads in the seven days before it was on the plan's.
Of a click that is found invalid later the order goes to the last valid one that is left, or costs nothing.
"""

from datetime import datetime

from django.db import transaction

from billing.checkout.contracts import ShareSummary
from billing.checkout.selectors import get_shop_share
from billing.payments.contracts import RefundState
from billing.payments.selectors import list_refunds
from billing.settlement.selectors.releases import find_release
from search.auction.commissions import compute_shares, split_refund
from search.auction.contracts import SaleLine
from search.per_sale.models import AttributedLine, AttributedSale, PlanVersion
from search.per_sale.services.charging import charge_to
from search.reports.services import find_last_click
from search.spending.contracts import AdEventView, CorrectionKind
from search.spending.selectors import map_corrections
from tenants.orders.contracts import OrderState

LONGEST_TITLE = 400
_RATE = ("rate_bps", "rate_source", "rate_source_id")


def follow_sale(*, share_no: str, shop_id: int, now: datetime) -> bool:
    """A paid order: attribute it once, then let it stand as the order does now. Returns whether it is a plan's.

    The row is committed before the order is looked at, so that no release or refund slips between both.
    """
    if not AttributedSale.objects.filter(pk=share_no).exists() and not _attribute(share_no, shop_id):
        return False
    return follow_order(share_no=share_no, now=now)


@transaction.atomic(durable=True)
def follow_order(*, share_no: str, now: datetime) -> bool:
    """What became of a sale: refunds lower it, its release charges it, an invalid click takes it. Whether it is one."""
    row = AttributedSale.objects.select_for_update(no_key=True, of=("self",)).filter(pk=share_no).first()
    if row is None:
        return False
    share = get_shop_share(share_no=share_no, shop_id=row.shop_id)
    release = find_release(share_no)
    if row.released_at is None and release is not None:
        row.released_at = release.released_at
    row.refunded_minor = _read_refunded(share, row)
    lines = list(AttributedLine.objects.filter(sale=row).order_by("number"))
    if not row.invalid_reason and (reason := _find_invalid(row)):
        _take_from_click(row, lines, share, reason)
    row.commission_minor = _work_out(row, lines)
    AttributedLine.objects.bulk_update(lines, [*_RATE, "net_minor", "refunded_minor", "commission_minor"])
    charge_to(row, now)
    row.save()
    return True


@transaction.atomic(durable=True)
def _attribute(share_no: str, shop_id: int) -> bool:
    """Write the sale with the rates that held at the click; somebody else who did so first is right as well."""
    share = get_shop_share(share_no=share_no, shop_id=shop_id)
    click = find_last_click(share)
    version = _find_version(click) if click else None
    if click is None or version is None:
        return False
    lines = [_make_line(number, line, version) for number, line in enumerate(share.lines, start=1)]
    row = AttributedSale(
        share_no=share_no,
        shop_id=shop_id,
        campaign_id=click.campaign_id,
        version=version,
        ad_id=click.ad_id,
        click_number=click.number,
        click_day=click.day,
        click_token=click.token,
        clicked_at=click.at,
        ordered_at=share.placed_at,
        goods_minor=min(share.total_minor - share.freight_minor, sum(line.goods_minor for line in lines)),
        freight_minor=share.freight_minor,
        commission_minor=0,
    )
    row.commission_minor = _work_out(row, lines)
    AttributedSale.objects.bulk_create([row], ignore_conflicts=True)
    for line in lines:
        line.sale = row
    AttributedLine.objects.bulk_create(lines, ignore_conflicts=True)
    return True


def _find_invalid(row: AttributedSale) -> str:
    """Why the click that brought a sale is not valid after all, "" for one that is."""
    if row.click_day is None or row.click_token is None:
        return ""
    key = (row.click_day, row.click_token)
    found = map_corrections([key]).get(key)
    return found.reason if found and found.kind is CorrectionKind.CREDITED else ""


def _take_from_click(row: AttributedSale, lines: list[AttributedLine], share: ShareSummary, reason: str) -> None:
    """Step: the last valid click that is left takes the locked sale, with the rates of its moment; or none does."""
    click = find_last_click(share)
    version = _find_version(click) if click else None
    if click is None or version is None:
        row.invalid_reason = reason
        return
    row.campaign_id, row.ad_id, row.version = click.campaign_id, click.ad_id, version
    row.click_number, row.click_day, row.click_token, row.clicked_at = click.number, click.day, click.token, click.at
    row.proven_at = None
    for line in lines:
        line.rate_bps, line.rate_source, line.rate_source_id = _find_rate(version, line.product_id)


def _find_rate(version: PlanVersion, product_id: int) -> tuple[int | None, str, int]:
    """A product's frozen rate, whose it is and which; None where it is not in the plan."""
    bps, source, source_id, _ = version.goods.get(str(product_id), (None, "", 0, 0))
    return bps, source, source_id


def _find_version(click: AdEventView) -> PlanVersion | None:
    """What the plan said when its ad was clicked; None for an ad that bids, or a plan that did not run then."""
    said = PlanVersion.objects.filter(campaign_id=click.campaign_id, made_at__lte=click.at)
    version = said.order_by("-number").first()
    return version if version is not None and version.runs else None


def _make_line(number: int, line: dict[str, object], version: PlanVersion) -> AttributedLine:
    pieces, price, product = (int(str(line.get(name) or 0)) for name in ("quantity", "unit_price_minor", "product_id"))
    bps, source, source_id = _find_rate(version, product)
    return AttributedLine(
        number=number,
        product_id=product,
        title_zh=str(line.get("title_zh") or "")[:LONGEST_TITLE],
        title_en=str(line.get("title_en") or "")[:LONGEST_TITLE],
        quantity=pieces,
        goods_minor=pieces * price,
        rate_bps=bps,
        rate_source=source,
        rate_source_id=source_id,
        net_minor=0,
        commission_minor=0,
    )


def _work_out(row: AttributedSale, lines: list[AttributedLine]) -> int:
    """What the lines come to now, and all of them."""
    shares = compute_shares(
        [SaleLine(line.number, line.goods_minor, None if row.invalid_reason else line.rate_bps) for line in lines],
        paid_minor=row.goods_minor,
        refunded_minor=row.refunded_minor,
    )
    for line, share in zip(lines, shares, strict=True):
        line.net_minor, line.refunded_minor = share.net_minor, share.refunded_minor
        line.commission_minor = share.commission_minor
    return sum(share.commission_minor for share in shares)


def _read_refunded(share: ShareSummary, row: AttributedSale) -> int:
    """What of the goods went back: all of an order that was called off, else the part of refunds that came through."""
    if share.state in (OrderState.CANCELLED, OrderState.REFUNDED):
        return row.goods_minor
    back_minor = sum(
        refund.amount_minor for refund in list_refunds(share_no=row.share_no) if refund.state is RefundState.SUCCEEDED
    )
    total_minor = row.goods_minor + row.freight_minor
    return split_refund(min(back_minor, total_minor), goods_minor=row.goods_minor, freight_minor=row.freight_minor)
