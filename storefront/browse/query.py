"""Reading a search out of an address, and writing addresses for its changes."""

from collections.abc import Callable, Sequence
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
LAST_PAGE_WITH_ADS = 3
_FIELDS = {FacetKind.CATEGORY: "c", FacetKind.BRAND: "brand", FacetKind.SHOP: "shop", FacetKind.STOCK: "stock"}
DEEPEST_PAGE = 80
_ORDER = ("q", "exact", "c", "brand", "shop", ATTRIBUTE, "stock", "min", "max", "sort", "page")
_KEEPING_ADS = frozenset(("q", "exact", "stock", "page", "sort"))
_SAYING_NOTHING = (("sort", Sort.BEST.value), ("page", "1"))


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
        as_written="exact" in data,
        sort=Sort(sort) if sort in set(Sort) else Sort.BEST,
        page=min(int(page), DEEPEST_PAGE) if page.isdigit() and len(page) < 4 and int(page) else 1,
        size=PAGE_SIZE,
    )


def may_have_ads(data: QueryDict) -> bool:
    """Whether sponsored goods may stand in the answer: words or a category alone, by what fits best, its first pages.

    What is asked for by conditions is shown as it was asked for.
    """
    said = {name for name in data if any(one.strip() for one in data.getlist(name))} - _KEEPING_ADS
    page = data.get("page", "1")
    is_early = page in {str(number) for number in range(1, LAST_PAGE_WITH_ADS + 1)}
    return not said and is_early and data.get("sort", Sort.BEST.value) == Sort.BEST.value


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
    return _write_address(path, [pair for pair in _list_pairs(data) if pair[0] not in ("page", "min", "max")])


def without(data: QueryDict, name: str, value: str | None = None, *, path: str) -> str:
    """The address without a condition, and from its first page on."""
    pairs = [
        (key, one) for key, one in _list_pairs(data) if key != "page" and not (key == name and value in (None, one))
    ]
    return _write_address(path, pairs)


def with_words(data: QueryDict, words: str, *, path: str, exact: bool = False) -> str:
    """The address with other words, and from its first page on; `exact` takes them as they are written."""
    pairs = [(key, one) for key, one in _list_pairs(data) if key not in ("page", "q", "exact")]
    return _write_address(path, [("q", words), *([("exact", "1")] if exact else []), *pairs])


def write_canonical(data: QueryDict, *, path: str) -> str:
    """The one address for all that ask the same: known names in one order, values in theirs, nothing empty."""
    return _write_address(path, [pair for pair in _list_pairs(data) if pair not in _SAYING_NOTHING])


def _write_address(path: str, pairs: Sequence[tuple[str, str]]) -> str:
    ordered = sorted(dict.fromkeys(pairs), key=lambda pair: (_place_of(pair[0]), *pair))
    return f"{path}?{urlencode(ordered)}" if ordered else path


def _list_pairs(data: QueryDict) -> list[tuple[str, str]]:
    """Names that a search knows, with values."""
    return [
        (key, one) for key in data if key in _ORDER or _is_attribute(key) for one in data.getlist(key) if one.strip()
    ]


def _place_of(name: str) -> int:
    return _ORDER.index(name if name in _ORDER else ATTRIBUTE)


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
