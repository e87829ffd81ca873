"""A shopper's orders: the list by state, one order whole, and what can be done with it."""

from datetime import UTC, datetime

import pytest

from billing.checkout.models import PurchaseShare
from billing.checkout.services import refund_share_as_shop, ship_share
from market.shops.services import suspend_shop
from tests.storefront.pages.conftest import Browser


@pytest.fixture
def shopper(paying_street):
    browser = paying_street.shopper()
    for listing_id in paying_street.listing_ids:
        browser.put_in(listing_id)
    return browser


def _orders():
    return [f"/orders/{share.share_no}/" for share in PurchaseShare.objects.order_by("shop_id")]


def _pay(shopper, simulator, cashier):
    shopper.open(cashier)
    simulator.pay(cashier.split("/")[2])
    assert shopper.send(f"{cashier}check/", page=cashier)["Location"] == "/orders/?paid=1"


def _send(street, number=0):
    share = PurchaseShare.objects.order_by("shop_id")[number]
    ship_share(
        shop_id=share.shop_id,
        share_no=share.share_no,
        carrier="顺丰",
        tracking_number="SF100200300",
        actor_id=1,
        now=datetime.now(UTC),
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["To be paid", "Payment", "Pay ¥100.00", "You pay 2 orders of this purchase at once."]),
        ("zh-CN", ["待付款", "付¥100.00", "一次付清", "取消全部2单"]),
    ],
)
def test_an_unpaid_order_says_what_it_waits_for(paying_street, language, words):
    shopper = paying_street.shopper(language)
    for listing_id in paying_street.listing_ids:
        shopper.put_in(listing_id)
    shopper.place()
    page = shopper.open(_orders()[0])
    assert all(word in page for word in words), page


def test_orders_of_one_payment_have_one_button(paying_street, shopper):
    shopper.place()
    page = shopper.open("/orders/")
    assert page.count("button pay s") == 1
    assert "Pay ¥100.00 for 2 orders" in page and "Paid together with the order above" in page


def test_nobody_has_orders_but_the_buyer(paying_street, shopper):
    shopper.place(method="cod")
    stranger = paying_street.stranger()
    assert "No orders here" in stranger.open("/orders/")
    for path in _orders():
        stranger.open(path, status=404)
        for deed in ("confirm", "cancel", "again"):
            assert stranger.send(f"{path}{deed}/", page=f"/item/{paying_street.listing_ids[0]}/").status_code == 404
    assert set(PurchaseShare.objects.values_list("state", flat=True)) == {"submitted"}


def test_a_visitor_is_led_to_sign_in(paying_street, shopper):
    shopper.place(method="cod")
    for path in ("/orders/", _orders()[0]):
        assert "/accounts/login/" in Browser().client.get(path)["Location"]


@pytest.mark.parametrize("address", ["/orders/?tab=nope", "/orders/?after=nope", "/orders/NOPE/"])
def test_an_address_that_leads_nowhere_is_said_to(paying_street, shopper, address):
    shopper.open(address, status=404)


def test_every_tab_opens(paying_street, shopper):
    shopper.place(method="cod")
    for tab in ("all", "to_pay", "to_ship", "to_receive", "done", "after_sales", "cancelled"):
        shopper.open(f"/orders/?tab={tab}")


def test_a_form_without_a_token_does_nothing(paying_street, shopper):
    shopper.place(method="cod")
    for deed in ("confirm", "cancel", "again"):
        assert shopper.client.post(f"{_orders()[0]}{deed}/").status_code == 403


def test_a_paid_order_is_sent_received_and_bought_again(paying_street, shopper, wechat_settings):
    _pay(shopper, wechat_settings, shopper.place()["Location"])
    order = _orders()[0]
    assert "The shop is packing it." in shopper.open(order)
    shopper.send(f"{order}confirm/", page=order)
    assert "Some of it is still to be sent." in shopper.open(order)
    _send(paying_street)
    page = shopper.open(order)
    assert "SF100200300" in page and "On its way" in page and "138****6021" in page and "+8613812346021" not in page
    shopper.send(f"{order}cancel/", page=order)
    assert "cannot be cancelled any more" in shopper.open(order)
    shopper.send(f"{order}confirm/", page=order)
    assert "Receipt confirmed." in shopper.open(order)
    assert shopper.send(f"{order}again/", page=order)["Location"] == "/cart/"
    assert "青釉马克杯 EN" in shopper.open("/cart/")


def test_a_paid_order_that_is_cancelled_is_being_refunded(paying_street, shopper, wechat_settings):
    _pay(shopper, wechat_settings, shopper.place()["Location"])
    order = _orders()[0]
    shopper.send(f"{order}cancel/", page=order, reason="x" * 999)
    assert "Cancelled. What you paid goes back" in shopper.open(order)
    assert "Being refunded" in shopper.open(order)
    assert "Being refunded" in shopper.open("/orders/?tab=after_sales")
    assert "Being refunded" not in shopper.open(_orders()[1])
    seal = 'class="seal"'  # stands for what will not change any more
    assert [seal in shopper.open(path) for path in _orders()] == [False, True]


def test_an_order_that_the_shop_gives_back_says_so(paying_street, shopper):
    shopper.place(method="cod")
    share = PurchaseShare.objects.order_by("shop_id")[0]
    refund_share_as_shop(
        shop_id=share.shop_id, share_no=share.share_no, actor_id=1, reason="卖完了", now=datetime.now(UTC)
    )
    page = shopper.open(_orders()[0])
    assert "Cancelled" in page and "卖完了" in page and "Confirm receipt" not in page


def test_the_order_of_a_suspended_shop_is_still_there(paying_street, shopper):
    shopper.place(method="cod")
    suspend_shop(shop_id=paying_street.shops[0].shop_id, actor_id=1, reason="test", now=datetime.now(UTC))
    order = _orders()[0]
    assert "青釉马克杯 EN" in shopper.open(order)
    assert shopper.send(f"{order}again/", page=order)["Location"] == order
    assert "None of it is sold any more." in shopper.open(order)
