"""A document as the row it is kept in."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime

from search.listings.codec import encode_card, encode_document
from search.listings.contracts import ListingDocument, ListingState
from search.listings.models import Listing
from search.listings.rules.facets import list_attributes, list_parameter_keys, list_variant_keys, make_key
from search.tokens.plain import list_plain_words

FORMAT = 1
"""Counted up when rows are made differently of the same document, so that reconciling makes them anew."""

COPIED_FIELDS = [
    "state",
    "version",
    "source_version",
    "digest",
    "document",
    "card",
    "words",
    "category_ids",
    "brand",
    "parameter_keys",
    "variant_keys",
    "price_minor",
    "currency",
    "in_stock",
    "created_at",
    "changed_at",
]


def make_row(
    shop_id: int,
    product_id: int,
    state: ListingState,
    document: ListingDocument | None,
    *,
    old: Listing | None,
    source_version: int,
    now: datetime,
) -> Listing:
    """The row to write over the old one. A listing that is not shown keeps nothing of what it showed."""
    row = Listing(
        shop_id=shop_id,
        product_id=product_id,
        state=state.value,
        version=old.version + 1 if old else 1,
        source_version=source_version,
        created_at=document.created_at if document else old.created_at if old else now,
        changed_at=now,
    )
    if document is not None:
        row.digest = make_digest(document)
        row.document = encode_document(document)
        row.card = encode_card(document)
        row.words = list_plain_words(_list_texts(document))
        row.category_ids = [step.category_id for step in document.category_path]
        row.brand = make_key(document.brand)
        row.parameter_keys = list_parameter_keys(document)
        row.variant_keys = list_variant_keys(document)
        row.price_minor = document.price_from_minor
        row.currency = document.currency
        row.in_stock = document.in_stock
    return row


def make_digest(document: ListingDocument | None) -> str:
    """Equal for equal documents; empty for none."""
    if document is None:
        return ""
    plain = json.dumps([FORMAT, encode_document(document)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def _list_texts(document: ListingDocument) -> Iterator[str]:
    texts = [document.title, *(step.name for step in document.category_path), document.subtitle]
    texts.extend(value for _, value in list_attributes(document))
    for text in texts:
        yield from (part for part in (text.zh, text.en) if part)
    yield document.brand
    yield from document.tags
    for variant in document.variants:
        yield from (variant.sku, variant.barcode)
