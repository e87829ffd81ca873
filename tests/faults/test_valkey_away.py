"""With Valkey killed in the middle, people go on looking around, filling carts, placing and paying."""

import json
import re
import time

import httpx
import pytest

from tests.fixtures.stack import Stack, running_stack
from tests.fixtures.valkey import private_valkey
from tests.fixtures.wechatpay import wait_for

pytestmark = pytest.mark.timeout(300)

SLOWEST_SECONDS = 5.0  # of one page, on a machine that does other things too; alone it takes some 20 ms
FOUND_SECONDS = 15.0
PAID_SECONDS = 30.0
_HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|key|digest)" value="([^"]+)"')
_ADDRESS = re.compile(r'name="address" value="(\d+)"')


@pytest.fixture
def market(committed_db, tmp_path):
    urls = {
        "database_url": committed_db.environment["DATABASE_URL"],
        "owner_url": committed_db.environment["DATABASE_OWNER_URL"],
    }
    with private_valkey() as valkey, running_stack(tmp_path, **urls) as stack:
        stack.environment["REDIS_URL"] = valkey.url
        stack.environment["JISHI_RATE_LIMITS"] = "1"  # they ask Valkey on every request
        people = json.loads(stack.run_python("tests.faults.rush_data", "1"))
        stack.run_python("tests.faults.rush_data", "enrol")
        stack.start()
        with httpx.Client(base_url=stack.url(""), headers=stack.host(), timeout=30) as client:
            client.cookies.set("session", people["sessions"][0])
            yield valkey, stack, client


def test_a_shopper_does_not_notice_that_valkey_was_killed(market):
    valkey, stack, client = market
    before = _stock(stack, 1)
    _look_around(stack, client, before)
    _put_in(stack, client, before)

    valkey.kill()

    _look_around(stack, client, before)
    after = _stock(stack, 2)
    wait_for(lambda: "最后2" in _read(client, "/search?q=最后2"), seconds=FOUND_SECONDS, what="the index to follow")
    _put_in(stack, client, after)
    purchase_no = _place(stack, client)
    _pay(stack, client, purchase_no)
    assert "最后2" in _read(client, "/orders/")

    valkey.start()
    _look_around(stack, client, after)


def test_a_market_that_starts_without_valkey_is_open(market):
    valkey, stack, client = market
    valkey.kill()
    for name in ("web", "relay", "worker"):
        stack.kill(name)
    stack.start("web", "relay", "worker")
    product = _stock(stack, 3)
    _look_around(stack, client, product)
    _put_in(stack, client, product)
    _pay(stack, client, _place(stack, client))


def _stock(stack: Stack, number: int) -> dict:
    return json.loads(stack.run_python("tests.faults.rush_data", "product", str(number), "5"))


def _read(client: httpx.Client, path: str) -> str:
    """The page; never an error, never slow."""
    started = time.monotonic()
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
    assert time.monotonic() - started < SLOWEST_SECONDS, path
    return answer.text


def _look_around(stack: Stack, client: httpx.Client, product: dict) -> None:
    for path in ("/", "/search?q=最后", "/shops/", "/shop/rush/", "/cart/", "/orders/", "/account/"):
        _read(client, path)
    assert "加入购物车" in _read(client, f"/item/{product['listing_id']}/")
    guest = httpx.get(stack.url("/"), headers=stack.host(), timeout=30)
    assert guest.status_code == 200


def _origin(stack: Stack) -> dict:
    return {"Referer": stack.page("/"), "Origin": stack.page("").rstrip("/")}


def _put_in(stack: Stack, client: httpx.Client, product: dict) -> None:
    page = _read(client, f"/item/{product['listing_id']}/")
    token = dict(_HIDDEN.findall(page))["csrfmiddlewaretoken"]
    form = {"csrfmiddlewaretoken": token, "listing_id": product["listing_id"], "quantity": "1", "add": "1"}
    answer = client.post("/cart/add/", data=form, headers=_origin(stack))
    assert answer.status_code == 302 and answer.headers["location"].endswith("/cart/"), answer.text[:500]
    assert f"/item/{product['listing_id']}/" in _read(client, "/cart/")


def _place(stack: Stack, client: httpx.Client) -> str:
    page = _read(client, "/checkout/")
    form = {**dict(_HIDDEN.findall(page)), "address": _ADDRESS.findall(page)[0], "method": "wechatpay"}
    answer = client.post("/checkout/", data=form, headers=_origin(stack))
    assert answer.status_code == 302 and "/cashier/" in answer.headers["location"], answer.text[:500]
    return str(answer.headers["location"].split("/")[2])


def _pay(stack: Stack, client: httpx.Client, purchase_no: str) -> None:
    """At the provider; its callback comes to our web server, which books it."""
    assert 'data-qr="' in _read(client, f"/cashier/{purchase_no}/")
    newest = stack.simulator.read("orders")[0]
    assert stack.simulator.pay(newest["combine_out_trade_no"]) == "paid"

    def is_paid() -> bool:
        return client.get(f"/cashier/{purchase_no}/state/").headers.get("HX-Redirect", "").startswith("/orders/")

    wait_for(is_paid, seconds=PAID_SECONDS, what="the payment to be booked")
