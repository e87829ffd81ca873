"""A log of looks in memory, and two shops with goods that visitors find."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from market.shops.contracts import ShopContext
from market.taxonomy.contracts import CategoryNode
from market.taxonomy.selectors import get_tree
from market.taxonomy.services import load_taxonomy
from search.listings.engines.chosen import get_index_files
from search.listings.services.indexing import catch_up
from search.listings.services.running import open_index
from search.results.contracts import Look
from tests.fixtures.api import forget_everything, list_product


def name_visitor(number: int) -> UUID:
    return UUID(int=number)


@dataclass
class MemoryLog:
    """What was looked at, numbered in the order it was noted."""

    looks: list[Look] = field(default_factory=list)

    def note(self, visitor: int, listing_id: int, at: datetime) -> None:
        self.looks.append(Look(len(self.looks) + 1, name_visitor(visitor), at.date(), listing_id, at))

    def list_looks(self, *, after: int, limit: int) -> tuple[Sequence[Look], int]:
        found = self.looks[after : after + limit]
        return found, found[-1].number if found else after

    def list_days(self, wanted: Sequence[tuple[UUID, date]], *, up_to: int, most: int) -> Sequence[Look]:
        days: dict[tuple[UUID, date], list[Look]] = {key: [] for key in wanted}
        for look in self.looks[:up_to]:
            if len(days.get((look.visitor, look.day), range(most))) < most:
                days[(look.visitor, look.day)].append(look)
        return sorted((look for seen in days.values() for look in seen), key=lambda look: look.number)


@dataclass
class Fair:
    """Goods of two shops in two categories. `add` lists one more, `index` makes all of them found."""

    shops: tuple[ShopContext, ShopContext]
    trades: list[CategoryNode]
    made: int = 0

    def add(self, *, shop: int = 0, trade: int = 0, **options: Any) -> int:
        self.made += 1
        leaf = self.trades[trade]
        while leaf.children:
            leaf = get_tree().nodes[leaf.children[0]]
        given = {"sku": f"S-{self.made}", "title": f"货品{self.made}", **options}
        _, listing_id = list_product(self.shops[shop], category_id=leaf.category_id, **given)
        return listing_id

    def index(self) -> None:
        indexer, position = open_index(get_index_files(), rebuild=True, progress=lambda count: None)
        catch_up(indexer, after=position)
        indexer.close()


@pytest.fixture(autouse=True)
def alone(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No index of another test, nothing kept from one."""
    settings.INDEX_ROOT = tmp_path / "index"
    forget_everything(monkeypatch)


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def fair(any_db: None, make_shop: Callable[..., ShopContext]) -> Fair:
    load_taxonomy()
    shops = (make_shop("alpha", owner_id=900_001), make_shop("beta", owner_id=900_002))
    return Fair(shops, get_tree(fresh=True).list_tops()[:2])


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)
