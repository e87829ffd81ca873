"""What staff see of lots: how many bid while they are sealed, and what goes back when one is taken away."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Sum

from search.slots.contracts import BidState, CancelEffect, LotState, PartState, SlotView
from search.slots.models import Lot, LotBidRow, LotPart, SlotRow
from search.slots.selectors.lots import to_slot


def get_slot(slot_id: int) -> SlotView | None:
    """A place by its number."""
    row = SlotRow.objects.filter(pk=slot_id).first()
    return to_slot(row) if row else None


def count_standing_bids(lot_ids: Collection[int]) -> dict[int, int]:
    """How many shops bid for each of these lots now; no amount is read. One statement."""
    rows = LotBidRow.objects.filter(lot_id__in=set(lot_ids), state=BidState.STANDING.value).values("lot_id")
    return dict(rows.annotate(bids=Count("pk")).order_by().values_list("lot_id", "bids"))


def measure_cancel(lot_id: int, *, now: datetime) -> CancelEffect | None:
    """What taking a lot away would do now; None where it is over, or taken away. Of sealed bids only a count."""
    lot = Lot.objects.filter(pk=lot_id).first()
    if lot is None or lot.state not in (LotState.OPEN.value, LotState.CLOSED.value) or now >= lot.ends_at:
        return None
    waiting = LotPart.objects.filter(lot=lot, state=PartState.WAITING.value, ends_at__gt=now)
    rest_minor = waiting.aggregate(total=Sum("amount_minor"))["total"] or 0
    bids = LotBidRow.objects.filter(lot=lot, state=BidState.STANDING.value).count()
    return CancelEffect(bids, lot.shop_id, lot.price_minor or 0, int(rest_minor))
