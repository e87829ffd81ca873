"""A market with two shops and a shopper, on the way through JSON only."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from billing.checkout.contracts import Offer
from billing.payments.services import enrol_merchant
from market.shops.contracts import ShopContext
from search.listings.engines.chosen import get_indexes
from search.listings.services.indexing import catch_up
from search.listings.services.running import open_index
from tests.fixtures.api import MARKET, Api, Person, forget_everything, list_product, make_person, make_shop_api
from tests.fixtures.wechatpay import Simulator


@pytest.fixture(autouse=True)
def alone(settings, tmp_path, monkeypatch) -> None:
    """No bucket of the machine's Valkey, no index of another test, nothing kept from one."""
    settings.RATE_LIMITS_ON = False
    settings.INDEX_ROOT = tmp_path / "index"
    forget_everything(monkeypatch)


@dataclass
class Market:
    """Two shops: a mug for 10.00 (10 pieces) and tea for 90.00 (5 pieces)."""

    shops: tuple[ShopContext, ShopContext]
    offers: tuple[Offer, Offer]
    listing_ids: tuple[int, int]
    buyer: Person
    visitor: Api
    merchants: tuple[Api, Api]

    def fill(self, *quantities: int) -> None:
        """Put so many pieces of each shop's product into the buyer's cart."""
        for offer, listing_id, quantity in zip(self.offers, self.listing_ids, quantities, strict=False):
            body = {"listing_id": listing_id, "variant_id": offer.variant_id, "quantity": quantity}
            assert self.buyer.api.post("cart/lines", body).status_code == 201

    def agree(self, **more: object) -> dict[str, object]:
        """The body of a purchase at today's quote."""
        digest = self.buyer.api.post("checkout/quote").json()["digest"]
        return {"quote_digest": digest, "address_id": self.buyer.address_id, **more}


@pytest.fixture
def market(any_db, make_shop: Callable[..., ShopContext], clock) -> Market:
    shops = (make_shop("alpha", owner_id=900_001), make_shop("beta", owner_id=900_002))
    mug, mug_listing = list_product(shops[0], sku="MUG", price_minor=1_000, pieces=10)
    tea, tea_listing = list_product(shops[1], sku="TEA", price_minor=9_000, pieces=5, title="明前龙井")
    merchants = (make_shop_api(shops[0]), make_shop_api(shops[1]))
    return Market(shops, (mug, tea), (mug_listing, tea_listing), make_person(), Api(MARKET), merchants)


@pytest.fixture
def indexed(market: Market, clock) -> Iterator[None]:
    """The index of the market's goods, as the indexer leaves it."""
    indexer, position = open_index(get_indexes(), rebuild=False, progress=lambda count: None)
    catch_up(indexer, after=position)
    yield
    indexer.close()


@pytest.fixture
def paying_market(market: Market, wechat_settings: Simulator, clock) -> Market:
    """The same with accounts at the provider."""
    for shop in market.shops:
        enrol_merchant(shop_id=shop.shop_id, shop_name=shop.name.zh, gateway="wechatpay", now=clock.now)
    return market
