"""When nothing waits any more: what is lost, stale or a ghost, in the listings and in the index."""

import random
import time
from typing import Any

from django.db import transaction

from market.outbox.selectors import get_health
from market.shops.contracts import ShopStatus
from market.shops.selectors import find_shop_by_slug, get_shop
from market.shops.tenancy import enter_shop
from search.listings.contracts import EngineDown, ListingState, SearchQuery
from search.listings.engines.chosen import get_engine
from search.listings.models import Listing, ListingChange
from search.listings.selectors import search
from search.listings.selectors.reading import find_highest_number
from search.listings.services import reconcile_index, reconcile_shops
from search.moderation.models import ProductBan
from tenants.catalog.contracts import ProductStatus
from tenants.catalog.models import Product
from tests.faults.search_storm.goods import DARK, OPEN, read_clock

QUIET_SECONDS = 240
LOOKED_UP = 100


def judge() -> dict[str, Any]:
    """Counts by what is wrong, of the chosen engine; `others` are listings that the shops themselves find wrong."""
    waited = _wait_until_quiet()
    truth = _list_truth()
    shown = {(row.shop_id, row.product_id): row for row in Listing.objects.filter(state=ListingState.SHOWN.value)}
    wrong = _count_wrong(list(shown.values()))
    index = reconcile_index(engine=get_engine(), position=find_highest_number())
    again = reconcile_shops(now=read_clock())
    return {
        "engine": get_engine().name,
        "waited": waited,
        "shown": len(shown),
        "lost": len(truth - shown.keys()) + len(index.lost),
        "ghosts": len(shown.keys() - truth) + len(index.ghosts),
        "stale": len(again.stale) + len(index.stale),
        "others": len(again.lost) + len(again.ghosts),
        "wrong": wrong,
        "bans": ProductBan.objects.filter(lifted_at=None).count(),
        "parked": get_health(now=read_clock()).parked,
    }


def _wait_until_quiet() -> bool:
    until = time.monotonic() + QUIET_SECONDS
    while time.monotonic() < until:
        waiting = get_health(now=read_clock()).waiting + ListingChange.objects.filter(change_no=None).count()
        if not waiting and _index_is_level():
            return True
        time.sleep(0.3)
    return False


def _index_is_level() -> bool:
    rows = Listing.objects.filter(state=ListingState.SHOWN.value).values_list("pk", "version")
    try:
        return dict(get_engine().list_versions()) == dict(rows)
    except EngineDown:
        return False


def _count_wrong(rows: list[Listing]) -> int:
    """Listings that a question for their very shop, price and stock does not find."""
    picked = random.Random(1).sample(rows, min(LOOKED_UP, len(rows)))
    return sum(not _is_found(row) for row in picked)


def _is_found(row: Listing) -> bool:
    question = SearchQuery(
        shop_ids=(row.shop_id,),
        price_from_minor=row.price_minor,
        price_to_minor=row.price_minor,
        in_stock=row.in_stock,
        size=60,
        with_facets=False,
    )
    page = search(question)
    return not page.did_fall_back and (row.pk in {card.listing_id for card in page.hits} or page.total > question.size)


def _list_truth() -> set[tuple[int, int]]:
    """What must be shown, read from the shops themselves."""
    banned = set(ProductBan.objects.filter(lifted_at=None).values_list("shop_id", "product_id"))
    found = set()
    for slug in (*OPEN, DARK):
        shop = get_shop(find_shop_by_slug(slug).shop_id)
        if shop.status is not ShopStatus.OPEN:
            continue
        with transaction.atomic(), enter_shop(shop):
            active = Product.objects.filter(status=ProductStatus.ACTIVE.value).values_list("pk", flat=True)
            found |= {(shop.shop_id, pk) for pk in active}
    return found - banned
