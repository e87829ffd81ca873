"""Makes the stock of a chunk's products what the file states, in a fixed number of statements."""

from collections import Counter
from collections.abc import Mapping, Sequence

from market.jobs.contracts import Issue, Severity
from tenants.catalog.imports import ImportedProduct, ImportedVariant
from tenants.catalog.selectors import list_product_drafts
from tenants.inventory.contracts import MovementReason, StockCount
from tenants.inventory.imports.writing import ImportContext
from tenants.inventory.selectors import list_stock_of
from tenants.inventory.services import CountBelowHeld, count_stock, ensure_default_warehouse


def write_stock(products: Mapping[int, ImportedProduct], context: ImportContext) -> list[Issue]:
    """Count what the file states, by product id. Where that cannot be, say so and leave the stock as it is.

    A file knows no warehouses: the difference goes to the default one.
    """
    rows = _find_rows(products)
    if not rows:
        return []
    elsewhere = _sum_elsewhere(list(rows))
    counts = {
        variant_id: StockCount(variant_id, max(0, (row.on_hand or 0) - elsewhere[variant_id]))
        for variant_id, row in rows.items()
    }
    column = context.columns.get("stock", "stock")
    issues = [
        Issue(row.row, column, "stock_elsewhere", Severity.WARNING, {"elsewhere": elsewhere[variant_id]})
        for variant_id, row in rows.items()
        if (row.on_hand or 0) < elsewhere[variant_id]
    ]
    while counts:
        try:
            _count(list(counts.values()), context)
            break
        except CountBelowHeld as error:
            del counts[error.variant_id]
            params = {"counted": error.counted, "held": error.held}
            issues.append(Issue(rows[error.variant_id].row, column, "stock_below_held", Severity.WARNING, params))
    return issues


def _find_rows(products: Mapping[int, ImportedProduct]) -> dict[int, ImportedVariant]:
    """The file's row of each variant whose stock it states. Drafts were made of the rows, in their order."""
    return {
        variant.variant_id: row
        for stored in list_product_drafts(list(products))
        for row, variant in zip(products[stored.product_id].variants, stored.draft.variants, strict=True)
        if row.on_hand is not None and variant.variant_id is not None
    }


def _sum_elsewhere(variant_ids: Sequence[int]) -> Counter[int]:
    default = ensure_default_warehouse()
    elsewhere: Counter[int] = Counter()
    for level in list_stock_of(variant_ids):
        if level.warehouse_id != default:
            elsewhere[level.variant_id] += level.on_hand
    return elsewhere


def _count(counts: Sequence[StockCount], context: ImportContext) -> None:
    count_stock(
        counts=counts,
        reason=MovementReason.IMPORTED,
        actor_id=context.actor_id,
        reference=context.reference,
        now=context.now,
    )
