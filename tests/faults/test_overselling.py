"""A hundred clients over HTTP want the last twenty: twenty get one, whatever is killed in the middle."""

import json
import os
import random
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx
import psycopg
import pytest

from tests.fixtures.postgres import PrivatePostgres, private_postgres
from tests.fixtures.stack import Stack, running_stack

CLIENTS, PIECES = 100, 20
LONG = bool(os.environ.get("JISHI_LONG"))
SEEDS = range(50) if LONG else range(2)
PATIENCE_SECONDS = 120
_HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|key|digest)" value="([^"]+)"')
_ADDRESS = re.compile(r'name="address" value="(\d+)"')


@dataclass
class Buyer:
    """One client with a session of its own, that tries again with the same key after a reset."""

    stack: Stack
    session: str
    client: httpx.Client = field(init=False)
    form: dict = field(default_factory=dict)
    purchase_no: str = ""
    refused: bool = False
    error_pages: list = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.stack.url(""), headers=self.stack.host(), timeout=30)
        self.client.cookies.set("session", self.session)

    @property
    def origin(self) -> dict:
        return {"Referer": self.stack.page("/"), "Origin": self.stack.page("").rstrip("/")}

    def prepare(self, product: dict) -> None:
        """The piece in the cart, the checkout page read."""
        self.purchase_no, self.refused = "", False
        page = self.client.get(f"/item/{product['listing_id']}/").text
        form = {"csrfmiddlewaretoken": _csrf(page), "listing_id": product["listing_id"], "quantity": "1", "buy": "1"}
        answer = self.client.post("/cart/add/", data=form, headers=self.origin)
        assert answer.headers["location"].endswith("/checkout/"), answer.headers
        page = self.client.get("/checkout/").text
        self.form = {**dict(_HIDDEN.findall(page)), "address": _ADDRESS.findall(page)[0], "method": "wechatpay"}

    def buy(self, start: threading.Barrier, until: float) -> None:
        """Press once; press again, with the same key, whenever no answer came."""
        start.wait(60)
        while time.monotonic() < until and not (self.purchase_no or self.refused):
            try:
                answer = self.client.post("/checkout/", data=self.form, headers=self.origin)
            except httpx.TransportError:
                time.sleep(0.2)
                continue
            if answer.status_code == 302 and "/cashier/" in answer.headers["location"]:
                self.purchase_no = answer.headers["location"].split("/")[2]
            elif answer.status_code == 409:
                self.refused = True
            elif answer.status_code == 503:
                time.sleep(0.3)
            else:
                self.error_pages.append((answer.status_code, answer.headers.get("location"), answer.text[:500]))
                return


def _csrf(page: str) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]


@pytest.fixture(scope="module")
def rush(tmp_path_factory):
    with private_postgres() as postgres:
        urls = {"database_url": postgres.server.url(), "owner_url": postgres.server.url("jishi_owner")}
        with running_stack(tmp_path_factory.mktemp("rush"), **urls) as stack:
            shop = json.loads(stack.run_python("tests.faults.rush_data", str(CLIENTS)))
            _enrol(stack, shop["shop_id"])
            stack.start()
            buyers = [Buyer(stack, session) for session in shop["sessions"]]
            yield postgres, stack, shop, buyers


def _enrol(stack: Stack, shop_id: int) -> None:
    with psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(
            "INSERT INTO payments_merchantaccount (shop_id, gateway, account, enrolled_at)"
            " VALUES (%s, 'wechatpay', '1600000001', now())",
            [shop_id],
        )


def _rush(stack: Stack, shop: dict, buyers: list[Buyer], number: int, disturb) -> None:
    product = json.loads(stack.run_python("tests.faults.rush_data", "product", str(number), str(PIECES)))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda buyer: buyer.prepare(product), buyers))
    start = threading.Barrier(CLIENTS + 1)
    until = time.monotonic() + PATIENCE_SECONDS
    threads = [threading.Thread(target=buyer.buy, args=(start, until)) for buyer in buyers]
    [thread.start() for thread in threads]
    start.wait(60)
    disturb()
    [thread.join(PATIENCE_SECONDS + 60) for thread in threads]
    _check(stack, shop, buyers, product)


def _check(stack: Stack, shop: dict, buyers: list[Buyer], product: dict) -> None:
    assert not [page for buyer in buyers for page in buyer.error_pages]
    bought = [buyer.purchase_no for buyer in buyers if buyer.purchase_no]
    assert len(bought) == PIECES and len(set(bought)) == PIECES
    assert sum(buyer.refused for buyer in buyers) == CLIENTS - PIECES
    with psycopg.connect(stack.environment["DATABASE_URL"]) as connection:
        orders = connection.execute(
            f'SELECT count(DISTINCT o.share_no), sum(l.quantity) FROM "{shop["schema"]}".orders_order o'
            f' JOIN "{shop["schema"]}".orders_orderline l ON l.order_id = o.id WHERE l.variant_id = %s',
            [product["variant_id"]],
        ).fetchone()
        level = connection.execute(
            f'SELECT on_hand, held FROM "{shop["schema"]}".inventory_stocklevel WHERE variant_id = %s',
            [product["variant_id"]],
        ).fetchone()
        shares = connection.execute(
            "SELECT count(*) FROM checkout_purchaseshare s JOIN checkout_purchase p ON p.id = s.purchase_id"
            " WHERE p.purchase_no = ANY(%s)",
            [bought],
        ).fetchone()
    assert orders == (PIECES, PIECES) and level == (PIECES, PIECES) and shares == (PIECES,)


def test_exactly_as_many_are_sold_as_there_are(rush):
    _postgres, stack, shop, buyers = rush
    _rush(stack, shop, buyers, 1, disturb=lambda: None)


@pytest.mark.parametrize("seed", SEEDS)
def test_exactly_as_many_are_sold_while_processes_are_killed(rush, seed):
    postgres, stack, shop, buyers = rush
    chance = random.Random(seed)

    def disturb() -> None:
        time.sleep(chance.uniform(0.05, 0.8))
        _kill_one(chance.choice(("web", "worker", "postgres")), stack, postgres)

    _rush(stack, shop, buyers, 100 + seed, disturb)


def _kill_one(name: str, stack: Stack, postgres: PrivatePostgres) -> None:
    if name == "postgres":
        postgres.kill()
        postgres.start()
    else:
        stack.kill(name)
        stack.start(name)
