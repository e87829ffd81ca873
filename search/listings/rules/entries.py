"""How a document becomes an index entry: which text counts as what. Loads the dictionary of Chinese words."""

import html
import re

from search.listings.contracts import IndexEntry, ListingDocument
from search.listings.lexicon import Phrase, get_lexicon
from search.listings.rules.demand import weigh_demand
from search.listings.rules.facets import (
    label_pair,
    list_attributes,
    list_parameter_keys,
    list_variant_keys,
    make_key,
)
from search.listings.rules.heads import find_heads, list_head_words
from search.listings.rules.variants import list_plain_numbers
from search.tokens.chinese import TextTokens, tokenize
from tenants.catalog.contracts import Text

MOST_WORDS = 1_500
LONGEST_BODY = 4_000
MOST_HEAD_WORDS = 24
MOST_MARKS = 300
_TAG = re.compile(r"<[^>]*>")


def make_entry(document: ListingDocument) -> IndexEntry:
    """The entry of a document that is shown."""
    title = _tokenize(document.title)
    attributes = list_attributes(document)
    text = _read_text(document)
    brand = _tokenize(Text(document.brand))
    categories = _tokenize(*(step.name for step in document.category_path))
    values = _tokenize(*(value for _, value in attributes))
    return IndexEntry(
        listing_id=document.listing_id,
        version=document.version,
        shop_id=document.shop.shop_id,
        title_words=title.words,
        title_characters=title.characters,
        head_words=_list_heads(document),
        plain_numbers=_list_plain_numbers(document.title),
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
        appeal=weigh_demand(
            sold_30d=document.sold_30d,
            rating_hundredths=document.rating_hundredths,
            rating_count=document.rating_count,
            liked_percent=document.liked_percent,
            in_stock=document.in_stock,
        ),
        created_at=document.created_at,
    )


def _list_heads(document: ListingDocument) -> tuple[str, ...]:
    """What the product is, with marks: by its title in each language, else by its subtitle; and by its category."""
    phrases: list[Phrase] = []
    for text in (document.title, document.subtitle):
        for written in dict.fromkeys((text.zh, text.en)):
            phrases.extend(find_heads(written))
        if phrases:
            break
    if document.category_path:
        leaf = document.category_path[-1].name
        phrases.extend((tokenize(leaf.zh).row, tokenize(leaf.en).row))
    words = (word for phrase in phrases if phrase for word in list_head_words(phrase))
    return tuple(dict.fromkeys(words))[:MOST_HEAD_WORDS]


def _list_plain_numbers(title: Text) -> tuple[str, ...]:
    return tuple(list_plain_numbers(*(tokenize(written).row for written in (title.zh, title.en) if written)))


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
    """Both languages of all texts; a text that is the same in both counts once. The lexicon's marks stand last."""
    written = dict.fromkeys(part for text in texts for part in (text.zh, text.en) if part)
    words: list[str] = []
    characters: list[str] = []
    marks: list[str] = []
    for part in written:
        tokens = tokenize(part)
        words.extend(tokens.words)
        characters.extend(tokens.characters)
        marks.extend(get_lexicon().list_marks(tokens.row))
    return TextTokens((*words[:MOST_WORDS], *marks[:MOST_MARKS]), tuple(characters[:MOST_WORDS]))
