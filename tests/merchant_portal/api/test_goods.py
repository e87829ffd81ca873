"""Products and stock through the merchant API."""

import pytest

from tests.fixtures.api import make_shop_api

CUP = {
    "title": {"zh": "茶杯", "en": "Cup"},
    "options": [{"name": {"zh": "颜色"}, "values": [{"zh": "蓝"}, {"zh": "白"}]}],
    "variants": [
        {"sku": "CUP-B", "choices": [0], "price_minor": 1_200, "cost_minor": 400},
        {"sku": "CUP-W", "choices": [1], "price_minor": 1_300},
    ],
    "status": "active",
    "private_notes": "from Jingdezhen",
}


def test_a_product_is_made_read_changed_and_put_away(trade):
    made = trade.alpha.post("products", CUP)
    assert made.status_code == 201
    product = made.json()
    assert made["Location"] == f"/api/v1/products/{product['product_id']}"
    assert product["variants"][0]["cost_minor"] == 400

    change = {**CUP, "title": {"zh": "大茶杯"}, "variants": [{**product["variants"][0], "price_minor": 1_500}]}
    change |= {"options": CUP["options"], "expected_version": product["version"]}
    changed = trade.alpha.ask("PUT", f"products/{product['product_id']}", change).json()
    assert [variant["price_minor"] for variant in changed["variants"]] == [1_500]
    assert changed["variants"][0]["variant_id"] == product["variants"][0]["variant_id"]

    away = trade.alpha.post(f"products/{product['product_id']}/status", {"status": "archived"}).json()
    assert away["status"] == "archived"
    rows = trade.alpha.get("products?status=archived").json()["items"]
    assert [row["product_id"] for row in rows] == [product["product_id"]]


def test_a_product_that_somebody_else_saved_is_not_overwritten(trade):
    product = trade.alpha.post("products", CUP).json()
    body = {**CUP, "variants": product["variants"], "expected_version": product["version"]}
    path = f"products/{product['product_id']}"
    assert trade.alpha.ask("PUT", path, body).status_code == 200
    answer = trade.alpha.ask("PUT", path, body)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:jishi:problem:product-changed")
    assert answer.json()["found"] == product["version"] + 1


def test_what_is_wrong_with_a_product_is_told_by_pointers(trade):
    body = {**CUP, "title": {"zh": ""}, "variants": [{"choices": [7], "price_minor": 0}]}
    answer = trade.alpha.post("products", body)
    assert answer.status_code == 422
    pointers = {fault["pointer"] for fault in answer.json()["errors"]}
    assert pointers == {"/title/zh", "/variants/0/choices", "/variants/0/price_minor"}


def test_an_unknown_field_deep_inside_is_named(trade):
    answer = trade.alpha.post("products", {**CUP, "variants": [{"price_minor": 1, "colour": "blue"}]})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/variants/0/colour"


def test_the_same_key_makes_one_product(trade):
    first = trade.alpha.post("products", CUP, Idempotency_Key="cup")
    second = trade.alpha.post("products", CUP, Idempotency_Key="cup")
    assert (first.content, first["Location"]) == (second.content, second["Location"])
    assert len(trade.alpha.get("products").json()["items"]) == 2


def test_another_shops_product_is_not_there(trade):
    theirs = trade.beta.post("products", {**CUP, "private_notes": "beta's own"}).json()["product_id"]
    mine = trade.alpha.get(f"products/{theirs}")
    # Ids are counted shop by shop: what alpha finds under this number, if anything, is alpha's.
    assert mine.status_code == 404 or mine.json()["private_notes"] != "beta's own"
    assert "beta's own" not in trade.alpha.get("products").content.decode()
    assert trade.alpha.get("products/999999").status_code == 404
    assert trade.alpha.post("products/999999/status", {"status": "active"}).status_code == 404


