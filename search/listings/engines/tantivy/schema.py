"""The fields of the index, and an entry as its document."""

from collections.abc import Callable

import tantivy

from search.listings.contracts import IndexEntry
from search.listings.engines.fields import (
    FREQUENCY_FIELDS,
    KEY_FIELDS,
    NUMBERS_ONLY_READ,
    POSITION_FIELDS,
    label_brand,
    list_numbers,
)


def build_schema() -> tantivy.Schema:
    """Text comes as tokens joined by spaces; what is filtered by is kept whole; what is counted or sorted is fast."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("listing_id", stored=True, indexed=True, fast=True)
    for name in NUMBERS_ONLY_READ:
        builder.add_unsigned_field(name, fast=True)
    builder.add_unsigned_field("attribute_ids", fast=True)
    for name in ("shop_id", "category_ids", "price"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    for name in POSITION_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace")
    for name in FREQUENCY_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in ("brand", "parameter_keys", "variant_keys"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("brand_label", tokenizer_name="raw", fast=True, index_option="basic")
    return builder.build()


def make_document(entry: IndexEntry, change_no: int, number_label: Callable[[str], int]) -> tantivy.Document:
    """The document of an entry; labels of attributes are kept as numbers."""
    document = tantivy.Document()
    for name, value in list_numbers(entry, change_no).items():
        document.add_unsigned(name, value)
    for category_id in entry.category_ids:
        document.add_unsigned("category_ids", category_id)
    for name in (*POSITION_FIELDS, *FREQUENCY_FIELDS):
        document.add_text(name, " ".join(getattr(entry, name)))
    if entry.brand:
        document.add_text("brand", entry.brand)
        document.add_text("brand_label", label_brand(entry))
    for label in entry.attribute_labels:
        document.add_unsigned("attribute_ids", number_label(label))
    for name in KEY_FIELDS:
        for token in getattr(entry, name):
            document.add_text(name, token)
    return document
