"""Closing lots, each exactly once: who won, at what price, and every other hold given back.

Under the lot's lock the result is written whole and the winner's price is taken. The losers' holds are given back
afterwards, one shop a transaction, so that no transaction locks the wallets of two shops; what a dead process left is
found by its rows.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import transaction

from billing.wallets.services import void_lot_hold, win_lot
from market.audit.services import write_audit
from market.shops.services import bump_epoch
from search.auction.contracts import LotBid, LotResult
from search.auction.lots import close_lot, deliver_lot
from search.campaigns.selectors import map_creatives
from search.slots.contracts import BidState, LostBecause, LotState, LotUnit
from search.slots.models import Lot, LotBidRow, LotPart
from search.slots.rules.calendar import cut_parts
from search.slots.rules.showing import write_shown
from search.slots.services.judging import judge_claims
from search.slots.services.locking import list_standing

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 200


def close_due_lots(*, now: datetime, limit: int = MOST_AT_ONCE) -> int:
    """Close what is due and give losers their holds back. Says how many lots were closed.

    A lot that cannot be closed holds nothing else up: what went wrong rises once all others are done.
    """
    due = Lot.objects.filter(state=LotState.OPEN.value, closes_at__lte=now).order_by("closes_at", "pk")
    closed, failed = 0, []
    for lot_id in list(due.values_list("pk", flat=True)[:limit]):
        try:
            closed += _close_one(lot_id, now)
        except Exception as error:  # the edge of a lot: the others are closed all the same, then it rises
            log.exception("slots.lot_not_closed", lot_id=lot_id)
            failed.append(error)
    release_losers(now=now)
    if failed:
        raise failed[0]
    return closed


def release_losers(*, now: datetime, limit: int = 5 * MOST_AT_ONCE) -> int:
    """Give back every hold of a lost bid that is still held. Says how many."""
    rows = LotBidRow.objects.filter(state=BidState.LOST.value, released_at=None).order_by("pk")
    return sum(_release_one(bid_id, now) for bid_id in list(rows.values_list("pk", flat=True)[:limit]))


@transaction.atomic(durable=True)
def _close_one(lot_id: int, now: datetime) -> bool:
    """False where somebody holds the lot's lock (a bid, another closer): the next round comes within seconds."""
    lot = (
        Lot.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(pk=lot_id, state=LotState.OPEN.value, closes_at__lte=now)
        .first()
    )
    if lot is None:
        return False
    standing = list_standing(lot)
    unfit = _find_unfit(standing)
    entered = [LotBid(bid.shop_id, bid.maximum_minor, bid.order) for bid in standing if bid.pk not in unfit]
    result = close_lot(entered, reserve_minor=lot.reserve_minor, step_minor=lot.step_minor)
    lot.state, lot.closed_at, lot.bidders = LotState.CLOSED.value, now, len(standing)
    for bid in standing:
        if result.winner is not None and bid.shop_id == result.winner.merchant:
            _let_win(lot, bid, result, now)
        else:
            bid.state, bid.because = BidState.LOST.value, unfit.get(bid.pk, LostBecause.OUTBID).value
            bid.save(update_fields=["state", "because"])
    lot.save()
    _note_closed(lot, now)
    bump_epoch("slots")
    return True


def _let_win(lot: Lot, bid: LotBidRow, result: LotResult, now: datetime) -> None:
    assert result.inputs is not None
    bid.state, bid.released_at = BidState.WON.value, now
    bid.save(update_fields=["state", "released_at"])
    lot.shop_id, lot.creative_id = bid.shop_id, bid.creative_id
    lot.price_minor, lot.inputs = result.price_minor, asdict(result.inputs)
    lot.shown = write_shown(map_creatives([bid.creative_id])[bid.creative_id])
    win_lot(shop_id=bid.shop_id, lot_id=lot.pk, price_minor=result.price_minor, key=f"lot:{lot.pk}:won", now=now)
    spans = cut_parts(lot.starts_at, lot.ends_at, LotUnit(lot.unit), ZoneInfo(settings.BUSINESS_TIME_ZONE))
    amounts = deliver_lot(result.price_minor, [True] * len(spans)).parts_minor
    LotPart.objects.bulk_create(
        LotPart(lot=lot, number=number, starts_at=begin, ends_at=end, amount_minor=amount)
        for number, ((begin, end), amount) in enumerate(zip(spans, amounts, strict=True), start=1)
    )


def _find_unfit(bids: Sequence[LotBidRow]) -> dict[int, LostBecause]:
    """Bids that neither win nor set a price: without an approved creative, or of a shop that may not advertise now."""
    verdicts = judge_claims([(bid.shop_id, bid.creative_id) for bid in bids])
    return {bid.pk: verdict for bid, verdict in zip(bids, verdicts, strict=True) if verdict is not None}


@transaction.atomic(durable=True)
def _release_one(bid_id: int, now: datetime) -> bool:
    bid = (
        LotBidRow.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(pk=bid_id, state=BidState.LOST.value, released_at=None)
        .first()
    )
    if bid is None:
        return False
    void_lot_hold(shop_id=bid.shop_id, lot_id=bid.lot_id, key=f"lot:{bid.lot_id}:lost:{bid.pk}", now=now)
    bid.released_at = now
    bid.save(update_fields=["released_at"])
    return True


def _note_closed(lot: Lot, now: datetime) -> None:
    write_audit(
        action="lot.closed",
        actor_id=None,
        shop_id=lot.shop_id,
        target_kind="lot",
        target_id=str(lot.pk),
        detail={"bids": lot.bidders, "price_minor": lot.price_minor},
        now=now,
    )
