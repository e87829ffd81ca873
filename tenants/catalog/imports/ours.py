"""Reads our own CSV, and flat lists through a preset."""

from collections.abc import Sequence

from tenants.catalog.contracts import ParameterValue, Text
from tenants.catalog.imports.cells import MOST_ON_HAND, Row, read_both, read_parameter, split_escaped, undo_harmless
from tenants.catalog.imports.contracts import ImportedPicture, ImportedProduct, ImportedVariant
from tenants.catalog.rules import LIMITS

_OPTIONS = ("option1", "option2", "option3")
_FIELDS = {
    "subtitle_zh": "subtitle",
    "subtitle_en": "subtitle",
    "body_html_zh": "body_html",
    "body_html_en": "body_html",
    "category": "category",
    "brand": "brand",
    "tags": "tags",
    "parameters": "parameters",
    "status": "status",
    "picture_urls": "pictures",
    "private_notes": "private_notes",
    "cost": "cost",
    "compare_at_price": "compare_at",
    "barcode": "barcode",
    "weight_grams": "weight",
    "sku": "sku",
}


def find_fields(columns: Sequence[str]) -> frozenset[str]:
    """What a file with these columns says of a product."""
    return frozenset(_FIELDS[column] for column in columns if column in _FIELDS)


def read_product(rows: Sequence[Row], handle: str, fields: frozenset[str]) -> ImportedProduct:
    """One product from the rows of its handle. What is wrong is noted in the rows."""
    for row in rows:
        row.cells = {column: undo_harmless(cell) for column, cell in row.cells.items()}
    first = rows[0]
    title = Text(first.text("title_zh", LIMITS.title), first.text("title_en", LIMITS.title_en))
    if not title.zh and not title.en:
        first.note("title_zh", "required")
    names = [name for option in _OPTIONS if (name := first.text(f"{option}_name"))]
    pictures = _read_pictures(first)
    return ImportedProduct(
        row=first.number,
        handle=handle,
        title=title,
        fields=fields,
        subtitle=Text(first.text("subtitle_zh", LIMITS.subtitle), first.text("subtitle_en", LIMITS.subtitle)),
        body_html=Text(first.text("body_html_zh"), first.text("body_html_en")),
        category=first.text("category", 300),
        brand=first.text("brand", LIMITS.brand),
        tags=_read_tags(first.text("tags", 4000)),
        parameters=_read_parameters(first),
        status=first.status("status"),
        option_names=tuple(read_both(name) for name in names),
        variants=tuple(v for row in rows if (v := _read_variant(row, len(names), pictures)) is not None),
        pictures=pictures,
        private_notes=first.text("private_notes", LIMITS.notes),
    )


def _read_tags(text: str) -> tuple[str, ...]:
    parts = (tag.strip() for tag in split_escaped(text.replace("，", ","), ","))
    return tuple(dict.fromkeys(tag for tag in parts if tag))


def _read_parameters(row: Row) -> tuple[ParameterValue, ...]:
    found = []
    for line in row.text("parameters").splitlines():
        parameter = read_parameter(line) if line.strip() else None
        if parameter:
            found.append(parameter)
        elif line.strip():
            row.note("parameters", "parameter_malformed", value=line.strip()[:100])
    return tuple(found)


def _read_pictures(row: Row) -> tuple[ImportedPicture, ...]:
    urls = row.text("picture_urls").split()
    alts = row.text("picture_alts").split("\n")
    alts += [""] * (len(urls) - len(alts))
    found = [
        ImportedPicture(row.number, checked, read_both(alt.strip()))
        for url, alt in zip(urls, alts, strict=False)
        if (checked := row.check_url("picture_urls", url))
    ]
    return tuple({picture.url: picture for picture in found}.values())


def _read_variant(row: Row, option_count: int, pictures: Sequence[ImportedPicture]) -> ImportedVariant | None:
    values = [row.text(f"{option}_value") for option in _OPTIONS]
    for option, value in list(zip(_OPTIONS, values, strict=True))[:option_count]:
        if not value:
            row.note(f"{option}_value", "required")
    if not row.text("price"):
        row.note("price", "required")
    price_minor = row.amount("price")
    if price_minor is None:
        return None
    place = row.count("variant_picture", LIMITS.pictures)
    if place is not None and not 1 <= place <= len(pictures):
        row.note("variant_picture", "picture_unknown", is_warning=True, value=place)
        place = None
    return ImportedVariant(
        row=row.number,
        values=tuple(read_both(value) for value in values[:option_count]),
        price_minor=price_minor,
        sku=row.text("sku", LIMITS.sku),
        compare_at_minor=row.amount("compare_at_price"),
        cost_minor=row.amount("cost"),
        barcode=row.text("barcode", LIMITS.sku),
        weight_grams=row.count("weight_grams", LIMITS.weight_grams) or 0,
        picture_url=pictures[place - 1].url if place else "",
        on_hand=row.count("stock", MOST_ON_HAND),
    )
