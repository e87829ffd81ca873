"""How much a word counts where it stands, and which words should stand together: the same for every engine.

All weights multiply BM25 scores, so that a rare word counts more than a frequent one in every field. The values were
chosen by judged queries (`tests/search/relevance`, the part for tuning).
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from search.listings.contracts import Alternative, QueryTerm

ANYWHERE = ("words", 1.0)
"""All text of a document is one field, as in plain BM25, so that a word has one rarity."""

ON_TOP = {"title_words": 0.7, "brand_words": 1.6}
"""Where a word counts more: the title says what a product is, the text only mentions; goods of a maker come before
goods that fit to it."""

HEADS = ("head_words", 1.5)
"""On top, for terms that say what is looked for: a laptop bag is a bag and mentions a laptop."""

CHARACTER_WEIGHTS = {"title_characters": 0.6, "text_characters": 0.25}
"""Chinese characters in a row, for words that the dictionary cuts otherwise. The rarity of a row is that of all its
characters together, so it counts less than a word."""

PHRASE_WEIGHT = 0.5
"""On top, for each two neighbouring words that follow each other in the title."""

LEAST_SHARE = 0.6
"""Of the terms, when few documents have all."""

FEW = 10
"""Fewer documents than this that have all terms are followed by those that have most."""

ALL_TERMS_WEIGHT = 10.0
"""On top, for having all, where most suffice: about what the rarest term adds."""


def list_extra_fields(term: QueryTerm) -> Mapping[str, float]:
    """The fields in which a word of a term counts on top, and how much."""
    return {**ON_TOP, HEADS[0]: HEADS[1]} if term.is_head else ON_TOP


def list_phrases(terms: Sequence[QueryTerm]) -> list[tuple[str, tuple[str, ...]]]:
    """Neighbouring words of one script, as a field and the tokens that should stand in a row in it."""
    phrases = []
    for first, second in pairwise(_list_asked(terms)):
        if first.characters and second.characters:
            phrases.append(("title_characters", (*first.characters, *second.characters)))
        elif not first.characters and not second.characters:
            phrases.append(("title_words", (*first.words, *second.words)))
    return phrases


def _list_asked(terms: Sequence[QueryTerm]) -> Iterator[Alternative]:
    """What was asked for word by word; Chinese phrases as they are."""
    for term in terms:
        if term.asked.characters:
            yield term.asked
        else:
            yield from (Alternative((word,)) for word in term.asked.words)


def count_needed(terms: Sequence[QueryTerm]) -> int:
    """How many terms suffice when few documents have all; the head alone does too."""
    return max(1, round(LEAST_SHARE * len(terms)))
