"""How a document becomes an index entry: which text counts as what. Loads the dictionary of Chinese words."""

import html
import re
from collections.abc import Iterable

from search.listings.contracts import IndexEntry, ListingDocument
from search.listings.rules.facets import (
    label_pair,
    list_attributes,
    list_parameter_keys,
    list_variant_keys,
    make_key,
)
from search.tokens.chinese import TextTokens, tokenize
from tenants.catalog.contracts import Text

MOST_WORDS = 1_500
LONGEST_BODY = 4_000
_TAG = re.compile(r"<[^>]*>")


def make_entry(document: ListingDocument) -> IndexEntry:
    """The entry of a document that is shown."""
    title = _tokenize(document.title)
    attributes = list_attributes(document)
    text = _read_text(document)
    brand = tokenize(document.brand)
    categories = _tokenize(*(step.name for step in document.category_path))
    values = _tokenize(*(value for _, value in attributes))
    return IndexEntry(
        listing_id=document.listing_id,
        version=document.version,
        shop_id=document.shop.shop_id,
        title_words=title.words,
        title_characters=title.characters,
        brand_words=brand.words,
        category_words=categories.words,
        attribute_words=values.words,
        text_words=text.words,
        # Whatever is Chinese is also found by any part of it.
        text_characters=(*brand.characters, *categories.characters, *values.characters, *text.characters),
        category_ids=tuple(step.category_id for step in document.category_path),
        brand=make_key(document.brand),
        brand_label=document.brand.strip(),
        parameter_keys=tuple(list_parameter_keys(document)),
        variant_keys=tuple(list_variant_keys(document)),
        attribute_labels=tuple(label_pair(name, value) for name, value in attributes),
        price_minor=document.price_from_minor,
        in_stock=document.in_stock,
        sold_30d=document.sold_30d,
        rating_hundredths=document.rating_hundredths,
        created_at=document.created_at,
    )


def _read_text(document: ListingDocument) -> TextTokens:
    """What is looked for last: subtitle, tags, shop, article numbers, parameters by name, and the body."""
    numbers = {number for variant in document.variants for number in (variant.sku, variant.barcode) if number}
    names = (text for line in document.parameters for text in (line.name, line.value))
    bodies = (Text(_strip(document.body_html.zh), _strip(document.body_html.en)),)
    first = (document.subtitle, document.shop.name, *(Text(tag) for tag in document.tags))
    return _tokenize(*first, *(Text(number) for number in sorted(numbers)), *names, *bodies)


def _strip(body_html: str) -> str:
    return html.unescape(_TAG.sub(" ", body_html))[:LONGEST_BODY]


def _tokenize(*texts: Text) -> TextTokens:
    """Both languages of all texts; a text that is the same in both counts once."""
    written = dict.fromkeys(part for text in texts for part in (text.zh, text.en) if part)
    return _join(tokenize(text) for text in written)


def _join(parts: Iterable[TextTokens]) -> TextTokens:
    words: list[str] = []
    characters: list[str] = []
    for part in parts:
        words.extend(part.words)
        characters.extend(part.characters)
    return TextTokens(tuple(words[:MOST_WORDS]), tuple(characters[:MOST_WORDS]))
