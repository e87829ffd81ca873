"""The cart as its page shows it: what was put in, beside what is offered now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from billing.checkout.contracts import CartLineView, CartOwner, CartView
from billing.checkout.rules import MAX_QUANTITY
from billing.checkout.selectors import get_cart
from market.shops.contracts import Epochs, ShopContext
from market.shops.selectors import map_shops
from search.listings.contracts import SHOWN_AVAILABLE_AT_MOST, PublishedOffer
from search.listings.selectors import list_offers
from tenants.catalog.contracts import Text


@dataclass(frozen=True, slots=True)
class CartRow:
    """One line with today's offer. `now` is None when it is no longer sold."""

    line: CartLineView
    now: PublishedOffer | None

    @property
    def field_name(self) -> str:
        return f"quantity-{self.line.line_id}"

    @property
    def price_minor(self) -> int:
        return self.now.offer.price_minor if self.now else self.line.offer.price_minor

    @property
    def can_be_bought(self) -> bool:
        return self.now is not None and self.now.available > 0

    @property
    def is_counted(self) -> bool:
        return self.line.ticked and self.can_be_bought

    @property
    def sum_minor(self) -> int:
        return self.price_minor * self.line.quantity

    @property
    def left(self) -> int:
        return self.now.available if self.now else 0

    @property
    def is_short(self) -> bool:
        return self.can_be_bought and self.left < min(self.line.quantity, SHOWN_AVAILABLE_AT_MOST)

    @property
    def most(self) -> int:
        return MAX_QUANTITY if self.left >= SHOWN_AVAILABLE_AT_MOST else max(1, self.left)

    @property
    def dropped_minor(self) -> int:
        """How much cheaper it is now than when it was put in."""
        return self.line.offer.price_minor - self.price_minor if self.now else 0

    @property
    def risen_minor(self) -> int:
        return -self.dropped_minor


@dataclass(frozen=True, slots=True)
class CartShop:
    """One shop's lines. `shop` is None when it is gone."""

    shop_id: int
    name: Text
    slug: str
    shop: ShopContext | None
    rows: tuple[CartRow, ...]

    @property
    def is_open(self) -> bool:
        return self.shop is not None and self.shop.is_open

    @property
    def ticks(self) -> str:
        """For the box of all: "true", "mixed" or "false"."""
        return _sum_up_ticks(self.is_all_ticked, self.rows)

    @property
    def is_all_ticked(self) -> bool:
        alive = [row for row in self.rows if row.can_be_bought]
        return bool(alive) and all(row.line.ticked for row in alive)


@dataclass(frozen=True, slots=True)
class CartPage:
    """The whole page."""

    shops: tuple[CartShop, ...]

    @property
    def rows(self) -> list[CartRow]:
        return [row for shop in self.shops for row in shop.rows]

    @property
    def chosen(self) -> list[CartRow]:
        return [row for row in self.rows if row.is_counted]

    @property
    def chosen_pieces(self) -> int:
        return sum(row.line.quantity for row in self.chosen)

    @property
    def chosen_shops(self) -> int:
        return len({row.line.offer.shop_id for row in self.chosen})

    @property
    def total_minor(self) -> int:
        return sum(row.sum_minor for row in self.chosen)

    @property
    def pieces(self) -> int:
        return sum(row.line.quantity for row in self.rows)

    @property
    def ticks(self) -> str:
        """For the box of everything: "true", "mixed" or "false"."""
        return _sum_up_ticks(self.is_all_ticked, self.rows)

    @property
    def is_all_ticked(self) -> bool:
        """Of what can be bought: a dead line does not keep the box from being full."""
        alive = [row for row in self.rows if row.can_be_bought]
        return bool(alive) and all(row.line.ticked for row in alive)

    @property
    def dead_ticks(self) -> list[int]:
        """Lines that were ticked while they could be bought."""
        return [row.line.line_id for row in self.rows if row.line.ticked and not row.can_be_bought]


def read_page(owner: CartOwner, *, epochs: Epochs) -> CartPage:
    """The cart with today's offers: two statements."""
    rows = _match(get_cart(owner), epochs)
    return CartPage(tuple(_group(rows, map_shops(epochs))))


def _sum_up_ticks(is_all: bool, rows: Iterable[CartRow]) -> str:
    if is_all:
        return "true"
    return "mixed" if any(row.is_counted for row in rows) else "false"


def _match(cart: CartView, epochs: Epochs) -> list[CartRow]:
    pairs = [(line.offer.shop_id, line.offer.variant_id) for line in cart.lines]
    offers = list_offers(pairs, epochs=epochs) if pairs else {}
    return [CartRow(line, offers.get((line.offer.shop_id, line.offer.variant_id))) for line in cart.lines]


def _group(rows: Iterable[CartRow], shops: Mapping[int, ShopContext]) -> Iterable[CartShop]:
    for shop_id, members in groupby(rows, key=lambda row: row.line.offer.shop_id):
        lines = tuple(members)
        offer = lines[0].line.offer
        yield CartShop(shop_id, offer.shop_name, offer.shop_slug, shops.get(shop_id), lines)
