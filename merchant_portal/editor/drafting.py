"""From the form to a draft that the catalogue can check, with sentences for what cannot be read."""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext

from market.money import BadAmount, parse_minor
from merchant_portal.editor.entries import PictureEntry, ProductEntry, VariantEntry
from merchant_portal.editor.starting import to_parameter
from tenants.catalog.contracts import OptionDraft, PictureDraft, ProductDraft, ProductStatus, Text, VariantDraft

_WEIGHT = re.compile(r"(\d{1,4})(?:\.(\d{1,3}))?")
_COUNT = re.compile(r"\d{1,8}")
Wrong = tuple[str, str]
"""A link to a field and the sentence about it."""


@dataclass(slots=True)
class Drafted:
    """A draft, which row of the form each of its variants is, the counted stock, and what could not be read."""

    draft: ProductDraft
    rows: list[int]
    counts: dict[tuple[int, ...], tuple[int, int]]  # choices -> (row of the form, pieces)
    parameters: list[int]
    wrongs: list[Wrong] = field(default_factory=list)


def make_draft(entry: ProductEntry) -> Drafted:
    """What the form says. Unreadable cells are noted at their rows too."""
    wrongs: list[Wrong] = []
    media_ids = [picture.media_id for picture in entry.pictures]
    used = entry.used_options
    indexes = {position: {value: i for i, value in enumerate(entry.options[position].filled)} for position in used}
    variants, rows, counts = [], [], {}
    for number, row in enumerate(entry.variants):
        if not row.on:
            continue
        choices = tuple(indexes[position][value] for position, value in row.places)
        variants.append(_make_variant(row, number, choices, media_ids, wrongs))
        rows.append(number)
        if row.stock != row.shown_stock and (pieces := _read_count(row, number, wrongs)) is not None:
            counts[choices] = (number, pieces)
    kept = [i for i, line in enumerate(entry.parameters) if not line.value.is_blank]
    draft = ProductDraft(
        title=Text(entry.title.zh, entry.title.en),
        subtitle=Text(entry.subtitle.zh, entry.subtitle.en),
        body_html=Text(entry.body.zh, entry.body.en),
        category_id=entry.category_id or None,
        brand=entry.brand,
        tags=_split_tags(entry.tags),
        parameters=tuple(to_parameter(entry.parameters[i]) for i in kept),
        options=tuple(
            OptionDraft(
                Text(entry.options[position].name.zh, entry.options[position].name.en),
                tuple(Text(v.zh, v.en) for v in entry.options[position].values if not v.is_blank),
            )
            for position in used
        ),
        variants=tuple(variants),
        pictures=tuple(_make_picture(picture, number, wrongs) for number, picture in enumerate(entry.pictures)),
        status=ProductStatus(entry.status),
        handle=entry.handle,
        private_notes=entry.private_notes,
    )
    if entry.too_many_variants:
        sentence = gettext("These options make more than 500 variants. Take values away or split the product.")
        wrongs.append(("#variants", sentence))
    return Drafted(draft, rows, counts, kept, wrongs)


def _make_variant(
    row: VariantEntry, number: int, choices: tuple[int, ...], media_ids: list[int], wrongs: list[Wrong]
) -> VariantDraft:
    if not row.price:
        _note(row, number, "price", gettext("Enter a price."), wrongs)
    return VariantDraft(
        sku=row.sku,
        choices=choices,
        price_minor=_read_sum(row, number, "price", wrongs) or 0,
        compare_at_minor=_read_sum(row, number, "was", wrongs),
        cost_minor=_read_sum(row, number, "cost", wrongs),
        barcode=row.barcode,
        weight_grams=_read_weight(row, number, wrongs),
        picture_index=media_ids.index(row.picture) if row.picture in media_ids else None,
        variant_id=row.variant_id,
    )


def _read_sum(row: VariantEntry, number: int, name: str, wrongs: list[Wrong]) -> int | None:
    text = str(getattr(row, name)).lstrip("¥")
    if not text:
        return None
    try:
        return parse_minor(text)
    except BadAmount:
        _note(row, number, name, gettext("Enter a sum such as 49.90."), wrongs)
        return None


def _read_weight(row: VariantEntry, number: int, wrongs: list[Wrong]) -> int:
    if not row.weight:
        return 0
    found = _WEIGHT.fullmatch(row.weight)
    if found is None or not row.weight.isascii():
        _note(row, number, "weight", gettext("Enter the weight in kilograms, such as 0.42."), wrongs)
        return 0
    return int(found[1]) * 1000 + int((found[2] or "").ljust(3, "0"))


def _read_count(row: VariantEntry, number: int, wrongs: list[Wrong]) -> int | None:
    if not row.stock:
        _note(row, number, "stock", gettext("Enter how many there are; 0 when there are none."), wrongs)
        return None
    if not row.stock.isascii() or not _COUNT.fullmatch(row.stock):
        _note(row, number, "stock", gettext("Enter a whole number of pieces."), wrongs)
        return None
    return int(row.stock)


def _make_picture(picture: PictureEntry, number: int, wrongs: list[Wrong]) -> PictureDraft:
    point = []
    for name, text in (("x", picture.focal_x), ("y", picture.focal_y)):
        share = text.rstrip("%")
        try:
            value = round(float(share) * 10) if share else 500
        except (ValueError, OverflowError):
            value = -1
        if not 0 <= value <= 1000:
            wrongs.append((f"#i-{number}-{name}", gettext("The focal point lies between 0 and 100 percent.")))
            value = 500
        point.append(value)
    alt = Text(picture.alt.zh, picture.alt.en)
    return PictureDraft(picture.media_id, alt, point[0], point[1], picture.source_url)


def _note(row: VariantEntry, number: int, name: str, sentence: str, wrongs: list[Wrong]) -> None:
    row.wrongs[name] = sentence
    label = row.label.zh or row.label.en
    wrongs.append((f"#v-{number}-{name}", f"{label}: {sentence}" if label else sentence))


def _split_tags(text: str) -> tuple[str, ...]:
    parts = [" ".join(part.split()) for part in re.split(r"[,，、\n]", text)]
    return tuple(dict.fromkeys(part for part in parts if part))
