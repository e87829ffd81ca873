"""How fast pages are served to visitors, beside a bare view in the same process and with the same middleware.

Pages of the demo's catalogue over HTTP at 1, 8 and 32 clients: each page a few times before, then what many ask for
again and again; searches that nobody asked before; and lists asked for the first time after something changed. Every
answer must be 200 and hold what belongs to its page, and while prices change no answer may be older than the listing in
the database.
"""

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

import psycopg

import tests.environment  # noqa: F401 - before Django, as pytest loads it
from tests.bench.contracts import BenchRow
from tests.bench.load import Plan, Result, Target, run_load
from tests.bench.market import load_demo, running_market
from tests.bench.staleness import count_stale
from tests.fixtures.stack import HOST, Stack

SECONDS = float(os.environ.get("JISHI_BENCH_SECONDS", "3")) / 1.5
QUICK = bool(os.environ.get("JISHI_BENCH_QUICK"))
CLIENTS = (8,) if QUICK else (1, 8, 32)
WARM_SECONDS, WARM_CLIENTS, WARM_TIMES = 60.0, 4, 7  # a page is missing in one of two workers once in 128
END = "</html>"
THINGS = (
    "杯",
    "茶",
    "包",
    "灯",
    "书",
    "鞋",
    "衣",
    "碗",
    "壶",
    "毛巾",
    "耳机",
    "手机壳",
    "蜂蜜",
    "积木",
    "键盘",
    "香薰",
)
KINDS = ("", "手工", "白", "青", "黑", "轻", "大", "小")
_new_words = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Page:
    """One kind of page with all the addresses that are asked for. Lists hang on every listing of the market."""

    name: str
    targets: Sequence[Target]
    hangs_on_all: bool = False


@contextmanager
def prepared() -> Iterator[Callable[[], list[BenchRow]]]:
    """A market with the demo's goods; each call measures one round."""
    with running_market("web", load_demo) as stack:
        pages = list_pages(stack.environment["DATABASE_URL"])
        yield lambda: measure_round(stack, pages)


def measure_round(stack: Stack, pages: Sequence[Page]) -> list[BenchRow]:
    """Every page at every number of clients, each beside the bare view of its size; last what a change costs."""
    warm(stack.port, pages)
    rows: list[BenchRow] = []
    for page, clients in itertools.product(pages, CLIENTS):
        rows += _measure(stack, page.name, page.targets, clients)
    for clients in CLIENTS:
        rows += _measure(stack, "web: search, words never asked before", _list_new_searches(), clients, once=True)
    rows.append(count_stale(stack))
    for page in pages:
        if page.hangs_on_all:
            rows += _measure(stack, f"{page.name}, first time after a change", page.targets, CLIENTS[0], once=True)
    return rows


def list_pages(database_url: str) -> list[Page]:
    """What visitors look at, read from the tables."""
    with psycopg.connect(database_url) as connection:
        products = connection.execute(
            "SELECT id, document->'title'->>0 FROM listings_listing WHERE state = 'shown' ORDER BY id"
        ).fetchall()
        slugs = connection.execute(
            "SELECT DISTINCT c.slug FROM taxonomy_category c"
            " JOIN listings_listing l ON l.state = 'shown' AND c.id = ANY(l.category_ids) ORDER BY c.slug"
        ).fetchall()
    words = [f"{kind} {thing}".strip() for kind, thing in itertools.product(KINDS, THINGS)]
    return [
        Page("web: home", [Target("/", END)]),
        Page("web: category list", [Target(f"/c/{slug}/", "/item/") for (slug,) in slugs], True),
        Page("web: product", [Target(f"/item/{pk}/", escape(title)) for pk, title in products]),
        Page("web: search", [Target(f"/search?q={quote(word)}", END) for word in words], True),
    ]


def warm(port: int, pages: Sequence[Page]) -> list[Result]:
    """Ask for each page a few times: both workers then know it."""
    return [
        run_load(_plan(port, page.targets, WARM_CLIENTS, WARM_SECONDS, once=True, seed=number))
        for page, number in itertools.product(pages, range(WARM_TIMES))
    ]


def _measure(stack: Stack, name: str, targets: Sequence[Target], clients: int, *, once: bool = False) -> list[BenchRow]:
    found = run_load(_plan(stack.port, targets, clients, SECONDS, once=once))
    bare = run_load(_plan(stack.port, [Target(f"/bench/bare/{found.bytes_each}")], clients, SECONDS))
    base = BenchRow(
        f"{name}: bare view of that size, {clients} clients", bare.rate, "requests/s", counters=_wrong(bare)
    )
    return [
        base,
        BenchRow(
            f"{name}, {clients} clients", found.rate, "requests/s", base.name, found.rate / bare.rate, _wrong(found)
        ),
        BenchRow(f"{name}, {clients} clients, p99", found.p99_ms, "ms"),
    ]


def _wrong(result: Result) -> dict[str, int]:
    return {"status": result.wrong_status, "body": result.wrong_body, "broken": result.broken}


def _plan(
    port: int, targets: Sequence[Target], clients: int, seconds: float, *, once: bool = False, seed: int = 1
) -> Plan:
    return Plan(port, f"{HOST}:{port}", clients, seconds, targets, once, seed)


def _list_new_searches() -> list[Target]:
    """Addresses that no round has had before: a price nobody asks for makes each one new."""
    return [
        Target(f"/search?q={quote(thing)}&max={100_000 + next(_new_words) / 100:.2f}", END)
        for _, thing in zip(range(3000), itertools.cycle(THINGS), strict=False)
    ]
