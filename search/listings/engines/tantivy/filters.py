"""Questions as tantivy's queries: words that score, filters that do not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import tantivy
from tantivy import FieldType, Occur, Query

from search.listings.contracts import AttributeTick, SearchQuery
from search.listings.rules.facets import Wanted, list_ways
from search.tokens.chinese import QueryTerm

# How much a word counts where it stands; a title is what a product is, the text only mentions.
WORD_WEIGHTS = {
    "title_words": 3.0,
    "brand_words": 2.5,
    "category_words": 2.0,
    "attribute_words": 1.2,
    "text_words": 0.5,
}
CHARACTER_WEIGHTS = {"title_characters": 2.0, "text_characters": 0.4}
PARTS_WEIGHT = 0.8
PHRASE_WEIGHT = 1.5
FEW_VALUES = 60


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a question, of which a facet leaves out its own (`replace`)."""

    category_id: int | None
    brands: tuple[str, ...]
    price_from_minor: int | None
    price_to_minor: int | None
    shop_ids: tuple[int, ...]
    ticks: tuple[AttributeTick, ...]
    in_stock: bool
    closed_shop_ids: frozenset[int]

    @classmethod
    def of(cls, query: SearchQuery, closed_shop_ids: frozenset[int]) -> "Filters":
        return cls(
            query.category_id,
            query.brands,
            query.price_from_minor,
            query.price_to_minor,
            query.shop_ids,
            query.attributes,
            query.in_stock,
            closed_shop_ids,
        )

    def without_attribute(self, name: str) -> "Filters":
        """The filters as the facet of one attribute sees them."""
        return replace(self, ticks=tuple(tick for tick in self.ticks if tick.name != name))

    def with_value(self, name: str, value: str) -> "Filters":
        """The filters as they would be with just this value of an attribute ticked."""
        others = self.without_attribute(name).ticks
        return replace(self, ticks=(*others, AttributeTick(name, (value,))))


def filter_by(schema: tantivy.Schema, words: Query, filters: Filters) -> Query:
    """The documents that match the words and pass all filters, scored by the words alone."""
    wanted = [_unscored(query) for query in _list_filters(schema, filters)]
    clauses = [(Occur.Must, words), *((Occur.Must, query) for query in wanted)]
    if filters.closed_shop_ids:
        closed = _any_of(schema, "shop_id", sorted(filters.closed_shop_ids))
        clauses.append((Occur.MustNot, closed))
    return words if len(clauses) == 1 else Query.boolean_query(clauses)


def _list_filters(schema: tantivy.Schema, filters: Filters) -> list[Query]:
    queries = []
    if filters.category_id is not None:
        queries.append(Query.term_query(schema, "category_ids", filters.category_id))
    if filters.brands:
        queries.append(_any_of(schema, "brand", filters.brands))
    if filters.shop_ids:
        queries.append(_any_of(schema, "shop_id", filters.shop_ids))
    if filters.price_from_minor is not None or filters.price_to_minor is not None:
        low, high = filters.price_from_minor, filters.price_to_minor
        queries.append(Query.range_query(schema, "price", FieldType.Unsigned, low, high))
    if filters.ticks or filters.in_stock:
        ways = list_ways(filters.ticks, in_stock=filters.in_stock)
        queries.append(Query.boolean_query([(Occur.Should, _meet(schema, way)) for way in ways]))
    return queries


def _meet(schema: tantivy.Schema, way: Wanted) -> Query:
    groups = [_any_of(schema, "parameter_keys", group) for group in way.parameter_groups]
    if way.variant_keys:
        groups.append(_any_of(schema, "variant_keys", way.variant_keys))
    return Query.boolean_query([(Occur.Must, group) for group in groups])


def _any_of(schema: tantivy.Schema, field: str, values: Sequence[str | int]) -> Query:
    """Documents with one of the values. A set query walks the whole dictionary, so few values are asked one by one."""
    if len(values) > FEW_VALUES:
        return Query.term_set_query(schema, field, list(values))
    return Query.boolean_query([(Occur.Should, Query.term_query(schema, field, value)) for value in values])


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


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
    return Words(_unscored(needed), scoring)


def _match_term(schema: tantivy.Schema, term: QueryTerm) -> Query:
    """One term: its whole token anywhere, or all its parts, or its characters in a row."""
    choices = [_match_token(schema, term.whole)]
    if term.parts:
        parts = Query.boolean_query([(Occur.Must, _match_token(schema, part)) for part in term.parts])
        choices.append(Query.boost_query(parts, PARTS_WEIGHT))
    if term.characters:
        for field, weight in CHARACTER_WEIGHTS.items():
            choices.append(Query.boost_query(_match_row(schema, field, term.characters), weight))
    return Query.disjunction_max_query(choices) if len(choices) > 1 else choices[0]


def _match_token(schema: tantivy.Schema, token: str) -> Query:
    return Query.disjunction_max_query(
        [Query.boost_query(Query.term_query(schema, field, token), weight) for field, weight in WORD_WEIGHTS.items()],
        0.1,
    )


def _match_row(schema: tantivy.Schema, field: str, tokens: Sequence[str]) -> Query:
    if len(tokens) == 1:
        return Query.term_query(schema, field, tokens[0])
    return Query.phrase_query(schema, field, list(tokens))


def _list_phrases(schema: tantivy.Schema, terms: Sequence[QueryTerm]) -> list[Query]:
    """Neighbouring terms of one script, in a row in the title."""
    phrases = []
    for first, second in pairwise(terms):
        if first.characters and second.characters:
            phrases.append(_match_row(schema, "title_characters", (*first.characters, *second.characters)))
        elif not first.characters and not second.characters:
            phrases.append(_match_row(schema, "title_words", (first.whole, second.whole)))
    return phrases
