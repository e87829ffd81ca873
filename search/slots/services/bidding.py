"""Sealed bids: placed, raised, withdrawn before the lot closes. The wallet holds the maximum with the bid."""

from datetime import datetime, timedelta

from django.db import transaction

from billing.wallets.services import hold_for_lot, void_lot_hold
from market.audit.services import write_audit
from market.shops.selectors import get_shop
from market.shops.services import bump_epoch
from search.auction.contracts import LotBid
from search.auction.lots import place_bid
from search.campaigns.contracts import CreativeState, CreativeView
from search.campaigns.selectors import find_limit, map_creatives
from search.slots.contracts import MOST_MOVES, MOST_STANDING_BIDS, BidState, BidView, LotState
from search.slots.models import Lot, LotBidRow, SlotRow
from search.slots.rules.fitting import fits
from search.slots.rules.showing import write_shown
from search.slots.selectors.bids import to_bid
from search.slots.services.locking import list_standing, lock_lot

HOLD_OUTLIVES = timedelta(days=7)
"""A hold ends by itself so long after its lot, whatever happens to the timers."""


class LotClosed(RuntimeError):
    """The lot takes no bids (any more)."""


class BidNotFound(LookupError):
    """The shop has no bid that stands at this lot."""


class CreativeUnfit(ValueError):
    """The creative is not the shop's, was refused, is not approved yet where it has to be, or has another shape."""


class ShopMayNotBid(PermissionError):
    """The shop is not open, or staff keep it from advertising."""


class TooManyBids(RuntimeError):
    """The shop has as many bids as there may be, or changed this one as often as it may."""


@transaction.atomic(durable=True)
def place_lot_bid(
    *, lot_id: int, shop_id: int, maximum_minor: int, creative_id: int, actor_id: int, now: datetime
) -> BidView:
    """Bid for a lot, or raise the shop's own bid; a raised bid counts from now on among equals.

    The same maximum again changes nothing but the creative, so a form that is sent twice is one bid. Raises
    `LotNotFound`, `LotClosed`, `CreativeUnfit`, `ShopMayNotBid`, `TooManyBids`, the auction's `BidBelowReserve`,
    `BidTooLarge` and `BidLowered`, and the wallet's `NotEnough`.
    """
    _check_shop(shop_id)
    lot = _lock_open(lot_id, now)
    _get_fit(creative_id, shop_id, lot.slot, {CreativeState.WAITING, CreativeState.APPROVED})
    standing = list_standing(lot)
    own = next((bid for bid in standing if bid.shop_id == shop_id), None)
    known = [LotBid(bid.shop_id, bid.maximum_minor, bid.order) for bid in standing]
    wanted = LotBid(shop_id, maximum_minor, lot.bids_counted + 1)
    _, more_minor = place_bid(known, wanted, reserve_minor=lot.reserve_minor)
    bid = own or _begin_bid(lot, shop_id)
    bid.creative_id = creative_id
    if more_minor:
        _raise_to(bid, lot, maximum_minor, actor_id, now)
        key, expires_at = f"lot:{lot.pk}:bid:{bid.order}", lot.ends_at + HOLD_OUTLIVES
        held_minor = bid.maximum_minor  # the wallet raises the hold to the whole
        hold_for_lot(shop_id=shop_id, lot_id=lot.pk, amount_minor=held_minor, key=key, expires_at=expires_at, now=now)
    bid.save()
    _note("lot.bid", bid, actor_id, now)
    return to_bid(bid)


@transaction.atomic(durable=True)
def withdraw_bid(*, lot_id: int, shop_id: int, actor_id: int, now: datetime) -> None:
    """Take a bid back before the lot closes; what was held is free at once.

    Raises `LotNotFound`, `LotClosed`, `BidNotFound`.
    """
    lot = _lock_open(lot_id, now)
    bid = lot.bids.filter(shop_id=shop_id, state=BidState.STANDING.value).first()
    if bid is None:
        raise BidNotFound(lot_id)
    bid.state, bid.released_at = BidState.WITHDRAWN.value, now
    bid.save(update_fields=["state", "released_at"])
    void_lot_hold(shop_id=shop_id, lot_id=lot.pk, key=f"lot:{lot.pk}:withdrawn:{bid.pk}", now=now)
    _note("lot.bid_withdrawn", bid, actor_id, now)


@transaction.atomic(durable=True)
def change_creative(*, lot_id: int, shop_id: int, creative_id: int, actor_id: int, now: datetime) -> None:
    """Show another approved creative in a lot that the shop won and that is not over.

    Raises `LotNotFound`, `BidNotFound` where the shop did not win, `LotClosed` where it is over, `CreativeUnfit`.
    """
    lot = lock_lot(lot_id)
    creative = _get_fit(creative_id, shop_id, lot.slot, {CreativeState.APPROVED})
    bid = lot.bids.filter(shop_id=shop_id, state=BidState.WON.value).first()
    if bid is None:
        raise BidNotFound(lot_id)
    if lot.state != LotState.CLOSED.value or now >= lot.ends_at:
        raise LotClosed(lot_id)
    bid.creative_id = lot.creative_id = creative_id
    bid.save(update_fields=["creative_id"])
    lot.shown = write_shown(creative)
    lot.save(update_fields=["creative_id", "shown"])
    _note("lot.creative_changed", bid, actor_id, now)
    bump_epoch("slots")


def _lock_open(lot_id: int, now: datetime) -> Lot:
    """Time is asked under the lock as well: who waited for the closing sees it."""
    lot = lock_lot(lot_id)
    if lot.state != LotState.OPEN.value or now >= lot.closes_at:
        raise LotClosed(lot_id)
    return lot


def _begin_bid(lot: Lot, shop_id: int) -> LotBidRow:
    if LotBidRow.objects.filter(shop_id=shop_id, state=BidState.STANDING.value).count() >= MOST_STANDING_BIDS:
        raise TooManyBids(MOST_STANDING_BIDS)
    moves = sum(lot.bids.filter(shop_id=shop_id).values_list("moves", flat=True))
    return LotBidRow(lot=lot, shop_id=shop_id, moves=moves)


def _raise_to(bid: LotBidRow, lot: Lot, maximum_minor: int, actor_id: int, now: datetime) -> None:
    if bid.moves >= MOST_MOVES:
        raise TooManyBids(MOST_MOVES)
    lot.bids_counted += 1
    lot.save(update_fields=["bids_counted"])
    bid.maximum_minor, bid.order, bid.moves = maximum_minor, lot.bids_counted, bid.moves + 1
    bid.placed_by, bid.placed_at = actor_id, now


def _check_shop(shop_id: int) -> None:
    limit = find_limit(shop_id)
    if not get_shop(shop_id).is_open or (limit is not None and limit.blocked):
        raise ShopMayNotBid(shop_id)


def _get_fit(creative_id: int, shop_id: int, slot: SlotRow, states: set[CreativeState]) -> CreativeView:
    creative = map_creatives([creative_id]).get(creative_id)
    if creative is None or creative.shop_id != shop_id or creative.state not in states:
        raise CreativeUnfit(creative_id)
    if not fits(creative, width=slot.width, height=slot.height):
        raise CreativeUnfit(creative_id)
    return creative


def _note(action: str, bid: LotBidRow, actor_id: int, now: datetime) -> None:
    """The trail says who bid, not how much: staff read it, and bids are sealed."""
    write_audit(
        action=action,
        actor_id=actor_id,
        shop_id=bid.shop_id,
        target_kind="lot",
        target_id=str(bid.lot_id),
        detail={"creative": bid.creative_id},
        now=now,
    )
