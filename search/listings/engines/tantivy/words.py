"""The terms of a question as tantivy's queries: which documents match, and how well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import tantivy
from tantivy import Occur, Query

from search.listings.contracts import Alternative, QueryTerm
from search.listings.engines.tantivy.filters import unscored
from search.listings.engines.weights import (
    ALL_TERMS_WEIGHT,
    ANYWHERE,
    CHARACTER_WEIGHTS,
    HEADS,
    PHRASE_WEIGHT,
    PLAIN,
    list_extra_fields,
    list_kinds,
    list_phrases,
    list_plain,
    weigh_words,
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a question twice: `matching` says which documents, `scoring` also which first."""

    matching: Query
    scoring: Query


NO_WORDS = Words(Query.all_query(), Query.all_query())


def match_words(schema: tantivy.Schema, terms: Sequence[QueryTerm], *, least: int = 0) -> Words:
    """Documents that have all terms, or, with a `least`, so many of them or the head; terms in a row count more."""
    found = [_match_term(schema, term) for term in terms]
    needed = every = Query.boolean_query([(Occur.Must, query) for query in found])
    if least:
        heads = [query for query, term in zip(found, terms, strict=True) if term.is_head]
        most = Query.boolean_query([(Occur.Should, query) for query in found], least)
        needed = Query.boolean_query([(Occur.Should, query) for query in (most, *heads)])
    rows = [_match_row(schema, field, tokens) for field, tokens in list_phrases(terms)]
    bonus = [(Occur.Should, Query.boost_query(row, PHRASE_WEIGHT)) for row in rows]
    if least:
        bonus.append((Occur.Should, Query.const_score_query(every, ALL_TERMS_WEIGHT)))
    bonus += [(Occur.Should, _mark(schema, PLAIN[0], token, PLAIN[1])) for token in list_plain(terms)]
    if kinds := [_mark(schema, HEADS[0], token, weight) for token, weight in list_kinds(terms)]:
        bonus.append((Occur.Should, _best_of(kinds)))
    scoring = Query.boolean_query([(Occur.Must, needed), *bonus]) if bonus else needed
    return Words(unscored(needed), scoring)


def _match_term(schema: tantivy.Schema, term: QueryTerm) -> Query:
    """One term: the best of its alternatives."""
    choices = (_match_alternative(schema, term, one) for one in term.alternatives)
    return _best_of([query for some in choices for query in some])


def _match_alternative(schema: tantivy.Schema, term: QueryTerm, alternative: Alternative) -> list[Query]:
    """All words anywhere, or all characters in a row."""
    extra = list_extra_fields(term, alternative)
    tokens = [_match_token(schema, word, extra) for word in alternative.words]
    every = tokens[0] if len(tokens) == 1 else Query.boolean_query([(Occur.Must, token) for token in tokens])
    weighed = [(every, weigh_words(term, alternative))] if tokens else []
    if alternative.characters:
        rows = CHARACTER_WEIGHTS.items()
        weighed.extend(
            (_match_row(schema, name, alternative.characters), weight * alternative.weight) for name, weight in rows
        )
    return [Query.boost_query(query, weight) for query, weight in weighed]


def _match_token(schema: tantivy.Schema, token: str, extra: Mapping[str, float]) -> Query:
    """A token anywhere; where else it stands adds to its score."""
    field, weight = ANYWHERE
    anywhere = _weigh_token(schema, field, token, weight)
    more = [(Occur.Should, _weigh_token(schema, name, token, share)) for name, share in extra.items()]
    return Query.boolean_query([(Occur.Must, anywhere), *more])


def _weigh_token(schema: tantivy.Schema, field: str, token: str, weight: float) -> Query:
    return Query.boost_query(Query.term_query(schema, field, token), weight)


def _mark(schema: tantivy.Schema, field: str, token: str, weight: float) -> Query:
    return Query.const_score_query(Query.term_query(schema, field, token), weight)


def _best_of(choices: list[Query]) -> Query:
    return Query.disjunction_max_query(choices) if len(choices) > 1 else choices[0]


def _match_row(schema: tantivy.Schema, field: str, tokens: Sequence[str]) -> Query:
    if len(tokens) == 1:
        return Query.term_query(schema, field, tokens[0])
    return Query.phrase_query(schema, field, list(tokens))
