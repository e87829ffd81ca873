"""Staff take a lot away: from all bidders while it is open, from its winner afterwards. The undelivered goes back."""

from datetime import datetime

from django.db import transaction

from billing.wallets.services import return_lot_part
from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from market.shops.services import bump_epoch
from search.slots.contracts import LONGEST_REASON, BidState, LostBecause, LotState, PartState
from search.slots.models import Lot
from search.slots.services.closing import release_losers
from search.slots.services.locking import lock_lot


class LotOver(RuntimeError):
    """The lot is over, or cancelled already."""


class NoReason(ValueError):
    """A reason is written down with every cancelling: bidders read it."""


def cancel_lot(*, lot_id: int, reason: str, actor_id: int, now: datetime) -> None:
    """Cancel a lot: no more bids, nothing shown, and parts that are not over are given back, the present one whole.

    Parts that are over are decided as always. Raises `LotNotFound`, `LotOver`, `NoReason`.
    """
    said = " ".join(reason.split())[:LONGEST_REASON]
    if not said:
        raise NoReason
    _cancel(lot_id, said, actor_id, now)
    release_losers(now=now)


@transaction.atomic(durable=True)
def _cancel(lot_id: int, reason: str, actor_id: int, now: datetime) -> None:
    lot = lock_lot(lot_id)
    if lot.state not in (LotState.OPEN.value, LotState.CLOSED.value) or now >= lot.ends_at:
        raise LotOver(lot_id)
    if lot.state == LotState.OPEN.value:
        lot.bids.filter(state=BidState.STANDING.value).update(
            state=BidState.LOST.value, because=LostBecause.CANCELLED.value
        )
        lot.closed_at = now
    lot.state, lot.cancel_reason = LotState.CANCELLED.value, reason
    lot.save()
    returned_minor = _give_back_rest(lot, now)
    write_audit(
        action="lot.cancelled",
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        shop_id=lot.shop_id,
        target_kind="lot",
        target_id=str(lot.pk),
        detail={"reason": reason, "returned_minor": returned_minor},
        now=now,
    )
    bump_epoch("slots")


def _give_back_rest(lot: Lot, now: datetime) -> int:
    """All that is not over, in one posting."""
    rest = lot.parts.filter(state=PartState.WAITING.value, ends_at__gt=now)
    rest_minor = sum(rest.values_list("amount_minor", flat=True))
    rest.update(state=PartState.RETURNED.value, decided_at=now)
    if rest_minor and lot.shop_id is not None:
        key = f"lot:{lot.pk}:cancelled"
        return_lot_part(shop_id=lot.shop_id, lot_id=lot.pk, amount_minor=rest_minor, key=key, now=now)
    return rest_minor
