"""Single listings, cards by id, and the offers of a cart. Nothing of a shop that is not open."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from market.shops.contracts import Epochs
from market.shops.selectors import map_shops, read_epochs
from search.listings.codec import decode_card, decode_document
from search.listings.contracts import ListingCard, ListingDocument, ListingState, PublishedOffer
from search.listings.keeping import Memory
from search.listings.models import ChangeCounter, Listing
from search.listings.rules.offers import make_offer

MOST_AT_ONCE = 500
_ADDED = ("sold_30d", "rating_hundredths", "rating_count")
_CARD_COLUMNS = ("pk", "version", "price_minor", "currency", "in_stock", "created_at", *_ADDED)
_documents: Memory[ListingDocument] = Memory(500)


def find_listing(listing_id: int, *, epochs: Epochs | None = None) -> ListingDocument | None:
    """The listing with this public id, or None when it is not shown or its shop is not open.

    One statement; none while nothing was listed since it was last read.
    """
    epochs = epochs or read_epochs()
    key = (listing_id, epochs.listings)
    document = _documents.find(key)
    if document is None:
        found = list(_read_documents(_shown().filter(pk=listing_id)))
        if not found:
            return None
        document = _documents.keep(key, found[0])
    return document if _is_open(document.shop.shop_id, epochs) else None


def find_listing_id(*, shop_id: int, product_id: int) -> int | None:
    """The public id of a product that is shown: one statement."""
    return _shown().filter(shop_id=shop_id, product_id=product_id).values_list("pk", flat=True).first()


def list_listings(listing_ids: Sequence[int], *, epochs: Epochs | None = None) -> list[ListingDocument]:
    """Listings in the order of the ids, without those not shown: one statement."""
    epochs = epochs or read_epochs()
    found = {document.listing_id: document for document in _read_documents(_shown().filter(pk__in=listing_ids))}
    ordered = (found[pk] for pk in listing_ids[:MOST_AT_ONCE] if pk in found)
    return [document for document in ordered if _is_open(document.shop.shop_id, epochs)]


def list_cards(listing_ids: Sequence[int], *, epochs: Epochs | None = None) -> list[ListingCard]:
    """Cards in the order of the ids, without those not shown: one statement."""
    if not listing_ids:
        return []
    epochs = epochs or read_epochs()
    found = {card.listing_id: card for card in _read_cards(_shown().filter(pk__in=listing_ids))}
    ordered = (found[pk] for pk in listing_ids[:MOST_AT_ONCE] if pk in found)
    return [card for card in ordered if _is_open(card.shop.shop_id, epochs)]


def list_shop_cards(
    shop_ids: Iterable[int], *, each: int = 3, epochs: Epochs | None = None
) -> dict[int, tuple[ListingCard, ...]]:
    """A few cards of each shop, what sells most first: one statement."""
    epochs = epochs or read_epochs()
    wanted = [shop_id for shop_id in shop_ids if _is_open(shop_id, epochs)]
    place = Window(RowNumber(), partition_by=F("shop_id"), order_by=[F("in_stock").desc(), F("sold_30d").desc(), "-pk"])
    rows = _shown().filter(shop_id__in=wanted).annotate(place=place).filter(place__lte=each).order_by("place")
    cards: dict[int, list[ListingCard]] = {shop_id: [] for shop_id in wanted}
    for card in _read_cards(rows):
        cards[card.shop.shop_id].append(card)
    return {shop_id: tuple(found) for shop_id, found in cards.items()}


def find_offer(*, listing_id: int, variant_id: int, epochs: Epochs | None = None) -> PublishedOffer | None:
    """One variant of a listing as it is offered now, to put it into a cart; None when it is not."""
    document = find_listing(listing_id, epochs=epochs)
    variant = document.find_variant(variant_id) if document else None
    return make_offer(document, variant) if document and variant else None


def list_offers(
    pairs: Iterable[tuple[int, int]], *, epochs: Epochs | None = None
) -> dict[tuple[int, int], PublishedOffer]:
    """What is offered now of each (shop id, variant id); pairs that are not are left out. One statement."""
    wanted = sorted(set(pairs))[:MOST_AT_ONCE]
    if not wanted:
        return {}
    epochs = epochs or read_epochs()
    named = Q()
    for shop_id in {shop_id for shop_id, _ in wanted if _is_open(shop_id, epochs)}:
        variants = [variant_id for shop, variant_id in wanted if shop == shop_id]
        named |= Q(variants__shop_id=shop_id, variants__variant_id__in=variants)
    if not named:
        return {}
    offers = {}
    for document in _read_documents(_shown().filter(named).distinct()):
        for variant in document.variants:
            offers[(document.shop.shop_id, variant.variant_id)] = make_offer(document, variant)
    return {pair: offers[pair] for pair in wanted if pair in offers}


def find_highest_listing_id() -> int:
    """The newest public id, 0 while there is none: one statement."""
    return Listing.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def find_highest_number() -> int:
    """The number of the newest change that indexers can see."""
    return ChangeCounter.objects.values_list("highest", flat=True).first() or 0


def _shown() -> QuerySet[Listing]:
    return Listing.objects.filter(state=ListingState.SHOWN.value)


def _is_open(shop_id: int, epochs: Epochs) -> bool:
    shop = map_shops(epochs).get(shop_id)
    return shop is not None and shop.is_open


def _read_documents(rows: QuerySet[Listing]) -> Iterable[ListingDocument]:
    for pk, version, document, sold, rating, ratings in rows.values_list("pk", "version", "document", *_ADDED):
        yield decode_document(
            document, listing_id=pk, version=version, sold_30d=sold, rating_hundredths=rating, rating_count=ratings
        )


def _read_cards(rows: QuerySet[Listing]) -> Iterable[ListingCard]:
    for row in rows.values("card", *_CARD_COLUMNS):
        held: Mapping[str, Any] = row.pop("card")  # JSON
        columns = {"listing_id": row.pop("pk"), "price_from_minor": row.pop("price_minor"), **row}
        yield decode_card(held, columns=columns)
