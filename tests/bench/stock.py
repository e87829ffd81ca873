"""How fast one hot SKU is reserved: our one statement against the textbook's lock, look, change, insert.

`python -m tests.bench.stock` prints the rows, on a database made for it and dropped; fsync is as the server has it.
Both sides write the hold and the event in one transaction, and both are checked for overselling afterwards.
"""

import itertools
import os
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import django
from django.db import connection, transaction
from django.db.models import F, Sum

import tests.environment  # noqa: F401 - before Django, as pytest loads it

django.setup()

from market.shops.contracts import ShopContext  # noqa: E402
from market.shops.services import open_shop  # noqa: E402
from market.shops.tenancy import enter_shop  # noqa: E402
from tenants.catalog.contracts import ProductDraft, Text, VariantDraft  # noqa: E402
from tenants.catalog.selectors import get_product_draft  # noqa: E402
from tenants.catalog.services import create_product  # noqa: E402
from tenants.inventory.contracts import StockCount, Wanted  # noqa: E402
from tenants.inventory.models import Hold, StockLevel  # noqa: E402
from tenants.inventory.services import OutOfStock, count_stock, hold_stock, release_holds  # noqa: E402
from tenants.inventory.services.events import record_stock_changed  # noqa: E402
from tests.bench.contracts import BenchRow  # noqa: E402
from tests.bench.fresh import fresh_database  # noqa: E402

SECONDS = float(os.environ.get("JISHI_BENCH_SECONDS", "3"))
BUYERS = 8
PLENTY = 1_000_000
LAST = 200
PATIENCE_SECONDS = 30.0

_numbers = itertools.count(1)
Reserve = Callable[[int, str], None]


def rows() -> list[BenchRow]:
    """Every row, in one run on one fresh database."""
    with fresh_database():
        shop = open_shop(owner_id=1, name_zh="跑分", name_en="Bench", slug="bench", now=datetime.now(UTC))
        base = _measure("stock: one hot SKU, textbook SELECT FOR UPDATE", shop, _reserve_textbook, PLENTY)
        ours = _measure("stock: one hot SKU, our service", shop, _reserve_ours, PLENTY)
        last = _measure(f"stock: {BUYERS} buyers for the last {LAST}", shop, _reserve_ours, LAST)
        released = _release(shop)
    return [base, _compared(ours, base), last, released]


def _reserve_ours(variant_id: int, key: str) -> None:
    hold_stock(hold_key=key, wanted=[Wanted(variant_id, 1)], expires_at=None, now=datetime.now(UTC))


def _reserve_textbook(variant_id: int, key: str) -> None:
    level = StockLevel.objects.select_for_update().get(variant_id=variant_id)
    if level.on_hand - level.held < 1:
        raise OutOfStock([])
    level.held += 1
    level.save()
    Hold.objects.create(
        hold_key=key,
        variant_id=variant_id,
        warehouse_id=level.warehouse_id,
        quantity=1,
        held_at=datetime.now(UTC),
    )
    record_stock_changed(product_ids=[level.product_id], now=datetime.now(UTC))


def _measure(name: str, shop: ShopContext, reserve: Reserve, on_hand: int) -> BenchRow:
    variant_id = _stock(shop, on_hand)
    taken, seconds = _run_buyers(shop, reserve, variant_id, seconds=PATIENCE_SECONDS if on_hand == LAST else SECONDS)
    with transaction.atomic(), enter_shop(shop):
        level = StockLevel.objects.get(variant_id=variant_id)
        held = Hold.objects.filter(variant_id=variant_id).aggregate(sum=Sum("quantity"))["sum"] or 0
    counters = {
        "lost or doubled": abs(level.held - taken) + abs(held - taken),
        "oversold": max(0, level.held - on_hand),
        "left unsold": max(0, LAST - taken) if on_hand == LAST else 0,
    }
    return BenchRow(name, taken / seconds, "holds/s", counters=counters)


def _stock(shop: ShopContext, on_hand: int) -> int:
    now = datetime.now(UTC)
    with transaction.atomic(), enter_shop(shop):
        draft = ProductDraft(title=Text("热卖"), variants=(VariantDraft("", (), 100),))
        product_id = create_product(draft=draft, now=now)
        variant_id = get_product_draft(product_id).draft.variants[0].variant_id or 0
        count_stock(counts=[StockCount(variant_id, on_hand)], now=now)
    return variant_id


def _run_buyers(shop: ShopContext, reserve: Reserve, variant_id: int, *, seconds: float) -> tuple[int, float]:
    taken = [0] * BUYERS
    until = time.monotonic() + seconds

    def buy(buyer: int) -> None:
        try:
            while time.monotonic() < until:
                with transaction.atomic(), enter_shop(shop):
                    reserve(variant_id, f"bench-{next(_numbers)}")
                taken[buyer] += 1
        except OutOfStock:
            pass
        finally:
            connection.close()

    started = time.monotonic()
    threads = [threading.Thread(target=buy, args=(buyer,)) for buyer in range(BUYERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(taken), time.monotonic() - started


def _release(shop: ShopContext) -> BenchRow:
    with transaction.atomic(), enter_shop(shop):
        keys: Sequence[str] = list(Hold.objects.order_by("pk").values_list("hold_key", flat=True)[:500])
    started = time.monotonic()
    for key in keys:
        with transaction.atomic(), enter_shop(shop):
            release_holds(hold_key=key, now=datetime.now(UTC))
    rate = len(keys) / (time.monotonic() - started)
    with transaction.atomic(), enter_shop(shop):
        held = StockLevel.objects.aggregate(sum=Sum(F("held")))["sum"] or 0
        open_holds = Hold.objects.filter(state="held").aggregate(sum=Sum("quantity"))["sum"] or 0
    return BenchRow("stock: released, one by one", rate, "holds/s", counters={"off": abs(held - open_holds)})


def _compared(row: BenchRow, base: BenchRow) -> BenchRow:
    return BenchRow(row.name, row.value, row.unit, base.name, row.value / base.value, row.counters)


if __name__ == "__main__":
    for found in rows():
        ratio = f"  {found.ratio:6.1f} x {found.base}" if found.ratio else ""
        print(f"{found.name:56} {found.value:10.2f} {found.unit}{ratio}  {dict(found.counters) or ''}")
