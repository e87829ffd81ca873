"""Finding and mending what an accident left: lost, stale and ghost listings, in the table and in an index."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from market.shops.selectors import list_shops
from search.listings.contracts import Engine, ListingState, ReconcileOutcome
from search.listings.models import Listing, ListingChange
from search.listings.services.copying import list_known_product_ids, mark_changed, refresh_listings

_SHOPS_AT_ONCE = 50


def reconcile_shops(*, now: datetime, seen: Callable[[], None] = lambda: None) -> ReconcileOutcome:
    """Compare every shop's products with their listings; see `reconcile_shop`. `seen` hears of each shop."""
    total = ReconcileOutcome()
    after = 0
    while shops := list_shops(after_id=after, limit=_SHOPS_AT_ONCE):
        for shop in shops:
            total = _add(total, reconcile_shop(shop_id=shop.shop_id, now=now))
            seen()
        after = shops[-1].shop_id
    return total


def reconcile_shop(*, shop_id: int, now: datetime) -> ReconcileOutcome:
    """Refresh all products of a shop and say which listings were wrong, and how.

    Changes whose event is still on its way count as stale; they are mended all the same.
    """
    products = list_known_product_ids(shop_id=shop_id)
    shown = ListingState.SHOWN.value
    rows = Listing.objects.filter(shop_id=shop_id).values_list("pk", "state")
    before = dict(rows)
    changed = refresh_listings(shop_id=shop_id, product_ids=products, now=now).changed
    after = dict(rows.all())
    lost = [pk for pk in changed if after[pk] == shown and before.get(pk) != shown]
    ghosts = [pk for pk in changed if after[pk] != shown]
    stale = [pk for pk in changed if after[pk] == shown and before.get(pk) == shown]
    return ReconcileOutcome(len(products), tuple(lost), tuple(stale), tuple(ghosts))


def reconcile_index(*, engine: Engine, position: int) -> ReconcileOutcome:
    """Compare an index with the table, leave out what the indexer has not come to yet, and have the rest indexed again.

    `position` is the number up to which the index must be right. Raises `EngineDown`.
    """
    indexed = engine.list_versions()
    table = dict(Listing.objects.filter(state=ListingState.SHOWN.value).values_list("pk", "version"))
    # Read last: whatever changed since the index was read is among them.
    waiting = set(ListingChange.objects.exclude(change_no__lte=position).values_list("listing_id", flat=True))
    lost = [pk for pk in table if pk not in indexed and pk not in waiting]
    stale = [pk for pk, version in table.items() if pk in indexed and indexed[pk] != version and pk not in waiting]
    ghosts = [pk for pk in indexed if pk not in table and pk not in waiting]
    with transaction.atomic():
        mark_changed([*lost, *stale, *ghosts])
    return ReconcileOutcome(len(table), tuple(lost), tuple(stale), tuple(ghosts))


def _add(one: ReconcileOutcome, other: ReconcileOutcome) -> ReconcileOutcome:
    return ReconcileOutcome(
        one.checked + other.checked,
        one.lost + other.lost,
        one.stale + other.stale,
        one.ghosts + other.ghosts,
    )
