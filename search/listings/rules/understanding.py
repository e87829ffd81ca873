"""What the words of a query ask for. Loads the dictionary of Chinese words."""

from collections.abc import Iterator, Sequence, Set
from functools import lru_cache

from search.listings.contracts import (
    MOST_ALTERNATIVES,
    Alternative,
    Origin,
    QueryTerm,
    Question,
    SearchQuery,
    Substitute,
    Synonyms,
)
from search.listings.rules.heads import find_heads
from search.tokens.chinese import AskedWord, read_query

PARTS_WEIGHT = 0.8
"""All parts of a model number apart stand for the whole, but the whole is more surely meant."""


class NoSynonyms:
    """Every word means itself only: for tests, and where nobody has said anything."""

    version = ""
    longest = 0

    def list_substitutes(self, phrase: tuple[str, ...]) -> Sequence[Substitute]:
        del phrase
        return ()


NO_SYNONYMS = NoSynonyms()


def understand(query: SearchQuery, *, synonyms: Synonyms = NO_SYNONYMS) -> Question:
    """The query with its words as terms: one a word, or one a phrase that has synonyms, the longest first."""
    asked = read_query(query.words)
    heads = {word for phrase in find_heads(query.words) for word in phrase} if asked else set()
    return Question(query, tuple(_list_terms(asked, synonyms, heads)))


def _list_terms(asked: Sequence[AskedWord], synonyms: Synonyms, heads: Set[str]) -> Iterator[QueryTerm]:
    start = 0
    while start < len(asked):
        span, substitutes = _find_phrase(asked[start : start + max(1, synonyms.longest)], synonyms)
        yield make_term(span, substitutes, is_head=any(word.whole in heads for word in span))
        start += len(span)


def _find_phrase(ahead: Sequence[AskedWord], synonyms: Synonyms) -> tuple[Sequence[AskedWord], Sequence[Substitute]]:
    """The longest known phrase that begins here, or the one word."""
    for length in range(len(ahead), 0, -1):
        substitutes = synonyms.list_substitutes(tuple(word.whole for word in ahead[:length]))
        if substitutes:
            return ahead[:length], substitutes
    return ahead[:1], ()


def make_term(span: Sequence[AskedWord], substitutes: Sequence[Substitute] = (), *, is_head: bool = False) -> QueryTerm:
    """A word or a phrase with everything that may stand for it."""
    others = (_read_substitute(one) for one in substitutes)
    alternatives = dict.fromkeys((*_list_asked(span), *filter(None, others)))
    return QueryTerm(_write(span), tuple(alternatives)[:MOST_ALTERNATIVES], is_head)


@lru_cache(maxsize=4_000)
def _read_substitute(substitute: Substitute) -> Alternative | None:
    if substitute.token:
        return Alternative((substitute.token,), (), substitute.weight, Origin.SYNONYM)
    words = read_query(substitute.text)
    return _join(words, substitute.weight, Origin.SYNONYM) if words else None


def _list_asked(span: Sequence[AskedWord]) -> Iterator[Alternative]:
    yield _join(span, 1.0, Origin.ASKED)
    if len(span) == 1 and span[0].parts:
        yield Alternative(span[0].parts, weight=PARTS_WEIGHT)


def _join(words: Sequence[AskedWord], weight: float, origin: Origin) -> Alternative:
    """All words; and if all are Chinese, all their characters in a row."""
    characters = tuple(character for word in words for character in word.characters)
    return Alternative(
        tuple(word.whole for word in words),
        characters if all(word.characters for word in words) else (),
        weight,
        origin,
    )


def _write(span: Sequence[AskedWord]) -> str:
    return ("" if all(word.characters for word in span) else " ").join(word.written for word in span)
