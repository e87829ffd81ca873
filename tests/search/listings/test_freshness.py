"""Events may repeat, shuffle or be lost: listings and index end as the products are, and nothing private is in them."""

import random
from collections.abc import Callable
from dataclasses import asdict
from io import StringIO

import pytest
from django.core.management import call_command

from market.outbox.contracts import EventEnvelope
from market.outbox.models import Event
from market.shops.contracts import ShopContext
from market.shops.services import approve_shop, suspend_shop
from market.taxonomy.contracts import CategoryNode, CategoryTree
from search.listings.codec import decode_document
from search.listings.contracts import ListingState, SearchQuery
from search.listings.engines.chosen import get_engine
from search.listings.models import Listing
from search.listings.rules.categories import choose_categories
from search.listings.rules.entries import make_entry
from search.listings.selectors import search
from search.listings.selectors.reading import find_highest_number
from search.listings.services import reconcile_index, reconcile_shops
from tenants.catalog.contracts import ProductStatus, Text
from tests.conftest import Clock
from tests.search.listings.conftest import CONSUMERS, Goods


def deliver_badly(random_: random.Random, clock: Clock) -> None:
    """Hand events over shuffled, some twice, some never."""
    events = list(Event.objects.filter(fanned_out_at=None, kind__in=CONSUMERS))
    random_.shuffle(events)
    for event in events:
        for _ in range(random_.choice([0, 1, 1, 1, 2])):
            envelope = EventEnvelope(event.pk, event.kind, event.shop_id, event.key, event.payload, event.recorded_at)
            CONSUMERS[event.kind]([envelope])
    Event.objects.filter(fanned_out_at=None).update(fanned_out_at=clock.now)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_stream_of_events_ends_in_the_truth(
    goods: Goods,
    shop_a: ShopContext,
    shop_b: ShopContext,
    index_now: Callable[[], None],
    clock: Clock,
    seed: int,
) -> None:
    random_ = random.Random(seed)
    shops = [shop_a, shop_b]
    products = [(shop, goods.create(shop)) for shop in shops for _ in range(3)]
    wanted = {(shop.shop_id, pk): True for shop, pk in products}
    for step in range(25):
        shop, product_id = random_.choice(products)
        match random_.randrange(5):
            case 0:
                goods.change(shop, product_id, title=Text(f"{'甲乙丙丁'[step % 4]}{step}"))
            case 1:
                goods.count(shop, product_id, random_.randrange(4))
            case 2:
                goods.set_status(shop, product_id, ProductStatus.ARCHIVED)
                wanted[(shop.shop_id, product_id)] = False
            case 3:
                goods.set_status(shop, product_id, ProductStatus.ACTIVE)
                wanted[(shop.shop_id, product_id)] = True
            case _:
                suspend_shop(shop_id=shop.shop_id, actor_id=1, reason="test", now=clock.now)
                deliver_badly(random_, clock)
                approve_shop(shop_id=shop.shop_id, actor_id=1, now=clock.now)
        if random_.random() < 0.4:
            deliver_badly(random_, clock)
            index_now()
    reconcile_shops(now=clock.now)
    assert reconcile_shops(now=clock.now).is_clean
    index_now()
    assert reconcile_index(engine=get_engine(), position=find_highest_number()).is_clean
    shown = set(Listing.objects.filter(state=ListingState.SHOWN.value).values_list("shop_id", "product_id"))
    assert shown == {pair for pair, is_wanted in wanted.items() if is_wanted}
    page = search(SearchQuery())
    assert {(card.shop.shop_id, card.product_id) for card in page.hits} == shown


def test_nothing_private_is_in_what_is_indexed(goods: Goods, shop_a: ShopContext) -> None:
    goods.create(shop_a)
    goods.deliver()
    row = Listing.objects.get()
    entry = make_entry(decode_document(row.document, listing_id=row.pk, version=row.version))
    written = str(asdict(entry))
    assert "celadon" in written
    for private in ("canary", "777001", "777002"):
        assert private not in written.lower()


def test_the_command_says_what_it_found(
    goods: Goods, shop_a: ShopContext, index_now: Callable[[], None], clock: Clock
) -> None:
    goods.create(shop_a)
    said = StringIO()
    call_command("reconcile_listings", settle=0, stdout=said)
    assert "progress shops 1/1\nlistings: 1 checked, 1 lost, 0 stale, 0 ghosts" in said.getvalue()
    assert "index: none to compare with" in said.getvalue()
    index_now()
    said = StringIO()
    call_command("reconcile_listings", shop=shop_a.shop_id, settle=0, stdout=said)
    assert said.getvalue().splitlines() == [
        "listings: 1 checked, 0 lost, 0 stale, 0 ghosts",
        "index: 1 checked, 0 lost, 0 stale, 0 ghosts",
    ]


# ---- Which categories are offered -------------------------------------------------------------------


def make_tree() -> CategoryTree:
    """1 tableware (2 mugs, 3 teapots), 4 lamps."""
    shape = {1: (None, (2, 3)), 2: (1, ()), 3: (1, ()), 4: (None, ())}
    nodes = {
        pk: CategoryNode(
            pk,
            f"c{pk}",
            f"c{pk}",
            2 if parent else 1,
            f"类{pk}",
            f"C{pk}",
            "",
            parent,
            below,
            (1,) if parent else (),
            (),
        )
        for pk, (parent, below) in shape.items()
    }
    return CategoryTree(1, nodes, (1, 4), {})


@pytest.mark.parametrize(
    ("counts", "ticked", "offered"),
    [
        ({1: 5, 2: 3, 3: 2, 4: 7}, None, [4, 1]),
        ({1: 5, 2: 3, 3: 2}, None, [2, 3]),
        ({1: 5, 2: 5}, None, [2]),
        ({1: 5, 2: 3, 3: 4, 4: 7}, 1, [1, 3, 2]),
        ({1: 5, 2: 3, 3: 4}, 2, [2, 3]),
        ({1: 5, 4: 7}, 4, [4, 1]),
        ({1: 5, 4: 7}, 99, [4, 1]),
        ({}, None, []),
    ],
)
def test_categories_are_offered_where_there_is_a_choice(
    counts: dict[int, int], ticked: int | None, offered: list[int]
) -> None:
    assert choose_categories(make_tree(), counts, ticked=ticked) == offered
