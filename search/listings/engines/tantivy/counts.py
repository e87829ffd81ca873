"""Facets with counts: each counted under every filter but its own."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import tantivy
from tantivy import Query

from search.listings.contracts import Facet, FacetKind
from search.listings.engines.buckets import (
    COUNTED,
    PRICE_RANGES,
    Buckets,
    CountedAttribute,
    choose_attributes,
    join_facets,
    list_own_filters,
    make_attribute_facet,
)
from search.listings.engines.fields import LEAST_STOCKED
from search.listings.engines.filters import Filters
from search.listings.engines.tantivy.filters import filter_by
from search.listings.engines.tantivy.labels import LabelReader
from search.listings.rules.facets import join_pairs, pair_key

# Beyond any number of distinct values of one query, so that segments' partial counts are never cut off.
_ALL_OF_A_SEGMENT = 100_000
_COUNTED = {**COUNTED, FacetKind.ATTRIBUTE: ("attribute_ids", COUNTED[FacetKind.ATTRIBUTE][1])}
_REQUESTS: Mapping[FacetKind, dict[str, Any]] = {  # Elasticsearch's JSON
    **{
        kind: {"terms": {"field": field, "size": size, "segment_size": _ALL_OF_A_SEGMENT}}
        for kind, (field, size) in _COUNTED.items()
    },
    FacetKind.PRICE: {"range": PRICE_RANGES},
    FacetKind.STOCK: {"range": {"field": "demand", "ranges": [{"from": LEAST_STOCKED}]}},
}


class Counter:
    """Counts the facets of one question on one searcher."""

    def __init__(
        self,
        schema: tantivy.Schema,
        searcher: tantivy.Searcher,
        labels: LabelReader,
        words: Query,
        filters: Filters,
    ) -> None:
        self._schema = schema
        self._searcher = searcher
        self._labels = labels
        self._words = words
        self._filters = filters

    def list_facets(self, total: int) -> tuple[Facet, ...]:
        """All facets that divide the hits (`total`): category, brand, attributes, price, shop, stock."""
        filters = self._filters
        under_all = self._aggregate(filters, _REQUESTS)
        buckets = {
            kind: under_all[kind] if own == filters else self._aggregate(own, [kind])[kind]
            for kind, own in list_own_filters(filters).items()
        }
        ticked = {
            tick.name: self._aggregate(filters.without_attribute(tick.name), [FacetKind.ATTRIBUTE])[FacetKind.ATTRIBUTE]
            for tick in filters.ticks
        }
        attributes = [
            make_attribute_facet(attribute, self._count_exactly(attribute))
            for attribute in choose_attributes(under_all[FacetKind.ATTRIBUTE], ticked, filters)
        ]
        return join_facets(buckets, attributes, self._count_stocked(under_all[FacetKind.STOCK], total), filters)

    def _count_stocked(self, of_demand: Buckets, total: int) -> int:
        """How many can be had. With ticks it must be a variant that meets them; else the demand's highest bit tells."""
        if self._filters.in_stock:
            return total
        if self._filters.ticks:
            return self._count(replace(self._filters, in_stock=True))
        return sum(int(bucket["doc_count"]) for bucket in of_demand if bucket.get("from"))

    def _count_exactly(self, attribute: CountedAttribute) -> dict[str, int]:
        """The counts of doubtful values as if each were ticked alone; a value that is nowhere an option is right."""
        name, filters = attribute.name, self._filters
        options = (value for value in attribute.list_doubtful(filters) if self._is_option(name, value))
        return {value: self._count(filters.with_value(name, value)) for value in options}

    def _is_option(self, name: str, value: str) -> bool:
        return self._searcher.doc_freq("variant_keys", join_pairs([pair_key(name, value)], stocked=False)) > 0

    def _count(self, filters: Filters) -> int:
        return count_hits(self._searcher, filter_by(self._schema, self._words, filters))

    def _aggregate(self, filters: Filters, kinds: Iterable[FacetKind]) -> dict[FacetKind, Buckets]:
        wanted = {kind.value: _REQUESTS[kind] for kind in kinds}
        answer = self._searcher.aggregate(filter_by(self._schema, self._words, filters), wanted)
        found = {FacetKind(name): counted["buckets"] for name, counted in answer.items()}
        if FacetKind.ATTRIBUTE in found:
            found[FacetKind.ATTRIBUTE] = self._name_labels(found[FacetKind.ATTRIBUTE])
        return found

    def _name_labels(self, buckets: Buckets) -> Buckets:
        """With labels in place of their numbers; among equally many in the order of the alphabet."""
        named = [{"key": self._labels.read(int(one["key"])), "doc_count": one["doc_count"]} for one in buckets]
        named.sort(key=lambda one: (-one["doc_count"], one["key"]))
        return named


def count_hits(searcher: tantivy.Searcher, found: Query) -> int:
    """How many documents a query finds."""
    return int(getattr(searcher.search(found, limit=1, count=True), "count", 0) or 0)


def count_categories(searcher: tantivy.Searcher, found: Query) -> dict[int, int]:
    """How many of the documents found each category holds."""
    answer = searcher.aggregate(found, {"categories": _REQUESTS[FacetKind.CATEGORY]})
    return {int(bucket["key"]): bucket["doc_count"] for bucket in answer["categories"]["buckets"]}
