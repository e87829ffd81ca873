"""Prices change while pages are asked for: no answer may be older than the listing that the database already showed."""

import asyncio
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import quote

import django
import psycopg
from django.db import transaction

import tests.environment  # noqa: F401 - before Django, as pytest loads it

django.setup()

from market.shops.contracts import ShopContext  # noqa: E402
from market.shops.selectors import list_open_shops  # noqa: E402
from market.shops.tenancy import enter_shop  # noqa: E402
from tenants.catalog.selectors import get_product_draft  # noqa: E402
from tenants.catalog.services import update_product  # noqa: E402
from tests.bench.contracts import BenchRow  # noqa: E402
from tests.bench.fresh import connected_to  # noqa: E402
from tests.bench.load import Plan, Target, run_load  # noqa: E402
from tests.bench.wire import Client  # noqa: E402
from tests.fixtures.goods import stock_product  # noqa: E402
from tests.fixtures.stack import HOST, Stack  # noqa: E402

CHANGES = 8
FIRST_YUAN = 700_000  # no other price of the catalogue begins like this
FINDABLE_SECONDS = 2.0
PATIENCE_SECONDS = 10.0
CONNECTIONS = 4
TITLE = "变价试验品"
_PRICE = re.compile(r"70\d,\d{3}")


@dataclass
class Watch:
    """What was seen of the changes."""

    stale: int = 0
    late: int = 0
    seconds: list[float] = field(default_factory=list)


def count_stale(stack: Stack) -> BenchRow:
    """Change one price a few times while others look at its page."""
    with connected_to(psycopg.conninfo.conninfo_to_dict(stack.environment["DATABASE_URL"])["dbname"]):
        shop = list_open_shops()[0]
        yuan = _next_yuan(stack)
        product_id = stock_product(shop, sku=f"STALE-{yuan}", title=TITLE, price_minor=yuan * 100).product_id
        listing_id = _wait_for_listing(stack, product_id, shop)
        paths = (f"/item/{listing_id}/", f"/search?q={quote(TITLE)}")
        crowd = threading.Thread(target=_crowd, args=(stack, paths))
        crowd.start()
        watch = Watch()
        for step in range(1, CHANGES + 1):
            _set_price(shop, product_id, (yuan + step) * 100)
            asyncio.run(_watch(stack, listing_id, paths, yuan + step, watch))
        crowd.join()
    counters = {"stale": watch.stale, "later than 2 s": watch.late}
    return BenchRow("web: a new price on every page, longest", 1000 * max(watch.seconds), "ms", counters=counters)


def _crowd(stack: Stack, paths: Sequence[str]) -> None:
    run_load(Plan(stack.port, f"{HOST}:{stack.port}", 2, CHANGES * 0.5, [Target(path) for path in paths]))


def _set_price(shop: ShopContext, product_id: int, price_minor: int) -> None:
    with transaction.atomic(), enter_shop(shop):
        draft = get_product_draft(product_id).draft
        variants = tuple(replace(variant, price_minor=price_minor) for variant in draft.variants)
        update_product(product_id=product_id, draft=replace(draft, variants=variants), now=datetime.now(UTC))


async def _watch(stack: Stack, listing_id: int, paths: Sequence[str], yuan: int, watch: Watch) -> None:
    """Ask until every page shows the new price. What the table says is read before each question."""
    clients = [Client(stack.port, f"{HOST}:{stack.port}") for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    missing = len(paths)
    while missing and time.perf_counter() - began < PATIENCE_SECONDS:
        missing = len(paths)
        known = _read_price(stack, listing_id)
        for path in paths:
            shown = [_find_yuan((await client.ask(path)).body.decode()) for client in clients]
            watch.stale += sum(price < known for price in shown) if path == paths[0] else 0
            missing -= min(shown) >= yuan
    took = time.perf_counter() - began
    watch.seconds.append(took)
    watch.late += took > FINDABLE_SECONDS
    for client in clients:
        client.close()


def _find_yuan(page: str) -> int:
    """The highest one: products of earlier rounds cost less."""
    return max((int(price.replace(",", "")) for price in _PRICE.findall(page)), default=0)


def _read_price(stack: Stack, listing_id: int) -> int:
    with psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as connection:
        row = connection.execute("SELECT price_minor FROM listings_listing WHERE id = %s", [listing_id]).fetchone()
    return row[0] // 100 if row else 0


def _next_yuan(stack: Stack) -> int:
    with psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as connection:
        row = connection.execute("SELECT max(price_minor) FROM listings_listing").fetchone()
    return max(FIRST_YUAN, row[0] // 100 + 1)


def _wait_for_listing(stack: Stack, product_id: int, shop: ShopContext) -> int:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as connection:
            row = connection.execute(
                "SELECT id FROM listings_listing WHERE state = 'shown' AND product_id = %s AND shop_id = %s",
                [product_id, shop.shop_id],
            ).fetchone()
        if row:
            return row[0]
        time.sleep(0.05)
    raise AssertionError("the product was not listed: is the relay at work?\n" + stack.read_log("relay")[-2000:])
