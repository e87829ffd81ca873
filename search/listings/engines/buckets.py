"""Facets out of buckets: what is counted, in the JSON that both engines share, and how counts become facets."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from search.listings.contracts import Facet, FacetKind, FacetValue
from search.listings.engines.fields import read_brand_label
from search.listings.engines.filters import Filters
from search.listings.rules.facets import describe_band, list_bands, read_label, write_band
from tenants.catalog.contracts import Text

MOST_NAMES = 8
MOST_SHOWN = 12
MOST_CATEGORIES = 400
_MOST_LABELS = 600

Buckets = list[dict[str, Any]]  # Elasticsearch's JSON; tantivy gives the same
Values = Mapping[str, tuple[Text, int]]
COUNTED: Mapping[FacetKind, tuple[str, int]] = {
    FacetKind.CATEGORY: ("category_ids", MOST_CATEGORIES),
    FacetKind.BRAND: ("brand_label", 60),
    FacetKind.SHOP: ("shop_id", 60),
    FacetKind.ATTRIBUTE: ("attribute_labels", _MOST_LABELS),
}
"""The field of each facet that is counted by value, and how many values are asked for."""
PRICE_RANGES = {
    "field": "price",
    "ranges": [{"from": low} if high is None else {"from": low, "to": high + 1} for low, high in list_bands()],
}


@dataclass(frozen=True, slots=True)
class CountedAttribute:
    """One attribute with the values to show, counted as their labels stand."""

    name: str
    label: Text
    values: Values
    ticked: frozenset[str]

    def list_doubtful(self, filters: Filters) -> list[str]:
        """Values whose count may be too high: an option must meet other ticks and the stock in one variant."""
        return [value for value, (_, count) in self.values.items() if count] if filters.must_meet(self.name) else []


def list_own_filters(filters: Filters) -> dict[FacetKind, Filters]:
    """The filters under which each facet but the attributes is counted: all but its own."""
    return {
        FacetKind.CATEGORY: replace(filters, category_id=None),
        FacetKind.BRAND: replace(filters, brands=()),
        FacetKind.PRICE: replace(filters, price_from_minor=None, price_to_minor=None),
        FacetKind.SHOP: replace(filters, shop_ids=()),
    }


def choose_attributes(under_all: Buckets, own: Mapping[str, Buckets], filters: Filters) -> list[CountedAttribute]:
    """The attributes to show: the ticked ones, each counted under all ticks but its own (`own`), then the telling."""
    names = _read_labels(under_all)
    for name, buckets in own.items():
        found = _read_labels(buckets).get(name)
        names[name] = found or names.get(name) or (Text(name, name), {})
    by_reach = sorted(names, key=lambda name: (-sum(count for _, count in names[name][1].values()), name))
    telling = [name for name in by_reach if name not in own and len(names[name][1]) > 1]
    shown = [*own, *telling[: max(0, MOST_NAMES - len(own))]]
    ticked = {tick.name: frozenset(tick.values) for tick in filters.ticks}
    return [_choose_values(name, *names[name], ticked.get(name, frozenset())) for name in shown]


def make_attribute_facet(attribute: CountedAttribute, exact: Mapping[str, int]) -> Facet:
    """The facet of an attribute; `exact` has the counts of doubtful values."""
    counted = []
    for value, (text, count) in attribute.values.items():
        right = exact.get(value, count)
        if right or value in attribute.ticked:
            counted.append(FacetValue(value, text, right, value in attribute.ticked))
    counted.sort(key=lambda value: -value.count)
    return Facet(FacetKind.ATTRIBUTE, attribute.name, attribute.label, tuple(counted))


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


def _make_stock_facet(count: int, filters: Filters) -> Facet:
    value = FacetValue("1", Text("有货", "In stock"), count, filters.in_stock)
    return Facet(FacetKind.STOCK, "", Text("库存", "Stock"), (value,) if count or value.ticked else ())


def join_facets(
    buckets: Mapping[FacetKind, Buckets], attributes: list[Facet], stocked: int, filters: Filters
) -> tuple[Facet, ...]:
    """All facets that divide the hits, in the order in which they are shown."""
    found = [
        _make_category_facet(buckets[FacetKind.CATEGORY], filters),
        _make_brand_facet(buckets[FacetKind.BRAND], filters),
        *attributes,
        _make_price_facet(buckets[FacetKind.PRICE], filters),
        _make_shop_facet(buckets[FacetKind.SHOP], filters),
        _make_stock_facet(stocked, filters),
    ]
    return tuple(facet for facet in found if facet.values)


def _choose_values(name: str, label: Text, values: Values, ticked: frozenset[str]) -> CountedAttribute:
    by_count = sorted(values, key=lambda value: (-values[value][1], value))
    shown = [*by_count[:MOST_SHOWN], *(value for value in by_count[MOST_SHOWN:] if value in ticked)]
    shown += sorted(ticked.difference(shown))
    return CountedAttribute(name, label, {value: values.get(value, (Text(value, value), 0)) for value in shown}, ticked)


def _read_labels(buckets: Buckets) -> dict[str, tuple[Text, dict[str, tuple[Text, int]]]]:
    """Labels by name and value key; spellings of one value are added up, the most frequent one is shown."""
    names: dict[str, tuple[Text, dict[str, tuple[Text, int]]]] = {}
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
