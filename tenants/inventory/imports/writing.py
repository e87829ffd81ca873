"""Writes one imported product."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from market.jobs.contracts import Issue, Severity
from market.taxonomy.contracts import CategoryTree
from tenants.catalog.contracts import (
    DraftProblem,
    EditedProduct,
    PictureDraft,
    ProductDraft,
    ProductStatus,
)
from tenants.catalog.imports import ImportedProduct, merge_product
from tenants.catalog.rules import check_draft
from tenants.catalog.services import InvalidProduct, create_product, note_import, update_product
from tenants.inventory.imports.categories import find_category
from tenants.inventory.imports.existing import find_existing, list_known

# The field of a draft > our column, so that a problem is shown where the merchant wrote it.
_COLUMNS = {
    "price_minor": "price",
    "compare_at_minor": "compare_at_price",
    "cost_minor": "cost",
    "body_html_zh": "body_html_zh",
    "choices": "option1_value",
    "pictures": "picture_urls",
    "options": "option1_name",
    "variants": "handle",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a product: created, updated, unchanged or refused, with what there is to say.

    `counted_id` is the product whose stock is to be made what the file states.
    """

    result: str
    issues: tuple[Issue, ...] = ()
    counted_id: int | None = None


@dataclass(frozen=True, slots=True)
class ImportContext:
    """What is the same for all products of a chunk."""

    columns: Mapping[str, str]
    pictures: Mapping[str, PictureDraft]
    tree: CategoryTree
    default_status: ProductStatus
    reference: str
    actor_id: int | None
    now: datetime


def write_product(product: ImportedProduct, context: ImportContext) -> Outcome:
    """Create or update one product, or refuse it whole. A step inside `enter_shop`."""
    digest = product.digest()
    existing, last_digest = find_existing(product.handle)
    has_new_pictures = any(picture.url in context.pictures for picture in product.pictures)
    if existing is not None and last_digest == digest and not has_new_pictures:
        return Outcome("unchanged")
    issues: list[Issue] = []
    draft = _make_draft(product, existing, context, issues)
    try:
        with transaction.atomic():
            product_id = _store(draft, existing, context.now)
            note_import(product_id=product_id, digest=digest)
    except InvalidProduct as error:
        refusals = [_to_issue(problem, product, context.columns) for problem in error.problems]
        return Outcome("refused", tuple(refusals))
    # A file that only brought a picture at last says nothing new of the stock.
    counted_id = product_id if last_digest != digest else None
    return Outcome("updated" if existing else "created", tuple(issues), counted_id)


def _make_draft(
    product: ImportedProduct, existing: EditedProduct | None, context: ImportContext, issues: list[Issue]
) -> ProductDraft:
    category = find_category(context.tree, product.category.removeprefix("?"))
    if category is None and product.category and not product.category.startswith("?"):
        column = context.columns.get("category", "category")
        params = {"value": product.category[:100]}
        issues.append(Issue(product.row, column, "category_unknown", Severity.WARNING, params))
    draft = merge_product(
        imported=product,
        existing=existing.draft if existing else None,
        pictures={**list_known(existing), **context.pictures},
        category_id=category.category_id if category else None,
        default_status=context.default_status,
    )
    if [problem.code for problem in check_draft(draft)].count("price_missing"):
        # Without a price it cannot be sold, but it can be kept until there is one.
        column = context.columns.get("price", "price")
        issues.append(Issue(product.row, column, "price_missing_kept_as_draft", Severity.WARNING))
        return replace(draft, status=ProductStatus.DRAFT)
    return draft


def _store(draft: ProductDraft, existing: EditedProduct | None, now: datetime) -> int:
    if existing is None:
        return create_product(draft=draft, now=now)
    if draft != existing.draft:
        update_product(product_id=existing.product_id, draft=draft, now=now)
    return existing.product_id


def _to_issue(problem: DraftProblem, product: ImportedProduct, columns: Mapping[str, str]) -> Issue:
    parts = problem.field.split(".")
    row = product.row
    if parts[0] == "variants" and len(parts) > 1:
        row = product.variants[int(parts[1])].row
    name = parts[-1] if parts[0] == "variants" and len(parts) > 2 else parts[0]
    column = _COLUMNS.get(name, name)
    return Issue(row, columns.get(column, column), problem.code, Severity.ERROR, problem.params)
