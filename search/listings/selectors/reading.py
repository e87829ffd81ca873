"""Single listings and the offers of a cart. Nothing of a shop that is not open."""

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from market.shops.contracts import Epochs
from market.shops.selectors import map_shops, read_epochs
from search.listings.codec import decode_document
from search.listings.contracts import ListingDocument, ListingPlace, ListingState, PublishedOffer
from search.listings.keeping import Memory
from search.listings.models import ChangeCounter, Listing, ListingChange
from search.listings.rules.offers import make_offer

MOST_AT_ONCE = 500
_ADDED = ("sold_30d", "rating_hundredths", "rating_count")
_documents: Memory[ListingDocument] = Memory(1_500)  # more than are looked at in turn, or none is found again
_listing_ids: Memory[int] = Memory(5_000)
_NOT_SHOWN = 0


def find_listing(listing_id: int, *, epochs: Epochs | None = None) -> ListingDocument | None:
    """The listing with this public id, or None when it is not shown or its shop is not open.

    One statement; none while nothing was listed since it was last read.
    """
    epochs = epochs or read_epochs()
    key = (listing_id, epochs.listings)
    document = _documents.find(key)
    if document is None:
        found = list(_read_documents(list_shown().filter(pk=listing_id)))
        if not found:
            return None
        document = _documents.keep(key, found[0])
    return document if is_open(document.shop.shop_id, epochs) else None


def find_listing_id(*, shop_id: int, product_id: int, epochs: Epochs | None = None) -> int | None:
    """The public id of a product that is shown.

    One statement; with the epochs of now none while nothing was listed since it was last asked for.
    """
    key = (shop_id, product_id, epochs.listings) if epochs else None
    known = _listing_ids.find(key) if key else None
    if known is None:
        rows = list_shown().filter(shop_id=shop_id, product_id=product_id)
        known = rows.values_list("pk", flat=True).first() or _NOT_SHOWN
        if key:
            _listing_ids.keep(key, known)
    return known or None


def map_listing_ids(*, shop_id: int, product_ids: Iterable[int]) -> dict[int, int]:
    """The public ids of those of a shop's products that are shown, by product id: one statement."""
    rows = list_shown().filter(shop_id=shop_id, product_id__in=set(product_ids))
    return dict(rows.values_list("product_id", "pk"))


def find_place(listing_id: int) -> tuple[int, int] | None:
    """Whose product a public id stands for, as (shop id, product id), also when it is not shown: one statement."""
    return Listing.objects.filter(pk=listing_id).values_list("shop_id", "product_id").first()


def list_listings(listing_ids: Sequence[int], *, epochs: Epochs | None = None) -> list[ListingDocument]:
    """Listings in the order of the ids, without those not shown: one statement."""
    epochs = epochs or read_epochs()
    found = {document.listing_id: document for document in _read_documents(list_shown().filter(pk__in=listing_ids))}
    ordered = (found[pk] for pk in listing_ids[:MOST_AT_ONCE] if pk in found)
    return [document for document in ordered if is_open(document.shop.shop_id, epochs)]


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
    for shop_id in {shop_id for shop_id, _ in wanted if is_open(shop_id, epochs)}:
        variants = [variant_id for shop, variant_id in wanted if shop == shop_id]
        named |= Q(variants__shop_id=shop_id, variants__variant_id__in=variants)
    if not named:
        return {}
    offers = {}
    for document in _read_documents(list_shown().filter(named).distinct()):
        for variant in document.variants:
            offers[(document.shop.shop_id, variant.variant_id)] = make_offer(document, variant)
    return {pair: offers[pair] for pair in wanted if pair in offers}


def map_places(listing_ids: Iterable[int]) -> dict[int, ListingPlace]:
    """Where listings that are shown stand, whatever became of their shops: one statement."""
    rows = list_shown().filter(pk__in=set(listing_ids)).values_list("pk", "shop_id", "category_ids")
    return {pk: ListingPlace(shop_id, categories[-1] if categories else None) for pk, shop_id, categories in rows}


def find_highest_listing_id() -> int:
    """The newest public id, 0 while there is none: one statement."""
    return Listing.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def find_highest_number() -> int:
    """The number of the newest change that indexers can see."""
    return ChangeCounter.objects.values_list("highest", flat=True).first() or 0


def list_gone(*, after: int, limit: int = MOST_AT_ONCE) -> tuple[list[int], int, int]:
    """Of the next numbered changes: which listings are gone for good, how many changes these were, and the last number.

    Two statements. The same order as indexers read, so that none is ever missed.
    """
    numbered = ListingChange.objects.filter(change_no__gt=after).order_by("change_no")
    changes = list(numbered.values_list("listing_id", "change_no")[:limit])
    if not changes:
        return [], 0, after
    listing_ids = [listing_id for listing_id, _ in changes]
    kept = Listing.objects.filter(pk__in=listing_ids).exclude(state=ListingState.GONE.value)
    gone = set(listing_ids) - set(kept.values_list("pk", flat=True))
    return sorted(gone), len(changes), int(changes[-1][1] or 0)


def list_shown() -> QuerySet[Listing]:
    """The rows of listings that are shown, whatever became of their shops."""
    return Listing.objects.filter(state=ListingState.SHOWN.value)


def is_open(shop_id: int, epochs: Epochs) -> bool:
    """Whether visitors may see this shop."""
    shop = map_shops(epochs).get(shop_id)
    return shop is not None and shop.is_open


def _read_documents(rows: QuerySet[Listing]) -> Iterable[ListingDocument]:
    for pk, version, document, sold, rating, ratings in rows.values_list("pk", "version", "document", *_ADDED):
        yield decode_document(
            document, listing_id=pk, version=version, sold_30d=sold, rating_hundredths=rating, rating_count=ratings
        )
