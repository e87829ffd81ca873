"""A listing is what its product is, in public: nothing private, nothing late, nothing of another shop."""

import json
import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from market.shops.contracts import ShopContext
from market.shops.selectors import read_epochs
from market.shops.services import suspend_shop
from market.shops.tenancy import enter_shop
from search.listings.contracts import SHOWN_AVAILABLE_AT_MOST, ListingState
from search.listings.models import ListedVariant, Listing, ListingChange
from search.listings.selectors import find_listing, list_cards, list_listings
from search.listings.services import reconcile_shop, refresh_listings, refresh_shop
from tenants.catalog.contracts import ProductStatus, Text, VariantDraft
from tenants.shipping.contracts import FreightTerms
from tenants.shipping.services import set_terms
from tests.conftest import Clock
from tests.search.listings.conftest import MUG, Goods


def test_an_active_product_becomes_a_listing_with_all_that_a_page_shows(goods: Goods, shop_a: ShopContext) -> None:
    product_id = goods.create(shop_a)
    goods.deliver()
    row = goods.listing_of(shop_a, product_id)
    document = find_listing(row.pk)
    assert document is not None
    assert (document.title, document.subtitle, document.brand) == (MUG.title, MUG.subtitle, "青禾窑")
    assert document.shop.slug == "alpha" and document.shop.shop_id == shop_a.shop_id
    assert [variant.available for variant in document.variants] == [5, 5]
    assert (document.price_from_minor, document.price_to_minor, document.compare_at_minor) == (6000, 6500, 6800)
    assert document.describe_choices(document.variants[1]) == Text("红色", "Red")
    (card,) = list_cards([row.pk])
    assert (card.listing_id, card.title, card.in_stock) == (row.pk, MUG.title, True)
    assert list_listings([row.pk]) == [document]


def test_a_draft_never_becomes_a_listing(goods: Goods, shop_a: ShopContext) -> None:
    goods.create(shop_a, status=ProductStatus.DRAFT)
    goods.deliver()
    assert not Listing.objects.exists()
    assert not ListingChange.objects.exists()


def test_a_product_put_away_is_hidden_and_leaves_nothing_behind(goods: Goods, shop_a: ShopContext) -> None:
    product_id = goods.create(shop_a)
    goods.deliver()
    goods.set_status(shop_a, product_id, ProductStatus.ARCHIVED)
    goods.deliver()
    row = goods.listing_of(shop_a, product_id)
    assert (row.state, row.document, row.card, row.words) == (ListingState.HIDDEN, {}, {}, [])
    assert find_listing(row.pk) is None and list_cards([row.pk]) == []
    assert not ListedVariant.objects.exists()


def test_a_listing_shown_again_keeps_its_id_and_a_growing_version(goods: Goods, shop_a: ShopContext) -> None:
    product_id = goods.create(shop_a)
    goods.deliver()
    first = goods.listing_of(shop_a, product_id)
    for status in (ProductStatus.DRAFT, ProductStatus.ACTIVE):
        goods.set_status(shop_a, product_id, status)
        goods.deliver()
    again = goods.listing_of(shop_a, product_id)
    assert (again.pk, again.state) == (first.pk, ListingState.SHOWN)
    assert again.version == first.version + 2


def test_the_database_refuses_leftovers_of_a_hidden_listing(goods: Goods, shop_a: ShopContext) -> None:
    product_id = goods.create(shop_a)
    goods.deliver()
    with pytest.raises(IntegrityError, match="listing_shows_no_leftovers"), transaction.atomic():
        Listing.objects.filter(product_id=product_id).update(state=ListingState.HIDDEN)


def test_refreshing_what_is_right_writes_nothing(goods: Goods, shop_a: ShopContext, clock: Clock) -> None:
    product_id = goods.create(shop_a)
    goods.deliver()
    ListingChange.objects.update(change_no=1)
    before = (read_epochs(), goods.listing_of(shop_a, product_id).version)
    outcome = refresh_listings(shop_id=shop_a.shop_id, product_ids=[product_id], now=clock.now)
    assert (outcome.changed, outcome.unchanged) == ((), 1)
    assert (read_epochs(), goods.listing_of(shop_a, product_id).version) == before
    assert not ListingChange.objects.filter(change_no=None).exists()


def test_a_sale_from_a_full_shelf_changes_no_page(goods: Goods, shop_a: ShopContext) -> None:
    product_id = goods.create(shop_a, stock=1000)
    goods.deliver()
    version = goods.listing_of(shop_a, product_id).version
    goods.count(shop_a, product_id, 999)
    goods.deliver()
    row = goods.listing_of(shop_a, product_id)
    assert row.version == version
    document = find_listing(row.pk)
    assert document and {variant.available for variant in document.variants} == {SHOWN_AVAILABLE_AT_MOST}


def test_a_change_moves_the_epoch_and_waits_for_the_indexer(goods: Goods, shop_a: ShopContext) -> None:
    product_id = goods.create(shop_a)
    goods.deliver()
    before = read_epochs()
    goods.change(shop_a, product_id, title=Text("新名字"))
    goods.deliver()
    assert read_epochs().listings > before.listings
    change = ListingChange.objects.get(listing_id=goods.listing_of(shop_a, product_id).pk)
    assert change.change_no is None


