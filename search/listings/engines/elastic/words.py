"""The terms of a question as Elasticsearch's queries: which documents match, and how well. Mirrors `tantivy.words`."""

from collections.abc import Sequence
from dataclasses import dataclass

from search.listings.contracts import Alternative, QueryTerm
from search.listings.engines.elastic.client import Json
from search.listings.engines.weights import (
    CHARACTER_WEIGHTS,
    OTHER_FIELDS_SHARE,
    PHRASE_WEIGHT,
    WORD_WEIGHTS,
    count_needed,
    list_phrases,
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a question twice: `matching` says which documents, `scoring` also which first."""

    matching: Json
    scoring: Json


_ALL: Json = {"match_all": {}}
NO_WORDS = Words(_ALL, _ALL)


def match_words(terms: Sequence[QueryTerm], *, most_suffice: bool = False) -> Words:
    """Documents that have all terms, or, if most suffice, three fifths of them; terms in a row count more."""
    found = [_match_term(term) for term in terms]
    if most_suffice:
        needed: Json = {"bool": {"should": found, "minimum_should_match": count_needed(terms)}}
    else:
        needed = {"bool": {"must": found}}
    bonus = [_match_row(field, tokens, PHRASE_WEIGHT) for field, tokens in list_phrases(terms)]
    return Words(needed, {"bool": {"must": [needed], "should": bonus}} if bonus else needed)


def _match_term(term: QueryTerm) -> Json:
    """One term: the best of its alternatives."""
    choices = [query for alternative in term.alternatives for query in _match_alternative(alternative)]
    return {"dis_max": {"queries": choices}} if len(choices) > 1 else choices[0]


def _match_alternative(alternative: Alternative) -> list[Json]:
    """All words anywhere, or all characters in a row."""
    found: list[Json] = []
    if alternative.words:
        every = [_match_token(word) for word in alternative.words]
        found.append({"bool": {"must": every, "boost": alternative.weight}})
    if alternative.characters:
        rows = CHARACTER_WEIGHTS.items()
        found.extend(_match_row(name, alternative.characters, weight * alternative.weight) for name, weight in rows)
    return found


def _match_token(token: str) -> Json:
    queries = [{"term": {field: {"value": token, "boost": weight}}} for field, weight in WORD_WEIGHTS.items()]
    return {"dis_max": {"queries": queries, "tie_breaker": OTHER_FIELDS_SHARE}}


def _match_row(field: str, tokens: Sequence[str], weight: float) -> Json:
    if len(tokens) == 1:
        return {"term": {field: {"value": tokens[0], "boost": weight}}}
    return {"match_phrase": {field: {"query": " ".join(tokens), "boost": weight}}}
