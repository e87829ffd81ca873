"""Shops with goods, their events delivered by hand, and an index of the test's own."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from market.outbox.contracts import EventEnvelope
from market.outbox.models import Event
from market.shops import selectors as shops
from market.shops.contracts import ShopContext
from market.shops.tenancy import enter_shop
from market.taxonomy.selectors import forget_tree
from search.listings import tasks
from search.listings.engines.chosen import get_indexes
from search.listings.keeping import forget_all
from search.listings.models import Listing
from search.listings.services.indexing import catch_up
from search.listings.services.running import open_index
from tenants.catalog.contracts import OptionDraft, ParameterValue, ProductDraft, ProductStatus, Text, VariantDraft
from tenants.catalog.selectors import get_product_draft
from tenants.catalog.services import create_product, set_product_status, update_product
from tenants.inventory.contracts import StockCount
from tenants.inventory.services import count_stock
from tests.conftest import Clock

_numbers = itertools.count(1)

CONSUMERS = {
    "product.changed": tasks.on_product_changed,
    "product.moderated": tasks.on_product_changed,
    "stock.changed": tasks.on_stock_changed,
    "shop.changed": tasks.on_shop_changed,
}

MUG = ProductDraft(
    title=Text("青釉拼色马克杯", "Celadon mug"),
    subtitle=Text("高岭土"),
    body_html=Text("<p>手工拉坯</p>"),
    brand="青禾窑",
    tags=("手作",),
    parameters=(ParameterValue(Text("材质", "Material"), Text("陶瓷", "Ceramic")),),
    options=(OptionDraft(Text("颜色", "Colour"), (Text("蓝色", "Blue"), Text("红色", "Red"))),),
    variants=(
        VariantDraft("MUG-BLUE", (0,), 6000, compare_at_minor=6800, cost_minor=777_001),
        VariantDraft("MUG-RED", (1,), 6500, cost_minor=777_002),
    ),
    status=ProductStatus.ACTIVE,
    private_notes="CANARY-NOTES",
)


@dataclass
class Goods:
    """What merchants do, and what the house then does by itself."""

    clock: Clock

    def create(self, shop: ShopContext, *, stock: int = 5, **changes: Any) -> int:
        """A mug, or what the changes make of it, with so many pieces of each variant."""
        draft = replace(MUG, **changes)
        number = next(_numbers)
        variants = tuple(replace(variant, sku=f"{variant.sku}-{number}") for variant in draft.variants)
        with transaction.atomic(), enter_shop(shop):
            product_id = create_product(draft=replace(draft, variants=variants), now=self.clock.now)
        self.count(shop, product_id, stock)
        return product_id

    def count(self, shop: ShopContext, product_id: int, pieces: int) -> None:
        with transaction.atomic(), enter_shop(shop):
            variants = get_product_draft(product_id).draft.variants
            counts = [StockCount(variant.variant_id, pieces) for variant in variants]
            count_stock(counts=counts, now=self.clock.now)

    def change(self, shop: ShopContext, product_id: int, **changes: Any) -> None:
        with transaction.atomic(), enter_shop(shop):
            draft = replace(get_product_draft(product_id).draft, **changes)
            update_product(product_id=product_id, draft=draft, now=self.clock.now)

    def set_status(self, shop: ShopContext, product_id: int, status: ProductStatus) -> None:
        with transaction.atomic(), enter_shop(shop):
            set_product_status(product_id=product_id, status=status, now=self.clock.now)

    def deliver(self) -> None:
        """Hand every event that was not handed over yet to its consumer, as the relay does."""
        for event in Event.objects.filter(fanned_out_at=None).order_by("id"):
            if event.kind in CONSUMERS:
                envelope = EventEnvelope(
                    event.pk, event.kind, event.shop_id, event.key, event.payload, event.recorded_at
                )
                CONSUMERS[event.kind]([envelope])
        Event.objects.update(fanned_out_at=self.clock.now)

    def listing_of(self, shop: ShopContext, product_id: int) -> Listing:
        return Listing.objects.get(shop_id=shop.shop_id, product_id=product_id)


@pytest.fixture(autouse=True)
def fresh_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Databases of tests repeat ids and epochs; what an earlier one left is forgotten."""
    monkeypatch.setattr(shops, "_kept", shops._Kept())
    forget_all()
    forget_tree()


@pytest.fixture
def goods(any_db: None, clock: Clock) -> Goods:
    return Goods(clock)


@pytest.fixture
def index_root(settings: Any, tmp_path: Path) -> Path:
    settings.INDEX_ROOT = tmp_path / "index"
    return tmp_path / "index"


@pytest.fixture
def index_now(index_root: Path, any_db: None) -> Iterator[Callable[[], None]]:
    """Index what waits, as the indexer does within a moment."""
    opened: list[Any] = []

    def run() -> None:
        if not opened:
            opened.extend(open_index(get_indexes(), rebuild=False, progress=lambda count: None))
        opened[1] = catch_up(opened[0], after=opened[1])

    yield run
    for indexer in opened[:1]:
        indexer.close()
