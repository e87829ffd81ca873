"""What the faces read: hits that are true now, few statements, and an answer even without an index."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from market.shops.contracts import ShopContext
from market.shops.selectors import map_shops, read_epochs
from market.shops.services import approve_shop, suspend_shop
from market.taxonomy.selectors import get_tree
from market.taxonomy.services import load_taxonomy
from search.listings.contracts import AttributeTick, BadQuery, FacetKind, SearchQuery, Sort
from search.listings.keeping import forget_all
from search.listings.selectors import (
    count_categories,
    find_listing,
    find_listing_id,
    find_offer,
    list_offers,
    list_shelf,
    list_shelves,
    list_shop_cards,
    search,
)
from tenants.catalog.contracts import ProductStatus, Text
from tests.conftest import Clock
from tests.search.listings.conftest import Goods

pytestmark = pytest.mark.usefixtures("index_root")
IndexNow = Callable[[], None]


def count_statements(ask: Callable[[], object]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        ask()
    return len(captured)


def titles(words: str = "", **more: object) -> list[str]:
    return [card.title.zh for card in search(SearchQuery(words=words, **more)).hits]


def test_a_new_product_is_found_with_its_facets(goods: Goods, shop_a: ShopContext, index_now: IndexNow) -> None:
    load_taxonomy()
    mugs = next(node for node in get_tree(fresh=True).nodes.values() if node.name_zh == "马克杯")
    goods.create(shop_a, category_id=mugs.category_id)
    goods.create(shop_a, category_id=mugs.category_id, title=Text("茶壶"), brand="")
    goods.deliver()
    index_now()
    page = search(SearchQuery(words="青釉 马克杯"))
    # The teapot stands in the category of mugs: behind the only one that has both words, what has one of them follows.
    assert [card.title.zh for card in page.hits] == ["青釉拼色马克杯", "茶壶"]
    assert page.total == 2 and not page.did_fall_back
    page = search(SearchQuery())
    category = page.find_facet(FacetKind.CATEGORY)
    assert category and [(value.label.en, value.count) for value in category.values] == [(mugs.name_en, 2)]
    colour = page.find_facet(FacetKind.ATTRIBUTE, "颜色")
    assert colour and {(value.label.en, value.count) for value in colour.values} == {("Blue", 2), ("Red", 2)}
    price = page.find_facet(FacetKind.PRICE)
    assert price and [(value.value, value.label.zh) for value in price.values] == [("5000-9999", "¥50–¥100")]
    shop = page.find_facet(FacetKind.SHOP)
    assert shop and [(value.label.en, value.count) for value in shop.values] == [("Alpha", 2)]
    assert count_categories()[mugs.category_id] == 2


def test_changes_are_seen_by_the_next_question(goods: Goods, shop_a: ShopContext, index_now: IndexNow) -> None:
    product_id = goods.create(shop_a)
    goods.deliver()
    index_now()
    assert titles("青釉") == ["青釉拼色马克杯"]
    goods.change(shop_a, product_id, title=Text("影青斗笠碗"))
    goods.deliver()
    index_now()
    assert (titles("拼色马克杯"), titles("斗笠碗")) == ([], ["影青斗笠碗"])
    goods.set_status(shop_a, product_id, ProductStatus.ARCHIVED)
    goods.deliver()
    assert titles() == []  # the card is gone before the index knows
    index_now()
    assert search(SearchQuery()).total == 0


def test_a_suspended_shop_is_gone_at_once_from_hits_totals_and_counts(
    goods: Goods, shop_a: ShopContext, shop_b: ShopContext, index_now: IndexNow, clock: Clock
) -> None:
    goods.create(shop_a)
    goods.create(shop_b)
    goods.deliver()
    index_now()
    assert search(SearchQuery()).total == 2
    suspend_shop(shop_id=shop_a.shop_id, actor_id=1, reason="test", now=clock.now)
    page = search(SearchQuery())
    assert (page.total, [card.shop.slug for card in page.hits]) == (1, ["beta"])
    assert all(value.count == 1 for facet in page.facets for value in facet.values)
    assert list_shop_cards([shop_a.shop_id]) == {}


def test_a_search_is_one_statement_and_a_repeat_none(goods: Goods, shop_a: ShopContext, index_now: IndexNow) -> None:
    goods.create(shop_a)
    goods.deliver()
    index_now()
    epochs = read_epochs()
    map_shops(epochs)
    get_tree()
    query = SearchQuery(words="马克杯", attributes=(AttributeTick("颜色", ("蓝色",)),))
    assert count_statements(lambda: search(query, epochs=epochs)) == 1
    assert count_statements(lambda: search(query, epochs=epochs)) == 0


def test_a_product_page_is_one_statement(goods: Goods, shop_a: ShopContext) -> None:
    product_id = goods.create(shop_a)
    goods.deliver()
    epochs = read_epochs()
    map_shops(epochs)
    listing_id = find_listing_id(shop_id=shop_a.shop_id, product_id=product_id)
    assert listing_id is not None
    assert count_statements(lambda: find_listing(listing_id, epochs=epochs)) == 1
    assert count_statements(lambda: find_listing(listing_id, epochs=epochs)) == 0


def test_offers_of_a_cart_over_shops_are_one_statement(
    goods: Goods, shop_a: ShopContext, shop_b: ShopContext, clock: Clock
) -> None:
    ids = [(shop, goods.create(shop, stock=3)) for shop in (shop_a, shop_b, shop_b)]
    goods.deliver()
    documents = [find_listing(goods.listing_of(shop, product_id).pk) for shop, product_id in ids]
    pairs = [(d.shop.shop_id, v.variant_id) for d in documents if d for v in d.variants]
    epochs = read_epochs()
    map_shops(epochs)
    assert count_statements(lambda: list_offers([*pairs, (shop_a.shop_id, 999_999)], epochs=epochs)) == 1
    offers = list_offers([*pairs, (shop_a.shop_id, 999_999)])
    assert list(offers) == sorted(pairs)
    first = documents[0]
    assert first
    found = offers[(shop_a.shop_id, first.variants[1].variant_id)]
    assert (found.offer.listing_id, found.offer.price_minor, found.available) == (first.listing_id, 6500, 3)
    assert found.offer.choices == Text("红色", "Red")
    assert found == find_offer(listing_id=first.listing_id, variant_id=first.variants[1].variant_id)
    suspend_shop(shop_id=shop_b.shop_id, actor_id=1, reason="test", now=clock.now)
    assert {shop_id for shop_id, _ in list_offers(pairs)} == {shop_a.shop_id}


def test_a_variant_of_another_shop_is_no_offer_of_this_one(
    committed_db: object, goods: Goods, shop_a: ShopContext, shop_b: ShopContext
) -> None:
    goods.create(shop_a)
    goods.deliver()
    product_id = goods.create(shop_b, status=ProductStatus.DRAFT)
    goods.deliver()
    assert find_listing_id(shop_id=shop_b.shop_id, product_id=product_id) is None
    assert list_offers([(shop_b.shop_id, 1), (shop_b.shop_id, 2)]) == {}
    assert len(list_offers([(shop_a.shop_id, 1), (shop_a.shop_id, 2)])) == 2


def test_shelves_hold_what_can_be_had(goods: Goods, shop_a: ShopContext, index_now: IndexNow) -> None:
    load_taxonomy()
    mugs = next(node for node in get_tree(fresh=True).nodes.values() if node.name_zh == "马克杯")
    goods.create(shop_a, category_id=mugs.category_id, title=Text("有货"))
    goods.create(shop_a, category_id=mugs.category_id, title=Text("无货"), stock=0)
    goods.deliver()
    index_now()
    assert [card.title.zh for card in list_shelf(sort=Sort.NEWEST)] == ["有货"]
    top = get_tree().list_line(mugs.category_id)[0].category_id
    epochs = read_epochs()
    map_shops(epochs)
    forget_all()
    assert count_statements(lambda: list_shelves([top, mugs.category_id], epochs=epochs)) == 1
    assert count_statements(lambda: list_shelves([top, mugs.category_id], epochs=epochs)) == 0
    shelves = list_shelves([top])
    assert [card.title.zh for card in shelves[top]] == ["有货"]
    assert [card.title.zh for card in list_shop_cards([shop_a.shop_id])[shop_a.shop_id]] == ["有货", "无货"]


@pytest.mark.parametrize("damage", ["never built", "removed", "cut short", "another version"])
def test_without_a_readable_index_the_table_answers(
    goods: Goods, shop_a: ShopContext, index_now: IndexNow, index_root: Path, damage: str
) -> None:
    load_taxonomy()
    mugs = next(node for node in get_tree(fresh=True).nodes.values() if node.name_zh == "马克杯")
    goods.create(shop_a, category_id=mugs.category_id)
    goods.create(shop_a, title=Text("茶壶"))
    goods.deliver()
    if damage != "never built":
        index_now()
    spoil(index_root / "listings", damage)
    page = search(SearchQuery(words="马克杯", category_id=mugs.category_id))
    assert page.did_fall_back
    assert ([card.title.zh for card in page.hits], page.total, page.facets) == (["青釉拼色马克杯"], 1, ())
    assert count_categories()[mugs.category_id] == 1


def spoil(folder: Path, damage: str) -> None:
    if damage == "removed":
        shutil.rmtree(folder)
    elif damage == "cut short":
        for path in (folder / "current").resolve().glob("*"):
            if path.suffix in (".store", ".fast", ".idx", ".term"):
                path.write_bytes(path.read_bytes()[:10])
    elif damage == "another version":
        (folder / "v999-000001").symlink_to((folder / "current").resolve())
        (folder / "current").unlink()
        (folder / "current").symlink_to("v999-000001")


def test_a_cursor_that_is_not_ours_is_refused_also_by_the_table(goods: Goods) -> None:
    with pytest.raises(BadQuery):
        search(SearchQuery(after="nonsense"))


def test_a_shop_that_opens_again_is_found_again(
    goods: Goods, shop_a: ShopContext, index_now: IndexNow, clock: Clock
) -> None:
    goods.create(shop_a)
    goods.deliver()
    suspend_shop(shop_id=shop_a.shop_id, actor_id=1, reason="test", now=clock.now)
    goods.deliver()
    index_now()
    assert titles() == []
    approve_shop(shop_id=shop_a.shop_id, actor_id=1, now=clock.now)
    goods.deliver()
    index_now()
    assert titles() == ["青釉拼色马克杯"]
