"""How much a word counts where it stands, and which words should stand together: the same for every engine."""

from collections.abc import Sequence
from itertools import pairwise

from search.listings.contracts import QueryTerm

# A title is what a product is, the text only mentions.
WORD_WEIGHTS = {
    "title_words": 3.0,
    "brand_words": 2.5,
    "category_words": 2.0,
    "attribute_words": 1.2,
    "text_words": 0.5,
}
CHARACTER_WEIGHTS = {"title_characters": 2.0, "text_characters": 0.4}
PHRASE_WEIGHT = 1.5
OTHER_FIELDS_SHARE = 0.1
"""What a word's other fields add to the one where it counts most."""


def list_phrases(terms: Sequence[QueryTerm]) -> list[tuple[str, tuple[str, ...]]]:
    """Neighbouring terms of one script, as a field and the tokens that should stand in a row in it."""
    phrases = []
    for first, second in pairwise(term.asked for term in terms):
        if first.characters and second.characters:
            phrases.append(("title_characters", (*first.characters, *second.characters)))
        elif not first.characters and not second.characters:
            phrases.append(("title_words", (*first.words, *second.words)))
    return phrases


def count_needed(terms: Sequence[QueryTerm]) -> int:
    """How many terms suffice when no document has all: three fifths."""
    return max(1, round(0.6 * len(terms)))
