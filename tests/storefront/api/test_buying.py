"""A purchase from the first look to the confirmed parcel, through JSON only."""

import threading

import pytest
from django.db import connection, connections

from billing.checkout.models import Purchase
from market.outbox.models import IdempotencyKey
from tests.fixtures.api import MARKET, Api, make_person


def test_a_shopper_buys_from_two_shops_in_one_payment(paying_market, wechat_settings):
    market = paying_market
    market.fill(2, 1)
    placed = market.buyer.api.post("purchases", market.agree(), Idempotency_Key="buy-1")
    assert placed.status_code == 201
    purchase = placed.json()
    assert placed["Location"] == f"/api/v1/purchases/{purchase['purchase_no']}"
    assert {share["shop_slug"] for share in purchase["shares"]} == {"alpha", "beta"}

    pay = market.buyer.api.post(f"purchases/{purchase['purchase_no']}/pay")
    assert pay.json()["qr_content"].startswith(wechat_settings.base_url)
    wechat_settings.pay(purchase["purchase_no"])
    paid = market.buyer.api.post(f"purchases/{purchase['purchase_no']}/check").json()
    assert (paid["state"], paid["total_minor"]) == ("paid", purchase["total_minor"])

    share_no = purchase["shares"][0]["share_no"]
    parcel = {"carrier": "顺丰", "tracking_number": "SF1234567890"}
    sent = market.merchants[0].post(f"orders/{share_no}/parcels", parcel, Idempotency_Key="ship-1")
    assert sent.status_code == 201
    order = market.buyer.api.post(f"orders/{share_no}/confirm").json()
    assert order["share"]["state"] == "completed"
    assert [parcel["tracking_number"] for parcel in order["parcels"]] == ["SF1234567890"]


def test_the_same_key_places_one_purchase_and_answers_the_same(paying_market):
    market = paying_market
    market.fill(1)
    body = market.agree()
    first = market.buyer.api.post("purchases", body, Idempotency_Key="again")
    second = market.buyer.api.post("purchases", body, Idempotency_Key="again")
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert second["Location"] == first["Location"]
    assert Purchase.objects.count() == 1


def test_a_key_for_another_request_is_refused(paying_market):
    market = paying_market
    market.fill(1)
    body = market.agree()
    market.buyer.api.post("purchases", body, Idempotency_Key="again")
    answer = market.buyer.api.post("purchases", {**body, "method": "cod"}, Idempotency_Key="again")
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:jishi:problem:idempotency-key-reused")


def test_a_key_in_flight_is_a_conflict(paying_market, clock):
    market = paying_market
    market.fill(1)
    body = market.agree(method="cod")
    market.buyer.api.post("purchases", body, Idempotency_Key="slow")
    IdempotencyKey.objects.filter(key="slow").update(status=None)  # as if the first had not answered yet
    answer = market.buyer.api.post("purchases", body, Idempotency_Key="slow")
    assert (answer.status_code, answer["Retry-After"]) == (409, "2")


def test_another_person_may_use_the_same_key(paying_market):
    market = paying_market
    market.fill(1)
    assert market.buyer.api.post("purchases", market.agree(), Idempotency_Key="k").status_code == 201
    other = make_person("other")
    body = {"quote_digest": "0" * 64, "address_id": other.address_id}
    answer = other.api.post("purchases", body, Idempotency_Key="k")
    assert answer.json()["type"] == "urn:jishi:problem:nothing-to-place"


def test_placing_without_a_key_is_refused(market):
    market.fill(1)
    answer = market.buyer.api.post("purchases", market.agree())
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:jishi:problem:idempotency-key-missing")


def test_a_changed_quote_comes_with_the_new_one_and_the_key_stays_free(paying_market):
    market = paying_market
    market.fill(1)
    body = market.agree()
    market.fill(1)
    refused = market.buyer.api.post("purchases", body, Idempotency_Key="quote")
    assert refused.status_code == 409
    quote = refused.json()["quote"]
    again = market.buyer.api.post("purchases", {**body, "quote_digest": quote["digest"]}, Idempotency_Key="quote")
    assert again.status_code == 201


