"""How many statements a page costs, fixed: without BEGIN, COMMIT and SAVEPOINT, with SET LOCAL."""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.shortcuts import render
from django.test import Client

from billing.payments.services import enrol_merchant
from market.shops.contracts import ShopContext
from market.shops.tenancy import enter_shop
from market.taxonomy.selectors import get_tree
from market.taxonomy.services import load_taxonomy
from search.listings.engines.chosen import get_indexes
from search.listings.services import refresh_listings
from search.listings.services.indexing import catch_up
from search.listings.services.running import open_index
from storefront.browse import kept
from tenants.catalog.selectors import get_product_draft
from tenants.catalog.services import update_product
from tests.fixtures.api import MARKET, forget_everything, list_product, make_person
from tests.fixtures.statements import Statements, captured_statements

PAGES = ("home", "list", "search", "product", "shop")
VISITOR, SIGNED_IN_MORE, KEPT = 2, 2, 1
ADDING = 4
PLACING, A_SHOP, A_LINE = 25, 8, 2
_HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|key|digest)" value="([^"]+)"')
_skus = itertools.count(1)


@dataclass
class Market:
    """Open shops with goods in the index, a visitor and a shopper, and the statements of what they do."""

    monkeypatch: pytest.MonkeyPatch
    make_shop: Callable[..., ShopContext]
    now: object

    def open(self, shops: int, goods: int) -> None:
        load_taxonomy()
        category_id = get_tree(fresh=True).tops[0]
        self.slug = get_tree().nodes[category_id].slug
        self.shops = [self.make_shop(f"shop{number}", owner_id=900_001 + number) for number in range(shops)]
        self.goods = [
            [
                list_product(shop, sku=f"S-{next(_skus)}", title=f"马克杯{number}", category_id=category_id)
                for number in range(goods)
            ]
            for shop in self.shops
        ]
        indexer, after = open_index(get_indexes(), rebuild=False, progress=lambda count: None)
        catch_up(indexer, after=after)
        indexer.close()
        self.person = make_person()
        self.visitor = Client(HTTP_HOST=MARKET)
        self.shopper = Client(HTTP_HOST=MARKET)
        self.shopper.force_login(get_user_model().objects.get(pk=self.person.user_id))
        self.shopper.get("/account/")  # the session is bound to its host with its first answer

    def path(self, page: str) -> str:
        return {
            "home": "/",
            "list": f"/c/{self.slug}/",
            "search": "/search?q=马克杯",
            "product": f"/item/{self.goods[0][0][1]}/",
            "shop": f"/shop/{self.shops[0].slug}/",
        }[page]

    def forget(self) -> None:
        """What earlier questions left in memory is gone; hosts and categories are known, as in any running process."""
        forget_everything(self.monkeypatch)
        kept._pages.forget()
        self.visitor.get("/search?q=杯")

    def get(self, client: Client, path: str) -> Statements:
        with captured_statements(self.monkeypatch) as seen:
            answer = client.get(path)
        assert answer.status_code == 200, answer.status_code
        return seen

    def post(self, client: Client, path: str, form: dict) -> tuple[Statements, str]:
        with captured_statements(self.monkeypatch) as seen:
            answer = client.post(path, form)
        assert answer.status_code == 302, answer.content.decode()[:3000]
        return seen, answer["Location"]

    def add(self, client: Client, offer, listing_id: int, quantity: int = 1) -> Statements:
        form = {"listing_id": listing_id, "variant_id": offer.variant_id, "quantity": quantity, "add": "1"}
        return self.post(client, "/cart/add/", form)[0]

    def set_price(self, offer, price_minor: int) -> None:
        """What the merchant does, and what the relay then hands on."""
        shop = next(shop for shop in self.shops if shop.shop_id == offer.shop_id)
        with transaction.atomic(), enter_shop(shop):
            draft = get_product_draft(offer.product_id).draft
            variants = tuple(replace(variant, price_minor=price_minor) for variant in draft.variants)
            update_product(product_id=offer.product_id, draft=replace(draft, variants=variants), now=self.now)
        refresh_listings(shop_id=shop.shop_id, product_ids=[offer.product_id], now=self.now)

    def place(self, shops: int, lines: int) -> Statements:
        """A purchase of so many lines in each of so many shops."""
        for offer, listing_id in itertools.chain.from_iterable(goods[:lines] for goods in self.goods[:shops]):
            self.add(self.shopper, offer, listing_id)
        page = self.shopper.get("/checkout/").content.decode()
        form = {**dict(_HIDDEN.findall(page)), "address": self.person.address_id, "method": "wechatpay"}
        seen, location = self.post(self.shopper, "/checkout/", form)
        assert location.startswith("/cashier/"), location
        return seen


@pytest.fixture
def market(committed_db, make_shop, settings, tmp_path, monkeypatch, clock) -> Market:
    settings.RATE_LIMITS_ON = False
    settings.INDEX_ROOT = tmp_path / "index"
    settings.DEBUG = False
    forget_everything(monkeypatch)
    kept._pages.forget()
    market = Market(monkeypatch, make_shop, clock.now)
    yield market
    kept._pages.forget()


def test_a_page_costs_a_visitor_two_statements_and_a_repeat_one(market: Market) -> None:
    market.open(shops=2, goods=2)
    for page in PAGES:
        market.forget()
        first, again = (market.get(market.visitor, market.path(page)) for _ in range(2))
        assert len(first) <= VISITOR, f"{page}\n{first}"
        assert len(again) <= KEPT, f"{page} again\n{again}"
        assert not first.repeated, f"{page}\n{first}"


def test_a_new_price_is_on_the_page_with_the_next_request(market: Market) -> None:
    market.open(shops=2, goods=2)
    offer, listing_id = market.goods[0][0]
    for price in (123_400, 567_800, 123_400):
        market.set_price(offer, price)
        page = market.visitor.get(f"/item/{listing_id}/").content.decode()
        assert f"{price // 100:,}" in page, price


def test_a_change_elsewhere_draws_no_product_page_anew(market: Market) -> None:
    market.open(shops=2, goods=2)
    drawn: list[str] = []
    market.monkeypatch.setattr(kept, "render", lambda *args: drawn.append(args[1]) or render(*args))
    market.get(market.visitor, market.path("product"))
    market.set_price(market.goods[1][1][0], 4_321)
    seen = market.get(market.visitor, market.path("product"))
    assert drawn == ["storefront/browse/product.html"]
    assert len(seen) == VISITOR, str(seen)


def test_a_page_costs_a_signed_in_shopper_two_statements_more(market: Market) -> None:
    market.open(shops=2, goods=2)
    for page in PAGES:
        market.forget()
        seen = market.get(market.shopper, market.path(page))
        assert len(seen) <= VISITOR + SIGNED_IN_MORE, f"{page}\n{seen}"
        assert not seen.repeated, f"{page}\n{seen}"


def test_browsing_touches_no_table_of_a_shop(market: Market) -> None:
    market.open(shops=2, goods=2)
    for page in PAGES:
        market.forget()
        for client in (market.visitor, market.shopper):
            seen = market.get(client, market.path(page))
            assert not seen.touches_shop, f"{page}\n{seen}"


def test_adding_to_the_cart_costs_four_statements(market: Market) -> None:
    market.open(shops=2, goods=2)
    market.forget()
    (mug, mug_id), (cup, cup_id) = market.goods[0]
    visitor = [market.add(market.visitor, mug, mug_id), market.add(market.visitor, cup, cup_id)]
    more = market.add(market.visitor, mug, mug_id, 2)
    for seen in (*visitor, more):
        assert not seen.repeated and not seen.touches_shop, str(seen)
    assert max(len(seen) for seen in (*visitor, more)) <= ADDING, "\n\n".join(map(str, (*visitor, more)))


def test_adding_costs_a_signed_in_shopper_two_statements_more(market: Market) -> None:
    market.open(shops=2, goods=2)
    market.forget()
    seen = [market.add(market.shopper, offer, listing_id) for offer, listing_id in market.goods[0]]
    assert not any(one.repeated or one.touches_shop for one in seen), "\n\n".join(map(str, seen))
    assert max(map(len, seen)) <= ADDING + SIGNED_IN_MORE, "\n\n".join(map(str, seen))


def test_placing_costs_twenty_five_statements_and_so_many_for_each_shop_and_line(
    market: Market, wechat_settings, clock
) -> None:
    market.open(shops=3, goods=3)
    for shop in market.shops:
        enrol_merchant(shop_id=shop.shop_id, shop_name=shop.name.zh, gateway="wechatpay", now=clock.now)
    market.place(1, 1)
    one, more_lines, more_shops = market.place(1, 1), market.place(1, 3), market.place(3, 1)
    for seen in (one, more_lines, more_shops):
        assert not seen.repeated, str(seen)
    assert len(one) <= PLACING, str(one)
    assert len(more_lines) <= len(one) + 2 * A_LINE, f"{one}\n\n{more_lines}"
    assert len(more_shops) <= len(one) + 2 * A_SHOP, f"{one}\n\n{more_shops}"
