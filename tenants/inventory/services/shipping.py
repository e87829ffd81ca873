"""Held pieces leave the warehouse. On hand falls here and only here for what was sold."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from tenants.inventory.contracts import HoldState, MovementReason, Wanted
from tenants.inventory.models import Hold, StockLevel, StockMovement


class NotHeld(RuntimeError):
    """More was to be shipped than is held under the key."""

    def __init__(self, hold_key: str, variant_id: int, missing: int) -> None:
        super().__init__(f"{missing} more of variant {variant_id} than is held under {hold_key}")
        self.variant_id = variant_id
        self.missing = missing


def consume_holds(*, hold_key: str, parcel: Sequence[Wanted] | None = None, reference: str = "", now: datetime) -> None:
    """Ship a parcel out of a hold, or all that is left of it: on hand and held fall together. Six statements.

    What can be bought does not change, so nothing is announced. Raises `NotHeld`.
    """
    holds = {
        (hold.variant_id, hold.warehouse_id): hold
        for hold in Hold.objects.filter(hold_key=hold_key, state=HoldState.HELD.value)
    }
    levels = _lock_levels(list(holds))
    # Read again under the levels' locks: another parcel of this order may have left in between.
    held = list(
        Hold.objects.select_for_update(no_key=True).filter(hold_key=hold_key, state=HoldState.HELD.value).order_by("pk")
    )
    movements = []
    for hold, pieces in _choose(hold_key, held, parcel):
        level = levels[hold.variant_id, hold.warehouse_id]
        before = level.on_hand
        level.on_hand -= pieces
        level.held -= pieces
        hold.consumed += pieces
        if hold.consumed == hold.quantity:
            hold.state = HoldState.CONSUMED.value
            hold.ended_at = now
        movements.append(_movement(hold, before, level.on_hand, reference or hold_key, now))
    StockLevel.objects.bulk_update(levels.values(), ["on_hand", "held"])
    Hold.objects.bulk_update(held, ["consumed", "state", "ended_at"])
    StockMovement.objects.bulk_create(movements)


def _lock_levels(places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], StockLevel]:
    rows = (
        StockLevel.objects.select_for_update(no_key=True)
        .filter(variant_id__in={variant_id for variant_id, _ in places})
        .order_by("pk")
    )
    return {(row.variant_id, row.warehouse_id): row for row in rows}


def _choose(hold_key: str, holds: Sequence[Hold], parcel: Sequence[Wanted] | None) -> list[tuple[Hold, int]]:
    """Which holds give how many pieces."""
    if parcel is None:
        return [(hold, hold.quantity - hold.consumed) for hold in holds]
    wanted: Counter[int] = Counter()
    for line in parcel:
        wanted[line.variant_id] += line.quantity
    chosen = []
    for hold in holds:
        pieces = min(hold.quantity - hold.consumed, wanted[hold.variant_id])
        if pieces > 0:
            wanted[hold.variant_id] -= pieces
            chosen.append((hold, pieces))
    for variant_id, missing in wanted.items():
        if missing > 0:
            raise NotHeld(hold_key, variant_id, missing)
    return chosen


def _movement(hold: Hold, before: int, after: int, reference: str, now: datetime) -> StockMovement:
    return StockMovement(
        variant_id=hold.variant_id,
        warehouse_id=hold.warehouse_id,
        reason=MovementReason.SOLD.value,
        before=before,
        after=after,
        reference=reference[:80],
        moved_at=now,
    )
