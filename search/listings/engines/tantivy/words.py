"""The terms of a question as tantivy's queries: which documents match, and how well."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import tantivy
from tantivy import Occur, Query

from search.listings.contracts import Alternative, QueryTerm
from search.listings.engines.tantivy.filters import unscored

# How much a word counts where it stands; a title is what a product is, the text only mentions.
WORD_WEIGHTS = {
    "title_words": 3.0,
    "brand_words": 2.5,
    "category_words": 2.0,
    "attribute_words": 1.2,
    "text_words": 0.5,
}
CHARACTER_WEIGHTS = {"title_characters": 2.0, "text_characters": 0.4}
PHRASE_WEIGHT = 1.5


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a question twice: `matching` says which documents, `scoring` also which first."""

    matching: Query
    scoring: Query


NO_WORDS = Words(Query.all_query(), Query.all_query())


def match_words(schema: tantivy.Schema, terms: Sequence[QueryTerm], *, most_suffice: bool = False) -> Words:
    """Documents that have all terms, or, if most suffice, three fifths of them; terms in a row count more."""
    found = [_match_term(schema, term) for term in terms]
    if most_suffice:
        least = max(1, round(0.6 * len(found)))
        needed = Query.boolean_query([(Occur.Should, query) for query in found], least)
    else:
        needed = Query.boolean_query([(Occur.Must, query) for query in found])
    bonus = [(Occur.Should, Query.boost_query(phrase, PHRASE_WEIGHT)) for phrase in _list_phrases(schema, terms)]
    scoring = Query.boolean_query([(Occur.Must, needed), *bonus]) if bonus else needed
    return Words(unscored(needed), scoring)


def _match_term(schema: tantivy.Schema, term: QueryTerm) -> Query:
    """One term: the best of its alternatives."""
    return _best_of([query for alternative in term.alternatives for query in _match_alternative(schema, alternative)])


def _match_alternative(schema: tantivy.Schema, alternative: Alternative) -> list[Query]:
    """All words anywhere, or all characters in a row."""
    tokens = [_match_token(schema, word) for word in alternative.words]
    every = tokens[0] if len(tokens) == 1 else Query.boolean_query([(Occur.Must, token) for token in tokens])
    weighed = [(every, 1.0)] if tokens else []
    if alternative.characters:
        rows = ((_match_row(schema, name, alternative.characters), w) for name, w in CHARACTER_WEIGHTS.items())
        weighed.extend(rows)
    return [Query.boost_query(query, weight * alternative.weight) for query, weight in weighed]


def _match_token(schema: tantivy.Schema, token: str) -> Query:
    return Query.disjunction_max_query(
        [Query.boost_query(Query.term_query(schema, field, token), weight) for field, weight in WORD_WEIGHTS.items()],
        0.1,
    )


def _best_of(choices: list[Query]) -> Query:
    return Query.disjunction_max_query(choices) if len(choices) > 1 else choices[0]


def _match_row(schema: tantivy.Schema, field: str, tokens: Sequence[str]) -> Query:
    if len(tokens) == 1:
        return Query.term_query(schema, field, tokens[0])
    return Query.phrase_query(schema, field, list(tokens))


def _list_phrases(schema: tantivy.Schema, terms: Sequence[QueryTerm]) -> list[Query]:
    """Neighbouring terms of one script, in a row in the title."""
    phrases = []
    for first, second in pairwise(term.asked for term in terms):
        if first.characters and second.characters:
            phrases.append(_match_row(schema, "title_characters", (*first.characters, *second.characters)))
        elif not first.characters and not second.characters:
            phrases.append(_match_row(schema, "title_words", (*first.words, *second.words)))
    return phrases
