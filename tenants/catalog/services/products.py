"""Creating and editing one product: checked, cleaned, versioned, announced."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from market.media.selectors import list_pictures
from market.shops.tenancy import entered_shop
from market.taxonomy.selectors import get_tree
from tenants.catalog.contracts import DraftProblem, ProductDraft, ProductStatus, Text
from tenants.catalog.models import Product, Variant
from tenants.catalog.rows import fill_row, read_draft, write_picture
from tenants.catalog.rules import check_draft, clean_html, handle_stem, make_handle
from tenants.catalog.selectors import NoSuchProduct
from tenants.catalog.selectors.editing import list_variant_rows
from tenants.catalog.services.events import record_product_changed
from tenants.catalog.services.variants import set_variants

_UNIQUE_FIELDS = {"catalog_product_handle_unique": "handle", "catalog_variant_sku_unique": "variants"}


class InvalidProduct(ValueError):
    """A draft that may not be stored; `problems` says all that is wrong with it."""

    def __init__(self, problems: Sequence[DraftProblem]) -> None:
        super().__init__("; ".join(f"{problem.field}: {problem.code}" for problem in problems))
        self.problems = tuple(problems)


class ProductChanged(RuntimeError):
    """Somebody else saved the product since the caller read it."""

    def __init__(self, product_id: int, *, expected: int, found: int) -> None:
        super().__init__(f"Product {product_id} is at version {found}, not {expected}.")
        self.product_id = product_id
        self.expected = expected
        self.found = found


def create_product(*, draft: ProductDraft, now: datetime) -> int:
    """Store a new product and announce it. Returns its id. Raises `InvalidProduct`."""
    draft = _clean(draft)
    pictures = _check(draft, product_id=None)
    row = Product(created_at=now, updated_at=now, pictures=pictures)
    fill_row(row, draft)
    row.handle = draft.handle or _find_free_handle(draft.title)
    _write(row, draft, before=[], now=now)
    return row.pk


def update_product(*, product_id: int, draft: ProductDraft, expected_version: int | None = None, now: datetime) -> int:
    """Replace what a product says with a draft. Variants with a `variant_id` are kept, the others new or retired.

    Returns the new version. Raises `NoSuchProduct`, `ProductChanged` when it is no longer at `expected_version`,
    and `InvalidProduct`.
    """
    row = _lock(product_id, expected_version)
    before = list_variant_rows([product_id])[product_id]
    draft = _clean(draft)
    pictures = _check(draft, product_id=product_id, known={variant.pk for variant in before})
    fill_row(row, draft)
    row.pictures = pictures
    row.handle = draft.handle or row.handle
    row.version += 1
    row.updated_at = now
    _write(row, draft, before=before, now=now)
    return row.version


def set_product_status(
    *, product_id: int, status: ProductStatus, expected_version: int | None = None, now: datetime
) -> int:
    """Put a product on sale, back into the drafts, or away. Returns its version; the same status changes nothing.

    Raises `NoSuchProduct`, `ProductChanged` and, for a product that cannot be sold as it is, `InvalidProduct`.
    """
    row = _lock(product_id, expected_version)
    if row.status == status.value:
        return row.version
    if status is ProductStatus.ACTIVE:
        draft = replace(read_draft(row, list_variant_rows([product_id])[product_id]), status=status)
        if problems := check_draft(draft):
            raise InvalidProduct(problems)
    row.status = status.value
    row.version += 1
    row.updated_at = now
    row.save(update_fields=["status", "version", "updated_at"])
    record_product_changed(product_id=product_id, now=now)
    return row.version


def archive_product(*, product_id: int, expected_version: int | None = None, now: datetime) -> int:
    """Put a product away. It is never deleted: orders and stock refer to it."""
    return set_product_status(
        product_id=product_id, status=ProductStatus.ARCHIVED, expected_version=expected_version, now=now
    )


def note_import(*, product_id: int, digest: str) -> None:
    """Remember what an import said of a product, so that the same file again changes nothing."""
    Product.objects.filter(pk=product_id).update(import_digest=digest)


def _lock(product_id: int, expected_version: int | None) -> Product:
    row = Product.objects.select_for_update(no_key=True).filter(pk=product_id).first()
    if row is None:
        raise NoSuchProduct(product_id)
    if expected_version is not None and row.version != expected_version:
        raise ProductChanged(product_id, expected=expected_version, found=row.version)
    return row


def _clean(draft: ProductDraft) -> ProductDraft:
    return replace(
        draft,
        handle=make_handle(Text(zh=draft.handle)) if draft.handle.strip() else "",
        body_html=Text(zh=clean_html(draft.body_html.zh), en=clean_html(draft.body_html.en)),
        variants=tuple(replace(v, sku=v.sku.strip(), barcode=v.barcode.strip()) for v in draft.variants),
    )


def _check(draft: ProductDraft, *, product_id: int | None, known: frozenset[int] | set[int] = frozenset()) -> list[Any]:
    """All checks, those that need the shop's other goods included. Returns the pictures as they are stored."""
    problems = check_draft(draft)
    problems += [
        DraftProblem(f"variants.{number}", "unknown_variant")
        for number, variant in enumerate(draft.variants)
        if variant.variant_id is not None and variant.variant_id not in known
    ]
    problems += _check_taken(draft, product_id)
    if draft.category_id is not None and get_tree().find(draft.category_id) is None:
        problems.append(DraftProblem("category_id", "unknown_category"))
    pictures, missing = _snapshot_pictures(draft)
    if problems or missing:
        raise InvalidProduct([*problems, *missing])
    return pictures


