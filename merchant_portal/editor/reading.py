"""From what a browser sent to the form, whole whatever was sent."""

import re

from django.http import QueryDict

from merchant_portal.editor.entries import (
    Both,
    OptionEntry,
    ParameterEntry,
    PictureEntry,
    Place,
    ProductEntry,
    VariantEntry,
)
from merchant_portal.editor.matrix import fill_rows, rebuild_table
from merchant_portal.frame import read_number
from tenants.catalog.contracts import ProductStatus
from tenants.catalog.rules import LIMITS

_PLACE = re.compile(r"(\d)\.(\d{1,3})")
_MORE = 20  # how much longer than allowed a text is kept, so that the form can say by how much


def read_entry(data: QueryDict) -> ProductEntry:
    """The form as typed, its table in step with the options."""
    status = data.get("status", "")
    entry = ProductEntry(
        title=_read_both(data, "title", LIMITS.title_en),
        subtitle=_read_both(data, "subtitle", LIMITS.subtitle),
        body=_read_both(data, "body_html", LIMITS.body_html),
        category_id=read_number(data.get("category_id", "")),
        brand=_read(data, "brand", LIMITS.brand),
        tags=_read(data, "tags", LIMITS.tags * (LIMITS.tag + 2)),
        handle=_read(data, "handle", LIMITS.handle),
        status=status if status in set(ProductStatus) else ProductStatus.DRAFT.value,
        private_notes=_read(data, "private_notes", LIMITS.notes),
        version=read_number(data.get("version", "")),
        parameters=_read_parameters(data),
        options=_read_options(data),
        variants=_read_variants(data),
        pictures=_read_pictures(data),
    )
    rebuild_table(entry)
    if "fill" in data:
        fill_rows(entry, {name: _read(data, f"every-{name}", 40) for name in _EVERY})
    return entry


_EVERY = ("sku", "price", "was", "cost", "stock", "weight")


def _read(data: QueryDict, name: str, limit: int) -> str:
    return data.get(name, "").replace("\x00", "").strip()[: limit + _MORE]


def _read_both(data: QueryDict, name: str, limit: int) -> Both:
    return Both(_read(data, f"{name}_zh", limit), _read(data, f"{name}_en", limit))


def _read_parameters(data: QueryDict) -> list[ParameterEntry]:
    lines = []
    for number in range(LIMITS.parameters + 1):
        if f"p-{number}-value_zh" not in data:
            break
        line = ParameterEntry(
            _read_both(data, f"p-{number}-name", LIMITS.parameter),
            _read_both(data, f"p-{number}-value", LIMITS.parameter),
            fixed=f"p-{number}-fixed" in data,
        )
        if not (line.name.is_blank and line.value.is_blank):
            lines.append(line)
    return lines


def _read_options(data: QueryDict) -> list[OptionEntry]:
    options = []
    for number in range(LIMITS.options):
        if f"o-{number}-name_zh" not in data:
            break
        values = []
        for position in range(LIMITS.option_values + 1):
            if f"o-{number}-{position}_zh" not in data:
                break
            values.append(_read_both(data, f"o-{number}-{position}", LIMITS.option_value))
        while values and values[-1].is_blank:
            values.pop()
        options.append(OptionEntry(_read_both(data, f"o-{number}-name", LIMITS.option_name), values))
    while options and options[-1].is_blank:
        options.pop()
    return options


def _read_variants(data: QueryDict) -> list[VariantEntry]:
    rows = []
    for number in range(LIMITS.variants + 1):
        name = f"v-{number}"
        if f"{name}-price" not in data:
            break
        rows.append(
            VariantEntry(
                places=_read_places(data.get(f"{name}-places", "")),
                variant_id=read_number(data.get(f"{name}-id", "")) or None,
                on=f"{name}-on" in data,
                sku=_read(data, f"{name}-sku", LIMITS.sku),
                price=_read(data, f"{name}-price", 20),
                was=_read(data, f"{name}-was", 20),
                cost=_read(data, f"{name}-cost", 20),
                barcode=_read(data, f"{name}-barcode", LIMITS.sku),
                weight=_read(data, f"{name}-weight", 20),
                stock=_read(data, f"{name}-stock", 20),
                shown_stock=_read(data, f"{name}-shown", 20),
                held=read_number(data.get(f"{name}-held", "")),
                picture=read_number(data.get(f"{name}-picture", "")),
            )
        )
    return rows


def _read_places(text: str) -> tuple[Place, ...]:
    return tuple((int(option), int(value)) for option, value in _PLACE.findall(text[:40]))


def _read_pictures(data: QueryDict) -> list[PictureEntry]:
    """In the order of the numbers beside them; one that was given another's number goes before it."""
    found: list[tuple[tuple[int, int, int], PictureEntry]] = []
    for number in range(LIMITS.pictures * 2):
        name = f"i-{number}"
        media_id = read_number(data.get(f"{name}-id", ""))
        if not media_id:
            break
        if f"{name}-remove" in data:
            continue
        order = read_number(data.get(f"{name}-order", ""), 3) or number + 1
        picture = PictureEntry(
            media_id,
            alt=_read_both(data, f"{name}-alt", LIMITS.alt),
            focal_x=_read(data, f"{name}-x", 6),
            focal_y=_read(data, f"{name}-y", 6),
        )
        # Moved up: before the one whose number it took; moved down: after it.
        side = -1 if order < number + 1 else 1 if order > number + 1 else 0
        found.append(((order, side, number), picture))
    return [picture for _, picture in sorted(found, key=lambda pair: pair[0])]
