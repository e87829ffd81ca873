"""Facets with counts: each counted under every filter but its own."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import tantivy
from tantivy import Query

from search.listings.contracts import Facet, FacetKind, FacetValue
from search.listings.engines.tantivy.filters import Filters, filter_by
from search.listings.engines.tantivy.schema import read_brand_label
from search.listings.rules.facets import describe_band, join_pairs, list_bands, pair_key, read_label, write_band
from tenants.catalog.contracts import Text

MOST_NAMES = 8
MOST_SHOWN = 12
MOST_CATEGORIES = 400
# Beyond any number of distinct values of one query, so that segments' partial counts are never cut off.
_ALL_OF_A_SEGMENT = 100_000
_MOST_LABELS = 600

_AGGREGATIONS: Mapping[FacetKind, tuple[str, int]] = {
    FacetKind.CATEGORY: ("category_ids", MOST_CATEGORIES),
    FacetKind.BRAND: ("brand_label", 60),
    FacetKind.SHOP: ("shop_id", 60),
    FacetKind.ATTRIBUTE: ("attribute_labels", _MOST_LABELS),
}
_PRICE_RANGES = [{"from": low} if high is None else {"from": low, "to": high + 1} for low, high in list_bands()]
_REQUESTS: Mapping[FacetKind, dict[str, Any]] = {  # Elasticsearch's JSON
    **{
        kind: {"terms": {"field": field, "size": size, "segment_size": _ALL_OF_A_SEGMENT}}
        for kind, (field, size) in _AGGREGATIONS.items()
    },
    FacetKind.PRICE: {"range": {"field": "price", "ranges": _PRICE_RANGES}},
}
Buckets = list[dict[str, Any]]  # Elasticsearch's JSON, as tantivy gives it
_Names = dict[str, tuple[Text, dict[str, tuple[Text, int]]]]


class Counter:
    """Counts the facets of one question on one searcher."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher, words: Query, filters: Filters) -> None:
        self._schema = schema
        self._searcher = searcher
        self._words = words
        self._filters = filters

    def list_facets(self) -> tuple[Facet, ...]:
        """All facets that divide the hits: category, brand, attributes, price, shop, stock."""
        filters = self._filters
        under_all = self._aggregate(filters, _REQUESTS)
        without = {
            FacetKind.CATEGORY: replace(filters, category_id=None),
            FacetKind.BRAND: replace(filters, brands=()),
            FacetKind.PRICE: replace(filters, price_from_minor=None, price_to_minor=None),
            FacetKind.SHOP: replace(filters, shop_ids=()),
        }
        buckets = {
            kind: under_all[kind] if own == filters else self._aggregate(own, [kind])[kind]
            for kind, own in without.items()
        }
        found = [
            _make_category_facet(buckets[FacetKind.CATEGORY], filters),
            _make_brand_facet(buckets[FacetKind.BRAND], filters),
            *self._list_attribute_facets(under_all[FacetKind.ATTRIBUTE]),
            _make_price_facet(buckets[FacetKind.PRICE], filters),
            _make_shop_facet(buckets[FacetKind.SHOP], filters),
            self._make_stock_facet(),
        ]
        return tuple(facet for facet in found if facet.values)

    # ---- Attributes ---------------------------------------------------------------------------

    def _list_attribute_facets(self, labels: Buckets) -> list[Facet]:
        names = _read_labels(labels)
        ticked = {tick.name: set(tick.values) for tick in self._filters.ticks}
        for name in ticked:
            own = self._aggregate(self._filters.without_attribute(name), [FacetKind.ATTRIBUTE])
            found = _read_labels(own[FacetKind.ATTRIBUTE]).get(name)
            names[name] = found or (names[name] if name in names else (Text(name, name), {}))
        by_reach = sorted(names, key=lambda name: (-sum(count for _, count in names[name][1].values()), name))
        telling = [name for name in by_reach if name not in ticked and len(names[name][1]) > 1]
        shown = [*ticked, *telling[: max(0, MOST_NAMES - len(ticked))]]
        return [self._make_attribute_facet(name, *names[name], ticked.get(name, set())) for name in shown]

    def _make_attribute_facet(
        self, name: str, label: Text, values: dict[str, tuple[Text, int]], ticked: set[str]
    ) -> Facet:
        by_count = sorted(values, key=lambda value: (-values[value][1], value))
        shown = [*by_count[:MOST_SHOWN], *(value for value in by_count[MOST_SHOWN:] if value in ticked)]
        shown += sorted(ticked.difference(shown))
        must_meet = self._filters.in_stock or any(tick.name != name for tick in self._filters.ticks)
        counted = []
        for value in shown:
            text, count = values.get(value, (Text(value, value), 0))
            count = self._count_value(name, value, count) if count and must_meet else count
            if count or value in ticked:
                counted.append(FacetValue(value, text, count, value in ticked))
        return Facet(FacetKind.ATTRIBUTE, name, label, tuple(sorted(counted, key=lambda value: -value.count)))

    def _count_value(self, name: str, value: str, count: int) -> int:
        """The count of one value if it were ticked alone, under other ticks or of what is in stock.

        `count` is right unless the value is an option somewhere: then it must meet the other ticks and the stock in
        one variant, which is counted by a query of its own.
        """
        as_option = join_pairs([pair_key(name, value)], stocked=False)
        if not self._searcher.doc_freq("variant_keys", as_option):
            return count
        return self._count(self._filters.with_value(name, value))

    # ---- The rest -----------------------------------------------------------------------------

    def _make_stock_facet(self) -> Facet:
        count = self._count(replace(self._filters, in_stock=True))
        value = FacetValue("1", Text("有货", "In stock"), count, self._filters.in_stock)
        return Facet(FacetKind.STOCK, "", Text("库存", "Stock"), (value,) if count or value.ticked else ())

    def _count(self, filters: Filters) -> int:
        found = filter_by(self._schema, self._words, filters)
        return count_hits(self._searcher, found)

    def _aggregate(self, filters: Filters, kinds: Iterable[FacetKind]) -> dict[FacetKind, Buckets]:
        wanted = {kind.value: _REQUESTS[kind] for kind in kinds}
        answer = self._searcher.aggregate(filter_by(self._schema, self._words, filters), wanted)
        return {FacetKind(name): found["buckets"] for name, found in answer.items()}


