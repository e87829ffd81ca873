"""Writes to a shop's stock. Each is a step: it runs inside `enter_shop`, in the caller's transaction.

Every step locks stock levels in id order before anything that refers to them, so that no two deadlock.
"""

from tenants.inventory.services.holding import (
    HoldClash,
    OutOfStock,
    extend_hold,
    hold_stock,
    release_holds,
    retake_stock,
)
from tenants.inventory.services.shipping import NotHeld, consume_holds
from tenants.inventory.services.stocking import (
    CountBelowHeld,
    NoSuchWarehouse,
    UnknownVariant,
    add_warehouse,
    count_stock,
    ensure_default_warehouse,
    receive_stock,
    set_low_mark,
)

__all__ = [
    "CountBelowHeld",
    "HoldClash",
    "NoSuchWarehouse",
    "NotHeld",
    "OutOfStock",
    "UnknownVariant",
    "add_warehouse",
    "consume_holds",
    "count_stock",
    "ensure_default_warehouse",
    "extend_hold",
    "hold_stock",
    "receive_stock",
    "release_holds",
    "retake_stock",
    "set_low_mark",
]
