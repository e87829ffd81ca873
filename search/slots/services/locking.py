"""Taking a lot's lock. Everything that decides about a lot happens under it, so bids and closing never cross."""

from collections.abc import Sequence

from search.slots.contracts import BidState
from search.slots.models import Lot, LotBidRow


class LotNotFound(LookupError):
    """There is no such lot."""


def lock_lot(lot_id: int) -> Lot:
    """The lot, locked until the transaction ends. Raises `LotNotFound`."""
    lot = Lot.objects.select_related("slot").select_for_update(no_key=True, of=("self",)).filter(pk=lot_id).first()
    if lot is None:
        raise LotNotFound(lot_id)
    return lot


def list_standing(lot: Lot) -> Sequence[LotBidRow]:
    """The bids that stand at a locked lot, as they came."""
    return list(lot.bids.filter(state=BidState.STANDING.value).order_by("order"))
