"""Each charged sale is proven after every step: its lines, its rates, its postings. What does not hold is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from django.db import connection, transaction

from billing.ledger.contracts import Code
from billing.ledger.selectors import map_debits
from billing.wallets.selectors import map_sale_transactions
from search.auction.commissions import compute_shares
from search.auction.contracts import SaleLine
from search.per_sale.models import AttributedSale

MOST_PROVEN = 500
PAID_FROM = frozenset({Code.AD_WALLET_CASH, Code.AD_WALLET_BONUS, Code.MERCHANT_RECEIVABLE})
LONGEST_FINDING = 200

# Who is at a sale now moves its step, and then it is proven anew: nobody waits, so provers never wait in a circle.
_KEEP = (
    "WITH mine AS (SELECT share_no FROM per_sale_attributedsale WHERE share_no = ANY(%s::text[])"
    " ORDER BY share_no FOR NO KEY UPDATE SKIP LOCKED)"
    " UPDATE per_sale_attributedsale AS sale SET proven_at = %s, finding = new.finding"
    " FROM mine JOIN unnest(%s::text[], %s::int[], %s::text[]) AS new(share_no, steps, finding)"
    " ON new.share_no = mine.share_no WHERE sale.share_no = mine.share_no AND sale.steps = new.steps"
    " RETURNING sale.share_no, sale.finding"
)

log = structlog.get_logger(__name__)


def prove_sales(now: datetime, *, limit: int = MOST_PROVEN) -> int:
    """Prove sales that were charged since. Returns how many were looked at. Five statements, however many."""
    rows = AttributedSale.objects.filter(steps__gt=0, proven_at__isnull=True).select_related("version").order_by("pk")
    found = list(rows.prefetch_related("lines")[:limit])
    if not found:
        return 0
    posted = _map_posted(found)
    for share_no, finding in _keep([(row, find_fault(row, posted.get(row.pk, 0))) for row in found], now):
        if finding:
            log.error("ads.sale_disproven", share_no=share_no, finding=finding)
    return len(found)


def find_fault(row: AttributedSale, posted_minor: int) -> str:
    """What does not hold of a charged sale for which so much is posted, "" if all does."""
    lines = sorted(row.lines.all(), key=lambda line: line.number)
    frozen = {line.number: row.version.goods.get(str(line.product_id), [None])[0] for line in lines}
    if wrong := [line.number for line in lines if line.rate_bps != frozen[line.number]]:
        return f"lines {wrong} have another rate than version {row.version.number}"
    shares = compute_shares(
        [SaleLine(line.number, line.goods_minor, None if row.invalid_reason else line.rate_bps) for line in lines],
        paid_minor=row.goods_minor,
        refunded_minor=row.refunded_minor,
    )
    if [share.commission_minor for share in shares] != [line.commission_minor for line in lines]:
        return "the lines' commissions are not what their rates come to"
    if sum(line.commission_minor for line in lines) != row.commission_minor:
        return "the lines' commissions are not the sale's"
    return "" if posted_minor == row.charged_minor else f"{posted_minor} is posted, not {row.charged_minor}"


def _map_posted(rows: Sequence[AttributedSale]) -> Mapping[str, int]:
    """What the books took from the shops for sales, less what they gave back: two statements."""
    transactions = map_sale_transactions({(row.shop_id, row.pk) for row in rows})
    debits = map_debits([number for numbers in transactions.values() for number in numbers], codes=PAID_FROM)
    return {sale_no: sum(debits.get(one, 0) for one in numbers) for (_, sale_no), numbers in transactions.items()}


@transaction.atomic
def _keep(findings: Sequence[tuple[AttributedSale, str]], now: datetime) -> list[tuple[str, str]]:
    """Note what was found of sales that no step has moved since. Returns number and finding of those: one statement."""
    numbers = [row.pk for row, _ in findings]
    steps = [row.steps for row, _ in findings]
    found = [finding[:LONGEST_FINDING] for _, finding in findings]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [numbers, now, numbers, steps, found])
        return list(cursor.fetchall())