def test_two_clients_with_one_key_at_the_same_time_place_one_purchase(committed_db, paying_market):
    market = paying_market
    market.fill(1)
    body, answers = market.agree(method="cod"), []

    def place() -> None:
        answers.append(market.buyer.api.post("purchases", body, Idempotency_Key="race").status_code)
        connections.close_all()

    threads = [threading.Thread(target=place) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert set(answers) <= {201, 409}
    assert 201 in answers
    assert Purchase.objects.count() == 1


def test_a_guests_cart_joins_the_persons(market):
    key = market.visitor.post("carts").json()["cart_key"]
    guest = Api(MARKET, headers={"Cart-Key": key})
    body = {"listing_id": market.listing_ids[0], "variant_id": market.offers[0].variant_id, "quantity": 3}
    assert guest.post("cart/lines", body).json()["pieces"] == 3
    assert guest.post("checkout/quote").json()["goods_minor"] == 3_000
    assert market.buyer.api.post("cart/merge", {"cart_key": key}).json()["pieces"] == 3
    assert market.buyer.api.post("cart/merge", {"cart_key": key}).json()["pieces"] == 3
    assert guest.get("cart").json()["pieces"] == 0


def test_a_line_is_changed_unticked_and_taken_out(market):
    market.fill(1)
    (line,) = market.buyer.api.get("cart").json()["items"]
    path = f"cart/lines/{line['line_id']}"
    changed = market.buyer.api.ask("PATCH", path, {"quantity": 4, "ticked": False}).json()
    assert (changed["pieces"], changed["total_minor"]) == (4, 0)
    assert market.buyer.api.ask("DELETE", path).status_code == 204
    assert market.buyer.api.ask("DELETE", path).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"listing_id": "1", "variant_id": 1},
        {"listing_id": 1},
        {"listing_id": 1, "variant_id": 1, "colour": 1},
        [],
        "x",
        None,
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem(market, body):
    answer = market.buyer.api.post("cart/lines", body)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_other_peoples_things_are_not_there(market):
    market.fill(1)
    purchase = market.buyer.api.post("purchases", market.agree(method="cod"), Idempotency_Key="mine").json()
    share_no = purchase["shares"][0]["share_no"]
    other = make_person("other")
    for path in (f"purchases/{purchase['purchase_no']}", f"orders/{share_no}"):
        assert other.api.get(path).status_code == 404
    for path in (
        f"orders/{share_no}/cancel",
        f"orders/{share_no}/confirm",
        f"purchases/{purchase['purchase_no']}/cancel",
    ):
        assert other.api.post(path, {} if path.endswith("cancel") and "orders" in path else None).status_code == 404
    answer = other.api.post("purchases", market.agree(), Idempotency_Key="x")
    assert answer.json()["errors"][0]["pointer"] == "/address_id"
    assert market.buyer.api.get(f"orders/{share_no}").json()["share"]["state"] == "submitted"


def test_orders_are_listed_page_by_page(market):
    for number in range(2):
        market.fill(1)
        market.buyer.api.post("purchases", market.agree(method="cod"), Idempotency_Key=f"n{number}")
    page = market.buyer.api.get("orders?tab=to_ship").json()
    assert [len(page["items"]), page["next_cursor"]] == [2, None]
    assert market.buyer.api.get("orders?tab=nothing").status_code == 400
    assert market.buyer.api.get("orders?cursor=made-up").status_code == 400


def test_an_order_is_called_off(market):
    market.fill(2)
    purchase = market.buyer.api.post("purchases", market.agree(method="cod"), Idempotency_Key="c").json()
    share_no = purchase["shares"][0]["share_no"]
    cancelled = market.buyer.api.post(f"orders/{share_no}/cancel", {"reason": "twice"})
    assert cancelled.json()["share"]["state"] == "cancelled"
    assert market.buyer.api.post(f"orders/{share_no}/cancel", {}).status_code == 409


def test_an_address_is_added_and_faults_are_named(market):
    good = {"recipient": "李", "phone": "13800138000", "district_code": "330106", "street": "1号"}
    assert market.buyer.api.post("addresses", good).status_code == 201
    answer = market.buyer.api.post("addresses", {**good, "district_code": "999999", "postcode": "12"})
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {"/district_code", "/postcode"}
    assert len(market.buyer.api.get("addresses").json()["items"]) == 2


def test_no_connection_is_left_in_a_shop(market):
    market.fill(1)
    market.buyer.api.get("orders")
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        assert "m_0" not in cursor.fetchone()[0]