def test_a_cursor_of_another_shop_opens_nothing(trade, monkeypatch):
    monkeypatch.setattr("merchant_portal.api.stock.PAGE", 1)
    trade.beta.post("products", CUP)
    (product,) = [row for row in trade.beta.get("products").json()["items"] if row["sku"] == "CUP-B"]
    variants = trade.beta.get(f"products/{product['product_id']}").json()["variants"]
    counts = [{"variant_id": variant["variant_id"], "on_hand": 3} for variant in variants]
    assert trade.beta.post("stock/counts", {"counts": counts}).status_code == 200
    page = trade.beta.get("stock").json()
    assert len(trade.beta.get(f"stock?cursor={page['next_cursor']}").json()["items"]) == 1
    assert trade.alpha.get(f"stock?cursor={page['next_cursor']}").status_code == 400


def test_stock_is_counted_and_received_once_a_key(trade):
    variant_id = trade.offers[0].variant_id
    counted = trade.alpha.post("stock/counts", {"counts": [{"variant_id": variant_id, "on_hand": 7, "low_at": 8}]})
    assert counted.json()["items"][0]["on_hand"] == 7
    body = {"received": [{"variant_id": variant_id, "quantity": 5}], "reference": "PO-7"}
    assert trade.alpha.post("stock/receipts", body).status_code == 400
    for _ in range(2):
        received = trade.alpha.post("stock/receipts", body, Idempotency_Key="po-7")
        assert (received.status_code, received.json()["items"][0]["on_hand"]) == (201, 12)
    (level,) = trade.alpha.get("stock").json()["items"]
    assert (level["sku"], level["available"]) == ("MUG", 12)
    assert trade.alpha.get("stock?low=true").json()["items"] == []


def test_a_receipt_that_fails_half_way_leaves_nothing_and_frees_its_key(trade):
    lines = [{"variant_id": trade.offers[0].variant_id, "quantity": 5}, {"variant_id": 999_999, "quantity": 5}]
    refused = trade.alpha.post("stock/receipts", {"received": lines}, Idempotency_Key="half")
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:jishi:problem:unknown-variant")
    assert trade.alpha.get("stock").json()["items"][0]["on_hand"] == 10
    again = trade.alpha.post("stock/receipts", {"received": lines[:1]}, Idempotency_Key="half")
    assert again.json()["items"][0]["on_hand"] == 15


def test_fewer_than_buyers_have_taken_cannot_be_counted(trade):
    trade.sell(4)
    counts = [{"variant_id": trade.offers[0].variant_id, "on_hand": 3}]
    answer = trade.alpha.post("stock/counts", {"counts": counts})
    assert (answer.status_code, answer.json()["held"]) == (409, 4)


@pytest.mark.parametrize("path", ["products", "products/{}", "stock", "orders"])
def test_a_list_takes_few_statements(trade, path, django_assert_max_num_queries):
    path = path.format(trade.offers[0].product_id)
    trade.alpha.get(path)
    # Savepoints and SET LOCAL are counted here too: host, token, membership, and what is read.
    with django_assert_max_num_queries(10):
        assert trade.alpha.get(path).status_code == 200


def test_a_list_takes_as_many_statements_for_more_rows(trade):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            trade.alpha.get(path)
        return len(seen)

    trade.alpha.get("products")  # what is kept by the process is read once
    before = [count(path) for path in ("products", "stock", "orders")]
    for number in range(3):
        body = {"title": {"zh": f"杯{number}"}, "variants": [{"sku": f"C{number}", "price_minor": 5}]}
        variant_id = trade.alpha.post("products", body).json()["variants"][0]["variant_id"]
        trade.alpha.post("stock/counts", {"counts": [{"variant_id": variant_id, "on_hand": 3}]})
        trade.sell(1, key=f"k{number}")
    assert [count(path) for path in ("products", "stock", "orders")] == before


def test_a_token_that_only_reads_writes_nothing(trade):
    from market.shops.contracts import Scope

    reader = make_shop_api(trade.shops[0], Scope.GOODS_READ, Scope.STOCK_READ)
    assert reader.get("products").status_code == 200
    refused = reader.post("products", CUP)
    assert (refused.status_code, refused.json()["scope"]) == (403, "goods:write")
    assert reader.get("orders").status_code == 403
    assert reader.post("stock/counts", {"counts": []}).status_code == 403
