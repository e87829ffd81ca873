"""Lists by rule: what they hold, whose goods they hold, and that they follow the goods by themselves."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from market.audit.models import AuditEntry
from market.shops.contracts import ShopContext
from market.shops.selectors import read_epochs
from search.collections.contracts import (
    DISCOUNTS,
    MOST_LEFT_OUT,
    MOST_OF_SHOP,
    MOST_ON_FRONT,
    SORTS,
    BadRule,
    Collection,
    ListRule,
)
from search.collections.models import CollectionRow
from search.collections.rules import make_query, make_slug, read_rule, write_rule
from search.collections.selectors import (
    fill_front,
    find_collection,
    find_own,
    list_all,
    list_collections,
    preview,
    show_collection,
)
from search.collections.services import (
    MOST_REMOVED,
    NoSuchList,
    NoTitle,
    TooManyLeftOut,
    TooManyLists,
    put_back_collection,
    remove_collection,
    save_collection,
)
from search.listings.contracts import BadQuery, Sort
from search.listings.selectors import find_listing_id
from tenants.catalog.contracts import ProductStatus, Text, VariantDraft
from tests.conftest import Clock
from tests.search.listings.conftest import Goods, fresh_memory, goods, index_now, index_root  # noqa: F401 - fixtures

IndexNow = Callable[[], None]
NEW = ListRule(sort=Sort.NEWEST)
rules = st.builds(
    ListRule,
    category_id=st.none() | st.integers(0, 10**6),
    brand=st.text(max_size=40),
    tag=st.text(max_size=40),
    shop_id=st.none() | st.integers(0, 10**6),
    price_from_minor=st.none() | st.integers(0, 500),
    price_to_minor=st.none() | st.integers(500, 10**6),
    discount=st.sampled_from((0, *DISCOUNTS)),
    in_stock=st.booleans(),
    sort=st.sampled_from(SORTS),
    most=st.integers(1, 2_400),
)


def make(rule: ListRule = NEW, *, shop: ShopContext | None = None, title: str = "新品", **more: object) -> Collection:
    return Collection(0, shop.shop_id if shop else None, "", Text(title), rule, **more)


def save(collection: Collection, clock: Clock) -> Collection:
    return save_collection(collection=collection, actor_id=7, now=clock.now)


def priced(minor: int, before: int | None = None) -> tuple[VariantDraft, ...]:
    return (VariantDraft("P", (), minor, compare_at_minor=before, cost_minor=1),)


def titles(collection: Collection, **more: object) -> list[str]:
    return [card.title.zh for card in show_collection(collection, **more).hits]


@given(rules)
def test_a_rule_survives_its_table(rule: ListRule) -> None:
    assert read_rule(write_rule(rule)) == rule


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"price_from_minor": 200, "price_to_minor": 100}, "price_to_minor"),
        ({"price_from_minor": -1}, "price_from_minor"),
        ({"discount": 15}, "discount"),
        ({"sort": Sort.BEST}, "sort"),
        ({"most": 0}, "most"),
        ({"most": 2_401}, "most"),
        ({"tag": "t" * 41}, "tag"),
        ({"category_id": 2**60}, "category_id"),
    ],
)
def test_a_rule_beyond_the_limits_is_refused(said: dict[str, object], field: str) -> None:
    with pytest.raises(BadRule) as refused:
        ListRule(**said)
    assert refused.value.field == field


def test_a_shops_list_asks_for_its_own_goods_whatever_its_rule_says(shop_a: ShopContext, shop_b: ShopContext) -> None:
    rule = ListRule(shop_id=shop_b.shop_id)
    assert make_query(make(rule, shop=shop_a)).shop_ids == (shop_a.shop_id,)
    assert make_query(make(rule)).shop_ids == (shop_b.shop_id,)


@pytest.mark.parametrize(
    ("en", "zh", "taken", "slug"),
    [
        ("New & hot!", "xinpin", (), "new-hot"),
        ("", "xinpin", (), "xinpin"),
        ("Été", "", (), "ete"),
        ("…", "", (), "list"),
        ("New", "", ("new", "new-2"), "new-3"),
    ],
)
def test_an_address_is_readable_and_not_taken(en: str, zh: str, taken: tuple[str, ...], slug: str) -> None:
    assert make_slug(en, zh, taken) == slug


def test_lists_hold_what_their_rule_says(
    goods: Goods,  # noqa: F811
    shop_a: ShopContext,
    shop_b: ShopContext,
    index_now: IndexNow,  # noqa: F811
) -> None:
    plain = {"options": (), "tags": ()}
    goods.create(shop_a, title=Text("便宜"), variants=priced(900), **plain)
    goods.create(shop_a, title=Text("减价"), variants=priced(7_000, 10_000), **plain)
    goods.create(shop_b, title=Text("手作杯"), variants=priced(30_000), **(plain | {"tags": ("手作", "Gift Idea")}))
    sold_out = goods.create(shop_b, title=Text("没货"), variants=priced(500), stock=0, **plain)
    goods.deliver()
    index_now()

    def held(**rule: object) -> set[str]:
        return set(titles(make(ListRule(**rule))))

    assert held() == {"便宜", "减价", "手作杯"}
    assert held(in_stock=False) == {"便宜", "减价", "手作杯", "没货"}
    assert held(price_to_minor=10_000) == {"便宜", "减价"}
    assert held(discount=30) == {"减价"} and held(discount=50) == set()
    assert held(tag="gift idea") == held(tag="手作") == {"手作杯"}
    assert held(brand=" 青禾窑 ", price_from_minor=30_000) == {"手作杯"}
    assert held(shop_id=shop_a.shop_id) == {"便宜", "减价"}
    assert titles(make(ListRule(sort=Sort.PRICE_DOWN))) == ["手作杯", "减价", "便宜"]
    assert titles(make(ListRule(sort=Sort.PRICE_UP, most=2))) == ["便宜", "减价"]
    mine = make(ListRule(in_stock=False), shop=shop_b)
    left_out = find_listing_id(shop_id=shop_b.shop_id, product_id=sold_out) or 0
    assert set(titles(mine)) == {"手作杯", "没货"}
    assert set(titles(replace(mine, left_out=(left_out,)))) == {"手作杯"}


def test_a_list_follows_the_goods_by_itself(
    goods: Goods,  # noqa: F811
    shop_a: ShopContext,
    index_now: IndexNow,  # noqa: F811
    clock: Clock,
) -> None:
    rule = ListRule(price_to_minor=10_000, sort=Sort.NEWEST)
    kept = save(make(rule, shop=shop_a, title="百元内"), clock)
    product = goods.create(shop_a, title=Text("杯"), options=(), variants=priced(9_900))
    goods.deliver()
    index_now()
    assert titles(kept) == ["杯"]
    goods.set_status(shop_a, product, ProductStatus.DRAFT)
    goods.deliver()
    index_now()
    assert titles(kept) == []


def test_pages_of_a_list_neither_repeat_nor_skip_and_end_where_it_says(
    goods: Goods,  # noqa: F811
    shop_a: ShopContext,
    index_now: IndexNow,  # noqa: F811
) -> None:
    for number in range(9):
        goods.create(shop_a, title=Text(f"杯{number}"), options=(), variants=priced(1_000 + number))
    goods.deliver()
    index_now()
    collection = make(ListRule(sort=Sort.PRICE_UP, most=7))
    seen: list[str] = []
    after = ""
    while True:
        page = show_collection(collection, after=after, size=3)
        assert page.total == 7 and len(page.hits) <= 3
        seen += [card.title.zh for card in page.hits]
        after = page.next_cursor
        if not after:
            break
    assert seen == [f"杯{number}" for number in range(7)]
    with pytest.raises(BadQuery):
        show_collection(collection, after="nonsense")
    other_sort = show_collection(make(ListRule(sort=Sort.NEWEST)), size=3).next_cursor
    with pytest.raises(BadQuery):
        show_collection(collection, after=other_sort)


def test_lists_of_two_owners_are_apart(db: None, shop_a: ShopContext, shop_b: ShopContext, clock: Clock) -> None:
    mine, theirs, ours = (save(make(shop=shop), clock) for shop in (shop_a, shop_b, None))
    assert mine.slug == theirs.slug == ours.slug == "xinpin"
    for owner, one in ((shop_a.shop_id, mine), (shop_b.shop_id, theirs), (None, ours)):
        assert list_collections(shop_id=owner) == list_all(shop_id=owner) == [one]
        assert find_collection(shop_id=owner, slug="xinpin") == one
        assert find_own(shop_id=owner, collection_id=one.collection_id) == one
    assert find_own(shop_id=shop_a.shop_id, collection_id=theirs.collection_id) is None
    assert find_own(shop_id=None, collection_id=theirs.collection_id) is None
    for write in (remove_collection, put_back_collection):
        with pytest.raises(NoSuchList):
            write(shop_id=shop_a.shop_id, collection_id=theirs.collection_id, actor_id=7, now=clock.now)
    with pytest.raises(NoSuchList):
        save(replace(theirs, owner_shop_id=shop_a.shop_id, title=Text("偷")), clock)
    assert list_all(shop_id=shop_b.shop_id) == [theirs]


def test_a_list_is_changed_hidden_removed_and_put_back(db: None, shop_a: ShopContext, clock: Clock) -> None:
    kept = save(make(shop=shop_a), clock)
    changed = save(replace(kept, title=Text("上新", "New"), is_shown=False), clock)
    assert changed.slug == kept.slug
    assert list_collections(shop_id=shop_a.shop_id) == [] and list_all(shop_id=shop_a.shop_id) == [changed]
    names = {"shop_id": shop_a.shop_id, "collection_id": kept.collection_id, "actor_id": 7, "now": clock.now}
    remove_collection(**names)
    assert list_all(shop_id=shop_a.shop_id) == []
    with pytest.raises(NoSuchList):
        remove_collection(**names)
    put_back_collection(**names)
    assert list_all(shop_id=shop_a.shop_id) == [changed]
    actions = list(AuditEntry.objects.filter(target_kind="list").order_by("id").values_list("action", "shop_id"))
    said = ["list.saved", "list.saved", "list.removed", "list.put_back"]
    assert actions == [(action, shop_a.shop_id) for action in said]


def test_what_is_refused_changes_nothing(db: None, shop_a: ShopContext, clock: Clock) -> None:
    before = read_epochs()
    with pytest.raises(NoTitle):
        save(make(title="  "), clock)
    with pytest.raises(NoTitle):
        save(make(title="字" * 41), clock)
    with pytest.raises(TooManyLeftOut):
        save(make(left_out=tuple(range(MOST_LEFT_OUT + 1))), clock)
    assert read_epochs() == before and not CollectionRow.objects.exists()
    for _ in range(MOST_OF_SHOP):
        last = save(make(shop=shop_a), clock)
    with pytest.raises(TooManyLists):
        save(make(shop=shop_a), clock)
    remove_collection(shop_id=shop_a.shop_id, collection_id=last.collection_id, actor_id=7, now=clock.now)
    save(make(shop=shop_a), clock)
    with pytest.raises(TooManyLists):
        put_back_collection(shop_id=shop_a.shop_id, collection_id=last.collection_id, actor_id=7, now=clock.now)
    save(make(), clock)


def test_few_removed_lists_are_kept(db: None, shop_a: ShopContext, clock: Clock) -> None:
    for _ in range(MOST_REMOVED + 3):
        clock.move(seconds=1)
        made = save(make(shop=shop_a), clock)
        remove_collection(shop_id=shop_a.shop_id, collection_id=made.collection_id, actor_id=7, now=clock.now)
    assert CollectionRow.objects.filter(shop_id=shop_a.shop_id).count() == MOST_REMOVED


def test_a_front_page_shows_the_first_lists_that_hold_something(
    goods: Goods,  # noqa: F811
    shop_a: ShopContext,
    shop_b: ShopContext,
    index_now: IndexNow,  # noqa: F811
    clock: Clock,
) -> None:
    for shop in (shop_a, shop_b):
        goods.create(shop)
    goods.deliver()
    index_now()
    empty = save(make(ListRule(price_to_minor=1), shop=shop_a, title="空", on_front=True, place=1), clock)
    new = save(make(shop=shop_a, on_front=True, place=2), clock)
    save(make(shop=shop_a, title="不在首页"), clock)
    shelves = fill_front(shop_id=shop_a.shop_id, epochs=read_epochs())
    assert [shelf.collection for shelf in shelves] == [new]
    assert {card.shop.shop_id for shelf in shelves for card in shelf.cards} == {shop_a.shop_id}
    assert empty in list_collections(shop_id=shop_a.shop_id)
    for number in range(MOST_ON_FRONT):
        save(make(shop=shop_a, title=f"第{number}", on_front=True, place=3), clock)
    assert len(fill_front(shop_id=shop_a.shop_id, epochs=read_epochs())) == MOST_ON_FRONT - 1
    epochs = read_epochs()
    with CaptureQueriesContext(connection) as caught:
        fill_front(shop_id=shop_a.shop_id, epochs=epochs)
    assert len(caught) == 0


def test_a_preview_shows_a_rule_before_it_is_saved(
    goods: Goods,  # noqa: F811
    shop_a: ShopContext,
    shop_b: ShopContext,
    index_now: IndexNow,  # noqa: F811
) -> None:
    for shop in (shop_a, shop_b):
        goods.create(shop)
    goods.deliver()
    index_now()
    assert preview(NEW, shop_id=None).total == 2
    page = preview(NEW, shop_id=shop_b.shop_id)
    assert page.total == 1 and page.hits[0].shop.shop_id == shop_b.shop_id
    assert not CollectionRow.objects.exists()
