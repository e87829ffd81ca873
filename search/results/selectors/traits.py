"""What listings are compared and mixed by."""

from collections.abc import Iterable

from search.listings.contracts import ListingState
from search.listings.models import Listing
from search.results.rules.choosing import Place
from search.results.rules.likeness import Traits
from search.tokens.chinese import tokenize

MOST_AT_ONCE = 400


def list_traits(listing_ids: Iterable[int]) -> dict[int, Traits]:
    """Of listings that are shown, whatever became of their shops: one statement."""
    wanted = sorted(set(listing_ids))[:MOST_AT_ONCE]
    rows = Listing.objects.filter(pk__in=wanted, state=ListingState.SHOWN.value).values_list(
        "pk", "shop_id", "card__title", "parameter_keys", "category_ids", "brand", "price_minor", "in_stock"
    )
    return {
        pk: Traits(pk, shop_id, _read_words(title), frozenset(keys), tuple(categories), brand, price, in_stock)
        for pk, shop_id, title, keys, categories, brand, price, in_stock in rows
    }


def list_places(listing_ids: Iterable[int]) -> dict[int, Place]:
    """Where listings stand that are shown and in stock: one statement."""
    wanted = sorted(set(listing_ids))[:MOST_AT_ONCE]
    if not wanted:
        return {}
    rows = Listing.objects.filter(pk__in=wanted, state=ListingState.SHOWN.value, in_stock=True)
    found = rows.values_list("pk", "shop_id", "category_ids")
    return {pk: Place(shop_id, categories[-1] if categories else 0) for pk, shop_id, categories in found}


def _read_words(title: object) -> frozenset[str]:
    texts = title if isinstance(title, list) else [title]
    return frozenset(word for text in texts if isinstance(text, str) for word in tokenize(text).words)
