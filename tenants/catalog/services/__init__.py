"""Writes to a shop's catalogue. Each is a step: it runs inside `enter_shop`, in the caller's transaction."""

from tenants.catalog.services.bulk import (
    BulkResult,
    NothingToUndo,
    TooManyProducts,
    bulk_change,
    undo_bulk_change,
)
from tenants.catalog.services.products import (
    InvalidProduct,
    ProductChanged,
    archive_product,
    create_product,
    note_import,
    set_product_status,
    update_product,
)

__all__ = [
    "BulkResult",
    "InvalidProduct",
    "NothingToUndo",
    "ProductChanged",
    "TooManyProducts",
    "archive_product",
    "bulk_change",
    "create_product",
    "note_import",
    "set_product_status",
    "undo_bulk_change",
    "update_product",
]
