"""How fast one buys over HTTP: the whole way from two adds to the booked callback, and placing alone.

Afterwards every acknowledged purchase must be in the tables, each shop's stock exact, the shares' sums right and the
books sound.
"""

import itertools
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

import tests.environment  # noqa: F401 - before Django, as pytest loads it
from tests.bench.buyers import Plan, Result, run_buyers
from tests.bench.contracts import BenchRow
from tests.bench.load import percentile
from tests.bench.market import running_market
from tests.fixtures.stack import HOST, Stack

SECONDS = float(os.environ.get("JISHI_BENCH_SECONDS", "3"))
CLIENTS = (8,) if os.environ.get("JISHI_BENCH_QUICK") else (1, 8, 32)
POSTED_SECONDS = 60.0
_seeds = itertools.count(1)
_STREET = "tests.bench.street"
Street = dict[str, Any]  # JSON of tests.bench.street


@contextmanager
def prepared() -> Iterator[Callable[[], list[BenchRow]]]:
    """A market with a street of shops; each call measures one round and checks everything bought so far."""
    streets: list[Street] = []
    with running_market("buying", lambda stack: streets.append(json.loads(stack.run_python(_STREET, "open")))) as stack:
        acknowledged: list[str] = []
        # A process reads its keys and modules with its first purchase.
        _measure(stack, streets[0], "buying: warming up", 8, acknowledged)
        yield lambda: measure_round(stack, streets[0], acknowledged)


def measure_round(stack: Stack, street: Street, acknowledged: list[str]) -> list[BenchRow]:
    """The whole way and placing alone at every number of clients, then the proof."""
    rows: list[BenchRow] = []
    for clients in CLIENTS:
        rows += _measure(stack, street, "buying: whole checkout", clients, acknowledged)
    for clients in CLIENTS:
        rows += _measure(stack, street, "buying: placing", clients, acknowledged, placing_only=True)
    return [*rows, prove_all(stack, street, acknowledged)]


def _measure(
    stack: Stack, street: Street, name: str, clients: int, acknowledged: list[str], *, placing_only: bool = False
) -> list[BenchRow]:
    plan = Plan(
        port=stack.port,
        host=f"{HOST}:{stack.port}",
        clients=clients,
        seconds=SECONDS,
        sessions=street["sessions"],
        listings=street["listings"],
        placing_only=placing_only,
        seed=next(_seeds),
    )
    result: Result = run_buyers(plan)
    for problem in result.problems[:3]:
        print(f"  {name}: {problem}", flush=True)
    acknowledged += result.placed
    rate = len(result.times) / result.seconds if result.seconds else 0.0
    counters = {"problems": len(result.problems), "none": int(not result.times)}
    return [
        BenchRow(f"{name}, {clients} clients", rate, "purchases/s", counters=counters),
        BenchRow(f"{name}, {clients} clients, p99", percentile(result.times, 0.99), "ms"),
    ]


def prove_all(stack: Stack, street: Street, acknowledged: list[str]) -> BenchRow:
    """What must hold after all of it, once the poster has caught up."""
    began = time.monotonic()
    proof = json.loads(stack.run_python(_STREET, "proof"))
    while proof["unposted"] and time.monotonic() - began < POSTED_SECONDS:
        time.sleep(0.3)
        proof = json.loads(stack.run_python(_STREET, "proof"))
    with psycopg.connect(stack.environment["DATABASE_URL"]) as connection:
        found = {number for (number,) in connection.execute("SELECT purchase_no FROM checkout_purchase")}
        counters = {
            "purchases off": len(found ^ set(acknowledged)) + len(acknowledged) - len(set(acknowledged)),
            "stock off": sum(_count_stock_off(connection, schema, street) for schema in street["schemas"]),
            "sums off": _count_sums_off(connection, street["schemas"]),
            "books unsound": int(not proof["sound"]),
            "unposted": proof["unposted"],
        }
    if not proof["sound"]:
        print(f"  {proof['proof']}"[:600], flush=True)
    return BenchRow("buying: purchases proved", float(len(acknowledged)), "purchases", counters=counters)


def _count_stock_off(connection: psycopg.Connection, schema: str, street: Street) -> int:
    """By how many pieces what is left differs from what there was less what was sold."""
    left = _sum(connection, "SELECT coalesce(sum(on_hand - held), 0) FROM {}.inventory_stocklevel", schema)
    sold = _sum(connection, "SELECT coalesce(sum(quantity), 0) FROM {}.orders_orderline", schema)
    return abs(len(street["listings"][0]) * street["pieces"] - sold - left)


def _count_sums_off(connection: psycopg.Connection, schemas: list[str]) -> int:
    """Purchases that are not the sum of their shares, and fen by which orders and shares differ."""
    row = connection.execute(
        "SELECT count(*) FROM checkout_purchase p WHERE total_minor <>"
        " (SELECT sum(s.total_minor) FROM checkout_purchaseshare s WHERE s.purchase_id = p.id)"
    ).fetchone()
    shares = connection.execute("SELECT coalesce(sum(total_minor), 0) FROM checkout_purchaseshare").fetchone()
    orders = sum(
        _sum(connection, "SELECT coalesce(sum(total_minor), 0) FROM {}.orders_order", schema) for schema in schemas
    )
    assert row is not None and shares is not None
    return int(row[0]) + abs(int(shares[0]) - orders)


def _sum(connection: psycopg.Connection, query: str, schema: str) -> int:
    row = connection.execute(sql.SQL(query).format(sql.Identifier(schema))).fetchone()
    assert row is not None
    return int(row[0])
