"""The fields of the index, and an entry as its document."""

import math
from datetime import UTC, datetime

import tantivy

from search.listings.contracts import IndexEntry
from tenants.catalog.contracts import Text

VERSION = 1
"""Counted up when fields or tokens change. An index of another version is not read; the indexer builds a new one."""

BRAND_PART = "\x1f"
MOST_WEIGHT = 1.25
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def build_schema() -> tantivy.Schema:
    """Text comes as tokens joined by spaces; what is filtered by is kept whole; what is counted or sorted is fast."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("listing_id", stored=True, indexed=True, fast=True)
    for name in ("version", "change_no", "sold_30d", "rating", "created_at", "demand"):
        builder.add_unsigned_field(name, fast=True)
    for name in ("shop_id", "category_ids", "price"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    builder.add_float_field("weight", fast=True)
    for name in ("title_words", "title_characters", "text_characters"):
        builder.add_text_field(name, tokenizer_name="whitespace")
    for name in ("brand_words", "category_words", "attribute_words", "text_words"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in ("brand", "parameter_keys", "variant_keys"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("brand_label", "attribute_labels"):
        builder.add_text_field(name, tokenizer_name="raw", fast=True, index_option="basic")
    return builder.build()


def make_document(entry: IndexEntry, change_no: int) -> tantivy.Document:
    """The document of an entry."""
    document = tantivy.Document()
    for name, value in _numbers(entry, change_no).items():
        document.add_unsigned(name, value)
    for category_id in entry.category_ids:
        document.add_unsigned("category_ids", category_id)
    document.add_float("weight", weigh(entry))
    for name in ("title_words", "title_characters", "brand_words", "category_words", "attribute_words"):
        document.add_text(name, " ".join(getattr(entry, name)))
    for name in ("text_words", "text_characters"):
        document.add_text(name, " ".join(getattr(entry, name)))
    if entry.brand:
        document.add_text("brand", entry.brand)
        document.add_text("brand_label", f"{entry.brand}{BRAND_PART}{entry.brand_label}")
    for name in ("parameter_keys", "variant_keys", "attribute_labels"):
        for token in getattr(entry, name):
            document.add_text(name, token)
    return document


def read_brand_label(label: str) -> tuple[str, Text]:
    """Key and shown name out of a brand's label."""
    key, _, shown = label.partition(BRAND_PART)
    return key, Text(shown, shown)


def weigh(entry: IndexEntry) -> float:
    """The demand for an offer, as tantivy wants it: log2(2 + weight) multiplies the score, here by 1 to 1.25.

    So demand lifts among equals and never an irrelevant product over a relevant one.
    """
    sold = min(math.log10(1 + entry.sold_30d) / 4, 1.0)
    factor = 1 + 0.15 * sold + 0.05 * entry.rating_hundredths / 500 + (0.05 if entry.in_stock else 0.0)
    return float(2 ** min(factor, MOST_WEIGHT)) - 2


def _numbers(entry: IndexEntry, change_no: int) -> dict[str, int]:
    return {
        "listing_id": entry.listing_id,
        "version": entry.version,
        "change_no": change_no,
        "shop_id": entry.shop_id,
        "price": max(0, entry.price_minor),
        "sold_30d": entry.sold_30d,
        "rating": entry.rating_hundredths,
        "created_at": max(0, int((entry.created_at - _EPOCH).total_seconds())),
        # Without words, best is: what can be had, then what sells.
        "demand": (int(entry.in_stock) << 40) + min(entry.sold_30d, (1 << 40) - 1),
    }
