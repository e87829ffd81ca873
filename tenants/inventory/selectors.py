"""Reads of a shop's stock. All run inside `enter_shop`."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import F, Sum

from tenants.inventory.contracts import (
    HoldState,
    HoldView,
    MovementReason,
    MovementView,
    ProductStock,
    StockPage,
    StockRow,
    WarehouseView,
)
from tenants.inventory.models import Hold, StockLevel, StockMovement, Warehouse

PAGE = 100
_MAX_PAGE = 500


def get_availability(variant_ids: Iterable[int]) -> dict[int, int]:
    """How many pieces of each variant can be bought, over all warehouses; 0 for unknown ones. One statement."""
    wanted = list(variant_ids)
    rows = StockLevel.objects.filter(variant_id__in=wanted).values_list("variant_id")
    found = dict(rows.annotate(free=Sum(F("on_hand") - F("held"))).order_by())
    return {variant_id: found.get(variant_id, 0) for variant_id in wanted}


def list_product_stock(product_ids: Iterable[int]) -> dict[int, ProductStock]:
    """The stock of each product, over variants and warehouses; products without any are left out. One statement."""
    rows = StockLevel.objects.filter(product_id__in=list(product_ids)).values_list("product_id")
    sums = rows.annotate(on_hand_sum=Sum("on_hand"), held_sum=Sum("held")).order_by()
    return {product_id: ProductStock(product_id, on_hand, held) for product_id, on_hand, held in sums}


def list_stock_of(variant_ids: Iterable[int]) -> list[StockRow]:
    """The levels of some variants, for the product editor: one statement."""
    rows = StockLevel.objects.filter(variant_id__in=list(variant_ids)).order_by("variant_id", "warehouse_id")
    return [_to_row(row) for row in rows]


def list_stock(
    *, after: int = 0, limit: int = PAGE, low_only: bool = False, warehouse_id: int | None = None
) -> StockPage:
    """A page of the stock table in the order in which goods were first stored: one statement."""
    limit = max(1, min(limit, _MAX_PAGE))
    rows = StockLevel.objects.filter(pk__gt=after).order_by("pk")
    if low_only:
        rows = rows.filter(on_hand__lte=F("held") + F("low_at"))
    if warehouse_id is not None:
        rows = rows.filter(warehouse_id=warehouse_id)
    found = [_to_row(row) for row in rows[: limit + 1]]
    more = len(found) > limit
    return StockPage(rows=tuple(found[:limit]), next_after=found[limit - 1].level_id if more else None)


def count_low_stock() -> int:
    """How many levels are at or below their low mark: one statement."""
    return StockLevel.objects.filter(on_hand__lte=F("held") + F("low_at")).count()


def list_sold_out_products(limit: int = 1000) -> list[int]:
    """Products of which nothing can be bought now although they are stocked: one statement."""
    rows = StockLevel.objects.values_list("product_id").annotate(free=Sum(F("on_hand") - F("held")))
    return list(rows.filter(free=0).order_by("product_id").values_list("product_id", flat=True)[:limit])


def list_warehouses() -> list[WarehouseView]:
    """The shop's warehouses in the order in which they are emptied."""
    return [
        WarehouseView(row.pk, row.code, row.name, row.priority, row.is_default)
        for row in Warehouse.objects.order_by("priority", "pk")
    ]


def list_movements(
    *, variant_id: int | None = None, before_id: int | None = None, limit: int = PAGE
) -> list[MovementView]:
    """The stock log, newest first, of one variant or of all: one statement."""
    rows = StockMovement.objects.order_by("-pk")
    if variant_id is not None:
        rows = rows.filter(variant_id=variant_id)
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return [_to_movement(row) for row in rows[: max(1, min(limit, _MAX_PAGE))]]


def list_holds(hold_key: str) -> list[HoldView]:
    """All holds under a key, whatever became of them."""
    return [_to_hold(row) for row in Hold.objects.filter(hold_key=hold_key).order_by("pk")]


def list_expired_hold_keys(*, now: datetime, limit: int = 100) -> list[str]:
    """Keys of holds whose time is over and which nobody has released yet, oldest first."""
    rows = Hold.objects.filter(state=HoldState.HELD.value, expires_at__lte=now).order_by("expires_at")
    return list(dict.fromkeys(rows.values_list("hold_key", flat=True)[:limit]))


def list_held_quantities(variant_ids: Sequence[int]) -> dict[int, int]:
    """How many pieces of each variant buyers have taken and not yet got: one statement."""
    rows = StockLevel.objects.filter(variant_id__in=variant_ids, held__gt=0).values_list("variant_id")
    return dict(rows.annotate(pieces=Sum("held")).order_by())


def _to_row(row: StockLevel) -> StockRow:
    return StockRow(
        level_id=row.pk,
        variant_id=row.variant_id,
        product_id=row.product_id,
        warehouse_id=row.warehouse_id,
        on_hand=row.on_hand,
        held=row.held,
        low_at=row.low_at,
    )


def _to_movement(row: StockMovement) -> MovementView:
    return MovementView(
        movement_id=row.pk,
        variant_id=row.variant_id,
        warehouse_id=row.warehouse_id,
        reason=MovementReason(row.reason),
        before=row.before,
        after=row.after,
        actor_id=row.actor_id,
        reference=row.reference,
        moved_at=row.moved_at,
    )


def _to_hold(row: Hold) -> HoldView:
    return HoldView(
        hold_key=row.hold_key,
        variant_id=row.variant_id,
        warehouse_id=row.warehouse_id,
        quantity=row.quantity,
        consumed=row.consumed,
        state=HoldState(row.state),
        expires_at=row.expires_at,
    )
