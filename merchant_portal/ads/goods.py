"""The shop's own goods, to be picked for an ad."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from market.shops.contracts import Epochs
from search.campaigns.contracts import AdView
from search.listings.contracts import MOST_WORDS_CHARACTERS, ListingCard, SearchQuery, Sort
from search.listings.selectors import list_cards, map_listing_ids, search

MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class PickedGoods:
    """Goods that were picked, and others that were found."""

    picked: list[ListingCard]
    found: list[ListingCard]
    total: int


def find_goods(*, shop_id: int, words: str, picked: Collection[int], epochs: Epochs) -> PickedGoods:
    """Own goods that meet the words (or sell most), beside those that were picked by product id."""
    words = " ".join(words.split())[:MOST_WORDS_CHARACTERS]
    sort = Sort.BEST if words else Sort.SALES
    query = SearchQuery(words=words, shop_ids=(shop_id,), sort=sort, size=MOST_SHOWN, with_facets=False)
    page = search(query, epochs=epochs)
    chosen = map_cards(shop_id=shop_id, product_ids=picked, epochs=epochs)
    return PickedGoods(
        [chosen[product_id] for product_id in picked if product_id in chosen],
        [card for card in page.hits if card.product_id not in chosen],
        page.total,
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
