"""With the search engine stopped, slow or answering 500, every search is answered, and quickly once that is known."""

import random
import signal
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from onebox.elasticsearch import start_node
from search.listings.contracts import ListingState, NoIndex, SearchPage, SearchQuery
from search.listings.engines.chosen import get_engine, get_indexes
from search.listings.engines.elastic.engine import ElasticEngine
from search.listings.models import Listing
from search.listings.selectors import search
from search.listings.services import mark_changed
from search.listings.services.rows import make_row
from search.listings.services.running import open_index, wait_and_open
from tests.conftest import Clock, CommittedDatabase
from tests.fixtures.elasticsearch import demand_tools, make_indexes
from tests.fixtures.proxy import Proxy, running_proxy
from tests.fixtures.wechatpay import free_port
from tests.search.listings.making import TITLES, make_random_listing
from tests.search.listings.test_indexing import start_indexer, store, touch, wait_until
from tests.search.listings.test_selectors import spoil

LISTINGS = 300
PAIRS = 150
ATTEMPTS = 4
TIMEOUT_SECONDS = 1.5
RECOVERY_SECONDS = 60


@dataclass
class Shopper:
    """Asks one question after another, never the same."""

    random_: random.Random = field(default_factory=lambda: random.Random(7))
    asked: int = 0

    def ask(self) -> tuple[SearchPage, float]:
        """The answer and the seconds it took."""
        self.asked += 1
        query = SearchQuery(words=self.random_.choice(TITLES), price_from_minor=self.asked % 900)
        began = time.perf_counter()
        page = search(query)
        return page, time.perf_counter() - began

    def is_answered_by_engine(self) -> bool:
        """Whether twenty questions in a row are."""
        return not any(self.ask()[0].did_fall_back for _ in range(20))


@pytest.fixture
def table(db: None, clock: Clock) -> None:
    """Random listings that wait to be indexed."""
    documents = [make_random_listing(random.Random(n), n) for n in range(1, LISTINGS + 1)]
    rows = [
        make_row(
            document.shop.shop_id,
            document.product_id,
            ListingState.SHOWN,
            document,
            old=None,
            source_version=1,
            now=clock.now,
        )
        for document in documents
    ]
    mark_changed(row.pk for row in Listing.objects.bulk_create(rows))


@pytest.fixture
def proxy(elasticsearch_url: str) -> Iterator[Proxy]:
    parts = urlsplit(elasticsearch_url)
    with running_proxy((str(parts.hostname), parts.port or 9200)) as proxy:
        yield proxy


@pytest.fixture
def chosen(settings: Any, elasticsearch_url: str, proxy: Proxy, table: None) -> Iterator[None]:
    """Elasticsearch behind the proxy, with everything indexed."""
    indexes = make_indexes(elasticsearch_url)
    settings.SEARCH_BACKEND = "search.listings.engines.elastic.backend"
    settings.ELASTICSEARCH_URL = proxy.url
    settings.ELASTICSEARCH_PREFIX = indexes.alias.removesuffix("-listings")
    settings.SEARCH_ENGINE_TIMEOUT_SECONDS = TIMEOUT_SECONDS
    indexer, _ = open_index(get_indexes(), rebuild=False, progress=lambda count: None)
    indexer.close()
    yield
    indexes.remove_all()


def slow_down(proxy: Proxy) -> None:
    proxy.delay_seconds = 5.0


def answer_500(proxy: Proxy) -> None:
    proxy.answers_500 = True


def compare_p99(settings: Any, shopper: Shopper, *, well: str, broken: str) -> float:
    """How many times the p99 of the healthy engine the p99 behind the open breaker is.

    They are asked by turns, so that whatever else the machine does falls on both.
    """
    took: dict[str, list[float]] = {well: [], broken: []}
    for _ in range(PAIRS):
        for url in took:
            settings.ELASTICSEARCH_URL = url
            page, seconds = shopper.ask()
            assert page.did_fall_back is (url == broken)
            took[url].append(seconds)
    p99 = {url: statistics.quantiles(seconds, n=100)[98] for url, seconds in took.items()}
    return p99[broken] / p99[well]


