"""Facets with counts: each counted under every filter but its own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

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
from search.listings.engines.elastic.client import Json
from search.listings.engines.elastic.filters import filter_by, meet_ticks
from search.listings.engines.filters import Filters

_OF_A_SHARD = 2_000  # values that each shard reports; with one shard counts are exact anyhow
_STOCKED = "stocked"
AGGREGATIONS: Mapping[str, Json] = {
    **{
        kind.value: {"terms": {"field": field, "size": size, "shard_size": _OF_A_SHARD}}
        for kind, (field, size) in COUNTED.items()
    },
    FacetKind.PRICE.value: {"range": PRICE_RANGES},
}


class FacetQuestions:
    """What has to be asked for the facets: with the page what stands under all filters, apart what lacks its own."""

    def __init__(self, matching: Json, filters: Filters) -> None:
        self._matching = matching
        self._filters = filters
        own = list_own_filters(filters)
        self._kinds = [kind for kind, without in own.items() if without != filters]
        self._names = [tick.name for tick in filters.ticks]
        self._own = own

    def ask_with_page(self) -> Json:
        """Aggregations over the hits."""
        stocked = meet_ticks(replace(self._filters, in_stock=True))
        return {**AGGREGATIONS, _STOCKED: {"filter": stocked}}

    def list_apart(self) -> list[Json]:
        """Further requests: one for each ticked facet."""
        apart = [self._count(self._own[kind], kind) for kind in self._kinds]
        return apart + [self._count(self._filters.without_attribute(name), FacetKind.ATTRIBUTE) for name in self._names]

    def choose_attributes(self, page: Json, apart: Sequence[Json]) -> list[CountedAttribute]:
        """The attributes to show."""
        ticked = apart[len(self._kinds) :]
        own = {name: _read(answer, FacetKind.ATTRIBUTE) for name, answer in zip(self._names, ticked, strict=True)}
        return choose_attributes(_read(page, FacetKind.ATTRIBUTE), own, self._filters)

    def ask_doubtful(self, attributes: Sequence[CountedAttribute]) -> Json | None:
        """One request that counts, for every doubtful value, what ticking it alone would find."""
        wanted = {
            f"{place}:{value}": {"filter": meet_ticks(self._filters.with_value(attribute.name, value))}
            for place, attribute in enumerate(attributes)
            for value in attribute.list_doubtful(self._filters)
        }
        if not wanted:
            return None
        loose = replace(self._filters, ticks=(), in_stock=False)
        return {"query": filter_by(self._matching, loose), "size": 0, "track_total_hits": False, "aggs": wanted}

    def make_facets(
        self, page: Json, apart: Sequence[Json], attributes: Sequence[CountedAttribute], doubtful: Json | None
    ) -> tuple[Facet, ...]:
        """The facets out of all answers."""
        own = dict(zip(self._kinds, apart, strict=False))
        buckets = {kind: _read(own.get(kind, page), kind) for kind in self._own}
        exact = doubtful["aggregations"] if doubtful else {}
        shown = []
        for place, attribute in enumerate(attributes):
            counts = {value: exact.get(f"{place}:{value}") for value in attribute.values}
            right = {value: int(found["doc_count"]) for value, found in counts.items() if found is not None}
            shown.append(make_attribute_facet(attribute, right))
        return join_facets(buckets, shown, int(page["aggregations"][_STOCKED]["doc_count"]), self._filters)

    def _count(self, filters: Filters, kind: FacetKind) -> Json:
        return {
            "query": filter_by(self._matching, filters),
            "size": 0,
            "track_total_hits": False,
            "aggs": {kind.value: AGGREGATIONS[kind.value]},
        }


def _read(answer: Json, kind: FacetKind) -> Buckets:
    found: Buckets = answer["aggregations"][kind.value]["buckets"]
    return found
