"""What stands in a page's fixed places now, out of memory.

A process keeps the lots of an hour under the epoch `slots`, which moves with every winner, cancelling and change of
servability. So midnight needs no statement, and what staff take away is gone with the next request.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from market.shops.contracts import Epochs, ShopContext
from market.shops.selectors import map_shops
from search.campaigns.contracts import LiveCreative, PageKind
from search.listings.keeping import Memory
from search.slots.contracts import LotState, RunningSlot, SlotView
from search.slots.models import Lot, SlotRow
from search.slots.rules.showing import read_shown
from search.slots.selectors.lots import to_slot

MOST_HOURS_KEPT = 4
_SHOWN = (LotState.CLOSED.value, LotState.DELIVERED.value)


@dataclass(frozen=True, slots=True)
class _Sold:
    """A won lot of the hour."""

    starts_at: datetime
    ends_at: datetime
    lot_id: int
    shop_id: int
    creative: LiveCreative


@dataclass(frozen=True, slots=True)
class _Hour:
    """Every place with its won lots of one hour."""

    slots: Sequence[SlotView]
    sold: Mapping[int, Sequence[_Sold]]


_hours: Memory[_Hour] = Memory(MOST_HOURS_KEPT)


def list_running(*, page: PageKind, epochs: Epochs, now: datetime) -> list[RunningSlot]:
    """The fixed places of a page by position, each with the creative of its lot or without one.

    A place that is off sale is there only while a lot of it runs: its winner pays until the lot ends.
    Two statements after anything about slots changed or an hour began, else none.
    """
    if not epochs.slots:
        return []
    hour = _get_hour(epochs, now.replace(minute=0, second=0, microsecond=0))
    shops = map_shops(epochs)
    filled = [(slot, _fill(slot, _find_won(hour, slot, now), shops)) for slot in hour.slots if slot.terms.page is page]
    return [running for slot, running in filled if slot.terms.is_sold or running.creative is not None]


def _find_won(hour: _Hour, slot: SlotView, now: datetime) -> _Sold | None:
    return next((sold for sold in hour.sold.get(slot.slot_id, ()) if _runs(sold, now)), None)


def _runs(sold: _Sold, now: datetime) -> bool:
    return sold.starts_at <= now < sold.ends_at


def _fill(slot: SlotView, sold: _Sold | None, shops: Mapping[int, ShopContext]) -> RunningSlot:
    terms = slot.terms
    shop = shops.get(sold.shop_id) if sold else None
    won = sold if shop is not None and shop.is_open else None
    return RunningSlot(
        key=terms.key,
        kind=terms.kind,
        position=terms.position,
        width=terms.width,
        height=terms.height,
        creative=won.creative if won else None,
        lot_id=won.lot_id if won else None,
        shop_id=won.shop_id if won else None,
    )


def _get_hour(epochs: Epochs, hour: datetime) -> _Hour:
    key = (epochs.slots, hour)
    known = _hours.find(key)
    return known or _hours.keep(key, _read_hour(hour))


def _read_hour(hour: datetime) -> _Hour:
    slots = [to_slot(row) for row in SlotRow.objects.order_by("page", "-kind", "position")]
    lots = Lot.objects.filter(
        starts_at__lt=hour + timedelta(hours=1), ends_at__gt=hour, state__in=_SHOWN, is_servable=True
    )
    columns = ("slot_id", "starts_at", "ends_at", "pk", "shop_id", "shown")
    sold: dict[int, list[_Sold]] = {}
    for slot_id, starts_at, ends_at, lot_id, shop_id, shown in lots.values_list(*columns):
        if shop_id is not None and shown is not None:
            sold.setdefault(slot_id, []).append(_Sold(starts_at, ends_at, lot_id, shop_id, read_shown(shown)))
    return _Hour(slots, sold)
