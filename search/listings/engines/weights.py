"""How much a word counts where it stands, and which words should stand together: the same for every engine.

All weights multiply BM25 scores, so that a rare word counts more than a frequent one in every field. The values were
chosen by judged queries (`tests/search/relevance`, the part for tuning).
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from search.listings.contracts import Alternative, Origin, QueryTerm
from search.listings.rules.variants import list_plain_numbers

ANYWHERE = ("words", 1.0)
"""All text of a document is one field, as in plain BM25, so that a word has one rarity."""

ON_TOP = {"title_words": 0.7, "brand_words": 1.6}
"""Where a word counts more: the title says what a product is, the text only mentions; goods of a maker come before
goods that fit to it."""

HEADS = ("head_words", 1.5)
"""On top, for terms that say what is looked for: a laptop bag is a bag and mentions a laptop."""

KIND_WEIGHT = 6.0
"""On top, once, for being what is looked for, however frequent that is: goods for laptops have the rarer words."""

CHARACTER_WEIGHTS = {"title_characters": 0.6, "text_characters": 0.25}
"""Chinese characters in a row, for words that the dictionary cuts otherwise. The rarity of a row is that of all its
characters together, so it counts less than a word."""

PHRASE_WEIGHT = 0.5
"""On top, for each two neighbouring words that follow each other in the title."""

PLAIN = ("plain_numbers", 2.5)
"""On top, for each number that no variant's name follows, neither in query nor in title: an iPhone 11 is no Pro,
and a V20 no 20."""

LEAST_SHARE = 0.6
"""Of the terms, when few documents have all."""

FEW = 10
"""Fewer documents than this that have all terms are followed by those that have most."""

ALL_TERMS_WEIGHT = 10.0
"""On top, for having all, where most suffice: about what the rarest term adds."""


def list_extra_fields(term: QueryTerm, alternative: Alternative) -> Mapping[str, float]:
    """The fields in which a word of a term counts on top, and how much.

    The words of a phrase are no heads by themselves: a handheld computer is no computer screen. Its mark is one.
    """
    return {**ON_TOP, HEADS[0]: HEADS[1]} if term.is_head and len(alternative.words) == 1 else ON_TOP


def weigh_words(term: QueryTerm, alternative: Alternative) -> float:
    """How much each word of it counts. Several are one thing that is asked for, and count as their average; only the
    parts of a model number are together as rare as the whole."""
    is_model = alternative.origin is Origin.ASKED and len(term.asked.words) == 1
    return alternative.weight / (1 if is_model else len(alternative.words))


def list_kinds(terms: Sequence[QueryTerm]) -> list[tuple[str, float]]:
    """Tokens of the field of heads under which a product is what is looked for, and what the best of them adds."""
    heads = (alternative for term in terms if term.is_head for alternative in term.alternatives)
    return [(one.words[0], KIND_WEIGHT * one.weight) for one in heads if len(one.words) == 1]


def list_plain(terms: Sequence[QueryTerm]) -> list[str]:
    """Numbers that the field of plain numbers should have."""
    return list_plain_numbers([word for term in terms for word in term.asked.words])


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
