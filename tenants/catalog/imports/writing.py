"""Writes products as our own CSV, so that reading it again changes nothing."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

from market.money import format_minor
from tenants.catalog.contracts import EditedProduct, Text, VariantDraft
from tenants.catalog.imports.cells import join_escaped, make_harmless, write_both, write_parameter
from tenants.catalog.imports.columns import COLUMNS

_TEMPLATE = (
    {
        "handle": "celadon-mug", "title_zh": "青釉马克杯", "title_en": "Celadon mug", "category": "mugs",
        "brand": "青禾窑", "tags": "手作,送礼", "parameters": "材质|Material=高岭土|Kaolin", "status": "active",
        "option1_name": "颜色|Colour", "option1_value": "青|Celadon", "sku": "QH-MUG-01", "price": "60.00",
        "compare_at_price": "75.00", "weight_grams": "400", "stock": "12",
        "picture_urls": "https://example.com/mug.jpg", "variant_picture": "1",
    },
    {
        "handle": "celadon-mug", "option1_value": "蓝|Blue", "sku": "QH-MUG-02", "price": "60.00",
        "weight_grams": "400", "stock": "0",
    },
)  # fmt: skip


def write_template() -> str:
    """The heading row and one product of two variants, to fill in."""
    return "\ufeff" + "".join([_write_row({column: column for column in COLUMNS}), *map(_write_row, _TEMPLATE)])


def write_products(
    products: Iterable[EditedProduct],
    *,
    on_hand: Mapping[int, int],
    categories: Mapping[int, str],
    base_url: str = "",
) -> Iterator[str]:
    """CSV rows, one product after another, without the heading row. Contains private fields: for the shop itself.

    `on_hand` is by variant, `categories` names each category by its slug, `base_url` goes before our own pictures.
    """
    for product in products:
        for number, variant in enumerate(product.draft.variants):
            cells = _product_cells(product, categories, base_url) if number == 0 else {}
            cells |= {"handle": product.draft.handle, **_variant_cells(product, variant, on_hand)}
            yield _write_row(cells)


def write_heading() -> str:
    """The heading row, with the mark by which Excel knows UTF-8."""
    return "\ufeff" + _write_row({column: column for column in COLUMNS})


def _write_row(cells: Mapping[str, str]) -> str:
    target = io.StringIO(newline="")
    csv.writer(target).writerow([make_harmless(cells.get(column, "")) for column in COLUMNS])
    return target.getvalue()


def _product_cells(product: EditedProduct, categories: Mapping[int, str], base_url: str) -> dict[str, str]:
    draft = product.draft
    sources = [
        stored.source_url or f"{base_url}{picture.url}"
        for stored, picture in zip(draft.pictures, product.pictures, strict=True)
    ]
    cells = {
        "title_zh": draft.title.zh,
        "title_en": draft.title.en,
        "subtitle_zh": draft.subtitle.zh,
        "subtitle_en": draft.subtitle.en,
        "body_html_zh": draft.body_html.zh,
        "body_html_en": draft.body_html.en,
        "category": categories.get(draft.category_id, "") if draft.category_id else "",
        "brand": draft.brand,
        "tags": join_escaped(list(draft.tags), ","),
        "parameters": "\n".join(write_parameter(parameter) for parameter in draft.parameters),
        "status": draft.status.value,
        "picture_urls": "\n".join(sources),
        "picture_alts": "\n".join(_write_line(stored.alt) for stored in draft.pictures),
        "private_notes": draft.private_notes,
    }
    for number, option in enumerate(draft.options, start=1):
        cells[f"option{number}_name"] = write_both(option.name)
    return cells


def _variant_cells(product: EditedProduct, variant: VariantDraft, on_hand: Mapping[int, int]) -> dict[str, str]:
    cells = {
        "sku": variant.sku,
        "price": _write_amount(variant.price_minor),
        "compare_at_price": _write_amount(variant.compare_at_minor),
        "cost": _write_amount(variant.cost_minor),
        "barcode": variant.barcode,
        "weight_grams": str(variant.weight_grams),
        "variant_picture": "" if variant.picture_index is None else str(variant.picture_index + 1),
        "stock": str(on_hand.get(variant.variant_id or 0, "")),
    }
    for number, (option, choice) in enumerate(zip(product.draft.options, variant.choices, strict=True), start=1):
        cells[f"option{number}_value"] = write_both(option.values[choice])
    return cells


def _write_amount(amount_minor: int | None) -> str:
    return "" if amount_minor is None else format_minor(amount_minor).replace(",", "")


def _write_line(text: Text) -> str:
    return " ".join(write_both(text).split())
