"""What a process keeps of pages, cards and facets is never old: they are as one that keeps nothing draws them."""

import random
import re
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from django.shortcuts import render
from django.utils.html import escape

from market.shops.selectors import map_shops, read_epochs
from market.shops.services import approve_shop, suspend_shop, update_shop_profile
from market.shops.tenancy import enter_shop
from market.taxonomy.selectors import get_tree
from market.taxonomy.services import load_taxonomy
from search.listings import keeping
from search.listings.engines.chosen import get_indexes
from search.listings.services import count_sales, demand, refresh_shop
from search.listings.services.indexing import catch_up
from search.listings.services.running import open_index
from storefront.browse import kept
from tenants.catalog.contracts import ProductStatus, Text
from tenants.catalog.selectors import get_product_draft
from tenants.catalog.services import set_product_status, update_product
from tenants.inventory.contracts import StockCount
from tenants.inventory.services import count_stock
from tests.fixtures.api import list_product
from tests.storefront.pages.conftest import Browser, Street
from web.tags import kept as parts

STEPS = 14
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Fair:
    """A street with more goods in two categories, an index that follows, and whatever may happen to them."""

    street: Street
    goods: list[tuple[Any, int]]
    slugs: list[str]
    sold: dict[tuple[int, int], int]
    indexer: Any
    position: int

    @property
    def paths(self) -> list[str]:
        items = [f"/item/{listing_id}/" for _, listing_id in self.goods[:2]]
        lists = [f"/c/{slug}/" for slug in self.slugs]
        searches = ["/search", "/search?q=EN&sort=price_up", "/search?q=杯&min=5", "/search?stock=1"]
        return ["/", "/shops/", "/shop/beta/", *items, *lists, *searches]

    def follow(self) -> None:
        self.position = catch_up(self.indexer, after=self.position)

    def change(self, chance: random.Random, step: int) -> str:
        """One thing of many happens to one product or its shop. Returns what."""
        offer, listing_id = chance.choice(self.goods)
        shop = next(shop for shop in self.street.shops if shop.shop_id == offer.shop_id)
        kind = chance.choice(["price", "title", "pieces", "hide", "show", "sell", "suspend", "open", "rename", "none"])
        now, is_open = datetime.now(UTC), map_shops(read_epochs())[shop.shop_id].is_open
        if kind == "suspend" and is_open:
            suspend_shop(shop_id=shop.shop_id, actor_id=1, reason="test", now=now)
        elif kind == "open" and not is_open:
            approve_shop(shop_id=shop.shop_id, actor_id=1, now=now)
        elif kind == "sell":
            self.sold[(shop.shop_id, listing_id)] = 1 + step
            count_sales(now=now)
        elif kind == "rename":
            names = {"name_zh": f"店{step}", "name_en": f"Shop {step}", "intro_zh": "", "intro_en": f"Intro {step}"}
            update_shop_profile(shop_id=shop.shop_id, actor_id=1, **names, now=now)
        else:
            with transaction.atomic(), enter_shop(shop):
                self._change_product(kind, offer.product_id, chance, step, now)
        refresh_shop(shop_id=shop.shop_id, now=now)
        return kind

    def _change_product(self, kind: str, product_id: int, chance: random.Random, step: int, now: datetime) -> None:
        draft = get_product_draft(product_id).draft
        if kind == "price":
            variants = tuple(replace(variant, price_minor=chance.randint(100, 90_000)) for variant in draft.variants)
            update_product(product_id=product_id, draft=replace(draft, variants=variants), now=now)
        elif kind == "title":
            title = Text(f"杯<{step}>", f"Cup EN <{step}>")
            update_product(product_id=product_id, draft=replace(draft, title=title), now=now)
        elif kind == "pieces":
            pieces = chance.choice([0, 3, 500])
            count_stock(counts=[StockCount(v.variant_id, pieces) for v in draft.variants], now=now)
        elif kind in ("hide", "show"):
            status = ProductStatus.ACTIVE if kind == "show" else ProductStatus.ARCHIVED
            set_product_status(product_id=product_id, status=status, now=now)


@pytest.fixture
def fair(street: Street, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fair]:
    sold: dict[tuple[int, int], int] = {}
    monkeypatch.setattr(demand, "count_sold", lambda *, since: sold)
    load_taxonomy()
    tops = get_tree(fresh=True).list_tops()[:2]
    goods = [
        list_product(
            shop,
            sku=f"P-{number}",
            title=f"马克杯{number}",
            price_minor=1_000 + number,
            category_id=tops[number % 2].category_id,
        )
        for shop in street.shops
        for number in range(3)
    ]
    indexer, position = open_index(get_indexes(), rebuild=True, progress=lambda count: None)
    made = Fair(street, goods, [top.slug for top in tops], sold, indexer, position)
    made.follow()
    yield made
    indexer.close()


