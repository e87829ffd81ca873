"""A page of results: cards, facets as a rail, ticked conditions, sorts, pages."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language, gettext

from market.shops.contracts import Epochs
from market.shops.selectors import map_shops
from market.taxonomy.contracts import CategoryNode
from market.taxonomy.selectors import get_tree
from search.listings.contracts import BadQuery, Facet, FacetKind, SearchQuery, Sort
from search.listings.selectors import search
from storefront.browse.query import field_of, list_chips, read_query, with_value, without_price


@dataclass(frozen=True, slots=True)
class FacetRow:
    """One value of a facet, as a tick."""

    value: str
    label: str
    count: int
    ticked: bool


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """One facet of the rail. `single` facets take one value (radios)."""

    name: str
    field: str
    single: bool
    is_open: bool
    first: tuple[FacetRow, ...]
    more: tuple[FacetRow, ...]


FIRST_VALUES = 6


def read_results(
    request: HttpRequest, *, category: CategoryNode | None = None, shop_ids: tuple[int, ...] = ()
) -> dict[str, Any]:  # Any: a template's context
    """The context of a page of results for the request's address."""
    try:
        query = read_query(request.GET, category_id=category.category_id if category else None, shop_ids=shop_ids)
    except BadQuery:
        query = SearchQuery(words=request.GET.get("q", "")[:100], shop_ids=shop_ids)
    page = search(query, epochs=request.epochs)  # type: ignore[attr-defined]
    if query.page > 1 and not page.hits:  # behind the last page: show that one
        query = replace(query, page=max(1, page.pages))
        page = search(query, epochs=request.epochs)  # type: ignore[attr-defined]
    facets = [facet for facet in page.facets if not (shop_ids and facet.kind is FacetKind.SHOP)]
    groups = [_to_group(facet, number) for number, facet in enumerate(facets) if field_of(facet)]
    chips = list_chips(
        request.GET,
        tuple(facets),
        path=request.path,
        name_missing=lambda field, value: _name_condition(request.epochs, field, value),  # type: ignore[attr-defined]
    )
    return {
        "page": page,
        "is_makeshift": page.did_fall_back,
        "query": query,
        "groups": [group for group in groups if group.field != "stock"],
        "stock": next((group for group in groups if group.field == "stock"), None),
        "chips": chips,
        "conditions": len(chips) + bool(query.in_stock) + bool(query.price_from_minor or query.price_to_minor),
        "sorts": _list_sorts(request, query),
        "clear": f"{request.path}?q={query.words}" if query.words else request.path,
        "prices": {
            "min": request.GET.get("min", "")[:12] if query.price_from_minor is not None else "",
            "max": request.GET.get("max", "")[:12] if query.price_to_minor is not None else "",
        },
        "without_price": without_price(request.GET, path=request.path),
    }


def _to_group(facet: Facet, number: int) -> FacetGroup:
    language = get_language() or "zh-hans"
    rows = tuple(FacetRow(value.value, value.label.best(language), value.count, value.ticked) for value in facet.values)
    hidden_tick = any(row.ticked for row in rows[FIRST_VALUES:])
    first = len(rows) if hidden_tick else FIRST_VALUES
    return FacetGroup(
        name=_name_facet(facet, language),
        field=field_of(facet),
        single=facet.kind is FacetKind.CATEGORY,
        is_open=number < 5 or any(row.ticked for row in rows),
        first=rows[:first],
        more=rows[first:],
    )


def _name_facet(facet: Facet, language: str) -> str:
    known: Mapping[FacetKind, str] = {
        FacetKind.CATEGORY: gettext("Category"),
        FacetKind.BRAND: gettext("Brand"),
        FacetKind.SHOP: gettext("Shop"),
        FacetKind.STOCK: gettext("In stock"),
    }
    return known.get(facet.kind) or facet.name.best(language)


def _name_condition(epochs: Epochs, field: str, value: str) -> str:
    """A ticked category or shop by its name, also where nothing was found; other values are words already."""
    language = get_language() or "zh-hans"
    if field == "c" and (node := get_tree().nodes.get(int(value))):
        return node.name_en if language.startswith("en") else node.name_zh
    if field == "shop" and (shop := map_shops(epochs).get(int(value))):
        return shop.name.best(language)
    return value


def _list_sorts(request: HttpRequest, query: SearchQuery) -> list[tuple[str, str, bool]]:
    labels = {
        Sort.BEST: gettext("Best match"),
        Sort.SALES: gettext("Sales"),
        Sort.NEWEST: gettext("Newest"),
        Sort.PRICE_UP: gettext("Price ↑"),
        Sort.PRICE_DOWN: gettext("Price ↓"),
    }
    return [
        (label, with_value(request.GET, "sort", sort.value, path=request.path), sort is query.sort)
        for sort, label in labels.items()
    ]
