"""What crosses the border of the stock."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class HoldState(StrEnum):
    """A hold is taken, and then either consumed by a shipment or released."""

    HELD = "held"
    CONSUMED = "consumed"
    RELEASED = "released"


class MovementReason(StrEnum):
    """Why stock changed."""

    RECEIVED = "received"
    COUNTED = "counted"
    SOLD = "sold"
    RETURNED = "returned"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many pieces of one variant."""

    variant_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Shortage:
    """A wanted variant of which fewer are left."""

    variant_id: int
    wanted: int
    available: int


@dataclass(frozen=True, slots=True)
class StockCount:
    """So many pieces lie in a warehouse (the default one when None)."""

    variant_id: int
    on_hand: int
    warehouse_id: int | None = None
    low_at: int | None = None


@dataclass(frozen=True, slots=True)
class WarehouseView:
    """A place where stock lies; the lowest priority number is emptied first."""

    warehouse_id: int
    code: str
    name: str
    priority: int
    is_default: bool


@dataclass(frozen=True, slots=True)
class StockRow:
    """A variant in a warehouse. `available` is what can still be sold."""

    level_id: int
    variant_id: int
    product_id: int
    warehouse_id: int
    on_hand: int
    held: int
    low_at: int

    @property
    def available(self) -> int:
        return self.on_hand - self.held

    @property
    def is_low(self) -> bool:
        return self.available <= self.low_at


@dataclass(frozen=True, slots=True)
class StockPage:
    """Some rows of the stock table, and the cursor of the next ones (None at the end)."""

    rows: tuple[StockRow, ...]
    next_after: int | None


@dataclass(frozen=True, slots=True)
class ProductStock:
    """The stock of all variants of a product, over all warehouses."""

    product_id: int
    on_hand: int
    held: int

    @property
    def available(self) -> int:
        return self.on_hand - self.held


@dataclass(frozen=True, slots=True)
class MovementView:
    """A line of the stock log."""

    movement_id: int
    variant_id: int
    warehouse_id: int
    reason: MovementReason
    before: int
    after: int
    actor_id: int | None
    reference: str
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class HoldView:
    """A hold on one variant in one warehouse; `consumed` of `quantity` has been shipped."""

    hold_key: str
    variant_id: int
    warehouse_id: int
    quantity: int
    consumed: int
    state: HoldState
    expires_at: datetime | None
