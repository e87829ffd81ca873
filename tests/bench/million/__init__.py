"""Search at a million listings: both engines, PostgreSQL's `ts_rank`, suggestions and pages over HTTP, in one run.

`./run bench million` (JISHI_BENCH_MILLION says how many). Listings are varied out of the sample files where
JISHI_SAMPLE_DATA names them. Every question is drawn from real titles; no answer is kept by anybody. Counters: rows
that are missing, questions that failed, changes never found, totals that differ between the engines.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import django

import tests.environment  # noqa: F401 - before Django, as pytest loads it

django.setup()

from onebox.elasticsearch import find_missing_tools, start_node  # noqa: E402
from onebox.memory import read_pss_bytes  # noqa: E402
from search.listings.contracts import Engine, Indexes  # noqa: E402
from search.listings.engines.elastic.engine import ElasticEngine  # noqa: E402
from search.listings.engines.elastic.indexes import ElasticIndexes  # noqa: E402
from search.listings.engines.tantivy.engine import TantivyEngine  # noqa: E402
from search.listings.engines.tantivy.indexes import TantivyIndexes  # noqa: E402
from tests.bench.contracts import BenchRow  # noqa: E402
from tests.bench.fresh import fresh_database  # noqa: E402
from tests.bench.million.asking import (  # noqa: E402
    Ask,
    ask_naively,
    asking,
    compare_totals,
    draw_queries,
    measure_engines,
)
from tests.bench.million.crowd import list_bases  # noqa: E402
from tests.bench.million.filling import build, load_table, time_commits  # noqa: E402
from tests.bench.million.pages import measure_pages  # noqa: E402
from tests.bench.million.progress import say  # noqa: E402
from tests.bench.million.rebuilding import measure_rebuild  # noqa: E402
from tests.bench.million.sizes import CLIENTS, LISTINGS, REBUILT  # noqa: E402
from tests.bench.suggest import measure_suggestions  # noqa: E402
from tests.fixtures.wechatpay import free_port  # noqa: E402

ALIAS = "million-listings"


@contextmanager
def prepared() -> Iterator[Callable[[], list[BenchRow]]]:
    """Filling takes longer than asking, so there is one long round: later calls have nothing more to say."""
    done: list[bool] = []

    def measure() -> list[BenchRow]:
        if done:
            return []
        done.append(True)
        return measure_all()

    yield measure


def measure_all() -> list[BenchRow]:
    """Every row, on a database and indexes made for it and dropped."""
    say(f"{LISTINGS:,} listings: reading the samples")
    bases = list_bases(LISTINGS)
    queries = draw_queries(bases)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jishi-million-")))
        database = stack.enter_context(fresh_database(as_owner=True, purpose="million"))
        measured = [load_table(bases)]
        engines: dict[str, Ask] = {}
        for label, indexes, engine in _open_engines(stack, folder):
            measured.append(build(label, indexes, bases))
            engines[label] = asking(engine)
            if label in REBUILT:
                measured += measure_rebuild(label, indexes, engines[label], bases, queries)
            measured += time_commits(label, indexes, engine, bases)
        engines["ts_rank"] = ask_naively
        asked = measure_engines(engines, queries)
        measured += [*asked, *_measure_sizes(folder), compare_totals(engines, queries)]
        say("suggestions")
        measured += measure_suggestions(LISTINGS, name="million: suggest")
        say("pages")
        measured += measure_pages(folder, database, queries, _list_rates(asked))
    return measured


def _open_engines(stack: ExitStack, folder: Path) -> Iterator[tuple[str, Indexes, Engine]]:
    """tantivy where an installation in this folder has it, and a node of Elasticsearch with default settings."""
    place = folder / "index" / "listings"
    place.mkdir(parents=True)
    yield "tantivy", TantivyIndexes(place), TantivyEngine(place)
    if find_missing_tools():
        print("Left out: Elasticsearch, for want of Java or Maven.", flush=True)
        return
    node = start_node(folder / "elastic", port=free_port())
    stack.callback(node.kill)
    yield "elastic", ElasticIndexes(node.url, ALIAS), ElasticEngine(node.url, ALIAS, timeout_seconds=60.0)
    assert node.process is not None
    pss = read_pss_bytes(node.process.pid) / 2**20
    print(f"Elasticsearch's node: {pss:.0f} MB PSS after its index was built.", flush=True)


def _list_rates(rows: list[BenchRow]) -> dict[int, float]:
    named = {row.name: row.value for row in rows}
    return {clients: named[f"million: tantivy, query with four facets, {clients} clients, rate"] for clients in CLIENTS}


def _measure_sizes(folder: Path) -> list[BenchRow]:
    """What lies on the disk, and what the processes hold that have it open."""
    current = (folder / "index" / "listings" / "current").resolve()
    disk = sum(path.stat().st_size for path in current.iterdir())
    return [
        BenchRow("million: tantivy's index on disk", disk / 2**20, "MB"),
        BenchRow("million: this process with tantivy's index open", read_pss_bytes(os.getpid()) / 2**20, "MB PSS"),
    ]
