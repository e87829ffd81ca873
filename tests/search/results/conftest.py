"""A log of looks, and two shops with goods that visitors find."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from billing.settlement.services.days import business_date
from market.shops.contracts import ShopContext
from market.taxonomy.contracts import CategoryNode
from market.taxonomy.selectors import get_tree
from market.taxonomy.services import load_taxonomy
from search.listings.engines.chosen import get_indexes
from search.listings.services.indexing import catch_up
from search.listings.services.running import open_index
from search.signals.contracts import EventKind
from search.signals.models import SearchEvent
from tests.fixtures.api import forget_everything, list_product


@dataclass
class Log:
    """The log of search, written as its recorder would; `looks` are what was looked at, in order."""

    looks: list[tuple[int, int, datetime]] = field(default_factory=list)

    def note(self, visitor: int, listing_id: int, at: datetime, kind: EventKind = EventKind.VIEWED) -> None:
        SearchEvent.objects.create(
            token=uuid4(), kind=kind.value, at=at, day=business_date(at), visitor=UUID(int=visitor),
            listing_id=listing_id, shop_id=1,
        )  # fmt: skip
        if kind in (EventKind.VIEWED, EventKind.CARTED):
            self.looks.append((visitor, listing_id, at))


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
        indexer, position = open_index(get_indexes(), rebuild=True, progress=lambda count: None)
        catch_up(indexer, after=position)
        indexer.close()


@pytest.fixture(autouse=True)
def alone(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No index of another test, nothing kept from one."""
    settings.INDEX_ROOT = tmp_path / "index"
    forget_everything(monkeypatch)


@pytest.fixture
def log(any_db: None) -> Log:
    return Log()


@pytest.fixture
def fair(any_db: None, make_shop: Callable[..., ShopContext]) -> Fair:
    load_taxonomy()
    shops = (make_shop("alpha", owner_id=900_001), make_shop("beta", owner_id=900_002))
    return Fair(shops, get_tree(fresh=True).list_tops()[:2])


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)
