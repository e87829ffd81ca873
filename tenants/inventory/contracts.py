"""What crosses the border of the stock."""

from dataclasses import dataclass
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
