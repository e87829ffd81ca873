"""Bringing the rows of a product's variants to what a draft says, in a fixed number of statements."""

from collections.abc import Sequence

from tenants.catalog.contracts import VariantDraft
from tenants.catalog.models import Variant

_FIELDS = (
    "sku",
    "choices",
    "price_minor",
    "compare_at_minor",
    "cost_minor",
    "barcode",
    "weight_grams",
    "picture_index",
    "position",
)


def set_variants(*, product_id: int, drafts: Sequence[VariantDraft], before: Sequence[Variant]) -> None:
    """Retire what the drafts leave out, change what they change, add what is new."""
    kept = {draft.variant_id for draft in drafts}
    if gone := [row.pk for row in before if row.pk not in kept]:
        Variant.objects.filter(pk__in=gone).update(retired=True)
    rows = {row.pk: row for row in before}
    changed, renamed, new = [], [], []
    for position, draft in enumerate(drafts):
        row = rows.get(draft.variant_id) if draft.variant_id is not None else None
        if row is None:
            new.append(_fill(Variant(product_id=product_id), draft, position))
            continue
        was = [getattr(row, field) for field in _FIELDS]
        _fill(row, draft, position)
        if was != [getattr(row, field) for field in _FIELDS]:
            changed.append(row)
            if was[0] and was[0] != row.sku:
                renamed.append(row.pk)
    if renamed:
        # Two variants may swap their SKUs: the index is checked row by row, so both are cleared first.
        Variant.objects.filter(pk__in=renamed).update(sku="")
    if changed:
        Variant.objects.bulk_update(changed, _FIELDS)
    if new:
        Variant.objects.bulk_create(new)


def _fill(row: Variant, draft: VariantDraft, position: int) -> Variant:
    row.sku = draft.sku
    row.choices = list(draft.choices)
    row.price_minor = draft.price_minor
    row.compare_at_minor = draft.compare_at_minor
    row.cost_minor = draft.cost_minor
    row.barcode = draft.barcode
    row.weight_grams = draft.weight_grams
    row.picture_index = draft.picture_index
    row.position = position
    return row
