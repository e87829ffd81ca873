"""Cards that a process keeps are what the table says, whatever happens to the listings."""

import random
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from market.shops.contracts import ShopContext
from market.shops.selectors import map_shops, read_epochs
from market.shops.services import approve_shop, suspend_shop
from search.listings.keeping import Memory
from search.listings.models import Listing
from search.listings.selectors import cards, list_cards
from search.listings.services import count_sales, demand
from tenants.catalog.contracts import ProductStatus, Text
from tests.conftest import Clock
from tests.search.listings.conftest import Goods

STEPS = 25


def test_kept_cards_are_what_the_table_says_after_any_changes(
    goods: Goods, shop_a: ShopContext, shop_b: ShopContext, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sold: dict[tuple[int, int], int] = {}
    monkeypatch.setattr(demand, "count_sold", lambda *, since: sold)
    products = [(shop, goods.create(shop)) for shop in (shop_a, shop_a, shop_b, shop_b)]
    goods.deliver()
    ids = list(Listing.objects.values_list("pk", flat=True))
    chance = random.Random(20261122)
    for step in range(STEPS):
        shop, product_id = chance.choice(products)
        kind = chance.choice(["title", "count", "hide", "show", "sell", "suspend", "open", "nothing"])
        if kind == "title":
            goods.change(shop, product_id, title=Text(f"杯{step}", f"Cup {step}"))
        elif kind == "count":
            goods.count(shop, product_id, chance.choice([0, 1, 7]))
        elif kind in ("hide", "show"):
            status = ProductStatus.ACTIVE if kind == "show" else ProductStatus.ARCHIVED
            goods.set_status(shop, product_id, status)
        elif kind == "sell":
            sold[(shop.shop_id, goods.listing_of(shop, product_id).pk)] = step
            count_sales(now=clock.now)
        elif kind == "suspend" and map_shops(read_epochs())[shop.shop_id].is_open:
            suspend_shop(shop_id=shop.shop_id, actor_id=1, reason="test", now=clock.now)
        elif kind == "open" and not map_shops(read_epochs())[shop.shop_id].is_open:
            approve_shop(shop_id=shop.shop_id, actor_id=1, now=clock.now)
        goods.deliver()
        wanted = chance.sample([*ids, 999_999], k=3)
        kept = list_cards(wanted)
        with monkeypatch.context() as patch:
            patch.setattr(cards, "_held", Memory(10))
            assert kept == list_cards(wanted), (step, kind)


def test_known_cards_cost_no_statement_and_a_change_elsewhere_reads_none_of_them_again(
    goods: Goods, shop_a: ShopContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = goods.create(shop_a), goods.create(shop_a)
    goods.deliver()
    ids = [goods.listing_of(shop_a, product_id).pk for product_id in (first, second)]
    list_cards(ids)
    decoded: list[object] = []
    monkeypatch.setattr(cards, "decode_card", _noting(decoded, cards.decode_card))
    assert _count_statements(lambda: list_cards(ids, epochs=read_epochs())) == 1  # the epochs
    goods.change(shop_a, second, title=Text("新", "New"))
    goods.deliver()
    assert _count_statements(lambda: list_cards(ids, epochs=read_epochs())) == 2
    assert len(decoded) == 1
    assert [card.title.en for card in list_cards(ids)] == ["Celadon mug", "New"]


def test_an_older_answer_of_another_thread_is_looked_at_again(goods: Goods, shop_a: ShopContext) -> None:
    product_id = goods.create(shop_a)
    goods.deliver()
    listing_id, before = goods.listing_of(shop_a, product_id).pk, read_epochs()
    goods.change(shop_a, product_id, title=Text("新", "New"))
    (old,) = list_cards([listing_id], epochs=before)  # its thread was slow: the change is not copied yet
    goods.deliver()
    assert old.title.en == "Celadon mug"
    assert [card.title.en for card in list_cards([listing_id], epochs=read_epochs())] == ["New"]


def test_no_more_than_so_many_cards_are_kept(
    goods: Goods, shop_a: ShopContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "_held", Memory(2))
    for _ in range(4):
        goods.create(shop_a)
    goods.deliver()
    ids = list(Listing.objects.order_by("pk").values_list("pk", flat=True))
    for _ in range(2):
        assert [card.listing_id for card in list_cards(ids)] == ids
    assert len(cards._held._values) == 2


def _count_statements(ask: Callable[[], object]) -> int:
    map_shops(read_epochs())
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


def _noting(seen: list[object], ask: Callable[..., object]) -> Callable[..., object]:
    def asked(*arguments: object, **named: object) -> object:
        seen.append(arguments)
        return ask(*arguments, **named)

    return asked
