"""The filters of a question as tantivy's queries; they never score."""

from collections.abc import Sequence

import tantivy
from tantivy import FieldType, Occur, Query

from search.listings.engines.filters import Filters
from search.listings.rules.facets import Wanted, list_ways
from search.listings.rules.pins import score_pins

FEW_VALUES = 60


def filter_by(schema: tantivy.Schema, words: Query, filters: Filters) -> Query:
    """The documents that match the words, or are pinned, and pass all filters, scored by words and pins alone."""
    wanted = [unscored(query) for query in _list_filters(schema, filters)]
    clauses = [(Occur.Must, _or_pinned(schema, words, filters)), *((Occur.Must, query) for query in wanted)]
    if filters.closed_shop_ids:
        closed = _any_of(schema, "shop_id", sorted(filters.closed_shop_ids))
        clauses.append((Occur.MustNot, closed))
    if filters.buried:
        clauses.append((Occur.MustNot, _any_of(schema, "listing_id", filters.buried)))
    return clauses[0][1] if len(clauses) == 1 else Query.boolean_query(clauses)


def _or_pinned(schema: tantivy.Schema, words: Query, filters: Filters) -> Query:
    if not filters.pinned:
        return words
    pins = [
        Query.const_score_query(Query.term_query(schema, "listing_id", listing_id), score)
        for listing_id, score in score_pins(filters.pinned)
    ]
    return Query.boolean_query([(Occur.Should, query) for query in (words, *pins)])


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


def unscored(query: Query) -> Query:
    """The query as a filter."""
    return Query.const_score_query(query, 0.0)