@contextmanager
def as_a_new_process() -> Iterator[None]:
    """Nothing is kept meanwhile; afterwards everything is as it was."""
    memories = list(keeping._all)
    before = [(memory._values, memory._weight) for memory in memories]
    drawn = dict(parts._parts)
    for memory in memories:
        memory._values, memory._weight = OrderedDict(), 0
    parts.forget()
    try:
        yield
    finally:
        for memory, (values, weight) in zip(memories, before, strict=True):
            memory._values, memory._weight = values, weight
        parts._parts.update(drawn)


def read(browser: Browser, path: str) -> tuple[int, str]:
    answer = browser.client.get(path)
    page = _TOKEN.sub("", answer.content.decode())
    return answer.status_code, page if answer.status_code == 200 else ""  # an error names its request


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_kept_pages_are_what_a_process_that_keeps_nothing_draws(fair: Fair, seed: int) -> None:
    chance, browsers = random.Random(seed), (Browser("en"), Browser("zh-CN"))
    happened = []
    for step in range(STEPS):
        happened.append(fair.change(chance, step))
        if chance.random() < 0.7:
            fair.follow()
            happened.append("indexed")
        for browser in browsers:
            for path in fair.paths:
                shown = read(browser, path)
                with as_a_new_process():
                    assert shown == read(browser, path), (seed, browser.language, path, happened)
                assert shown == read(browser, path), (seed, "again", path, happened)


def test_a_new_price_is_on_every_list_with_the_next_request(fair: Fair) -> None:
    visitor, (offer, listing_id) = Browser(), fair.goods[0]
    shop = fair.street.shops[0]
    paths = ["/", "/search", f"/c/{fair.slugs[0]}/", "/shop/alpha/", f"/item/{listing_id}/"]
    for price_minor in (123_400, 567_800, 123_400):
        with transaction.atomic(), enter_shop(shop):
            draft = get_product_draft(offer.product_id).draft
            variants = tuple(replace(variant, price_minor=price_minor) for variant in draft.variants)
            draft = replace(draft, variants=variants)
            update_product(product_id=offer.product_id, draft=draft, now=datetime.now(UTC))
        refresh_shop(shop_id=shop.shop_id, now=datetime.now(UTC))
        for path in paths:
            assert f"{price_minor // 100:,}" in visitor.open(path), (path, price_minor)


def test_a_change_elsewhere_draws_no_list_anew(fair: Fair, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = Browser()
    first, second = (f"/c/{slug}/" for slug in fair.slugs)
    drawn: list[str] = []
    monkeypatch.setattr(kept, "render", lambda *args: drawn.append(args[1]) or render(*args))
    before = [visitor.open(path) for path in (first, second)]
    offer, _ = fair.goods[1]  # of the second category
    with transaction.atomic(), enter_shop(fair.street.shops[0]):
        draft = replace(get_product_draft(offer.product_id).draft, title=Text("新杯", "New cup"))
        update_product(product_id=offer.product_id, draft=draft, now=datetime.now(UTC))
    refresh_shop(shop_id=fair.street.shops[0].shop_id, now=datetime.now(UTC))
    fair.follow()
    after = [visitor.open(path) for path in (first, second)]
    assert drawn.count("storefront/browse/category_results.html") == 3
    assert drawn.count("storefront/browse/category.html") == 2  # what stands around them: once for each category
    assert after[0] == before[0] and "New cup" not in after[0]
    assert "New cup" in after[1] and "New cup" not in before[1]


def test_a_card_of_one_language_is_never_shown_in_the_other(fair: Fair) -> None:
    for _ in range(2):
        assert "马克杯0 EN" in Browser("en").open("/search")
        page = Browser("zh-CN").open("/search")
        assert "马克杯0" in page and "EN" not in page


def test_searches_share_what_stands_around_them_and_nothing_else(fair: Fair, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(kept, "render", lambda *args: drawn.append(args[1]) or render(*args))
    visitor = Browser()
    pages = {words: visitor.client.get("/search", {"q": words}).content.decode() for words in ("杯", "<b>&杯", "EN")}
    assert drawn.count("storefront/browse/search.html") == 1
    for words, page in pages.items():
        assert f"<title>{escape(words)} · " in page and f'value="{escape(words)}"' in page
        assert all(f"<title>{escape(other)} · " not in page for other in pages if other != words)
    assert "<title>All goods" in visitor.open("/search")
    assert drawn.count("storefront/browse/search.html") == 2
    visitor.put_in(fair.goods[0][1], 3)
    visitor.open("/cart/")
    assert "<b>3</b>" in visitor.open("/search?q=EN") and "<b>3</b>" not in Browser().open("/search?q=EN")


def test_a_toast_is_shown_once_and_never_kept(fair: Fair) -> None:
    visitor, listing_id = Browser(), fair.goods[0][1]
    visitor.put_in(listing_id, 0)
    toasted = visitor.open("/search?q=EN")
    assert '<div class="toast' in toasted
    assert '<div class="toast' not in visitor.open("/search?q=EN")
    assert '<div class="toast' not in Browser().open("/search?q=EN")
