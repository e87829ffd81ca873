"""Two shops with goods and an account at the provider, and a buyer with something in the cart."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from billing.checkout.contracts import CartOwner, Offer
from billing.checkout.services import PlaceRequest, add_line, place_purchase, quote_cart
from billing.payments.services import enrol_merchant
from market.shops.contracts import ShopContext
from tenants.orders.contracts import PaymentMethod, ShipTo
from tests.fixtures.goods import stock_product

BUYER = 77
HOME = ShipTo("沈小禾", "+8613812346021", "浙江省 杭州市 西湖区", "文三路1号", "310000")


@dataclass
class Fair:
    """What the tests of checkout stand on."""

    shops: tuple[ShopContext, ...]
    offers: tuple[Offer, ...]
    clock: object
    owner: CartOwner = field(default_factory=lambda: CartOwner(user_id=BUYER))

    def fill(self, *quantities: int) -> None:
        """Put so many pieces of each shop's product into the cart."""
        for offer, quantity in zip(self.offers, quantities, strict=False):
            if quantity:
                add_line(owner=self.owner, offer=offer, quantity=quantity, now=self.clock.now)

    def request(self, *, key="key-1", method=PaymentMethod.WECHATPAY, digest=None, buyer=BUYER) -> PlaceRequest:
        digest = digest or quote_cart(owner=CartOwner(user_id=buyer)).digest
        return PlaceRequest(buyer, key, digest, method, HOME, {})

    def place(self, **parts):
        return place_purchase(request=self.request(**parts), now=self.clock.now)


@pytest.fixture
def fair(committed_db, make_shop, wechat_settings, clock) -> Fair:
    """Two shops: a mug for 10.00 (10 pieces) and tea for 90.00 (5 pieces)."""
    clock.now = datetime.now(UTC)  # the provider is a process of its own, with the real clock
    shops = (make_shop("alpha", owner_id=900_001), make_shop("beta", owner_id=900_002))
    for shop in shops:
        enrol_merchant(shop_id=shop.shop_id, shop_name=shop.name.zh, gateway="wechatpay", now=clock.now)
    mug = stock_product(shops[0], sku="MUG", price_minor=1_000, pieces=10)
    tea = stock_product(shops[1], sku="TEA", price_minor=9_000, pieces=5, title="明前龙井")
    return Fair(shops, (mug, tea), clock)
