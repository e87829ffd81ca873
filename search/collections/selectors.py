"""Reads of lists. A process keeps the lists of an owner until the epoch `collections` moves."""

from collections.abc import Sequence

from market.shops.contracts import Epochs
from market.shops.selectors import read_epochs
from search.collections.contracts import (
    MOST_ON_FRONT,
    Collection,
    CollectionPage,
    FrontShelf,
    KnownCollections,
    ListRule,
)
from search.collections.models import CollectionRow
from search.collections.rules import PAGE_SIZE, make_query, read_rule
from search.listings.contracts import SearchQuery
from search.listings.keeping import Memory
from search.listings.selectors import fill_shelves, read_shown, search
from tenants.catalog.contracts import Text

MOST_OWNERS_KEPT = 500
FRONT_SIZE = 6
_known: Memory[KnownCollections] = Memory(MOST_OWNERS_KEPT)


def list_collections(*, shop_id: int | None, epochs: Epochs | None = None) -> list[Collection]:
    """The lists of the platform, or of a shop, that have a page: one statement after any list changed, else none."""
    epochs = epochs or read_epochs()
    return list(_get_known(shop_id, epochs).by_slug.values())


def find_collection(*, shop_id: int | None, slug: str, epochs: Epochs | None = None) -> Collection | None:
    """The list at an address, if it is shown."""
    epochs = epochs or read_epochs()
    return _get_known(shop_id, epochs).by_slug.get(slug)


def list_all(*, shop_id: int | None) -> list[Collection]:
    """Every list of an owner that is not removed, for who edits them."""
    rows = CollectionRow.objects.filter(shop_id=shop_id, removed_at=None).order_by("place", "pk")
    return [to_collection(row) for row in rows]


def find_own(*, shop_id: int | None, collection_id: int) -> Collection | None:
    """A list of this owner that is not removed, for who edits it."""
    row = CollectionRow.objects.filter(shop_id=shop_id, pk=collection_id, removed_at=None).first()
    return to_collection(row) if row else None


def show_collection(
    collection: Collection, *, after: str = "", size: int = PAGE_SIZE, epochs: Epochs | None = None
) -> CollectionPage:
    """A page of a list: one statement for the cards. Raises `BadQuery` for a cursor that is not ours."""
    most = collection.rule.most
    shown = read_shown(after, collection.rule.sort)
    if shown >= most:
        return CollectionPage(collection, (), 0)
    page = search(make_query(collection, after=after, size=min(size, most - shown)), epochs=epochs)
    ends = shown + page.query.size >= most
    return CollectionPage(
        collection,
        page.hits,
        min(page.total, most),
        "" if ends else page.next_cursor,
        page.did_fall_back,
    )


def list_front(*, shop_id: int | None, epochs: Epochs) -> list[Collection]:
    """The lists that a front page shows, in their order."""
    return [one for one in list_collections(shop_id=shop_id, epochs=epochs) if one.on_front][:MOST_ON_FRONT]


def ask_front(collections: Sequence[Collection]) -> dict[Collection, SearchQuery]:
    """The questions of a front page's lists, to be asked together with whatever else the page asks."""
    return {one: make_query(one, size=FRONT_SIZE) for one in collections}


def fill_front(*, shop_id: int | None, epochs: Epochs, beside: SearchQuery | None = None) -> list[FrontShelf]:
    """The lists of a front page with their first goods, empty ones left out: one statement for all cards.

    `beside` is a question that the page asks afterwards: its cards come with the same statement.
    """
    asked = ask_front(list_front(shop_id=shop_id, epochs=epochs))
    if not asked:
        return []
    cards = fill_shelves([*asked.values(), *([beside] if beside else [])], epochs=epochs)
    return [FrontShelf(one, cards[query]) for one, query in asked.items() if cards[query]]


def preview(rule: ListRule, *, shop_id: int | None, left_out: tuple[int, ...] = ()) -> CollectionPage:
    """What a rule would hold for an owner, before it is saved."""
    return show_collection(Collection(0, shop_id, "", Text(), rule, left_out), size=FRONT_SIZE * 2)


def _get_known(shop_id: int | None, epochs: Epochs) -> KnownCollections:
    if not epochs.collections:
        return KnownCollections()
    key = (shop_id, epochs.collections)
    known = _known.find(key)
    if known is None:
        rows = CollectionRow.objects.filter(shop_id=shop_id, is_shown=True, removed_at=None).order_by("place", "pk")
        known = _known.keep(key, KnownCollections({row.slug: to_collection(row) for row in rows}))
    return known


def to_collection(row: CollectionRow) -> Collection:
    """The row as it crosses the border."""
    return Collection(
        collection_id=row.pk,
        owner_shop_id=row.shop_id,
        slug=row.slug,
        title=Text(row.title_zh, row.title_en),
        rule=read_rule(row.rule),
        left_out=tuple(row.left_out),
        is_shown=row.is_shown,
        on_front=row.on_front,
        place=row.place,
    )
