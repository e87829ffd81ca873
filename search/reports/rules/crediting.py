"""Which touches a sale is credited to, by every model, for clicks and views apart. The arithmetic is `auction`'s."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from search.auction.attribution import WINDOW_US, attribute, count_revenue
from search.auction.contracts import CountedRevenue, Model, OrderLine, Refund, Touch, TouchKind
from search.reports.contracts import BoughtLine, CreditedLine, SoldShare, TouchedAd

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_WINDOW = timedelta(microseconds=max(WINDOW_US.values()))


def credit_share(share: SoldShare, touches: Sequence[TouchedAd]) -> list[CreditedLine]:
    """The credits of all lines. Shares of a line sum to a million and its revenue to what counts, for each model."""
    path = [_to_touch(touch) for touch in touches]
    return [
        credited
        for line in share.lines
        for kind in TouchKind
        for model in Model
        for credited in _credit_line(share, line, path, kind, model)
    ]


def count_line(share: SoldShare, line: BoughtLine) -> CountedRevenue:
    """What of a line counts: refunds within 72 hours leave it, later ones are adjustments."""
    refunds = [Refund(to_us(share.refunded_at), line.revenue_minor)] if share.refunded_at else []
    return count_revenue(line.revenue_minor, to_us(share.ordered_at), refunds)


def to_us(moment: datetime) -> int:
    """Microseconds since the epoch."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def _credit_line(
    share: SoldShare, line: BoughtLine, path: Sequence[Touch], kind: TouchKind, model: Model
) -> list[CreditedLine]:
    revenue = count_line(share, line)
    counted = attribute(_to_line(share, line, revenue.counted_minor), path, kind=kind, model=model)
    adjusted = attribute(_to_line(share, line, revenue.adjusted_minor), path, kind=kind, model=model)
    return [
        CreditedLine(line=line.number, model=model, kind=kind, credit=credit, adjusted_minor=back.revenue_minor)
        for credit, back in zip(counted, adjusted, strict=True)
    ]


def _to_line(share: SoldShare, line: BoughtLine, revenue_minor: int) -> OrderLine:
    return OrderLine(
        shop=share.shop_id, product=line.product_id, ordered_us=to_us(share.ordered_at), revenue_minor=revenue_minor
    )


def _to_touch(touch: TouchedAd) -> Touch:
    return Touch(
        id=touch.number,
        kind=touch.kind,
        at_us=to_us(touch.at),
        ad=touch.cell.ad_id,
        shop=touch.cell.shop_id,
        product=touch.product_id,
    )
