"""Reads Shopify's product CSV (help.shopify.com, "Using CSV files to import and export products").

The first row of a handle carries the product, further rows with an empty title carry more variants, more pictures, or
both. A product without options has the one option "Title" with the one value "Default Title".
"""

from collections.abc import Sequence

from tenants.catalog.contracts import ProductStatus, Text
from tenants.catalog.imports.cells import MOST_ON_HAND, Row, place_text
from tenants.catalog.imports.contracts import ImportedPicture, ImportedProduct, ImportedVariant
from tenants.catalog.rules import LIMITS

COLUMNS = {
    # ours, as issues name fields: Shopify's
    "title_zh": "Title",
    "title_en": "Title",
    "body_html_zh": "Body (HTML)",
    "body_html_en": "Body (HTML)",
    "brand": "Vendor",
    "tags": "Tags",
    "status": "Status",
    "sku": "Variant SKU",
    "price": "Variant Price",
    "compare_at_price": "Variant Compare At Price",
    "cost": "Cost per item",
    "barcode": "Variant Barcode",
    "weight_grams": "Variant Grams",
    "stock": "Variant Inventory Qty",
    "picture_urls": "Image Src",
    "category": "Product Category",
    "handle": "Handle",
    "option1_name": "Option1 Name",
    "option1_value": "Option1 Value",
}
KNOWN = frozenset(COLUMNS.values()) | {
    "Type", "Published", "Variant Image", "Image Position", "Image Alt Text", "Gift Card",
    "Google Shopping / Google Product Category", "Option2 Name", "Option2 Value", "Option3 Name", "Option3 Value",
}  # fmt: skip
_FIELDS = {
    "Body (HTML)": "body_html",
    "Vendor": "brand",
    "Tags": "tags",
    "Published": "status",
    "Status": "status",
    "Image Src": "pictures",
    "Cost per item": "cost",
    "Variant Compare At Price": "compare_at",
    "Variant Barcode": "barcode",
    "Variant Grams": "weight",
    "Variant SKU": "sku",
    "Product Category": "category",
    "Type": "category",
}


def find_fields(headings: Sequence[str]) -> frozenset[str]:
    """What a file with these headings says of a product."""
    return frozenset(_FIELDS[heading] for heading in headings if heading in _FIELDS)


def read_product(rows: Sequence[Row], handle: str, fields: frozenset[str]) -> ImportedProduct:
    """One product from the rows of its handle. What is wrong is noted in the rows."""
    first = rows[0]
    if not first.text("Title"):
        first.note("Title", "required")
    if first.text("Gift Card").lower() == "true":
        first.note("Gift Card", "gift_card_unsupported")
    names = _read_option_names(first)
    kind = first.text("Type", LIMITS.tag)
    category = first.text("Product Category", 300) or first.text("Google Shopping / Google Product Category", 300)
    variants = tuple(v for row in rows if (v := _read_variant(row, len(names))) is not None)
    tags = (tag.strip() for tag in [*first.text("Tags", 4000).split(","), kind])
    return ImportedProduct(
        row=first.number,
        handle=handle,
        title=place_text(first.text("Title", LIMITS.title)),
        fields=fields,
        body_html=place_text(first.text("Body (HTML)")),
        category=category or (f"?{kind}" if kind else ""),
        brand=first.text("Vendor", LIMITS.brand),
        tags=tuple(dict.fromkeys(tag for tag in tags if tag)),
        status=_read_status(first),
        option_names=names,
        variants=variants,
        pictures=_read_pictures(rows, variants),
    )


def _read_option_names(row: Row) -> tuple[Text, ...]:
    names = [row.text(f"Option{number} Name", LIMITS.option_name) for number in (1, 2, 3)]
    if names[0] == "Title" and not names[1] and row.text("Option1 Value") == "Default Title":
        return ()
    return tuple(place_text(name) for name in names if name)


def _read_status(row: Row) -> ProductStatus | None:
    stated = row.status("Status")
    published = row.status("Published")
    return (
        ProductStatus.DRAFT
        if published is ProductStatus.DRAFT and stated is ProductStatus.ACTIVE
        else (stated or published)
    )


def _read_variant(row: Row, option_count: int) -> ImportedVariant | None:
    values = [row.text(f"Option{number} Value") for number in range(1, option_count + 1)]
    is_variant = any(values) or row.text("Variant Price") or row.text("Variant SKU")
    if not is_variant:
        return None
    for number, value in enumerate(values, start=1):
        if not value:
            row.note(f"Option{number} Value", "required")
    if not row.text("Variant Price"):
        row.note("Variant Price", "required")
    price_minor = row.amount("Variant Price")
    if price_minor is None:
        return None
    return ImportedVariant(
        row=row.number,
        values=tuple(place_text(value) for value in values),
        price_minor=price_minor,
        sku=row.text("Variant SKU", LIMITS.sku),
        compare_at_minor=row.amount("Variant Compare At Price"),
        cost_minor=row.amount("Cost per item"),
        barcode=row.text("Variant Barcode", LIMITS.sku),
        weight_grams=row.count("Variant Grams", LIMITS.weight_grams) or 0,
        picture_url=row.url("Variant Image"),
        on_hand=row.count("Variant Inventory Qty", MOST_ON_HAND),
    )


def _read_pictures(rows: Sequence[Row], variants: Sequence[ImportedVariant]) -> tuple[ImportedPicture, ...]:
    found = []
    for order, row in enumerate(rows):
        if url := row.url("Image Src"):
            position = row.count("Image Position", 10_000)
            alt = place_text(row.text("Image Alt Text", LIMITS.alt))
            found.append((position or 10_000, order, ImportedPicture(row.number, url, alt)))
    unique: dict[str, ImportedPicture] = {}
    for _, _, picture in sorted(found, key=lambda entry: entry[:2]):
        unique.setdefault(picture.url, picture)
    # A variant's own picture need not stand among the product's.
    for variant in variants:
        if variant.picture_url:
            unique.setdefault(variant.picture_url, ImportedPicture(variant.row, variant.picture_url))
    return tuple(unique.values())
