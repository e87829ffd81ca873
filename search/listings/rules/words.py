"""By which words a listing is called: title, brand, category, attributes. Loads the dictionary."""

from collections.abc import Iterator

import rjieba

from search.listings.contracts import ListingDocument
from search.listings.lexicon import get_lexicon
from search.listings.rules.facets import list_attributes
from search.listings.rules.heads import find_heads, list_head_words
from search.listings.rules.spelling import LONGEST_WORD
from search.tokens.text import PieceKind, cut
from tenants.catalog.contracts import Text

MOST_WORDS = 120


def list_called_words(document: ListingDocument) -> list[str]:
    """The words as they are written, lower case, each once; no numbers, no models, no single letters."""
    found: dict[str, None] = {}
    for text in (*_list_texts(document), *_list_other_names(document.title)):
        for piece in cut(text):
            if piece.kind is PieceKind.HAN:
                found.update(dict.fromkeys(rjieba.cut_for_search(piece.token)))
            elif piece.kind is PieceKind.WORD:
                found[piece.written] = None
    return [word for word in found if _is_telling(word)][:MOST_WORDS]


def _is_telling(word: str) -> bool:
    """Single Chinese characters are kept for their sound: 香薰机 is cut 香薰 and 机."""
    return len(word) <= LONGEST_WORD and (len(word) > 1 or not word.isascii())


def _list_texts(document: ListingDocument) -> Iterator[str]:
    values = (value for _, value in list_attributes(document))
    texts = (
        document.title,
        document.subtitle,
        Text(document.brand),
        *(step.name for step in document.category_path),
        *values,
    )
    for text in texts:
        yield from dict.fromkeys(part for part in (text.zh, text.en) if part)


def _list_other_names(title: Text) -> Iterator[str]:
    """What the product is called too, in either language, so that dayinji finds a printer."""
    lexicon = get_lexicon()
    for written in dict.fromkeys((title.zh, title.en)):
        for phrase in find_heads(written):
            for mark in list_head_words(phrase):
                yield from lexicon.names.get(mark, ())
