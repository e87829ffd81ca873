"""What the pages of fixed places show: places with their next lots, a calendar, a lot with the shop's own bid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from merchant_portal.slots import words
from search.campaigns.contracts import CreativeState, CreativeView
from search.campaigns.selectors import list_creatives
from search.slots.contracts import BidView, LotView, SlotView
from search.slots.rules.fitting import fits
from search.slots.selectors import list_bids_of_shop, list_calendar, list_lots_of_slot, list_slots, list_sold_prices

SOON = timedelta(days=8)
AHEAD = timedelta(days=32)


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot as the shop sees it: its own bid, nobody else's."""

    lot: LotView
    bid: BidView | None
    span: str
    state: str
    tone: str
    takes_bids: bool


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place with what can be had of it soon."""

    slot: SlotView
    length: str
    prices: str
    open_lots: int
    own_bids: int
    won: int
    next_row: LotRow | None


def list_places(shop_id: int, now: datetime) -> list[PlaceRow]:
    """Every place that is sold, with its lots of the next days."""
    lots = list_calendar(since=now, until=now + SOON)
    rows = describe_lots(shop_id, lots, now)
    return [_describe_place(slot, rows, now) for slot in list_slots() if slot.terms.is_sold]


def _describe_place(slot: SlotView, rows: Sequence[LotRow], now: datetime) -> PlaceRow:
    own = [row for row in rows if row.lot.slot.slot_id == slot.slot_id]
    return PlaceRow(
        slot=slot,
        length=words.name_length(slot.terms),
        prices=words.list_prices(list_sold_prices(slot.slot_id, before=now)),
        open_lots=sum(row.takes_bids for row in own),
        own_bids=sum(row.takes_bids and row.bid is not None for row in own),
        won=sum(row.lot.shop_id is not None and row.bid is not None and row.tone == "good" for row in own),
        next_row=next((row for row in own if row.takes_bids), None),
    )


def list_days(shop_id: int, slot: SlotView, now: datetime) -> list[tuple[date, list[LotRow]]]:
    """The lots of a place that are not over, day by day."""
    lots = list_lots_of_slot(slot.slot_id, since=now, until=now + AHEAD)
    days: dict[date, list[LotRow]] = {}
    for row in describe_lots(shop_id, lots, now):
        days.setdefault(timezone.localdate(row.lot.span.starts_at), []).append(row)
    return list(days.items())


def describe_lots(shop_id: int, lots: Sequence[LotView], now: datetime) -> list[LotRow]:
    """Lots with the shop's own bids: one statement."""
    bids = list_bids_of_shop(shop_id=shop_id, lot_ids=[lot.lot_id for lot in lots])
    return [describe_lot(lot, bids.get(lot.lot_id), now) for lot in lots]


def describe_lot(lot: LotView, bid: BidView | None, now: datetime) -> LotRow:
    """A lot with the shop's own bid."""
    state, tone = words.badge_bid(bid, lot, now=now)
    return LotRow(lot, bid, words.name_span(lot, now=now), state, tone, lot.takes_bids(now))


def list_fitting(shop_id: int, slot: SlotView, *, approved: bool = False) -> list[CreativeView]:
    """The shop's creatives that a place can show, approved ones first; refused ones are left out."""
    terms, own = slot.terms, list_creatives(shop_id=shop_id)
    states = (CreativeState.APPROVED,) if approved else (CreativeState.APPROVED, CreativeState.WAITING)
    fitting = [one for one in own if fits(one, width=terms.width, height=terms.height)]
    return [one for state in states for one in fitting if one.state is state]
