"""Each charged sale is proven after every step: its lines, its rates, its postings. What does not hold is kept."""

from datetime import datetime

import structlog

from billing.ledger.contracts import Code, Side
from billing.ledger.selectors import get_transaction
from billing.wallets.selectors import map_sale_postings
from search.auction.commissions import compute_shares
from search.auction.contracts import SaleLine
from search.per_sale.models import AttributedSale

MOST_PROVEN = 500
PAID_FROM = frozenset({Code.AD_WALLET_CASH, Code.AD_WALLET_BONUS, Code.MERCHANT_RECEIVABLE})

log = structlog.get_logger(__name__)


def prove_sales(now: datetime, *, limit: int = MOST_PROVEN) -> int:
    """Prove sales that were charged since. Returns how many were looked at."""
    rows = AttributedSale.objects.filter(steps__gt=0, proven_at__isnull=True).select_related("version").order_by("pk")
    found = list(rows.prefetch_related("lines")[:limit])
    for row in found:
        finding = find_fault(row)
        if finding:
            log.error("ads.sale_disproven", share_no=row.pk, finding=finding)
        known = AttributedSale.objects.filter(pk=row.pk, steps=row.steps)
        known.update(proven_at=now, finding=finding[:200])
    return len(found)


def find_fault(row: AttributedSale) -> str:
    """What does not hold of a charged sale, "" if all does."""
    lines = sorted(row.lines.all(), key=lambda line: line.number)
    frozen = {line.number: row.version.goods.get(str(line.product_id), [None])[0] for line in lines}
    if wrong := [line.number for line in lines if line.rate_bps != frozen[line.number]]:
        return f"lines {wrong} have another rate than version {row.version.number}"
    shares = compute_shares(
        [SaleLine(line.number, line.goods_minor, line.rate_bps) for line in lines],
        paid_minor=row.goods_minor,
        refunded_minor=row.refunded_minor,
    )
    if [share.commission_minor for share in shares] != [line.commission_minor for line in lines]:
        return "the lines' commissions are not what their rates come to"
    if sum(line.commission_minor for line in lines) != row.commission_minor:
        return "the lines' commissions are not the sale's"
    posted = sum(
        _sum_posted(number)
        for _, _, numbers in map_sale_postings(row.shop_id, [row.pk]).get(row.pk, ())
        for number in numbers
    )
    return "" if posted == row.charged_minor else f"{posted} is posted, not {row.charged_minor}"


def _sum_posted(transaction_id: int) -> int:
    """What a transaction took from the shop, below zero for what it gave back."""
    found = get_transaction(transaction_id)
    entries = found.entries if found else ()
    return sum(
        entry.amount_minor if entry.side is Side.DEBIT else -entry.amount_minor
        for entry in entries
        if entry.account.code in PAID_FROM
    )
