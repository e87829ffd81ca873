"""Reads a whole file into products and issues, in the order of the file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from tenants.catalog.contracts import Text
from tenants.catalog.imports import ours, shopify
from tenants.catalog.imports.cells import Row
from tenants.catalog.imports.columns import detect_format, find_preset, map_ours, score_headings
from tenants.catalog.imports.contracts import (
    FileRefused,
    ImportedProduct,
    ImportFormat,
    ImportIssue,
    ImportPlan,
    ImportPreview,
)
from tenants.catalog.imports.reading import Table, read_table
from tenants.catalog.rules import LIMITS, make_handle

MOST_PRODUCTS = 20_000
_ReadProduct = Callable[[Sequence[Row], str, frozenset[str]], ImportedProduct]


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one file is read: its columns by the reader's names, and the reader."""

    format: ImportFormat
    headings: Mapping[str, str]
    fields: frozenset[str]
    read: _ReadProduct
    handle_column: str
    handle_prefix: str = ""


def plan_import(content: bytes) -> ImportPlan:
    """Everything a file says. Raises `FileRefused` when nothing of it can be read."""
    table = read_table(content, score=score_headings)
    shape = _find_shape(list(table.headings))
    groups, issues = _group_rows(table, shape)
    if len(groups) > MOST_PRODUCTS:
        raise FileRefused("file_too_many_products", limit=MOST_PRODUCTS)
    products = []
    for handle, rows in groups.items():
        product = shape.read(rows, handle, shape.fields)
        found = [issue for row in rows for issue in row.issues]
        found += _check_product(product, shape.headings, has_errors=bool(found))
        issues += found
        if all(issue.is_warning for issue in found):
            products.append(_tidy(product))
    return ImportPlan(
        format=shape.format,
        encoding=table.encoding,
        row_count=len(table.rows),
        products=tuple(products),
        issues=tuple(sorted(issues, key=lambda issue: issue.row)),
        unknown_columns=_find_unknown(table.headings, shape),
        columns=shape.headings,
    )


def preview_import(content: bytes) -> ImportPreview:
    """What a merchant sees before saying yes: counts, the first products, the first issues. Raises `FileRefused`."""
    plan = plan_import(content)
    warnings = sum(issue.is_warning for issue in plan.issues)
    return ImportPreview(
        format=plan.format,
        encoding=plan.encoding,
        row_count=plan.row_count,
        product_count=len(plan.products),
        variant_count=sum(len(product.variants) for product in plan.products),
        picture_count=sum(len(product.pictures) for product in plan.products),
        error_count=len(plan.issues) - warnings,
        warning_count=warnings,
        unknown_columns=plan.unknown_columns,
        first_products=plan.products[:5],
        first_issues=plan.issues[:100],
    )


def _find_shape(headings: list[str]) -> _Shape:
    kind = detect_format(headings)
    if kind is ImportFormat.SHOPIFY:
        names = {heading: heading for heading in headings}
        return _Shape(kind, {**shopify.COLUMNS, **names}, shopify.find_fields(headings), shopify.read_product, "Handle")
    preset = find_preset(headings) if kind is ImportFormat.GOODS_LIST else None
    if kind is not None and preset is not None:
        mapped = {column: heading for heading, column in preset.columns.items() if heading in headings}
        fields = ours.find_fields(list(mapped))
        return _Shape(kind, mapped, fields, ours.read_product, "handle", preset.handle_prefix)
    mapped = map_ours(headings)
    return _Shape(ImportFormat.OURS, mapped, ours.find_fields(list(mapped)), ours.read_product, "handle")


def _group_rows(table: Table, shape: _Shape) -> tuple[dict[str, list[Row]], list[ImportIssue]]:
    """Rows by handle, in the order of the file. A list without handles takes its SKU, then its title, as one."""
    groups: dict[str, list[Row]] = {}
    issues: list[ImportIssue] = []
    for number, cells in table.rows:
        row = Row(
            number, {column: cells.get(heading, "") for column, heading in shape.headings.items()}, shape.headings
        )
        handle = row.text(shape.handle_column, LIMITS.handle)
        if not handle and shape.format is ImportFormat.OURS:
            handle = row.text("sku") or row.text("title_zh", LIMITS.handle) or row.text("title_en", LIMITS.handle)
        if handle:
            # As the shop will write it: two spellings of one handle are one product.
            groups.setdefault(make_handle(Text(zh=shape.handle_prefix + handle)), []).append(row)
        else:
            row.note(shape.handle_column, "required")
            issues += row.issues
    return groups, issues


def _check_product(product: ImportedProduct, headings: Mapping[str, str], *, has_errors: bool) -> list[ImportIssue]:
    """What only the rows of a product together show."""
    issues = []
    if not product.variants and not has_errors:
        issues.append(ImportIssue(product.row, headings.get("price", "price"), "no_variant"))
    if len(product.variants) > LIMITS.variants:
        params: dict[str, str | int] = {"limit": LIMITS.variants, "count": len(product.variants)}
        return [*issues, ImportIssue(product.row, headings.get("price", "price"), "too_many", params)]
    if len(product.pictures) > LIMITS.pictures:
        params = {"limit": LIMITS.pictures, "count": len(product.pictures)}
        column = headings.get("picture_urls", "picture_urls")
        issues.append(ImportIssue(product.row, column, "pictures_left_out", params, is_warning=True))
    seen: dict[tuple[object, ...], int] = {}
    for variant in product.variants:
        first = seen.setdefault(variant.values, variant.row)
        if first != variant.row:
            column = headings.get("option1_value", "option1_value")
            issues.append(ImportIssue(variant.row, column, "row_repeats_variant", {"row": first}))
        if variant.compare_at_minor is not None and variant.compare_at_minor < variant.price_minor:
            column = headings.get("compare_at_price", "compare_at_price")
            issues.append(ImportIssue(variant.row, column, "compare_at_dropped", is_warning=True))
    return issues


def _tidy(product: ImportedProduct) -> ImportedProduct:
    variants = tuple(
        replace(variant, compare_at_minor=None)
        if variant.compare_at_minor is not None and variant.compare_at_minor <= variant.price_minor
        else variant
        for variant in product.variants
    )
    return replace(product, variants=variants, pictures=product.pictures[: LIMITS.pictures])


def _find_unknown(headings: Sequence[str], shape: _Shape) -> tuple[str, ...]:
    known = shopify.KNOWN if shape.format is ImportFormat.SHOPIFY else set(shape.headings.values())
    return tuple(heading for heading in headings if heading and heading not in known)
