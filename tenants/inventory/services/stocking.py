"""Goods come in and are counted. Every change of what lies in a warehouse leaves a line in the log."""

from collections.abc import Sequence
from datetime import datetime

from tenants.catalog.selectors import list_variant_products
from tenants.inventory.contracts import MovementReason, StockCount, Wanted
from tenants.inventory.models import StockLevel, StockMovement, Warehouse
from tenants.inventory.services.events import record_stock_changed

DEFAULT_CODE = "main"
MOST_PIECES = 100_000_000


class UnknownVariant(LookupError):
    """The shop has no variant with this id."""


class NoSuchWarehouse(LookupError):
    """The shop has no warehouse with this id."""


class CountBelowHeld(ValueError):
    """Fewer pieces were counted than buyers have taken; they would be sold twice."""

    def __init__(self, variant_id: int, *, counted: int, held: int) -> None:
        super().__init__(f"{counted} of variant {variant_id} counted, {held} are held")
        self.variant_id = variant_id
        self.counted = counted
        self.held = held


def ensure_default_warehouse() -> int:
    """The warehouse that is meant when none is named; made when a shop first needs it."""
    found = Warehouse.objects.filter(is_default=True).values_list("pk", flat=True).first()
    if found is not None:
        return found
    row, _ = Warehouse.objects.get_or_create(
        code=DEFAULT_CODE, defaults={"name": "默认仓库", "is_default": True, "priority": 100}
    )
    return row.pk


def add_warehouse(*, code: str, name: str, priority: int = 100) -> int:
    """A further place where stock lies."""
    ensure_default_warehouse()
    return Warehouse.objects.create(code=code, name=name, priority=priority).pk


def receive_stock(
    *,
    received: Sequence[Wanted],
    warehouse_id: int | None = None,
    reason: MovementReason = MovementReason.RECEIVED,
    actor_id: int | None = None,
    reference: str = "",
    now: datetime,
) -> None:
    """Add pieces that came in (or came back: `RETURNED`). Raises `UnknownVariant`, `NoSuchWarehouse`."""
    if any(line.quantity < 1 for line in received):
        raise ValueError("At least one piece of each variant is received.")
    place = warehouse_id or ensure_default_warehouse()
    levels = _lock_levels([(line.variant_id, place) for line in received])
    before = {key: row.on_hand for key, row in levels.items()}
    for line in received:
        levels[line.variant_id, place].on_hand += line.quantity
    _save(levels, before, reason, actor_id, reference, now)


def count_stock(
    *,
    counts: Sequence[StockCount],
    reason: MovementReason = MovementReason.COUNTED,
    actor_id: int | None = None,
    reference: str = "",
    now: datetime,
) -> None:
    """Set what lies in the warehouses to what was counted; a count that says what we know writes nothing.

    Raises `CountBelowHeld`, `UnknownVariant`, `NoSuchWarehouse`.
    """
    if not counts:
        return
    default = ensure_default_warehouse()
    places = {(count.variant_id, count.warehouse_id or default): count for count in counts}
    levels = _lock_levels(list(places))
    before = {key: row.on_hand for key, row in levels.items()}
    for key, count in places.items():
        row = levels[key]
        if not row.held <= count.on_hand <= MOST_PIECES:
            raise CountBelowHeld(count.variant_id, counted=count.on_hand, held=row.held)
        row.on_hand = count.on_hand
        if count.low_at is not None:
            row.low_at = count.low_at
    _save(levels, before, reason, actor_id, reference, now)


def set_low_mark(*, variant_ids: Sequence[int], low_at: int) -> int:
    """Say from how few pieces on stock counts as low. Returns how many levels were marked."""
    return StockLevel.objects.filter(variant_id__in=variant_ids).exclude(low_at=low_at).update(low_at=low_at)


def _lock_levels(places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], StockLevel]:
    """The levels of these (variant, warehouse) pairs, made where missing, locked in id order."""
    variants = {variant_id for variant_id, _ in places}
    known = set(StockLevel.objects.filter(variant_id__in=variants).values_list("variant_id", "warehouse_id"))
    if missing := [place for place in dict.fromkeys(places) if place not in known]:
        _add_levels(missing)
    rows = StockLevel.objects.select_for_update(no_key=True).filter(variant_id__in=variants).order_by("pk")
    wanted = set(places)
    return {key: row for row in rows if (key := (row.variant_id, row.warehouse_id)) in wanted}


def _add_levels(missing: Sequence[tuple[int, int]]) -> None:
    products = list_variant_products(variant_id for variant_id, _ in missing)
    warehouses = {warehouse_id for _, warehouse_id in missing}
    if unknown := [variant_id for variant_id, _ in missing if variant_id not in products]:
        raise UnknownVariant(unknown[0])
    if Warehouse.objects.filter(pk__in=warehouses).count() < len(warehouses):
        raise NoSuchWarehouse(*warehouses)
    rows = [
        StockLevel(variant_id=variant_id, product_id=products[variant_id], warehouse_id=warehouse_id)
        for variant_id, warehouse_id in missing
    ]
    StockLevel.objects.bulk_create(rows, ignore_conflicts=True)


def _save(
    levels: dict[tuple[int, int], StockLevel],
    before: dict[tuple[int, int], int],
    reason: MovementReason,
    actor_id: int | None,
    reference: str,
    now: datetime,
) -> None:
    StockLevel.objects.bulk_update(levels.values(), ["on_hand", "low_at"])
    moved = {key: row for key, row in levels.items() if row.on_hand != before[key]}
    StockMovement.objects.bulk_create(
        StockMovement(
            variant_id=row.variant_id,
            warehouse_id=row.warehouse_id,
            reason=reason.value,
            before=before[key],
            after=row.on_hand,
            actor_id=actor_id,
            reference=reference[:80],
            moved_at=now,
        )
        for key, row in moved.items()
    )
    record_stock_changed(product_ids=[row.product_id for row in moved.values()], now=now)
