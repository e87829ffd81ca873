"""What crosses the border of collections. Money in minor units. No Django."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from search.listings.contracts import DEEPEST_HIT, HIGHEST_NUMBER, LONGEST_KEY, ListingCard, Sort
from search.listings.rules.facets import DISCOUNT_STEPS
from tenants.catalog.contracts import Text

MOST_OF_PLATFORM = 60
MOST_OF_SHOP = 20
MOST_ON_FRONT = 3
MOST_LEFT_OUT = 50
MOST_PRODUCTS = DEEPEST_HIT
LONGEST_TITLE = 40
DISCOUNTS = DISCOUNT_STEPS
"""Percent below the struck price that a rule can ask for."""

SORTS = (Sort.NEWEST, Sort.SALES, Sort.PRICE_UP, Sort.PRICE_DOWN, Sort.RATING)
"""How a list can be sorted: what is new, what is hot, by price, by rating."""


class BadRule(ValueError):
    """A rule beyond its limits. `field` says of what: price_to_minor, discount, sort, most, category, brand, tag."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class ListRule:
    """Which goods a list holds: those that meet everything that is said, the first `most` in the order of `sort`.

    A list of goods is never put together by hand and never stale: it is a question that search answers.
    `discount` is percent, one of `DISCOUNTS`, or 0. `shop_id` is for lists of the platform; a shop's list holds its own
    goods whatever its rule says. Raises `BadRule` when built beyond the limits.
    """

    category_id: int | None = None
    brand: str = ""
    tag: str = ""
    shop_id: int | None = None
    price_from_minor: int | None = None
    price_to_minor: int | None = None
    discount: int = 0
    in_stock: bool = True
    sort: Sort = Sort.SALES
    most: int = 120

    def __post_init__(self) -> None:
        low, high = self.price_from_minor, self.price_to_minor
        for name in ("category_id", "shop_id", "price_from_minor", "price_to_minor"):
            number = getattr(self, name)
            if number is not None and not 0 <= number <= HIGHEST_NUMBER:
                raise BadRule(name)
        if low is not None and high is not None and low > high:
            raise BadRule("price_to_minor")
        if self.discount and self.discount not in DISCOUNTS:
            raise BadRule("discount")
        if self.sort not in SORTS:
            raise BadRule("sort")
        if not 1 <= self.most <= MOST_PRODUCTS:
            raise BadRule("most")
        for name in ("brand", "tag"):
            if len(getattr(self, name)) > LONGEST_KEY:
                raise BadRule(name)


@dataclass(frozen=True, slots=True)
class Collection:
    """A list. Without `owner_shop_id` it is the platform's. `slug` is its address and stays.

    `is_shown`: it has a page; `on_front`: the home page, or the shop's, shows its first goods, lowest `place` first.
    """

    collection_id: int
    owner_shop_id: int | None
    slug: str
    title: Text
    rule: ListRule
    left_out: tuple[int, ...] = ()
    is_shown: bool = True
    on_front: bool = False
    place: int = 10


@dataclass(frozen=True, slots=True)
class CollectionPage:
    """A page of a list. `total` is all of it; `next_cursor` is empty at the end."""

    collection: Collection
    hits: tuple[ListingCard, ...]
    total: int
    next_cursor: str = ""
    did_fall_back: bool = False


@dataclass(frozen=True, slots=True)
class FrontShelf:
    """The first goods of a list on a front page."""

    collection: Collection
    cards: tuple[ListingCard, ...]


@dataclass(frozen=True, slots=True)
class KnownCollections:
    """The shown lists of one owner, as a process keeps them."""

    by_slug: Mapping[str, Collection] = field(default_factory=dict)
