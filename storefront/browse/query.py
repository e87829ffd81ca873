"""Reading a search out of an address, and writing addresses for its changes."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import get_language

from market.money import BadAmount, parse_minor
from search.listings.contracts import (
    MOST_ATTRIBUTES,
    MOST_VALUES,
    MOST_WORDS_CHARACTERS,
    AttributeTick,
    Facet,
    FacetKind,
    SearchQuery,
    Sort,
)

ATTRIBUTE = "a."
CONDITIONS = ("c", "brand", "shop")
NUMBERED = ("c", "shop")
PAGE_SIZE = 30
_FIELDS = {FacetKind.CATEGORY: "c", FacetKind.BRAND: "brand", FacetKind.SHOP: "shop", FacetKind.STOCK: "stock"}
DEEPEST_PAGE = 80


@dataclass(frozen=True, slots=True)
class Chip:
    """One ticked condition and the address without it."""

    label: str
    href: str


def read_query(data: QueryDict, *, category_id: int | None, shop_ids: tuple[int, ...] = ()) -> SearchQuery:
    """A search from an address. What cannot be read is left out: an address never fails."""
    attributes = [
        AttributeTick(name[len(ATTRIBUTE) :], tuple(dict.fromkeys(data.getlist(name)))[:MOST_VALUES])
        for name in data
        if _is_attribute(name)
    ]
    page = data.get("page", "1")
    sort = data.get("sort", Sort.BEST.value)
    return SearchQuery(
        words=" ".join(data.get("q", "").split())[:MOST_WORDS_CHARACTERS],
        category_id=category_id if category_id is not None else _number(data.get("c", "")),
        brands=tuple(dict.fromkeys(data.getlist("brand")))[:MOST_VALUES],
        price_from_minor=_price(data.get("min", "")),
        price_to_minor=_price(data.get("max", "")),
        attributes=tuple(attributes[:MOST_ATTRIBUTES]),
        shop_ids=shop_ids or tuple(filter(None, map(_number, data.getlist("shop")[:MOST_VALUES]))),
        in_stock="stock" in data,
        sort=Sort(sort) if sort in set(Sort) else Sort.BEST,
        page=min(int(page), DEEPEST_PAGE) if page.isdigit() and len(page) < 4 and int(page) else 1,
        size=PAGE_SIZE,
    )


def list_chips(
    data: QueryDict, facets: tuple[Facet, ...], *, path: str, name_missing: Callable[[str, str], str]
) -> list[Chip]:
    """The ticked conditions, each removable. `name_missing(field, value)` names what no facet lists."""
    language = get_language() or "zh-hans"
    ticked = [name for name in data if name in CONDITIONS or _is_attribute(name)]
    if not ticked:
        return []
    labels = {(field_of(facet), value.value): value.label for facet in facets for value in facet.values}
    chips = []
    for name in ticked:
        for value in dict.fromkeys(data.getlist(name)):
            if name in NUMBERED and _number(value) is None:
                continue
            label = labels.get((name, value))
            text = label.best(language) if label else name_missing(name, value)
            chips.append(Chip(text[:60], without(data, name, value, path=path)))
    return chips[:40]


def without_price(data: QueryDict, *, path: str) -> str:
    """The address without both ends of the price."""
    pairs = [(key, one) for key in data for one in data.getlist(key) if key not in ("page", "after", "min", "max")]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def without(data: QueryDict, name: str, value: str | None = None, *, path: str) -> str:
    """The address without a condition, and from its first page on."""
    pairs = [
        (key, one)
        for key in data
        for one in data.getlist(key)
        if key not in ("page", "after") and not (key == name and value in (None, one))
    ]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def field_of(facet: Facet) -> str:
    """The name of a facet's field in the address."""
    if facet.kind is FacetKind.ATTRIBUTE:
        return ATTRIBUTE + facet.key
    return _FIELDS.get(facet.kind, "")


def _is_attribute(name: str) -> bool:
    return name.startswith(ATTRIBUTE) and len(ATTRIBUTE) < len(name) < 80


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() and len(text) <= 18 else None


def _price(text: str) -> int | None:
    try:
        return max(0, parse_minor(text)) if text.strip() else None
    except BadAmount:
        return None
