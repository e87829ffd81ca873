"""Checkout and cashier: from the ticked lines to a paid purchase, and every way astray."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from billing.checkout.models import Purchase
from billing.checkout.services import check_payment, close_due_purchases
from market.shops.services import suspend_shop
from market.shops.tenancy import enter_shop
from tenants.catalog.models import Variant
from tests.fixtures.api import make_person
from tests.storefront.pages.conftest import Browser


def _set_price(street, number, price_minor):
    with transaction.atomic(), enter_shop(street.shops[number]):
        Variant.objects.filter(pk=street.offers[number].variant_id).update(price_minor=price_minor)


def _fill(street, browser, *quantities):
    for listing_id, quantity in zip(street.listing_ids, quantities, strict=False):
        browser.put_in(listing_id, quantity)


@pytest.fixture
def shopper(paying_street):
    browser = paying_street.shopper()
    _fill(paying_street, browser, 2, 1)
    return browser


def _cashier(shopper):
    answer = shopper.place()
    assert answer.status_code == 302 and answer["Location"].startswith("/cashier/")
    return answer["Location"]


def _let_time_run_out(cashier):
    ago = datetime.now(UTC) - timedelta(seconds=5)
    Purchase.objects.filter(purchase_no=cashier.split("/")[2]).update(expires_at=ago)


def test_a_visitor_is_led_to_sign_in_and_back(street):
    visitor = Browser()
    visitor.put_in(street.listing_ids[0])
    assert visitor.client.get("/checkout/")["Location"].endswith("/accounts/login/?next=/checkout/")


def test_an_empty_cart_leads_back_without_blame(street):
    shopper = street.shopper()
    assert shopper.client.get("/checkout/")["Location"] == "/cart/"
    page = shopper.open("/cart/")
    assert "Your cart is empty" in page and "Tick what you want to buy first." not in page


def test_nothing_ticked_says_so(street):
    shopper = street.shopper()
    _fill(street, shopper, 1)
    shopper.send("/cart/change/")
    assert shopper.client.get("/checkout/")["Location"] == "/cart/"
    assert "Tick what you want to buy first." in shopper.open("/cart/")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["Why this price", "Place order, pay ¥110.00"]), ("zh-CN", ["为什么是这个价", "提交订单，付¥110.00"])],
)
def test_the_checkout_page_explains_the_sum(paying_street, language, words):
    shopper = paying_street.shopper(language)
    _fill(paying_street, shopper, 2, 1)
    page = shopper.open("/checkout/")
    assert all(word in page for word in words)


def test_two_shops_are_paid_in_one_go(paying_street, shopper, wechat_settings):
    cashier = _cashier(shopper)
    assert "Scan with WeChat to pay" in shopper.open(cashier)
    assert shopper.client.get(f"{cashier}state/").status_code == 204
    assert shopper.send(f"{cashier}check/", page=cashier)["Location"] == cashier
    assert "WeChat Pay has not seen your payment yet." in shopper.open(cashier)
    wechat_settings.pay(cashier.split("/")[2])
    assert shopper.send(f"{cashier}check/", page=cashier)["Location"] == "/orders/?paid=1"
    assert "Paid. Each shop sends its own parcel" in shopper.open("/orders/?paid=1")
    assert shopper.client.get(f"{cashier}state/")["HX-Redirect"] == "/orders/?paid=1"
    assert shopper.client.get(cashier)["Location"] == "/orders/?paid=1"


def test_one_shop_on_delivery_goes_to_its_order(street):
    shopper = street.shopper()
    _fill(street, shopper, 1)
    answer = shopper.place(method="cod")
    assert answer["Location"].startswith("/orders/")
    page = shopper.open(answer["Location"])
    assert "Cash on delivery" in page and "To be sent" in page


def test_pressing_twice_places_one_purchase(paying_street, shopper):
    form = shopper.read_checkout()
    first, second = (shopper.client.post("/checkout/", form) for _ in range(2))
    assert first["Location"] == second["Location"] and Purchase.objects.count() == 1


def test_the_same_form_from_a_second_tab_finds_an_empty_cart(paying_street, shopper):
    tabs = [shopper.read_checkout() for _ in range(2)]
    assert "/cashier/" in shopper.client.post("/checkout/", tabs[0])["Location"]
    assert shopper.client.post("/checkout/", tabs[1])["Location"] == "/cart/"
    assert Purchase.objects.count() == 1


def test_a_price_that_changed_is_shown_and_asked_again(paying_street, shopper):
    form = shopper.read_checkout()
    _set_price(paying_street, 0, 1_200)
    note = {f"note-{paying_street.shops[0].shop_id}": "放门口"}
    answer = shopper.client.post("/checkout/", {**form, **note})
    page = answer.content.decode()
    assert answer.status_code == 409 and "¥10.00" in page and "<strong>¥12.00</strong>" in page
    assert 'value="放门口"' in page
    assert "/cashier/" in shopper.place()["Location"]


def test_what_was_sold_meanwhile_is_named(paying_street, shopper):
    form = shopper.read_checkout()
    other = Browser("en", make_person("faster").user_id)
    other.put_in(paying_street.listing_ids[1], 5)
    other.place()
    answer = shopper.client.post("/checkout/", form)
    page = answer.content.decode()
    assert answer.status_code == 409 and "明前龙井 EN" in page and "Change the cart" in page
    assert "Place order" not in page


def test_a_shop_suspended_meanwhile_is_named(paying_street, shopper):
    form = shopper.read_checkout()
    suspend_shop(shop_id=paying_street.shops[0].shop_id, actor_id=1, reason="test", now=datetime.now(UTC))
    answer = shopper.client.post("/checkout/", form)
    assert answer.status_code == 409 and "cannot be bought any more" in answer.content.decode()


def test_a_shop_without_an_account_is_named(street):
    shopper = street.shopper()
    _fill(street, shopper, 1)
    answer = shopper.place()
    assert answer.status_code == 409 and "“Alpha” cannot take WeChat Pay yet" in answer.content.decode()


@pytest.mark.parametrize("address", ["", "0", "x", "999999", "9" * 30])
def test_an_address_that_is_not_mine_is_asked_again(paying_street, shopper, address):
    answer = shopper.place(address=address)
    assert answer.status_code == 409 and "Choose where your order goes." in answer.content.decode()
    assert not Purchase.objects.exists()


def test_somebody_elses_address_is_not_taken(paying_street, shopper):
    other = make_person("other")
    assert shopper.place(address=other.address_id).status_code == 409


def test_nonsense_in_the_form_asks_again(paying_street, shopper):
    answer = shopper.place(key="x" * 500, digest="y" * 500, method="gold", **{"note-x": "a", "note-999999": "b" * 999})
    assert answer.status_code == 409 and not Purchase.objects.exists()


def test_a_form_without_a_token_places_nothing(paying_street, shopper):
    form = shopper.read_checkout()
    del form["csrfmiddlewaretoken"]
    assert shopper.client.post("/checkout/", form).status_code == 403
    assert not Purchase.objects.exists()


def test_somebody_elses_purchase_is_not_there(paying_street, shopper):
    cashier, stranger = _cashier(shopper), paying_street.stranger()
    for path in (cashier, f"{cashier}state/", "/cashier/NOPE/"):
        stranger.open(path, status=404)
    for path in (f"{cashier}check/", f"{cashier}cancel/"):
        answer = stranger.send(path, page=f"/item/{paying_street.listing_ids[0]}/")
        assert answer.status_code == 404
    assert Purchase.objects.get().state == "waiting"


def test_a_session_that_ended_leads_to_sign_in_and_back(paying_street, shopper):
    cashier = _cashier(shopper)
    shopper.client.logout()
    assert shopper.client.get(cashier)["Location"].endswith(f"/accounts/login/?next={cashier}")


def test_giving_up_leads_to_what_was_cancelled(paying_street, shopper):
    cashier = _cashier(shopper)
    assert shopper.send(f"{cashier}cancel/", page=cashier)["Location"] == "/orders/"
    assert shopper.client.get(cashier)["Location"] == "/orders/?tab=cancelled"
    assert "Cancelled" in shopper.open("/orders/?tab=cancelled")


def test_what_is_paid_is_not_given_up(paying_street, shopper, wechat_settings):
    cashier = _cashier(shopper)
    shopper.open(cashier)
    wechat_settings.pay(cashier.split("/")[2])
    assert shopper.send(f"{cashier}cancel/", page="/orders/")["Location"] == "/orders/"
    assert "already paid" in shopper.open("/orders/")
    assert Purchase.objects.get().state == "paid"


@pytest.mark.parametrize("opened", [True, False])
def test_a_cashier_whose_time_is_over_says_so_until_it_is_closed(paying_street, shopper, opened):
    cashier = _cashier(shopper)
    if opened:
        shopper.open(cashier)
    _let_time_run_out(cashier)
    page = shopper.open(cashier)
    assert "Too late to pay" in page and "data-qr" not in page and 'data-then="reload"' not in page
    assert close_due_purchases(now=datetime.now(UTC)) == 1
    assert shopper.client.get(f"{cashier}state/")["HX-Redirect"] == "/orders/?tab=cancelled"


def test_money_that_comes_too_late_takes_the_stock_again(paying_street, shopper, wechat_settings):
    cashier = _cashier(shopper)
    shopper.open(cashier)
    _let_time_run_out(cashier)
    close_due_purchases(now=datetime.now(UTC))
    wechat_settings.act(f"orders/{cashier.split('/')[2]}/pay", force=True)
    check_payment(payment_no=cashier.split("/")[2], now=datetime.now(UTC))
    assert shopper.client.get(cashier)["Location"] == "/orders/?paid=1"


def test_paying_twice_shows_one_paid_purchase(paying_street, shopper, wechat_settings):
    cashier = _cashier(shopper)
    shopper.open(cashier)
    assert [wechat_settings.pay(cashier.split("/")[2]) for _ in range(2)] == ["paid", "again"]
    for _ in range(2):
        assert shopper.send(f"{cashier}check/", page="/orders/")["Location"] == "/orders/?paid=1"
    assert "To be paid" not in shopper.open("/orders/")


def test_a_provider_that_is_away_keeps_the_order_and_says_the_next_step(paying_street, shopper, settings):
    cashier = _cashier(shopper)
    settings.WECHATPAY = {**settings.WECHATPAY, "base_url": "http://127.0.0.1:9"}
    assert "load this page again in a minute" in shopper.open(cashier, status=503)
    assert shopper.send(f"{cashier}check/", page=cashier)["Location"] == cashier