def test_freight_changes_all_listings_of_the_shop_and_of_no_other(
    goods: Goods, shop_a: ShopContext, shop_b: ShopContext, clock: Clock
) -> None:
    mine, others = goods.create(shop_a), goods.create(shop_b)
    goods.deliver()
    untouched = goods.listing_of(shop_b, others).version
    set_terms_of(shop_a, clock)
    refresh_shop(shop_id=shop_a.shop_id, now=clock.now)
    document = find_listing(goods.listing_of(shop_a, mine).pk)
    assert document and document.delivery.flat_minor == 1200
    assert goods.listing_of(shop_b, others).version == untouched


def set_terms_of(shop: ShopContext, clock: Clock) -> None:
    terms = FreightTerms(flat_minor=1200, free_from_minor=None, ships_from="景德镇", handling_hours=24)
    with transaction.atomic(), enter_shop(shop):
        set_terms(shop_id=shop.shop_id, terms=terms, now=clock.now)


def test_products_of_two_shops_with_one_id_are_two_listings(
    committed_db: object, goods: Goods, shop_a: ShopContext, shop_b: ShopContext
) -> None:
    first, second = goods.create(shop_a), goods.create(shop_b, title=Text("别家的杯"))
    assert first == second  # each shop counts its own products
    goods.deliver()
    a, b = goods.listing_of(shop_a, first), goods.listing_of(shop_b, second)
    assert a.pk != b.pk
    assert {card.shop.slug: card.title.zh for card in list_cards([a.pk, b.pk])} == {
        "alpha": "青釉拼色马克杯",
        "beta": "别家的杯",
    }


def test_refreshing_one_shop_never_reads_or_writes_another(
    goods: Goods, shop_a: ShopContext, shop_b: ShopContext, clock: Clock
) -> None:
    product_id = goods.create(shop_b)
    refresh_listings(shop_id=shop_a.shop_id, product_ids=[product_id], now=clock.now)
    assert not Listing.objects.exists()


def test_nothing_private_is_in_a_listing(goods: Goods, shop_a: ShopContext) -> None:
    goods.create(shop_a)
    goods.create(shop_a, status=ProductStatus.DRAFT, title=Text("CANARY-DRAFT"))
    goods.deliver()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(listing)::text FROM listings_listing AS listing")
        everything = json.dumps(cursor.fetchall(), ensure_ascii=False)
    assert "青釉" in everything
    for private in ("CANARY-NOTES", "CANARY-DRAFT", "777001", "777002"):
        assert private not in everything


def test_a_suspended_shop_is_gone_at_once_and_its_listings_soon(
    goods: Goods, shop_a: ShopContext, clock: Clock
) -> None:
    product_id = goods.create(shop_a)
    goods.deliver()
    row = goods.listing_of(shop_a, product_id)
    assert find_listing(row.pk) is not None
    suspend_shop(shop_id=shop_a.shop_id, actor_id=1, reason="test", now=clock.now)
    assert find_listing(row.pk) is None
    assert list_cards([row.pk]) == [] and list_listings([row.pk]) == []
    goods.deliver()
    assert goods.listing_of(shop_a, product_id).state == ListingState.HIDDEN


def test_a_variant_taken_out_is_no_longer_listed(goods: Goods, shop_a: ShopContext) -> None:
    product_id = goods.create(shop_a)
    goods.deliver()
    goods.change(shop_a, product_id, options=(), variants=(VariantDraft("ONE", (), 100),))
    goods.deliver()
    document = find_listing(goods.listing_of(shop_a, product_id).pk)
    assert document and [variant.sku for variant in document.variants] == ["ONE"]
    assert ListedVariant.objects.count() == 1


def test_reconciling_finds_and_mends_lost_stale_and_ghost_listings(
    goods: Goods, shop_a: ShopContext, clock: Clock
) -> None:
    kept, stale, ghost = (goods.create(shop_a) for _ in range(3))
    goods.deliver()
    lost = goods.create(shop_a)
    goods.change(shop_a, stale, title=Text("改名"))
    goods.set_status(shop_a, ghost, ProductStatus.DRAFT)
    outcome = reconcile_shop(shop_id=shop_a.shop_id, now=clock.now)
    ids = {product_id: goods.listing_of(shop_a, product_id).pk for product_id in (kept, lost, stale, ghost)}
    assert (outcome.lost, outcome.stale, outcome.ghosts) == ((ids[lost],), (ids[stale],), (ids[ghost],))
    assert outcome.checked == 4
    assert reconcile_shop(shop_id=shop_a.shop_id, now=clock.now).is_clean


def test_an_older_reading_never_overtakes_a_newer_one(
    committed_db: object, goods: Goods, shop_a: ShopContext, clock: Clock
) -> None:
    product_id = goods.create(shop_a)
    stop = threading.Event()
    errors: list[BaseException] = []

    def refresh() -> None:
        try:
            while not stop.is_set():
                refresh_listings(shop_id=shop_a.shop_id, product_ids=[product_id], now=clock.now)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=refresh) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(30):
        goods.change(shop_a, product_id, title=Text(f"第{number}版"))
    stop.set()
    for thread in threads:
        thread.join(timeout=20)
    refresh_listings(shop_id=shop_a.shop_id, product_ids=[product_id], now=clock.now)
    assert not errors
    document = find_listing(goods.listing_of(shop_a, product_id).pk)
    assert document and document.title.zh == "第29版"


@pytest.fixture(autouse=True)
def _no_index(index_root: Callable[[], None]) -> None:
    """No test of copying reads an index."""
