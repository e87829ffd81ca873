"""Search pages over HTTP at a million listings: words that no process has been asked before, in two web workers."""

import itertools
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from search.listings.contracts import SearchQuery
from tests import databases
from tests.bench.contracts import BenchRow
from tests.bench.load import Plan, Target, run_load
from tests.bench.million.sizes import CLIENTS, SECONDS
from tests.fixtures.stack import HOST, running_stack

END = "</html>"
WARM_CLIENTS = 4
_prices = itertools.count(1)


def measure_pages(
    folder: Path, database: str, queries: Sequence[SearchQuery], engine_rates: Mapping[int, float]
) -> list[BenchRow]:
    """Pages a second beside the answers a second that the engine alone gave to as many clients.

    `folder` holds the index as an installation keeps it; no indexer runs.
    """
    urls = {
        "database_url": databases.with_database(os.environ["DATABASE_URL"], database),
        "owner_url": databases.owner_url(database),
    }
    measured = []
    with running_stack(folder, **urls) as stack:
        stack.environment["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
        stack.start("web")
        run_load(_plan(stack.port, WARM_CLIENTS, queries))  # both workers load their dictionaries and their cards
        for clients in CLIENTS:
            found = run_load(_plan(stack.port, clients, queries))
            wrong = {"status": found.wrong_status, "body": found.wrong_body, "broken": found.broken}
            name = f"million: search page never asked before, {clients} clients"
            base = f"million: tantivy, query with four facets, {clients} clients, rate"
            ratio = found.rate / engine_rates[clients] if engine_rates.get(clients) else None
            measured += [
                BenchRow(name, found.rate, "pages/s", base, ratio, wrong),
                BenchRow(f"{name}, p99", found.p99_ms, "ms"),
            ]
    return measured


def _plan(port: int, clients: int, queries: Sequence[SearchQuery]) -> Plan:
    return Plan(port, f"{HOST}:{port}", clients, SECONDS, _list_targets(queries), once=True)


def _list_targets(queries: Sequence[SearchQuery]) -> list[Target]:
    """A price that nobody asks for makes each address a new one."""
    return [
        Target(f"/search?q={quote(query.words)}&max={100_000 + next(_prices) / 100:.2f}", END)
        for _, query in zip(range(5_000), itertools.cycle(queries), strict=False)
    ]
