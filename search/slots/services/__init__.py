"""Writes of slots: places, lots and sealed bids. Every sum is held, taken, earned or given back by the wallets."""

from search.slots.services.bidding import (
    BidNotFound,
    CreativeUnfit,
    LotClosed,
    ShopMayNotBid,
    TooManyBids,
    change_creative,
    place_lot_bid,
    withdraw_bid,
)
from search.slots.services.cancelling import LotOver, NoReason, cancel_lot
from search.slots.services.closing import close_due_lots, release_losers
from search.slots.services.counting import count_click, count_views
from search.slots.services.delivering import decide_due_parts
from search.slots.services.locking import LotNotFound
from search.slots.services.opening import open_due_lots
from search.slots.services.places import (
    BadSlot,
    BidsEndTooEarly,
    KeyTaken,
    NoPictureFits,
    PlaceTaken,
    SlotNotFound,
    TooManySlots,
    save_slot,
    set_floor,
)
from search.slots.services.watching import watch_running

__all__ = [
    "BadSlot",
    "BidNotFound",
    "BidsEndTooEarly",
    "CreativeUnfit",
    "KeyTaken",
    "LotClosed",
    "LotNotFound",
    "LotOver",
    "NoPictureFits",
    "NoReason",
    "PlaceTaken",
    "ShopMayNotBid",
    "SlotNotFound",
    "TooManyBids",
    "TooManySlots",
    "cancel_lot",
    "change_creative",
    "close_due_lots",
    "count_click",
    "count_views",
    "decide_due_parts",
    "open_due_lots",
    "place_lot_bid",
    "release_losers",
    "save_slot",
    "set_floor",
    "watch_running",
    "withdraw_bid",
]
