"""Questions to search, and answers. Money in minor units."""

import math
from dataclasses import dataclass
from enum import StrEnum

from search.listings.contracts.documents import ListingCard
from tenants.catalog.contracts import Text


class Sort(StrEnum):
    """The orders in which hits are listed; ties are broken by listing id, so that every order is total."""

    BEST = "best"
    SALES = "sales"
    NEWEST = "newest"
    PRICE_UP = "price_up"
    PRICE_DOWN = "price_down"
    RATING = "rating"


class BadQuery(ValueError):
    """A question beyond the limits; the message says which."""


MOST_WORDS_CHARACTERS = 100
MOST_VALUES = 20
MOST_ATTRIBUTES = 6
MOST_OPTIONS = 3
MOST_COMBINATIONS = 120
MOST_HITS = 60
DEEPEST_HIT = 2_400


HIGHEST_NUMBER = 2**53 - 1
LONGEST_KEY = 40


def _is_key(text: str) -> bool:
    return 0 < len(text) <= LONGEST_KEY and text.isprintable()


@dataclass(frozen=True, slots=True)
class AttributeTick:
    """An attribute and its ticked values, by the keys that facets give: ("颜色", ("蓝色", "白色"))."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The first cards of a sort: of a category, of a shop, or of all goods; those in stock only."""

    category_id: int | None = None
    shop_id: int | None = None
    sort: Sort = Sort.BEST
    size: int = 6


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """One question. Values inside a facet are alternatives, facets restrict each other.

    The price band is of the price that a card shows (the lowest). Ticked options and `in_stock` meet in one variant.
    Paging: `page` from 1 for numbered pages, or `after`, the previous page's `next_cursor`, which neither repeats nor
    skips.
    `pinned` and `buried` are listing ids that staff placed: pinned ones are among the hits whatever the words are, if
    they pass the filters, and first of the best matches, in this order; buried ones are not. They come from curation
    only, never from a visitor. `as_written`: nothing else is to be taken for what the words were meant to be.
    Raises `BadQuery` when built beyond the limits.
    """

    words: str = ""
    category_id: int | None = None
    brands: tuple[str, ...] = ()
    price_from_minor: int | None = None
    price_to_minor: int | None = None
    attributes: tuple[AttributeTick, ...] = ()
    shop_ids: tuple[int, ...] = ()
    in_stock: bool = False
    sort: Sort = Sort.BEST
    page: int = 1
    after: str = ""
    size: int = 24
    with_facets: bool = True
    pinned: tuple[int, ...] = ()
    buried: tuple[int, ...] = ()
    as_written: bool = False

    def __post_init__(self) -> None:
        if len(self.words) > MOST_WORDS_CHARACTERS:
            raise BadQuery(f"At most {MOST_WORDS_CHARACTERS} characters.")
        if not 1 <= self.size <= MOST_HITS or self.page < 1 or self.page * self.size > DEEPEST_HIT:
            raise BadQuery(f"At most {MOST_HITS} hits a page and {DEEPEST_HIT} in all.")
        self._check_filters()
        self._check_attributes()

    def _check_filters(self) -> None:
        if max(len(self.brands), len(self.shop_ids)) > MOST_VALUES:
            raise BadQuery(f"At most {MOST_VALUES} values of one filter.")
        if not all(map(_is_key, self.brands)):
            raise BadQuery("A brand is not one of ours.")
        numbers = (self.category_id, self.price_from_minor, self.price_to_minor, *self.shop_ids)
        if any(number is not None and not 0 <= number <= HIGHEST_NUMBER for number in numbers):
            raise BadQuery("A price or an id is out of range.")

    def _check_attributes(self) -> None:
        names = [tick.name for tick in self.attributes]
        values = [value for tick in self.attributes for value in tick.values]
        if len(names) > MOST_ATTRIBUTES or len(names) != len(set(names)):
            raise BadQuery(f"At most {MOST_ATTRIBUTES} attributes, each once.")
        if not all(0 < len(tick.values) <= MOST_VALUES for tick in self.attributes):
            raise BadQuery(f"One to {MOST_VALUES} values of an attribute.")
        if not all(map(_is_key, (*names, *values))):
            raise BadQuery("An attribute is not one of ours.")
        if not self._combinations_are_few():
            raise BadQuery(f"At most {MOST_COMBINATIONS} combinations of ticked options.")

    def _combinations_are_few(self) -> bool:
        """A product has at most three options, so three ticked attributes can meet in one variant."""
        most = sorted((len(tick.values) for tick in self.attributes), reverse=True)[:MOST_OPTIONS]
        return math.prod(most) <= MOST_COMBINATIONS


class FacetKind(StrEnum):
    """What a facet divides by."""

    CATEGORY = "category"
    BRAND = "brand"
    PRICE = "price"
    ATTRIBUTE = "attribute"
    SHOP = "shop"
    STOCK = "stock"


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value: `value` goes into the query, `label` is shown, `count` is right under every other tick.

    Values of the price facet are "from-to" in minor units, either side may be empty.
    """

    value: str
    label: Text
    count: int
    ticked: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet. `key` names the attribute in the query; it is empty for the other kinds."""

    kind: FacetKind
    key: str
    name: Text
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """An answer. `did_fall_back`: the engine was not to be had, PostgreSQL answered, without facets.

    `did_relax`: nothing has all words, so what has most of them is shown. `corrected_words`: what the words were taken
    for when nothing is called as they were written ("showing results for ..."), empty otherwise.
    """

    query: SearchQuery
    hits: tuple[ListingCard, ...]
    total: int
    facets: tuple[Facet, ...] = ()
    next_cursor: str = ""
    did_fall_back: bool = False
    did_relax: bool = False
    corrected_words: str = ""

    @property
    def pages(self) -> int:
        """How many numbered pages can be visited."""
        return -(-min(self.total, DEEPEST_HIT) // self.query.size)

    def find_facet(self, kind: FacetKind, key: str = "") -> Facet | None:
        """The facet of a kind (and attribute), or None."""
        return next((facet for facet in self.facets if facet.kind is kind and facet.key == key), None)
