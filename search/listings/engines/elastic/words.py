"""The terms of a question as Elasticsearch's queries: which documents match, and how well. Mirrors `tantivy.words`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search.listings.contracts import Alternative, QueryTerm
from search.listings.engines.elastic.client import Json
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

    matching: Json
    scoring: Json


_ALL: Json = {"match_all": {}}
NO_WORDS = Words(_ALL, _ALL)


def match_words(terms: Sequence[QueryTerm], *, least: int = 0) -> Words:
    """Documents that have all terms, or, with a `least`, so many of them or the head; terms in a row count more."""
    found = [_match_term(term) for term in terms]
    needed: Json = {"bool": {"must": found}}
    every = needed
    if least:
        heads = [query for query, term in zip(found, terms, strict=True) if term.is_head]
        most = {"bool": {"should": found, "minimum_should_match": least}}
        needed = {"bool": {"should": [most, *heads], "minimum_should_match": 1}}
    bonus = [_match_row(field, tokens, PHRASE_WEIGHT) for field, tokens in list_phrases(terms)]
    if least:
        bonus.append(_mark(every, ALL_TERMS_WEIGHT))
    bonus += [_mark({"term": {PLAIN[0]: token}}, PLAIN[1]) for token in list_plain(terms)]
    if kinds := [_mark({"term": {HEADS[0]: token}}, weight) for token, weight in list_kinds(terms)]:
        bonus.append(_best_of(kinds))
    return Words(needed, {"bool": {"must": [needed], "should": bonus}} if bonus else needed)


def _match_term(term: QueryTerm) -> Json:
    """One term: the best of its alternatives."""
    choices = (_match_alternative(term, one) for one in term.alternatives)
    return _best_of([query for some in choices for query in some])


def _match_alternative(term: QueryTerm, alternative: Alternative) -> list[Json]:
    """All words anywhere, or all characters in a row."""
    extra = list_extra_fields(term, alternative)
    found: list[Json] = []
    if alternative.words:
        every = [_match_token(word, extra) for word in alternative.words]
        found.append({"bool": {"must": every, "boost": weigh_words(term, alternative)}})
    if alternative.characters:
        rows = CHARACTER_WEIGHTS.items()
        found.extend(_match_row(name, alternative.characters, weight * alternative.weight) for name, weight in rows)
    return found


def _match_token(token: str, extra: Mapping[str, float]) -> Json:
    """A token anywhere; where else it stands adds to its score."""
    more = [_weigh_token(field, token, weight) for field, weight in extra.items()]
    return {"bool": {"must": [_weigh_token(ANYWHERE[0], token, ANYWHERE[1])], "should": more}}


def _weigh_token(field: str, token: str, weight: float) -> Json:
    return {"term": {field: {"value": token, "boost": weight}}}


def _mark(met: Json, weight: float) -> Json:
    """So much for documents that meet it, whatever that is worth otherwise."""
    return {"constant_score": {"filter": met, "boost": weight}}


def _best_of(choices: list[Json]) -> Json:
    return {"dis_max": {"queries": choices}} if len(choices) > 1 else choices[0]


def _match_row(field: str, tokens: Sequence[str], weight: float) -> Json:
    if len(tokens) == 1:
        return {"term": {field: {"value": tokens[0], "boost": weight}}}
    return {"match_phrase": {field: {"query": " ".join(tokens), "boost": weight}}}