def count_hits(searcher: tantivy.Searcher, found: Query) -> int:
    """How many documents a query finds."""
    return int(getattr(searcher.search(found, limit=1, count=True), "count", 0) or 0)


def count_categories(searcher: tantivy.Searcher, found: Query) -> dict[int, int]:
    """How many of the documents found each category holds."""
    answer = searcher.aggregate(found, {"categories": _REQUESTS[FacetKind.CATEGORY]})
    return {int(bucket["key"]): bucket["doc_count"] for bucket in answer["categories"]["buckets"]}


def _read_labels(buckets: Buckets) -> _Names:
    """Labels by name and value key; spellings of one value are added up, the most frequent one is shown."""
    names: _Names = {}
    for bucket in buckets:
        name_key, value_key, name, value = read_label(bucket["key"])
        known = names.get(name_key)
        if known is None:
            names[name_key] = (name, {value_key: (value, bucket["doc_count"])})
            continue
        values = known[1]
        before = values.get(value_key)
        if before is None:
            values[value_key] = (value, bucket["doc_count"])
            continue
        text, count = before
        values[value_key] = (Text(text.zh or value.zh, text.en or value.en), count + bucket["doc_count"])
    return names


def _make_category_facet(buckets: Buckets, filters: Filters) -> Facet:
    values = [
        FacetValue(str(int(bucket["key"])), Text(), bucket["doc_count"], int(bucket["key"]) == filters.category_id)
        for bucket in buckets
    ]
    return Facet(FacetKind.CATEGORY, "", Text("类目", "Category"), tuple(values))


def _make_brand_facet(buckets: Buckets, filters: Filters) -> Facet:
    found: dict[str, tuple[Text, int]] = {}
    for bucket in buckets:
        key, shown = read_brand_label(bucket["key"])
        text, count = found.get(key, (shown, 0))
        found[key] = (text, count + bucket["doc_count"])
    for key in filters.brands:
        found.setdefault(key, (Text(key, key), 0))
    values = [FacetValue(key, text, count, key in filters.brands) for key, (text, count) in found.items()]
    values.sort(key=lambda value: (-value.count, value.value))
    few = values[:MOST_SHOWN] + [value for value in values[MOST_SHOWN:] if value.ticked]
    return Facet(FacetKind.BRAND, "", Text("品牌", "Brand"), tuple(few))


def _make_shop_facet(buckets: Buckets, filters: Filters) -> Facet:
    counts = {int(bucket["key"]): bucket["doc_count"] for bucket in buckets}
    for shop_id in filters.shop_ids:
        counts.setdefault(shop_id, 0)
    by_count = sorted(counts, key=lambda shop_id: (-counts[shop_id], shop_id))
    few = by_count[:MOST_SHOWN] + [shop_id for shop_id in by_count[MOST_SHOWN:] if shop_id in filters.shop_ids]
    values = (FacetValue(str(pk), Text(), counts[pk], pk in filters.shop_ids) for pk in few)
    return Facet(FacetKind.SHOP, "", Text("店铺", "Shop"), tuple(values))


def _make_price_facet(buckets: Buckets, filters: Filters) -> Facet:
    asked = write_band(filters.price_from_minor, filters.price_to_minor)
    values = []
    for bucket in buckets:
        if bucket["doc_count"]:
            high = int(bucket["to"]) - 1 if "to" in bucket else None
            band = write_band(int(bucket.get("from", 0)), high)
            values.append(FacetValue(band, describe_band(band), bucket["doc_count"], band == asked))
    return Facet(FacetKind.PRICE, "", Text("价格", "Price"), tuple(values))