@pytest.mark.parametrize("fault", [Proxy.stop, slow_down, answer_500], ids=["stopped", "slow", "500"])
def test_every_search_is_answered_and_fast_once_the_breaker_is_open(
    chosen: None, proxy: Proxy, elasticsearch_url: str, settings: Any, fault: Callable[[Proxy], None]
) -> None:
    shopper = Shopper()
    wait_until(shopper.is_answered_by_engine, seconds=RECOVERY_SECONDS)  # a cold node is slow
    fault(proxy)
    until_open = 0
    while not get_engine().is_open:
        page, seconds = shopper.ask()
        assert page.did_fall_back and seconds < 2 * TIMEOUT_SECONDS + 1
        until_open += 1
    assert until_open <= 3
    ratios = (compare_p99(settings, shopper, well=elasticsearch_url, broken=proxy.url) for _ in range(ATTEMPTS))
    assert any(ratio <= 2 for ratio in ratios)
    settings.ELASTICSEARCH_URL = proxy.url
    proxy.heal()
    wait_until(shopper.is_answered_by_engine, seconds=RECOVERY_SECONDS)


def test_an_indexer_that_is_to_watch_waits_for_an_engine_that_is_away_when_it_begins(
    chosen: None, proxy: Proxy
) -> None:
    proxy.stop()
    coming_back = threading.Timer(0.5, proxy.heal)
    coming_back.start()
    given = {"rebuild": True, "progress": lambda count: None}
    opened = wait_and_open(get_indexes(), stopped=lambda: False, **given)
    assert opened is not None and opened[1] == LISTINGS
    opened[0].close()
    coming_back.join()
    proxy.stop()
    assert wait_and_open(get_indexes(), stopped=iter((False, True)).__next__, **given) is None
    proxy.heal()


@pytest.mark.parametrize("damage", ["removed", "cut short"])
def test_a_damaged_embedded_index_is_answered_for_until_it_is_built_anew(
    table: None, settings: Any, tmp_path: Path, damage: str
) -> None:
    settings.INDEX_ROOT = tmp_path / "index"
    indexer, _ = open_index(get_indexes(), rebuild=False, progress=lambda count: None)
    indexer.close()
    shopper = Shopper()
    spoil(settings.INDEX_ROOT / "listings", damage)
    assert all(shopper.ask()[0].did_fall_back for _ in range(20))
    assert get_engine().is_open is (damage == "cut short")  # a missing index is no failure: it says so at once
    indexer, _ = open_index(get_indexes(), rebuild=True, progress=lambda count: None)
    indexer.close()
    wait_until(lambda: not shopper.ask()[0].did_fall_back, seconds=RECOVERY_SECONDS)


@pytest.mark.timeout(600)
def test_killing_engine_and_indexer_at_any_moment_loses_and_repeats_nothing(
    committed_db: CommittedDatabase, clock: Clock, tmp_path: Path
) -> None:
    demand_tools()
    random_ = random.Random(20261128)
    found = store(60, clock)
    node = start_node(tmp_path / "node", port=free_port())
    prefix = "killed"
    committed_db.environment.update(ELASTICSEARCH_URL=node.url, ELASTICSEARCH_PREFIX=prefix)
    engine = ElasticEngine(node.url, f"{prefix}-listings", timeout_seconds=10)
    process = start_indexer(committed_db, tmp_path)
    try:
        wait_until(lambda: _is_right(engine, process), seconds=60)
        for _ in range(2):
            _touch_for(random_.uniform(0.3, 0.8), found, random_, clock)
            node.kill()
            _touch_for(0.3, found, random_, clock)
            process.kill()
            process.wait(timeout=20)
            node.start()
            process = start_indexer(committed_db, tmp_path)
        _touch_for(0.3, found, random_, clock)
        wait_until(lambda: _is_right(engine, process), seconds=90)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=20)
        node.kill()


def _touch_for(seconds: float, found: list[int], random_: random.Random, clock: Clock) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        touch(random_.sample(found, 9), random_, clock)


def _is_right(engine: ElasticEngine, process: subprocess.Popen[bytes]) -> bool:
    """Exactly what the table shows, each in its version."""
    assert process.poll() is None
    expected = dict(Listing.objects.filter(state=ListingState.SHOWN.value).values_list("pk", "version"))
    try:
        return dict(engine.list_versions()) == expected
    except NoIndex:
        return False
