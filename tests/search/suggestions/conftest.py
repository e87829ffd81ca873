"""Listings straight in the table, as copying leaves them: suggestions follow only these."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from market.shops.contracts import ShopContext
from search.listings.contracts import ListingCategory, ListingState
from search.listings.models import Listing
from search.listings.services.copying import mark_changed
from search.listings.services.rows import make_row
from search.suggestions.contracts import Suggestion
from search.suggestions.selectors import suggest
from search.suggestions.services import catch_up
from tenants.catalog.contracts import Text
from tests.conftest import Clock
from tests.search.listings.making import make_listing
from tests.search.listings.making import make_shop as make_listing_shop

TABLEWARE = ListingCategory(101, "tableware", Text("餐具茶器", "Tableware"))
MUGS = ListingCategory(102, "mugs", Text("马克杯", "Mugs"))
DIGITAL = ListingCategory(103, "digital", Text("数码", "Digital"))
PHONES = ListingCategory(104, "phones", Text("手机", "Mobile phones"))


@dataclass
class Market:
    """Listings of some shops, and what is suggested of them."""

    now: datetime
    shops: dict[str, ShopContext]
    _numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    def put(
        self,
        zh: str = "",
        en: str = "",
        *,
        shop: str = "alpha",
        path: tuple[ListingCategory, ...] = (TABLEWARE, MUGS),
        brand: str = "",
        sold: int = 0,
        state: ListingState = ListingState.SHOWN,
        over: Listing | None = None,
    ) -> Listing:
        """A listing, new or over an old one."""
        shop_id = self.shops[shop].shop_id
        product_id = over.product_id if over else next(self._numbers)
        document = make_listing(
            product_id,
            shop=replace(make_listing_shop(1), shop_id=shop_id),
            title=Text(zh, en),
            category_path=path,
            brand=brand,
        )
        shown = document if state is ListingState.SHOWN else None
        row = make_row(shop_id, product_id, state, shown, old=over, source_version=1, now=self.now)
        row.sold_30d = sold
        row.pk = over.pk if over else None
        row.save()
        mark_changed([row.pk])
        return row

    def put_many(self, times: int, zh: str = "", en: str = "", **more: object) -> list[Listing]:
        return [self.put(zh, en, **more) for _ in range(times)]

    def hide(self, row: Listing) -> Listing:
        shop = next(name for name, shop in self.shops.items() if shop.shop_id == row.shop_id)
        return self.put(shop=shop, over=row, state=ListingState.HIDDEN)

    def suggest(self, typed: str, language: str = "zh", **more: object) -> list[Suggestion]:
        return suggest(typed, language=language, **more)

    def texts(self, typed: str, language: str = "zh") -> list[str]:
        """What is suggested once everything that waits was counted."""
        catch_up()
        return [suggestion.text for suggestion in self.suggest(typed, language)]


@pytest.fixture
def market(any_db, make_shop: Callable[..., ShopContext], clock: Clock) -> Market:
    names = ("alpha", "beta")
    return Market(clock.now, {name: make_shop(name, owner_id=900_001 + n) for n, name in enumerate(names)})
