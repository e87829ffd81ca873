"""Orders through the merchant API: sent, delivered, given back; another shop's are not there."""

from billing.checkout.models import PurchaseShare


def test_an_order_is_sent_in_two_parcels_and_delivered(trade):
    share_no = trade.sell(3)
    (row,) = trade.alpha.get("orders?tab=to_ship").json()["items"]
    assert row["share_no"] == share_no
    order = trade.alpha.get(f"orders/{share_no}").json()
    assert order["ship_to"]["recipient"] == "沈小禾"
    line_id = order["lines"][0]["line_id"]

    half = {"carrier": "顺丰", "tracking_number": "SF1", "contents": [{"line_id": line_id, "quantity": 1}]}
    sent = trade.alpha.post(f"orders/{share_no}/parcels", half, Idempotency_Key="1").json()
    assert (sent["state"], sent["lines"][0]["shipped_quantity"]) == ("shipped", 1)
    assert trade.alpha.post(f"orders/{share_no}/delivered").status_code == 409
    rest = {"carrier": "顺丰", "tracking_number": "SF2"}
    sent = trade.alpha.post(f"orders/{share_no}/parcels", rest, Idempotency_Key="2").json()
    assert [parcel["contents"] for parcel in sent["parcels"]] == [
        [{"line_id": line_id, "quantity": 1}],
        [{"line_id": line_id, "quantity": 2}],
    ]
    assert trade.alpha.post(f"orders/{share_no}/delivered").json()["state"] == "delivered"
    assert trade.alpha.get("stock").json()["items"][0]["on_hand"] == 7


def test_the_same_key_sends_one_parcel(trade):
    share_no = trade.sell(3)
    line_id = trade.alpha.get(f"orders/{share_no}").json()["lines"][0]["line_id"]
    body = {"carrier": "顺丰", "tracking_number": "SF1", "contents": [{"line_id": line_id, "quantity": 1}]}
    first = trade.alpha.post(f"orders/{share_no}/parcels", body, Idempotency_Key="1")
    second = trade.alpha.post(f"orders/{share_no}/parcels", body, Idempotency_Key="1")
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert trade.alpha.get("stock").json()["items"][0]["on_hand"] == 9


def test_a_parcel_with_more_than_is_left_is_refused(trade):
    share_no = trade.sell(1)
    line_id = trade.alpha.get(f"orders/{share_no}").json()["lines"][0]["line_id"]
    body = {"carrier": "顺丰", "tracking_number": "SF1", "contents": [{"line_id": line_id, "quantity": 2}]}
    answer = trade.alpha.post(f"orders/{share_no}/parcels", body, Idempotency_Key="1")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/contents")


def test_an_order_is_given_back_before_it_is_sent(trade):
    share_no = trade.sell(2)
    given = trade.alpha.post(f"orders/{share_no}/refund", {"reason": "碎了"}, Idempotency_Key="r")
    assert given.json()["state"] == "cancelled"
    assert trade.alpha.get("stock").json()["items"][0]["available"] == 10


def test_another_shops_order_is_not_there_and_stays_as_it_is(trade):
    share_no = trade.sell()
    before = PurchaseShare.objects.get(share_no=share_no).version
    parcel = {"carrier": "顺丰", "tracking_number": "SF1"}
    answers = [
        trade.beta.get(f"orders/{share_no}"),
        trade.beta.post(f"orders/{share_no}/parcels", parcel, Idempotency_Key="1"),
        trade.beta.post(f"orders/{share_no}/delivered"),
        trade.beta.post(f"orders/{share_no}/refund", {"reason": "x"}, Idempotency_Key="2"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    # Nothing tells an order of another shop from one that does not exist.
    nothing = trade.beta.get("orders/J000000-1")
    assert answers[0].json() == nothing.json()
    assert trade.beta.get("orders").json()["items"] == []
    assert PurchaseShare.objects.get(share_no=share_no).version == before
