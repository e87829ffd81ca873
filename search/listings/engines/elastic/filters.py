"""The filters of a question as Elasticsearch's queries; they never score."""

from collections.abc import Sequence

from search.listings.engines.elastic.client import Json
from search.listings.engines.filters import Filters
from search.listings.rules.facets import Wanted, list_ways
from search.listings.rules.pins import score_pins

ONLY_LISTINGS: Json = {"term": {"shown": True}}


def filter_by(words: Json, filters: Filters, *, scored: bool = False) -> Json:
    """The documents that match the words, or are pinned, and pass all filters, scored, if at all, by words and pins."""
    words = _or_pinned(words, filters)
    wanted = [ONLY_LISTINGS, *_list_filters(filters)]
    found: Json = {"must": [words], "filter": wanted} if scored else {"filter": [*wanted, words]}
    if filters.closed_shop_ids:
        found["must_not"] = [_any_of("shop_id", sorted(filters.closed_shop_ids))]
    if filters.buried:
        found.setdefault("must_not", []).append(_any_of("listing_id", filters.buried))
    return {"bool": found}


def _or_pinned(words: Json, filters: Filters) -> Json:
    if not filters.pinned:
        return words
    pins = [
        {"constant_score": {"filter": {"term": {"listing_id": listing_id}}, "boost": score}}
        for listing_id, score in score_pins(filters.pinned)
    ]
    return {"bool": {"should": [words, *pins], "minimum_should_match": 1}}


def _list_filters(filters: Filters) -> list[Json]:
    queries = []
    if filters.category_id is not None:
        queries.append(_any_of("category_ids", [filters.category_id]))
    if filters.brands:
        queries.append(_any_of("brand", filters.brands))
    if filters.shop_ids:
        queries.append(_any_of("shop_id", filters.shop_ids))
    if filters.price_from_minor is not None or filters.price_to_minor is not None:
        limits = {"gte": filters.price_from_minor, "lte": filters.price_to_minor}
        queries.append({"range": {"price": {name: limit for name, limit in limits.items() if limit is not None}}})
    if filters.ticks or filters.in_stock:
        queries.append(meet_ticks(filters))
    return queries


def meet_ticks(filters: Filters) -> Json:
    """Documents that meet the ticks, and the stock, in one of the ways."""
    ways = list_ways(filters.ticks, in_stock=filters.in_stock)
    return {"bool": {"should": [_meet(way) for way in ways], "minimum_should_match": 1}}


def _meet(way: Wanted) -> Json:
    groups = [_any_of("parameter_keys", group) for group in way.parameter_groups]
    if way.variant_keys:
        groups.append(_any_of("variant_keys", way.variant_keys))
    return {"bool": {"filter": groups}} if groups else {"match_none": {}}


def _any_of(field: str, values: Sequence[str | int]) -> Json:
    return {"terms": {field: [str(value) for value in values]}}
