"""Fixtures for all tests: real databases, shops, the clock, sample files."""

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from market.shops import selectors
from market.shops.contracts import ShopContext
from market.shops.services import approve_shop, open_shop
from market.taxonomy import selectors as taxonomy
from search.curation.selectors import forget_curation
from search.listings.keeping import forget_all
from search.per_sale.services.showing import forget_table
from tests import databases

pytest_plugins = ["tests.fixtures.wechatpay", "tests.fixtures.elasticsearch"]

_numbers = itertools.count(1)


@dataclass
class Clock:
    """The only thing that is faked."""

    now: datetime = datetime(2026, 11, 22, 10, 41, tzinfo=UTC)

    def move(self, **delta: float) -> datetime:
        """Let time pass: `clock.move(minutes=15)`."""
        self.now += timedelta(**delta)
        return self.now


@dataclass
class CommittedDatabase:
    """A database of the test's own. `environment` lets a real process use it."""

    name: str
    environment: dict[str, str]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def forget_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Epochs repeat after a rollback, which never happens outside tests: what a process keeps by them is dropped.

    A kept category tree is asked for no second time within a test, however slow the machine: statements are counted.
    """
    forget_all()
    selectors.forget_shops()
    taxonomy.forget_tree()
    monkeypatch.setattr(taxonomy, "LOOK_AGAIN_SECONDS", float("inf"))
    forget_curation()
    forget_table()


@pytest.fixture(scope="session")
def template_database() -> str:
    databases.drop_orphans()
    return databases.ensure_template()


@pytest.fixture(scope="session")
def django_db_setup(template_database: str, django_db_blocker: Any) -> Iterator[None]:
    """pytest-django's own setup would create and migrate; ours clones."""
    name = f"jishi_c_{os.getpid()}_main"
    databases.clone(template_database, name)
    _use(name)
    yield
    with django_db_blocker.unblock():
        connections["default"].close()
    databases.drop(name)


@pytest.fixture
def committed_db(template_database: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[CommittedDatabase]:
    """A fresh clone for tests that need real commits, threads or processes; dropped afterwards."""
    before = connections["default"].settings_dict["NAME"]
    name = f"jishi_c_{os.getpid()}_{next(_numbers)}"
    databases.clone(template_database, name)
    _use(name)
    environment = {
        "DATABASE_URL": databases.with_database(os.environ["DATABASE_URL"], name),
        "DATABASE_OWNER_URL": databases.owner_url(name),
    }
    with django_db_blocker.unblock():
        try:
            yield CommittedDatabase(name, {**os.environ, **environment})
        finally:
            connections["default"].close()
            _use(before)
            databases.drop(name)


@pytest.fixture
def any_db(request: pytest.FixtureRequest) -> None:
    """The committed database where the test asked for one, else the rolled-back one."""
    request.getfixturevalue("committed_db" if "committed_db" in request.fixturenames else "db")


@pytest.fixture
def make_shop(any_db: None, clock: Clock) -> Callable[..., ShopContext]:
    """Open and approve a shop: `make_shop("qinghe")`."""

    def make(slug: str, *, owner_id: int = 900_001, approved: bool = True) -> ShopContext:
        shop = open_shop(owner_id=owner_id, name_zh=f"{slug}店", name_en=slug.title(), slug=slug, now=clock.now)
        return approve_shop(shop_id=shop.shop_id, actor_id=1, now=clock.now) if approved else shop

    return make


@pytest.fixture
def shop_a(make_shop: Callable[..., ShopContext]) -> ShopContext:
    return make_shop("alpha", owner_id=900_001)


@pytest.fixture
def shop_b(make_shop: Callable[..., ShopContext]) -> ShopContext:
    return make_shop("beta", owner_id=900_002)


@pytest.fixture(scope="session")
def sample_data() -> Path:
    """The folder of real sample files; `.ci/run` sets it, elsewhere such tests are left out and say so."""
    folder = os.environ.get("JISHI_SAMPLE_DATA", "")
    if folder and Path(folder).is_dir():
        return Path(folder).resolve()
    if os.environ.get("CI"):
        pytest.fail("JISHI_SAMPLE_DATA must name the folder of sample files.")
    pytest.skip("JISHI_SAMPLE_DATA does not name a folder of sample files")


def _use(name: str) -> None:
    for wrapper in connections.all(initialized_only=True):
        wrapper.close()
        wrapper.settings_dict["NAME"] = name
    connections.settings["default"]["NAME"] = name
