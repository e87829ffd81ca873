"""A market of two shops, and browsers without JavaScript that walk through it: only forms and links."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.test import Client

from billing.checkout.contracts import Offer
from billing.payments.services import enrol_merchant
from market.shops.contracts import ShopContext
from search.listings.engines.chosen import get_indexes
from search.listings.services import refresh_listings
from search.listings.services.indexing import catch_up
from search.listings.services.running import open_index
from storefront.browse import kept
from tests.fixtures.api import MARKET, Person, forget_everything, list_product, make_person
from tests.fixtures.wechatpay import Simulator
from web.messages import compile_all

_HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|key|digest)" value="([^"]+)"')
_ADDRESS = re.compile(r'name="address" value="(\d+)"')


@pytest.fixture(scope="session")
def words() -> None:
    """The catalogues, compiled."""
    compile_all()


@pytest.fixture(autouse=True)
def alone(words, settings, tmp_path, monkeypatch) -> None:
    """No bucket of the machine's Valkey, no index of another test, nothing kept from one."""
    settings.RATE_LIMITS_ON = False
    settings.INDEX_ROOT = tmp_path / "index"
    forget_everything(monkeypatch)
    kept._pages.forget()


@dataclass
class Browser:
    """Somebody's browser: it checks CSRF tokens as a real one would have to, and runs no scripts."""

    language: str = "en"
    user_id: int | None = None
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        headers = {"host": MARKET, "accept-language": self.language}
        self.client = Client(enforce_csrf_checks=True, headers=headers)
        if self.user_id is not None:
            self.sign_in(self.user_id)

    def sign_in(self, user_id: int) -> None:
        user = get_user_model().objects.get(pk=user_id)
        self.client.force_login(user, backend=django_settings.AUTHENTICATION_BACKENDS[0])
        session = self.client.session
        session["host_kind"] = "market"
        session.save()

    def open(self, path: str, *, status: int = 200) -> str:
        """The page's text, entities resolved."""
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.content[:300])
        return unescape(answer.content.decode())

    def send(self, path: str, *, page: str = "/cart/", **form: object) -> Any:
        """Post a form with the token of `page`."""
        token = dict(_HIDDEN.findall(self.client.get(page).content.decode())).get("csrfmiddlewaretoken", "")
        if not token:
            token = self.client.cookies[django_settings.CSRF_COOKIE_NAME].value
        return self.client.post(path, {"csrfmiddlewaretoken": token, **form})

    def put_in(self, listing_id: int, quantity: object = 1, **more: object) -> Any:
        form = {"listing_id": listing_id, "quantity": quantity, **(more or {"add": 1})}
        return self.send("/cart/add/", page=f"/item/{listing_id}/", **form)

    def read_checkout(self) -> dict[str, str]:
        """The form of the checkout page as it would be sent."""
        page = self.open("/checkout/")
        return {**dict(_HIDDEN.findall(page)), "address": _ADDRESS.findall(page)[0], "method": "wechatpay"}

    def place(self, **changed: object) -> Any:
        return self.client.post("/checkout/", {**self.read_checkout(), **changed})


@dataclass
class Street:
    """Two shops: a mug for 10.00 (10 pieces) and tea for 90.00 (5 pieces)."""

    shops: tuple[ShopContext, ShopContext]
    offers: tuple[Offer, Offer]
    listing_ids: tuple[int, int]
    buyer: Person

    def shopper(self, language: str = "en") -> Browser:
        return Browser(language, self.buyer.user_id)

    def stranger(self) -> Browser:
        return Browser("en", make_person("stranger").user_id)

    def refresh(self) -> None:
        """Copy what changed in the shops to the listings, as the relay does."""
        for shop, offer in zip(self.shops, self.offers, strict=True):
            refresh_listings(shop_id=shop.shop_id, product_ids=[offer.product_id], now=datetime.now(UTC))

    def index(self) -> None:
        """Build the index of what is on sale now."""
        indexer, position = open_index(get_indexes(), rebuild=True, progress=lambda count: None)
        catch_up(indexer, after=position)


@pytest.fixture
def street(any_db, make_shop: Callable[..., ShopContext]) -> Street:
    shops = (make_shop("alpha", owner_id=900_001), make_shop("beta", owner_id=900_002))
    mug, mug_listing = list_product(shops[0], sku="MUG", price_minor=1_000, pieces=10)
    tea, tea_listing = list_product(shops[1], sku="TEA", price_minor=9_000, pieces=5, title="明前龙井")
    return Street(shops, (mug, tea), (mug_listing, tea_listing), make_person())


@pytest.fixture
def paying_street(street: Street, wechat_settings: Simulator) -> Street:
    """The same with accounts at the provider."""
    for shop in street.shops:
        enrol_merchant(shop_id=shop.shop_id, shop_name=shop.name.zh, gateway="wechatpay", now=datetime.now(UTC))
    return street
