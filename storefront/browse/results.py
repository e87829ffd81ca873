"""A page of results: cards, facets as a rail, ticked conditions, sorts, pages."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext

from market.shops.contracts import Epochs
from market.shops.selectors import map_shops
from market.taxonomy.contracts import CategoryNode
from market.taxonomy.selectors import get_tree
from search.listings.contracts import BadQuery, FacetKind, SearchPage, SearchQuery, Sort
from search.listings.selectors import search
from storefront.browse.helping import find_help
from storefront.browse.kept import Draft, Results, digest
from storefront.browse.query import list_chips, read_query, with_words, without, without_price
from storefront.browse.rail import draw_rail
from storefront.browse.suggesting import list_hot


def draft_results(
    request: HttpRequest,
    kind: str,
    *,
    more: Mapping[str, Any] | None = None,  # Any: a template's context
    category: CategoryNode | None = None,
    shop_ids: tuple[int, ...] = (),
) -> Draft:
    """A page of results for the request's address. `kind` (search, category, shop) names its templates.

    What `more` says must hang on shops and categories only.
    """
    query, page = _search(request, category, shop_ids)
    context = _make_context(request, query, page, is_in_category=category is not None)
    found_help = find_help(request, query, page)
    hot = tuple(list_hot(request.epochs, now=timezone.now()))  # type: ignore[attr-defined]
    state = (request.epochs.shops, get_tree().version, hot)  # type: ignore[attr-defined]
    content = digest(
        state,
        [(card.listing_id, card.version) for card in page.hits],
        (query.page, page.total, page.did_relax, page.corrected_words),
        [(card.listing_id, card.version) for card in found_help.goods],
        replace(found_help, goods=()),
        [chip.label for chip in context["chips"]],
        context["rail"],
    )
    around = (category.category_id if category else None, shop_ids, state)
    return Draft(
        f"storefront/browse/{kind}.html",
        {**context, "help": found_help, "with_ads": not shop_ids, **(more or {})},
        content,
        Results(f"storefront/browse/{kind}_results.html", query.words, around),
        is_makeshift=page.did_fall_back,
    )


def _search(
    request: HttpRequest, category: CategoryNode | None, shop_ids: tuple[int, ...]
) -> tuple[SearchQuery, SearchPage]:
    """What is asked for and the answer; behind the last page, that page."""
    try:
        query = read_query(request.GET, category_id=category.category_id if category else None, shop_ids=shop_ids)
    except BadQuery:
        query = SearchQuery(words=request.GET.get("q", "")[:100], shop_ids=shop_ids)
    page = search(query, epochs=request.epochs)  # type: ignore[attr-defined]
    if query.page > 1 and not page.hits:
        query = replace(query, page=max(1, page.pages))
        page = search(query, epochs=request.epochs)  # type: ignore[attr-defined]
    if shop_ids:  # one shop's own page offers no other
        page = replace(page, facets=tuple(facet for facet in page.facets if facet.kind is not FacetKind.SHOP))
    return query, page


def _make_context(
    request: HttpRequest, query: SearchQuery, page: SearchPage, *, is_in_category: bool
) -> dict[str, Any]:  # Any: a template's context
    chips = list_chips(
        request.GET,
        page.facets,
        path=request.path,
        name_missing=lambda field, value: _name_condition(request.epochs, field, value),  # type: ignore[attr-defined]
    )
    return {
        "page": page,
        "query": query,
        "rail": draw_rail(page.facets, language=get_language() or "zh-hans", is_in_category=is_in_category),
        "chips": chips,
        "conditions": len(chips) + bool(query.in_stock) + bool(query.price_from_minor or query.price_to_minor),
        "sorts": _list_sorts(request, query),
        "clear": f"{request.path}?{urlencode({'q': query.words})}" if query.words else request.path,
        "as_written": with_words(request.GET, query.words, path=request.path, exact=True),
        "prices": {
            "min": request.GET.get("min", "")[:12] if query.price_from_minor is not None else "",
            "max": request.GET.get("max", "")[:12] if query.price_to_minor is not None else "",
        },
        "without_price": without_price(request.GET, path=request.path),
    }


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
    others = without(request.GET, "sort", path=request.path)
    start = f"{others}{'&' if '?' in others else '?'}sort="
    return [(label, f"{start}{sort.value}", sort is query.sort) for sort, label in labels.items()]
