"""Between contracts and the JSON in a product's row. No queries."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tenants.catalog.contracts import (
    OptionDraft,
    ParameterValue,
    Picture,
    PictureDraft,
    ProductDraft,
    ProductSheet,
    ProductStatus,
    Text,
    Variant,
    VariantDraft,
)
from tenants.catalog.models import Product
from tenants.catalog.models import Variant as VariantRow

JsonObject = Mapping[str, Any]  # what a JSON column holds


def write_text(text: Text) -> dict[str, str]:
    """As it lies in JSON."""
    return {"zh": text.zh, "en": text.en}


def read_text(stored: JsonObject) -> Text:
    """As it is used."""
    return Text(zh=stored.get("zh", ""), en=stored.get("en", ""))


def write_options(options: Iterable[OptionDraft]) -> list[dict[str, Any]]:
    """As they lie in JSON."""
    return [{"name": write_text(o.name), "values": [write_text(value) for value in o.values]} for o in options]


def read_options(stored: Iterable[JsonObject]) -> tuple[OptionDraft, ...]:
    """As they are used."""
    return tuple(
        OptionDraft(name=read_text(o["name"]), values=tuple(read_text(value) for value in o["values"])) for o in stored
    )


def write_parameters(parameters: Iterable[ParameterValue]) -> list[dict[str, Any]]:
    """As they lie in JSON."""
    return [{"name": write_text(line.name), "value": write_text(line.value)} for line in parameters]


def read_parameters(stored: Iterable[JsonObject]) -> tuple[ParameterValue, ...]:
    """As they are used."""
    return tuple(ParameterValue(name=read_text(line["name"]), value=read_text(line["value"])) for line in stored)


def write_picture(draft: PictureDraft, *, width: int, height: int, url: str, renditions: JsonObject) -> dict[str, Any]:
    """A picture with a snapshot of its files, so that a product is read without asking market.media."""
    return {
        "media_id": draft.media_id,
        "alt": write_text(draft.alt),
        "focal": [draft.focal_x, draft.focal_y],
        "source_url": draft.source_url,
        "width": width,
        "height": height,
        "url": url,
        "renditions": dict(renditions),
    }


def read_pictures(stored: Iterable[JsonObject]) -> tuple[Picture, ...]:
    """As pages use them."""
    return tuple(
        Picture(
            media_id=p["media_id"],
            alt=read_text(p["alt"]),
            width=p["width"],
            height=p["height"],
            focal_x=p["focal"][0],
            focal_y=p["focal"][1],
            renditions=p["renditions"],
            url=p["url"],
        )
        for p in stored
    )


def read_picture_drafts(stored: Iterable[JsonObject]) -> tuple[PictureDraft, ...]:
    """As the editor sends them back."""
    return tuple(
        PictureDraft(p["media_id"], read_text(p["alt"]), p["focal"][0], p["focal"][1], p.get("source_url", ""))
        for p in stored
    )


def read_variant(row: VariantRow) -> Variant:
    """A variant as others may see it."""
    return Variant(
        variant_id=row.pk,
        sku=row.sku,
        choices=tuple(row.choices),
        price_minor=row.price_minor,
        compare_at_minor=row.compare_at_minor,
        barcode=row.barcode,
        weight_grams=row.weight_grams,
        picture_index=row.picture_index,
    )


def read_variant_draft(row: VariantRow) -> VariantDraft:
    """A variant as its shop edits it."""
    return VariantDraft(
        sku=row.sku,
        choices=tuple(row.choices),
        price_minor=row.price_minor,
        compare_at_minor=row.compare_at_minor,
        cost_minor=row.cost_minor,
        barcode=row.barcode,
        weight_grams=row.weight_grams,
        picture_index=row.picture_index,
        variant_id=row.pk,
    )


def read_sheet(row: Product, variants: Sequence[VariantRow]) -> ProductSheet:
    """A product as the rest of the house may know it."""
    return ProductSheet(
        product_id=row.pk,
        version=row.version,
        status=ProductStatus(row.status),
        handle=row.handle,
        title=Text(row.title_zh, row.title_en),
        subtitle=Text(row.subtitle_zh, row.subtitle_en),
        body_html=Text(row.body_html_zh, row.body_html_en),
        category_id=row.category_id,
        brand=row.brand,
        tags=tuple(row.tags),
        parameters=read_parameters(row.parameters),
        options=read_options(row.options),
        variants=tuple(read_variant(variant) for variant in variants),
        pictures=read_pictures(row.pictures),
        created_at=row.created_at,
        currency=row.currency,
    )


def read_draft(row: Product, variants: Sequence[VariantRow]) -> ProductDraft:
    """A product as its shop edits it, private fields included."""
    return ProductDraft(
        title=Text(row.title_zh, row.title_en),
        subtitle=Text(row.subtitle_zh, row.subtitle_en),
        body_html=Text(row.body_html_zh, row.body_html_en),
        category_id=row.category_id,
        brand=row.brand,
        tags=tuple(row.tags),
        parameters=read_parameters(row.parameters),
        options=read_options(row.options),
        variants=tuple(read_variant_draft(variant) for variant in variants),
        pictures=read_picture_drafts(row.pictures),
        status=ProductStatus(row.status),
        handle=row.handle,
        private_notes=row.private_notes,
    )


def fill_row(row: Product, draft: ProductDraft) -> None:
    """Set the columns that a draft says directly; handle, pictures, prices, version and times are the service's."""
    row.title_zh, row.title_en = draft.title.zh.strip(), draft.title.en.strip()
    row.subtitle_zh, row.subtitle_en = draft.subtitle.zh.strip(), draft.subtitle.en.strip()
    row.body_html_zh, row.body_html_en = draft.body_html.zh, draft.body_html.en
    row.category_id = draft.category_id
    row.brand = draft.brand.strip()
    row.tags = list(dict.fromkeys(tag.strip() for tag in draft.tags if tag.strip()))
    row.parameters = write_parameters(draft.parameters)
    row.options = write_options(draft.options)
    row.status = draft.status.value
    row.private_notes = draft.private_notes
