"""Clicks that were found invalid later are followed, so that the sales they brought cost nothing, released or not."""

from datetime import datetime

from search.per_sale.models import AttributedSale
from search.per_sale.services.attributing import follow_order
from search.reports.models import Position
from search.spending.contracts import CorrectionKind, FeedPosition
from search.spending.selectors import read_corrections

READER = "sales"
MOST_READ = 5_000


def follow_invalid_clicks(now: datetime, *, limit: int = MOST_READ) -> int:
    """Look again at sales of clicks that were corrected since. Returns how many.

    The position moves last: who is killed before does it again, which changes nothing.
    """
    position, _ = Position.objects.get_or_create(name=READER)
    after = FeedPosition(position.transaction, position.number)
    corrections, reached = read_corrections(after=after, limit=limit)
    tokens = [one.token for one in corrections if one.kind is CorrectionKind.CREDITED]
    sales = list(AttributedSale.objects.filter(click_token__in=tokens, invalid_reason="").values_list("pk", flat=True))
    for share_no in sales:
        follow_order(share_no=share_no, now=now)
    if corrections:
        Position.objects.filter(pk=position.pk).update(
            transaction=reached.xid, number=reached.number, counted=position.counted + len(corrections)
        )
    return len(sales)
