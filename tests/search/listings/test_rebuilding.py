"""A new index is built beside the old one and swapped in while people search: no search fails, none sees half of it."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from search.listings.contracts import SearchPage, SearchQuery
from search.listings.engines.chosen import get_indexes
from search.listings.selectors import search
from tests.conftest import Clock
from tests.fixtures.elasticsearch import make_indexes
from tests.search.listings.test_indexing import store

LISTINGS = 150
REBUILDS = 3
SHOPPERS = 2


def _choose_tantivy(request: pytest.FixtureRequest, settings: Any) -> Iterator[None]:
    folder: Path = request.getfixturevalue("tmp_path")
    settings.INDEX_ROOT = folder / "index"
    yield


def _choose_elastic(request: pytest.FixtureRequest, settings: Any) -> Iterator[None]:
    url = request.getfixturevalue("elasticsearch_url")
    indexes = make_indexes(url)
    settings.SEARCH_BACKEND = "search.listings.engines.elastic.backend"
    settings.ELASTICSEARCH_URL = url
    settings.ELASTICSEARCH_PREFIX = indexes.alias.removesuffix("-listings")
    yield
    indexes.remove_all()


CHOICES: dict[str, Callable[[pytest.FixtureRequest, Any], Iterator[None]]] = {
    "tantivy": _choose_tantivy,
    "elastic": _choose_elastic,
}


@pytest.fixture(params=sorted(CHOICES))
def installation(request: pytest.FixtureRequest, settings: Any, committed_db: object, clock: Clock) -> Iterator[None]:
    """Listings in the table and in the index of one engine."""
    settings.SEARCH_ENGINE_TIMEOUT_SECONDS = 30.0  # it is a rebuild that is tried here, not a slow machine
    for _ in CHOICES[request.param](request, settings):
        store(LISTINGS, clock)
        call_command("index_listings")
        yield


class Shoppers:
    """Threads that search for as long as one is inside; every question is another one."""

    def __init__(self) -> None:
        self.pages: list[SearchPage] = []
        self.errors: list[BaseException] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._shop, args=(n,)) for n in range(SHOPPERS)]

    def __enter__(self) -> "Shoppers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=60)

    def _shop(self, number: int) -> None:
        asked = number
        try:
            while not self._stop.is_set():
                asked += SHOPPERS
                words = "马克杯" if asked % 2 else ""
                self.pages.append(search(SearchQuery(words=words, price_from_minor=asked % 5_000)))
        except BaseException as error:
            self.errors.append(error)
        finally:
            connection.close()


def test_no_search_fails_while_the_index_is_built_anew(installation: None) -> None:
    with Shoppers() as shoppers:
        for _ in range(REBUILDS):
            before = len(shoppers.pages)
            call_command("index_listings", rebuild=True)
            deadline = time.monotonic() + 30
            while len(shoppers.pages) < before + 2 * SHOPPERS and not shoppers.errors:
                assert time.monotonic() < deadline
                time.sleep(0.01)
    assert not shoppers.errors
    assert len(shoppers.pages) >= 2 * REBUILDS * SHOPPERS
    assert not any(page.did_fall_back for page in shoppers.pages)
    assert {page.total for page in shoppers.pages} == {LISTINGS}


def test_a_rebuild_that_is_killed_leaves_the_old_index_to_the_shoppers(
    installation: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(type(get_indexes()), "swap", die)
        with pytest.raises(KeyboardInterrupt):
            call_command("index_listings", rebuild=True)
    page = search(SearchQuery())
    assert (page.total, page.did_fall_back) == (LISTINGS, False)
    call_command("index_listings")
    assert search(SearchQuery(words="马克杯")).total == LISTINGS
