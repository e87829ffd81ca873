"""A writer: random changes of the products that it made itself, up to so many in one transaction."""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from django.db import transaction

from market.outbox.selectors import get_health
from market.shops.contracts import ShopContext
from market.shops.selectors import find_shop_by_slug
from market.shops.services import WrongStatus, approve_shop, suspend_shop
from market.shops.tenancy import enter_shop
from search.moderation.services import AlreadyBanned, NotBanned, lift_ban
from tenants.catalog.contracts import BulkChange, BulkKind, ProductStatus, Text
from tenants.catalog.models import Product, Variant
from tenants.catalog.selectors import get_product_draft
from tenants.catalog.services import bulk_change, set_product_status, update_product
from tenants.catalog.services.events import record_product_changed
from tenants.inventory.contracts import StockCount
from tenants.inventory.models import StockLevel, StockMovement
from tenants.inventory.services import count_stock
from tests.faults.search_storm.goods import OPEN, SECRET_EN, STAFF, WORDS, ban, read_clock
from tests.fixtures.goods import stock_product

MOST_PRODUCTS = 150
MOST_AT_ONCE = 25
_LOOK_SECONDS = 0.2


class TakenBack(Exception):
    """The transaction is rolled back: nothing of it may ever be seen."""


@dataclass
class Writer:
    """One writer, the same for the same seed but for what other writers do to the shops.

    It waits while more than `most_waiting` deliveries do, so that changes are carried out a few at a time and not all
    at the end, when many would be one.
    """

    seed: int
    most_waiting: int
    chance: random.Random = field(init=False)
    goods: dict[str, list[int]] = field(init=False)
    done: Counter[str] = field(default_factory=Counter)
    _looked_at: float = 0.0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.goods = {slug: [] for slug in OPEN}

    def run(self, count: int) -> dict[str, int]:
        """Make so many changes; what was taken back is not one."""
        made = 0
        while made < count:
            self._wait_for_relay()
            shop = find_shop_by_slug(self.chance.choice(OPEN))
            mine, draw = self.goods[shop.slug], self.chance.random()
            if len(mine) < 5 or (len(mine) < MOST_PRODUCTS and draw < 0.25):
                made += self.create(shop)
            elif draw < 0.26:
                made += self.close_and_open(shop)
            elif draw < 0.5:
                made += self.judge(shop)
            else:
                made += self.change(shop, min(MOST_AT_ONCE, count - made))
        return {**self.done, "made": made}

    def _wait_for_relay(self) -> None:
        if time.monotonic() - self._looked_at < _LOOK_SECONDS:
            return
        while get_health(now=read_clock()).waiting > self.most_waiting:
            self.done["waited"] += 1
            time.sleep(_LOOK_SECONDS)
        self._looked_at = time.monotonic()

    def create(self, shop: ShopContext) -> int:
        self.done["create"] += 1
        offer = stock_product(
            shop,
            sku=f"S{self.seed}-{self.done['create']}",
            title=self._draw_title(),
            pieces=3,
            price_minor=self.chance.randint(1, 9) * 100,
            private_notes=SECRET_EN,
            now=read_clock(),
        )
        self.goods[shop.slug].append(offer.product_id)
        return 1

    def close_and_open(self, shop: ShopContext) -> int:
        """Suspended for a moment. Another writer may have done so at the same time."""
        self.done["close_and_open"] += 1
        with suppress(WrongStatus):
            suspend_shop(shop_id=shop.shop_id, actor_id=STAFF, reason="storm", now=read_clock())
            time.sleep(self.chance.uniform(0, 0.5))
            approve_shop(shop_id=shop.shop_id, actor_id=STAFF, now=read_clock())
        return 1

    def judge(self, shop: ShopContext) -> int:
        """Ban a product, or let one back."""
        product_id = self.chance.choice(self.goods[shop.slug])
        with suppress(AlreadyBanned, NotBanned):
            if self.chance.random() < 0.4:
                ban(shop, product_id)
                self.done["ban"] += 1
            else:
                lift_ban(shop_id=shop.shop_id, product_id=product_id, actor_id=STAFF, now=read_clock())
                self.done["lift"] += 1
            return 1
        return 0

    def change(self, shop: ShopContext, most: int) -> int:
        """Different things to several products in one transaction, which is sometimes taken back at its end."""
        mine = self.goods[shop.slug]
        deeds: dict[Callable[[Sequence[int]], None], list[int]] = defaultdict(list)
        for product_id in self.chance.sample(mine, self.chance.randint(1, min(most, len(mine)))):
            deeds[self._draw_deed()].append(product_id)
        try:
            with transaction.atomic(durable=True), enter_shop(shop):
                for deed, product_ids in deeds.items():
                    deed(product_ids)
                if self.chance.random() < 0.03:
                    raise TakenBack
        except TakenBack:
            self.done["taken back"] += 1
            return 0
        for deed, product_ids in deeds.items():
            self.done[deed.__name__] += len(product_ids)
        for product_id in deeds.get(self.delete, ()):
            mine.remove(product_id)
        return sum(map(len, deeds.values()))

    def _draw_deed(self) -> Callable[[Sequence[int]], None]:
        shares = {self.reprice: 30, self.recount: 30, self.retitle: 6, self.hide: 6, self.show: 8, self.delete: 2}
        return self.chance.choices(list(shares), list(shares.values()))[0]

    def reprice(self, product_ids: Sequence[int]) -> None:
        change = BulkChange(BulkKind.SET_PRICE, amount=self.chance.randint(1, 999) * 10)
        bulk_change(change=change, product_ids=product_ids, actor_id=STAFF, now=read_clock())

    def recount(self, product_ids: Sequence[int]) -> None:
        pieces = self.chance.choice((0, 1, 5, 30))
        variant_ids = Variant.objects.filter(product_id__in=product_ids).values_list("pk", flat=True)
        count_stock(counts=[StockCount(pk, pieces) for pk in variant_ids], now=read_clock())

    def retitle(self, product_ids: Sequence[int]) -> None:
        for product_id in product_ids:
            draft = replace(get_product_draft(product_id).draft, title=Text(self._draw_title()))
            update_product(product_id=product_id, draft=draft, now=read_clock())

    def hide(self, product_ids: Sequence[int]) -> None:
        self._set_status(product_ids, self.chance.choice((ProductStatus.DRAFT, ProductStatus.ARCHIVED)))

    def show(self, product_ids: Sequence[int]) -> None:
        self._set_status(product_ids, ProductStatus.ACTIVE)

    def delete(self, product_ids: Sequence[int]) -> None:
        """No service deletes a product; a shop that is restored or emptied does, and says so."""
        ids = list(Variant.objects.filter(product_id__in=product_ids).values_list("pk", flat=True))
        for kept in (StockMovement, StockLevel):
            kept.objects.filter(variant_id__in=ids).delete()
        Product.objects.filter(pk__in=product_ids).delete()
        for product_id in product_ids:
            record_product_changed(product_id=product_id, now=read_clock())

    def _set_status(self, product_ids: Sequence[int], status: ProductStatus) -> None:
        for product_id in product_ids:
            set_product_status(product_id=product_id, status=status, now=read_clock())

    def _draw_title(self) -> str:
        return " ".join(self.chance.sample(WORDS, 3))
