"""Documents and cards as JSON, for the table. Short, flat and without ids of the row."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from search.listings.contracts import (
    ListingCard,
    ListingCategory,
    ListingDelivery,
    ListingDocument,
    ListingOption,
    ListingShop,
    ListingVariant,
)
from tenants.catalog.contracts import ParameterValue, Picture, Text

Json = dict[str, Any]  # what a JSON column holds


def encode_document(document: ListingDocument) -> Json:
    """The document without listing id, version, counted sales and ratings: those are columns."""
    return {
        "shop": _encode_shop(document.shop),
        "product_id": document.product_id,
        "title": _pair(document.title),
        "subtitle": _pair(document.subtitle),
        "body_html": _pair(document.body_html),
        "categories": [[step.category_id, step.slug, *_pair(step.name)] for step in document.category_path],
        "brand": document.brand,
        "tags": list(document.tags),
        "parameters": [[*_pair(line.name), *_pair(line.value)] for line in document.parameters],
        "options": [[_pair(option.name), [_pair(value) for value in option.values]] for option in document.options],
        "variants": [_encode_variant(variant) for variant in document.variants],
        "pictures": [_encode_picture(picture) for picture in document.pictures],
        "delivery": _encode_delivery(document.delivery),
        "currency": document.currency,
        "created_at": document.created_at.isoformat(),
    }


def decode_document(
    held: Mapping[str, Any],  # JSON
    *,
    listing_id: int,
    version: int,
    sold_30d: int = 0,
    rating_hundredths: int = 0,
    rating_count: int = 0,
    liked_percent: int = 50,
) -> ListingDocument:
    """The document as it was encoded, with what the row adds."""
    return ListingDocument(
        listing_id=listing_id,
        version=version,
        shop=_decode_shop(held["shop"]),
        product_id=held["product_id"],
        title=Text(*held["title"]),
        subtitle=Text(*held["subtitle"]),
        body_html=Text(*held["body_html"]),
        category_path=tuple(ListingCategory(pk, slug, Text(zh, en)) for pk, slug, zh, en in held["categories"]),
        brand=held["brand"],
        tags=tuple(held["tags"]),
        parameters=tuple(ParameterValue(Text(a, b), Text(c, d)) for a, b, c, d in held["parameters"]),
        options=tuple(
            ListingOption(Text(*name), tuple(Text(*value) for value in values)) for name, values in held["options"]
        ),
        variants=tuple(_decode_variant(variant) for variant in held["variants"]),
        pictures=tuple(_decode_picture(picture) for picture in held["pictures"]),
        delivery=ListingDelivery(*held["delivery"]),
        currency=held["currency"],
        created_at=datetime.fromisoformat(held["created_at"]),
        sold_30d=sold_30d,
        rating_hundredths=rating_hundredths,
        rating_count=rating_count,
        liked_percent=liked_percent,
    )


def encode_card(document: ListingDocument) -> Json:
    """What a card shows of the document, kept apart so that lists do not read whole documents."""
    return {
        "shop": _encode_shop(document.shop),
        "product_id": document.product_id,
        "title": _pair(document.title),
        "brand": document.brand,
        "price_to_minor": document.price_to_minor,
        "compare_at_minor": document.compare_at_minor,
        "free_freight": document.delivery.flat_minor == 0,
        "picture": _encode_picture(document.picture) if document.picture else None,
    }


def decode_card(
    held: Mapping[str, Any],  # JSON
    *,
    columns: Mapping[str, Any],  # the row's columns of the same names as the card's fields
) -> ListingCard:
    """The card as it was encoded, with the row's columns."""
    return ListingCard(
        shop=_decode_shop(held["shop"]),
        product_id=held["product_id"],
        title=Text(*held["title"]),
        brand=held["brand"],
        price_to_minor=held["price_to_minor"],
        compare_at_minor=held["compare_at_minor"],
        free_freight=held["free_freight"],
        picture=_decode_picture(held["picture"]) if held["picture"] else None,
        **columns,
    )


def _pair(text: Text) -> list[str]:
    return [text.zh, text.en]


def _encode_shop(shop: ListingShop) -> list[Any]:
    return [shop.shop_id, shop.slug, shop.name.zh, shop.name.en, shop.stall, shop.mark]


def _decode_shop(held: list[Any]) -> ListingShop:
    shop_id, slug, zh, en, stall, mark = held
    return ListingShop(shop_id, slug, Text(zh, en), stall, mark)


def _encode_delivery(delivery: ListingDelivery) -> list[Any]:
    return [delivery.flat_minor, delivery.free_from_minor, delivery.ships_from, delivery.handling_hours]


def _encode_variant(variant: ListingVariant) -> list[Any]:
    return [
        variant.variant_id,
        variant.sku,
        list(variant.choices),
        variant.price_minor,
        variant.compare_at_minor,
        variant.available,
        variant.barcode,
        variant.weight_grams,
        variant.picture_index,
    ]


def _decode_variant(held: list[Any]) -> ListingVariant:
    variant_id, sku, choices, *rest = held
    return ListingVariant(variant_id, sku, tuple(choices), *rest)


def _encode_picture(picture: Picture) -> list[Any]:
    return [
        picture.media_id,
        _pair(picture.alt),
        picture.width,
        picture.height,
        picture.focal_x,
        picture.focal_y,
        picture.renditions,
        picture.url,
    ]


def _decode_picture(held: list[Any]) -> Picture:
    media_id, alt, *rest = held
    return Picture(media_id, Text(*alt), *rest)
