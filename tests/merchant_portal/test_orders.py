"""Orders of a shop: lists, one order, sending in parts, delivered, given back."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from django.db import transaction

from billing.checkout.contracts import CartOwner, Offer
from billing.checkout.selectors import get_shop_share
from billing.checkout.services import PlaceRequest, add_line, place_purchase, quote_cart
from market.shops.tenancy import enter_shop
from tenants.inventory.selectors import get_availability
from tenants.orders.contracts import OrderState, PaymentMethod, ShipTo
from tests.fixtures.goods import stock_product
from tests.merchant_portal.conftest import Merchant, count_statements

HOME = ShipTo("沈小禾", "+8613812346021", "浙江省 杭州市 西湖区", "文三路1号", "310000")


@dataclass
class Counter:
    """A merchant and a buyer who pays on delivery."""

    merchant: Merchant
    offer: Offer
    owner: CartOwner = field(default_factory=lambda: CartOwner(user_id=77))
    number: int = 0

    def buy(self, quantity: int = 3, note: str = "") -> str:
        now = datetime.now(UTC)
        self.number += 1
        add_line(owner=self.owner, offer=self.offer, quantity=quantity, now=now)
        digest, shop_id = quote_cart(owner=self.owner).digest, self.merchant.shop.shop_id
        request = PlaceRequest(77, f"key-{self.number}", digest, PaymentMethod.COD, HOME, {shop_id: note})
        return place_purchase(request=request, now=now).shares[0].share_no

    def state(self, share_no: str) -> OrderState:
        return get_shop_share(share_no=share_no, shop_id=self.merchant.shop.shop_id).state

    def post(self, path: str, **said: str):
        return self.merchant.browser.post(
            path, {name.replace("pieces_", "pieces-"): value for name, value in said.items()}
        )

    def lines(self, share_no: str):
        return self.merchant.browser.get(f"/orders/{share_no}/").context["order"].lines

    def available(self) -> int:
        with transaction.atomic(), enter_shop(self.merchant.shop):
            return get_availability([self.offer.variant_id])[self.offer.variant_id]


@pytest.fixture
def counter(merchant) -> Counter:
    return Counter(merchant, stock_product(merchant.shop, pieces=100, price_minor=6_000))


def test_an_order_shows_all_that_is_needed_to_send_it(counter) -> None:
    share_no = counter.buy(2, note="请包好一点")
    page = counter.merchant.browser.get(f"/orders/{share_no}/").content.decode()
    for words in ("沈小禾", "+8613812346021", "文三路1号", "请包好一点", "¥120.00", "Commission", "顺丰", share_no):
        assert words in page


def test_tabs_and_numbers_find_orders(counter) -> None:
    first, second = counter.buy(), counter.buy()
    browser = counter.merchant.browser
    counts = {tab.label: tab.count for tab in browser.get("/orders/").context["tabs"]}
    assert (counts["All"], counts["To send"], counts["Completed"]) == (2, 2, 0)
    found = browser.get("/orders/", {"q": first[:14]}).context["orders"]
    assert [row["share"].share_no for row in found] == [first]
    assert browser.get("/orders/?tab=done").context["orders"] == []
    assert browser.get("/orders/?tab=nonsense").status_code == 404
    assert browser.get("/orders/?after=nonsense").status_code == 404
    assert second != first


def test_more_orders_ask_no_more_statements(counter) -> None:
    counter.buy(1)
    one = count_statements(counter.merchant.browser, "/orders/")
    for _ in range(5):
        counter.buy(1)
    assert count_statements(counter.merchant.browser, "/orders/") == one
    assert one <= 12


def test_a_parcel_in_parts_and_the_rest_later(counter) -> None:
    share_no = counter.buy(3)
    (line,) = counter.lines(share_no)
    path, field_name = f"/orders/{share_no}/ship/", f"pieces_{line.line_id}"
    counter.post(path, carrier="顺丰", tracking_number="SF1234567", **{field_name: "2"})
    assert (counter.state(share_no), counter.lines(share_no)[0].shipped_quantity) == (OrderState.SHIPPED, 2)
    assert counter.post(f"/orders/{share_no}/delivered/").status_code == 302
    assert counter.state(share_no) is OrderState.SHIPPED
    counter.post(path, carrier="other", other="德邦", tracking_number="DB 7654321", **{field_name: "1"})
    parcels = counter.merchant.browser.get(f"/orders/{share_no}/").context["order"].parcels
    assert [(parcel.carrier, parcel.tracking_number) for parcel in parcels] == [
        ("顺丰", "SF1234567"),
        ("德邦", "DB7654321"),
    ]
    counter.post(f"/orders/{share_no}/delivered/")
    assert counter.state(share_no) is OrderState.DELIVERED


def test_own_delivery_needs_no_number(counter) -> None:
    share_no = counter.buy(2)
    (line,) = counter.lines(share_no)
    for sent in (1, 2):
        counter.post(f"/orders/{share_no}/ship/", carrier="self", **{f"pieces_{line.line_id}": "1"})
        assert (counter.state(share_no), counter.lines(share_no)[0].shipped_quantity) == (OrderState.SHIPPED, sent)


@pytest.mark.parametrize(
    ("said", "href"),
    [
        ({"carrier": "顺丰", "tracking_number": "", "pieces": "1"}, "#tracking_number"),
        ({"carrier": "顺丰", "tracking_number": "<script>", "pieces": "1"}, "#tracking_number"),
        ({"carrier": "other", "tracking_number": "AB12345", "pieces": "1"}, "#other"),
        ({"carrier": "顺丰", "tracking_number": "AB12345", "pieces": "0"}, "#pieces"),
        ({"carrier": "顺丰", "tracking_number": "AB12345", "pieces": "4"}, None),
        ({"carrier": "顺丰", "tracking_number": "AB12345", "pieces": "-1"}, None),
        ({"carrier": "顺丰", "tracking_number": "AB12345", "pieces": "many"}, None),
    ],
)
def test_a_parcel_that_cannot_be_is_refused_and_stays_typed(said, href, counter) -> None:
    share_no = counter.buy(3)
    (line,) = counter.lines(share_no)
    sent = {**said, f"pieces-{line.line_id}": said["pieces"]}
    answer = counter.merchant.browser.post(f"/orders/{share_no}/ship/", sent)
    assert answer.status_code == 422
    wrongs = answer.context["ship_form"].wrongs
    assert (href or f"#pieces-{line.line_id}") in [link for link, _ in wrongs]
    assert answer.context["ship_form"].tracking_number == said["tracking_number"]
    assert counter.state(share_no) is OrderState.SUBMITTED


def test_the_same_parcel_twice_is_refused(counter) -> None:
    share_no = counter.buy(3)
    (line,) = counter.lines(share_no)
    said = {"carrier": "顺丰", "tracking_number": "SF1234567", f"pieces-{line.line_id}": "1"}
    counter.merchant.browser.post(f"/orders/{share_no}/ship/", said)
    answer = counter.merchant.browser.post(f"/orders/{share_no}/ship/", said)
    assert answer.status_code == 422
    assert counter.lines(share_no)[0].shipped_quantity == 1


def test_an_order_that_cannot_be_sent_is_called_off_with_a_reason(counter) -> None:
    share_no = counter.buy(3)
    assert counter.available() == 97
    answer = counter.post(f"/orders/{share_no}/refund/", reason="  ")
    assert answer.status_code == 422
    assert counter.state(share_no) is OrderState.SUBMITTED
    counter.post(f"/orders/{share_no}/refund/", reason="缺货")
    assert (counter.state(share_no), counter.available()) == (OrderState.CANCELLED, 100)
    assert "缺货" in counter.merchant.browser.get(f"/orders/{share_no}/").content.decode()
    again = counter.merchant.browser.post(f"/orders/{share_no}/refund/", {"reason": "缺货"}, follow=True)
    assert "cannot be given back" in again.content.decode()


def test_another_shop_neither_sees_nor_moves_an_order(counter, make_merchant) -> None:
    share_no, there = counter.buy(), make_merchant("beta")
    assert there.browser.get(f"/orders/{share_no}/").status_code == 404
    for action in ("ship", "delivered", "refund"):
        answer = there.browser.post(f"/orders/{share_no}/{action}/", {"reason": "x", "carrier": "self"})
        assert answer.status_code == 404
    assert there.browser.get("/orders/", {"q": share_no}).context["orders"] == []
    assert counter.state(share_no) is OrderState.SUBMITTED


def test_the_dashboard_says_what_waits(counter) -> None:
    counter.buy(2)
    answer = counter.merchant.browser.get("/")
    assert "1 order to send" in answer.content.decode()
    assert answer.context["sales"].today_minor == 12_000
    assert answer.context["chart"].rows[-1].value == "120.00"
