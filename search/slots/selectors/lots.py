"""Reads of places and their lots."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q, Sum

from search.auction.contracts import LotPriceInputs
from search.campaigns.contracts import PageKind
from search.slots.contracts import (
    LotSpan,
    LotState,
    LotUnit,
    LotView,
    PartState,
    PartView,
    SlotKind,
    SlotsHealth,
    SlotTerms,
    SlotView,
)
from search.slots.models import Lot, LotBidRow, LotHour, LotPart, SlotRow
from tenants.catalog.contracts import Text

MOST_LOTS = 1_000
USUAL_PRICES = 5
PATIENCE = timedelta(minutes=5)
"""What is due and not done for longer is late."""


def list_slots() -> list[SlotView]:
    """Every place, page by page, in the order it is seen."""
    return [to_slot(row) for row in SlotRow.objects.order_by("page", "-kind", "position")]


def find_slot(key: str) -> SlotView | None:
    """A place by its key."""
    row = SlotRow.objects.filter(key=key).first()
    return to_slot(row) if row else None


def list_calendar(*, since: datetime, until: datetime) -> list[LotView]:
    """The lots of all places that run at some time in `[since, until)`, by time and place."""
    rows = Lot.objects.select_related("slot").filter(starts_at__lt=until, ends_at__gt=since)
    return _view(rows.order_by("starts_at", "slot__page", "-slot__kind", "slot__position")[:MOST_LOTS])


def list_lots_of_slot(slot_id: int, *, since: datetime, until: datetime) -> list[LotView]:
    """The lots of one place that run at some time in `[since, until)`, by time."""
    rows = Lot.objects.select_related("slot").filter(slot_id=slot_id, starts_at__lt=until, ends_at__gt=since)
    return _view(rows.order_by("starts_at")[:MOST_LOTS])


def find_lot(lot_id: int) -> LotView | None:
    """A lot by its id."""
    return next(iter(_view(Lot.objects.select_related("slot").filter(pk=lot_id))), None)


def map_lots(lot_ids: Iterable[int]) -> dict[int, LotView]:
    """Lots by their ids: a statement, none without ids."""
    wanted = sorted(set(lot_ids))
    rows = Lot.objects.select_related("slot").filter(pk__in=wanted) if wanted else []
    return {lot.lot_id: lot for lot in _view(rows)}


def find_landing(lot_id: int) -> str | None:
    """Where a click on a sold place leads: a path of the market's host. One statement."""
    shown = Lot.objects.filter(pk=lot_id, shown__isnull=False).values_list("shown", flat=True).first()
    return None if shown is None else str(shown["landing"])


def list_parts(lot_id: int) -> list[PartView]:
    """The parts of a won lot, in order; none where nobody won."""
    return [
        PartView(
            number=row.number,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            amount_minor=row.amount_minor,
            state=PartState(row.state),
            servable_minutes=row.servable_minutes,
            minutes=count_minutes(row),
        )
        for row in LotPart.objects.filter(lot_id=lot_id).order_by("number")
    ]


def list_sold_prices(slot_id: int, *, before: datetime) -> list[int]:
    """What the last lots of a place were sold at, the latest first: what a bid has to reckon with."""
    sold = Lot.objects.filter(slot_id=slot_id, shop_id__isnull=False, closed_at__lte=before)
    prices = sold.order_by("-starts_at").values_list("price_minor", flat=True)[:USUAL_PRICES]
    return [price for price in prices if price is not None]


def read_health(*, now: datetime) -> SlotsHealth:
    """What timers should have done by now and did not."""
    late = now - PATIENCE
    return SlotsHealth(
        late_closings=Lot.objects.filter(state=LotState.OPEN.value, closes_at__lt=late).count(),
        unreleased_bids=LotBidRow.objects.filter(state="lost", released_at=None, lot__closed_at__lt=late).count(),
        late_parts=LotPart.objects.filter(state=PartState.WAITING.value, ends_at__lt=late).count(),
        unservable_now=Lot.objects.filter(
            Q(state=LotState.CLOSED.value, shop_id__isnull=False, is_servable=False),
            starts_at__lte=now,
            ends_at__gt=now,
        ).count(),
    )


def count_minutes(part: LotPart) -> int:
    """How long a part lasts."""
    return int((part.ends_at - part.starts_at) / timedelta(minutes=1))


def to_slot(row: SlotRow) -> SlotView:
    """The row as it crosses the border."""
    terms = SlotTerms(
        key=row.key,
        page=PageKind(row.page),
        kind=SlotKind(row.kind),
        position=row.position,
        width=row.width,
        height=row.height,
        unit=LotUnit(row.unit),
        length=row.length,
        days_ahead=row.days_ahead,
        closes_minutes=row.closes_minutes,
        reserve_minor=row.reserve_minor,
        step_minor=row.step_minor,
        name=Text(row.name_zh, row.name_en),
        is_sold=row.is_sold,
    )
    return SlotView(row.pk, terms, row.changed_by, row.changed_at)


def to_lot(row: Lot, views: int = 0, clicks: int = 0) -> LotView:
    """The row, read with its slot, as it crosses the border."""
    return LotView(
        lot_id=row.pk,
        slot=to_slot(row.slot),
        span=LotSpan(row.starts_at, row.ends_at, row.closes_at),
        state=LotState(row.state),
        reserve_minor=row.reserve_minor,
        step_minor=row.step_minor,
        shop_id=row.shop_id,
        creative_id=row.creative_id,
        price_minor=row.price_minor,
        inputs=LotPriceInputs(**row.inputs) if row.inputs else None,
        bidders=row.bidders,
        is_servable=row.is_servable,
        views=views,
        clicks=clicks,
        cancel_reason=row.cancel_reason,
    )


def _view(rows: Iterable[Lot]) -> list[LotView]:
    rows = list(rows)
    sold = [row.pk for row in rows if row.shop_id is not None]
    if sold:
        sums = (
            LotHour.objects.filter(lot_id__in=sold).values("lot_id").annotate(all=Sum("views"), clicked=Sum("clicks"))
        )
        counts = {lot_id: (seen, clicked) for lot_id, seen, clicked in sums.values_list("lot_id", "all", "clicked")}
    else:
        counts = {}
    return [to_lot(row, *counts.get(row.pk, (0, 0))) for row in rows]
