"""Deciding the parts of won lots once they are over: earned where the place could be served, given back where not."""

from datetime import datetime, timedelta

from django.db import transaction

from billing.wallets.services import deliver_lot_part, return_lot_part
from search.slots.contracts import LotState, PartState
from search.slots.models import Lot, LotPart
from search.slots.rules.delivering import is_delivered
from search.slots.selectors.lots import count_minutes

GRACE = timedelta(minutes=2)
"""A part's last minute may be noted a little later."""
MOST_AT_ONCE = 500


def decide_due_parts(*, now: datetime, limit: int = MOST_AT_ONCE) -> int:
    """Decide every part that is over, one a transaction. Says how many."""
    due = LotPart.objects.filter(state=PartState.WAITING.value, ends_at__lte=now - GRACE).order_by("ends_at", "pk")
    return sum(_decide_one(lot_id, part_id, now) for lot_id, part_id in list(due.values_list("lot_id", "pk")[:limit]))


def end_if_decided(lot: Lot) -> None:
    """A lot whose parts are all decided is over. A step; a cancelled lot stays cancelled."""
    if lot.state == LotState.CLOSED.value and not lot.parts.filter(state=PartState.WAITING.value).exists():
        lot.state = LotState.DELIVERED.value
        lot.save(update_fields=["state"])


@transaction.atomic(durable=True)
def _decide_one(lot_id: int, part_id: int, now: datetime) -> bool:
    lot = Lot.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=lot_id).first()
    part = LotPart.objects.filter(pk=part_id, state=PartState.WAITING.value).first() if lot else None
    if lot is None or part is None:
        return False
    shown = is_delivered(servable_minutes=part.servable_minutes, minutes=count_minutes(part))
    _settle(lot, part, PartState.DELIVERED if shown else PartState.RETURNED, now)
    end_if_decided(lot)
    return True


def _settle(lot: Lot, part: LotPart, state: PartState, now: datetime) -> None:
    assert lot.shop_id is not None and part.state == PartState.WAITING.value
    part.state, part.decided_at = state.value, now
    part.save(update_fields=["state", "decided_at"])
    if part.amount_minor:  # a price of fewer fen than parts leaves some of them without any
        move = deliver_lot_part if state is PartState.DELIVERED else return_lot_part
        key = f"lot:{lot.pk}:part:{part.number}"
        move(shop_id=lot.shop_id, lot_id=lot.pk, amount_minor=part.amount_minor, key=key, now=now)
