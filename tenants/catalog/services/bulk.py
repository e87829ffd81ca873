"""One change for many products, and its undoing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from market.money import WHOLE_BPS, portion
from tenants.catalog.contracts import BulkChange, BulkKind, ProductStatus
from tenants.catalog.models import BulkEdit, Product, Variant
from tenants.catalog.rows import read_draft
from tenants.catalog.rules import LIMITS, check_draft
from tenants.catalog.selectors.editing import list_variant_rows
from tenants.catalog.services.events import record_product_changed

MOST_PRODUCTS = 500


class TooManyProducts(ValueError):
    """More products than one change may touch."""


class NothingToUndo(LookupError):
    """The change is not known, or was undone already."""


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What a change did: how many products, which were refused and why (a code), and its id for the undo."""

    edit_id: int
    changed: int
    refused: tuple[tuple[int, str], ...]


def bulk_change(*, change: BulkChange, product_ids: Sequence[int], actor_id: int | None, now: datetime) -> BulkResult:
    """Change many products at once. What cannot be changed is left as it is and reported.

    Raises `TooManyProducts` above 500.
    """
    if len(product_ids) > MOST_PRODUCTS:
        raise TooManyProducts(len(product_ids))
    products = list(Product.objects.select_for_update(no_key=True).filter(pk__in=product_ids).order_by("pk"))
    variants = list_variant_rows([row.pk for row in products])
    undo: list[dict[str, Any]] = []
    refused: list[tuple[int, str]] = []
    for row in products:
        before = _remember(row, variants[row.pk])
        outcome = _change(row, variants[row.pk], change)
        if outcome:
            refused.append((row.pk, outcome))
        elif before != _remember(row, variants[row.pk]):
            undo.append({**before, "product_id": row.pk, "version": row.version + 1})
    touched = {entry["product_id"] for entry in undo}
    _save([row for row in products if row.pk in touched], variants, now)
    edit = BulkEdit.objects.create(kind=change.kind.value, undo=undo, actor_id=actor_id, made_at=now)
    return BulkResult(edit_id=edit.pk, changed=len(undo), refused=tuple(refused))


def undo_bulk_change(*, edit_id: int, now: datetime) -> int:
    """Put back what a change replaced, but for products edited since. Returns how many. Raises `NothingToUndo`."""
    edit = BulkEdit.objects.select_for_update(no_key=True).filter(pk=edit_id, undone_at__isnull=True).first()
    if edit is None:
        raise NothingToUndo(edit_id)
    entries = {entry["product_id"]: entry for entry in edit.undo}
    rows = Product.objects.select_for_update(no_key=True).filter(pk__in=entries).order_by("pk")
    products = [row for row in rows if row.version == entries[row.pk]["version"]]
    variants = list_variant_rows([row.pk for row in products])
    for row in products:
        entry = entries[row.pk]
        row.status, row.tags = entry["status"], entry["tags"]
        prices = {pk: (price, compare_at) for pk, price, compare_at in entry["prices"]}
        for variant in variants[row.pk]:
            variant.price_minor, variant.compare_at_minor = prices[variant.pk]
    _save(products, variants, now)
    edit.undone_at = now
    edit.save(update_fields=["undone_at"])
    return len(products)


def _remember(row: Product, variants: Sequence[Variant]) -> dict[str, Any]:
    return {
        "status": row.status,
        "tags": list(row.tags),
        "prices": [[variant.pk, variant.price_minor, variant.compare_at_minor] for variant in variants],
    }


def _change(row: Product, variants: Sequence[Variant], change: BulkChange) -> str:
    """Change the rows in memory. Returns why not, or nothing."""
    match change.kind:
        case BulkKind.SET_STATUS:
            return _set_status(row, variants, change.status or ProductStatus.DRAFT)
        case BulkKind.SET_PRICE | BulkKind.CHANGE_PRICE_BPS:
            return _set_prices(row, variants, change)
        case BulkKind.ADD_TAG:
            return _add_tag(row, change.tag.strip())
        case BulkKind.REMOVE_TAG:
            row.tags = [tag for tag in row.tags if tag != change.tag]
            return ""


def _set_status(row: Product, variants: Sequence[Variant], status: ProductStatus) -> str:
    if status is ProductStatus.ACTIVE:
        problems = check_draft(replace(read_draft(row, variants), status=status))
        if problems:
            return problems[0].code
    row.status = status.value
    return ""


def _set_prices(row: Product, variants: Sequence[Variant], change: BulkChange) -> str:
    prices = [
        change.amount
        if change.kind is BulkKind.SET_PRICE
        else max(1, portion(variant.price_minor, max(0, WHOLE_BPS + change.amount)))
        for variant in variants
    ]
    if not all(1 <= price <= LIMITS.price_minor for price in prices):
        return "out_of_range"
    for variant, price in zip(variants, prices, strict=True):
        variant.price_minor = price
        if variant.compare_at_minor is not None and variant.compare_at_minor <= price:
            variant.compare_at_minor = None
    return ""


def _add_tag(row: Product, tag: str) -> str:
    if not tag or len(tag) > LIMITS.tag:
        return "too_long" if tag else "required"
    if tag not in row.tags:
        if len(row.tags) >= LIMITS.tags:
            return "too_many"
        row.tags = [*row.tags, tag]
    return ""


def _save(products: Sequence[Product], variants: dict[int, list[Variant]], now: datetime) -> None:
    for row in products:
        prices = [variant.price_minor for variant in variants[row.pk]]
        row.price_low_minor, row.price_high_minor = min(prices), max(prices)
        row.version += 1
        row.updated_at = now
    changed = [variant for row in products for variant in variants[row.pk]]
    Variant.objects.bulk_update(changed, ["price_minor", "compare_at_minor"], batch_size=1000)
    fields = ["status", "tags", "price_low_minor", "price_high_minor", "version", "updated_at"]
    Product.objects.bulk_update(products, fields, batch_size=1000)
    for row in products:
        record_product_changed(product_id=row.pk, now=now)