def _check_taken(draft: ProductDraft, product_id: int | None) -> list[DraftProblem]:
    problems = []
    own = product_id or 0
    if draft.handle and Product.objects.filter(handle=draft.handle).exclude(pk=own).exists():
        problems.append(DraftProblem("handle", "taken", {"value": draft.handle}))
    numbers = {variant.sku: number for number, variant in enumerate(draft.variants) if variant.sku}
    taken = Variant.objects.filter(sku__in=numbers, retired=False).exclude(product_id=own) if numbers else ()
    problems += [DraftProblem(f"variants.{numbers[row.sku]}.sku", "taken", {"value": row.sku}) for row in taken]
    return problems


def _snapshot_pictures(draft: ProductDraft) -> tuple[list[dict[str, Any]], list[DraftProblem]]:
    if not draft.pictures:
        return [], []
    found = list_pictures(media_ids=[picture.media_id for picture in draft.pictures], shop_id=entered_shop().shop_id)
    stored = [
        write_picture(picture, width=file.width, height=file.height, url=file.url, renditions=file.renditions)
        for picture in draft.pictures
        if (file := found.get(picture.media_id))
    ]
    missing = [
        DraftProblem(f"pictures.{number}", "unknown_picture")
        for number, picture in enumerate(draft.pictures)
        if picture.media_id not in found
    ]
    return stored, missing


def _find_free_handle(title: Text) -> str:
    base = make_handle(title)
    taken = Product.objects.filter(handle__startswith=handle_stem(base)).values_list("handle", flat=True)
    return make_handle(title, set(taken))


def _write(row: Product, draft: ProductDraft, *, before: Sequence[Variant], now: datetime) -> None:
    prices = [variant.price_minor for variant in draft.variants]
    row.price_low_minor, row.price_high_minor = min(prices), max(prices)
    try:
        with transaction.atomic():
            row.save()
            set_variants(product_id=row.pk, drafts=draft.variants, before=before)
    except IntegrityError as error:
        # Two saves at once: the checks above saw neither, the database refuses the second.
        field = _UNIQUE_FIELDS.get(_constraint_name(error))
        if field is None:
            raise
        raise InvalidProduct([DraftProblem(field, "taken")]) from error
    record_product_changed(product_id=row.pk, now=now)


def _constraint_name(error: IntegrityError) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""
