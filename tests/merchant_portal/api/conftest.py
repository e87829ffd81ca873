"""Two shops with a product each, and a client for each shop."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from billing.checkout.contracts import CartOwner, Offer
from billing.checkout.services import PlaceRequest, add_line, place_purchase, quote_cart
from market.shops.contracts import ShopContext
from tenants.orders.contracts import PaymentMethod, ShipTo
from tests.fixtures.api import Api, forget_everything, make_shop_api
from tests.fixtures.goods import stock_product

BUYER = 77
HOME = ShipTo("沈小禾", "+8613812346021", "浙江省 杭州市 西湖区", "文三路1号", "310000")


@pytest.fixture(autouse=True)
def alone(settings, tmp_path, monkeypatch) -> None:
    """No bucket of the machine's Valkey, nothing kept from another test."""
    settings.RATE_LIMITS_ON = False
    settings.INDEX_ROOT = tmp_path / "index"
    forget_everything(monkeypatch)


@dataclass
class Trade:
    """Alpha sells a mug (10 pieces), beta sells tea (5 pieces)."""

    shops: tuple[ShopContext, ShopContext]
    offers: tuple[Offer, Offer]
    alpha: Api
    beta: Api
    clock: object

    def sell(self, quantity: int = 2, *, key: str = "key") -> str:
        """An order for cash on delivery at alpha. Returns its number."""
        owner = CartOwner(user_id=BUYER)
        add_line(owner=owner, offer=self.offers[0], quantity=quantity, now=self.clock.now)
        digest = quote_cart(owner=owner).digest
        request = PlaceRequest(BUYER, key, digest, PaymentMethod.COD, HOME, {})
        return place_purchase(request=request, now=self.clock.now).shares[0].share_no


@pytest.fixture
def trade(any_db, make_shop: Callable[..., ShopContext], clock) -> Trade:
    shops = (make_shop("alpha", owner_id=900_001), make_shop("beta", owner_id=900_002))
    mug = stock_product(shops[0], sku="MUG", pieces=10, cost_minor=321, private_notes="secret mug")
    tea = stock_product(shops[1], sku="TEA", pieces=5, title="明前龙井")
    return Trade(shops, (mug, tea), make_shop_api(shops[0]), make_shop_api(shops[1]), clock)
