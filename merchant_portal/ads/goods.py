"""The shop's own goods, to be picked for ads and plans: those that are ticked, and what a search finds beside them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.http import HttpRequest

from market.shops.contracts import Epochs, ShopContext
from market.shops.tenancy import enter_shop
from search.campaigns.contracts import AdView
from search.listings.contracts import MOST_WORDS_CHARACTERS, ListingCard, SearchQuery, Sort
from search.listings.selectors import list_cards, map_listing_ids, search
from tenants.catalog.contracts import ProductFilter, ProductStatus
from tenants.catalog.selectors import list_products as list_own_products

MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """A product to tick, and the rate of its own that was typed beside it."""

    card: ListingCard
    ticked: bool
    rate: str = ""


@dataclass(frozen=True, slots=True)
class PickedGoods:
    """Goods that were picked, and others that were found by the words (or sell most). `rates` are as typed.

    `misses`: the words find nothing, not even among what is picked.
    """

    picked: list[ListingCard]
    found: list[ListingCard]
    words: str
    misses: bool
    rates: Mapping[int, str] = field(default_factory=dict)

    @property
    def rows(self) -> list[GoodsRow]:
        """What was picked comes first."""
        return [self._to_row(card, ticked=True) for card in self.picked] + self.others

    @property
    def others(self) -> list[GoodsRow]:
        """What was found and is not picked."""
        return [self._to_row(card, ticked=False) for card in self.found]

    def _to_row(self, card: ListingCard, *, ticked: bool) -> GoodsRow:
        return GoodsRow(card, ticked, self.rates.get(card.product_id, ""))


def find_goods(
    *, shop: ShopContext, words: str, picked: Collection[int], epochs: Epochs, most: int = MOST_SHOWN
) -> PickedGoods:
    """Own goods on sale that meet the words, or else sell most, beside those that were picked by product id.

    What a title or an article number has as it was typed comes first, then what shoppers would find by the words.
    """
    words = " ".join(words.split())[:MOST_WORDS_CHARACTERS]
    chosen = map_cards(shop_id=shop.shop_id, product_ids=picked, epochs=epochs)
    found = _find_written(shop, words, epochs, most) if words else {}
    query = SearchQuery(
        words=words,
        shop_ids=(shop.shop_id,),
        sort=Sort.BEST if words else Sort.SALES,
        size=most,
        with_facets=False,
    )
    for card in search(query, epochs=epochs).hits:
        found.setdefault(card.product_id, card)
    others = [card for product_id, card in found.items() if product_id not in chosen]
    return PickedGoods(
        [chosen[product_id] for product_id in picked if product_id in chosen],
        others[:most],
        words,
        misses=bool(words) and not found,
    )


def map_cards(*, shop_id: int, product_ids: Collection[int], epochs: Epochs) -> dict[int, ListingCard]:
    """Cards of own goods that are on sale, by product id: two statements."""
    listing_ids = map_listing_ids(shop_id=shop_id, product_ids=product_ids) if product_ids else {}
    return {card.product_id: card for card in list_cards(sorted(listing_ids.values()), epochs=epochs)}


def list_products(ads: Sequence[AdView]) -> list[int]:
    """The products of ads."""
    return [ad.product_id for ad in ads if ad.product_id is not None]


def epochs_of(request: HttpRequest) -> Epochs:
    """The counters that the request has read."""
    epochs = request.epochs  # type: ignore[attr-defined]
    assert isinstance(epochs, Epochs)
    return epochs


def _find_written(shop: ShopContext, words: str, epochs: Epochs, most: int) -> dict[int, ListingCard]:
    """Goods that have the words in a title, their brand or an article number, by product id."""
    with transaction.atomic(), enter_shop(shop):
        page = list_own_products(where=ProductFilter(status=ProductStatus.ACTIVE, words=words), limit=most)
    product_ids = [row.product_id for row in page.rows]
    cards = map_cards(shop_id=shop.shop_id, product_ids=product_ids, epochs=epochs)
    return {product_id: cards[product_id] for product_id in product_ids if product_id in cards}
