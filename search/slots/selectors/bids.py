"""Reads of sealed bids. A merchant sees its own ones only; staff see who bid how much once a lot is closed."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Count

from search.slots.contracts import BidState, BidView, LostBecause, LotState, LotView
from search.slots.models import LotBidRow
from search.slots.selectors.lots import to_lot


def list_bids_of_shop(*, shop_id: int, lot_ids: Sequence[int]) -> dict[int, BidView]:
    """A shop's own bids at these lots, without withdrawn ones."""
    rows = LotBidRow.objects.filter(shop_id=shop_id, lot_id__in=lot_ids).exclude(state=BidState.WITHDRAWN.value)
    return {row.lot_id: to_bid(row) for row in rows}


def list_outcomes(*, shop_id: int, before: int | None = None, limit: int = 50) -> list[tuple[BidView, LotView]]:
    """A shop's bids with their lots, the latest first, without withdrawn ones; goes on from the id `before`."""
    rows = LotBidRow.objects.select_related("lot__slot").filter(shop_id=shop_id)
    rows = rows.exclude(state=BidState.WITHDRAWN.value)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [(to_bid(row), to_lot(row.lot)) for row in rows.order_by("-pk")[:limit]]


def list_bids(lot_id: int) -> list[BidView]:
    """Every bid at a lot, the highest first. Nothing while the lot is open: bids are sealed, for staff too."""
    rows = LotBidRow.objects.filter(lot_id=lot_id).exclude(lot__state=LotState.OPEN.value)
    return [to_bid(row) for row in rows.order_by("-maximum_minor", "order")]


def count_lots_of_creatives(creative_ids: Collection[int], *, now: datetime) -> dict[int, int]:
    """At how many lots that run or are to come each of these creatives stands: what hangs on staff's word.

    One statement.
    """
    live = LotBidRow.objects.filter(creative_id__in=set(creative_ids), lot__ends_at__gt=now)
    live = live.exclude(lot__state=LotState.CANCELLED.value)
    rows = live.filter(state__in=[BidState.STANDING.value, BidState.WON.value]).values("creative_id")
    return dict(rows.annotate(lots=Count("lot_id", distinct=True)).order_by().values_list("creative_id", "lots"))


def to_bid(row: LotBidRow) -> BidView:
    """The row as it crosses the border."""
    return BidView(
        bid_id=row.pk,
        lot_id=row.lot_id,
        shop_id=row.shop_id,
        maximum_minor=row.maximum_minor,
        creative_id=row.creative_id,
        state=BidState(row.state),
        because=LostBecause(row.because) if row.because else None,
        placed_at=row.placed_at,
        is_released=row.released_at is not None,
    )
