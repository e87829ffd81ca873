"""`python -m tests.faults.search_changes prepare | change SEED COUNT | ask SEED COUNT | judge`: a storm over search.

Each runs in a process of its own against the database and the index of the environment, and prints JSON. `change`
makes random changes of products and shops, by the product's own services. `ask` asks fuzzed questions all the while
and counts what must never be among the answers. `judge` compares shops, listings and index when all is quiet.
"""

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import django
from django.db import transaction

import tests.environment  # noqa: F401 - before Django, as pytest loads it

django.setup()

from market.accounts.services import register_person  # noqa: E402
from market.outbox.selectors import get_health  # noqa: E402
from market.shops.contracts import ShopContext, ShopStatus  # noqa: E402
from market.shops.selectors import find_shop_by_slug, get_shop  # noqa: E402
from market.shops.services import WrongStatus, approve_shop, open_shop, suspend_shop  # noqa: E402
from market.shops.tenancy import enter_shop  # noqa: E402
from search.listings.contracts import BadQuery, ListingState, SearchQuery, Sort  # noqa: E402
from search.listings.engines.chosen import get_engine  # noqa: E402
from search.listings.models import Listing, ListingChange  # noqa: E402
from search.listings.selectors import search  # noqa: E402
from search.listings.selectors.reading import find_highest_number  # noqa: E402
from search.listings.services import reconcile_index, reconcile_shops  # noqa: E402
from search.moderation.contracts import BanReason  # noqa: E402
from search.moderation.models import ProductBan  # noqa: E402
from search.moderation.services import AlreadyBanned, NotBanned, ban_product, lift_ban  # noqa: E402
from tenants.catalog.contracts import ProductStatus, Text  # noqa: E402
from tenants.catalog.models import Product, Variant  # noqa: E402
from tenants.catalog.selectors import get_product_draft  # noqa: E402
from tenants.catalog.services import set_product_status, update_product  # noqa: E402
from tenants.catalog.services.events import record_product_changed  # noqa: E402
from tenants.inventory.contracts import StockCount  # noqa: E402
from tenants.inventory.models import StockLevel, StockMovement  # noqa: E402
from tenants.inventory.services import count_stock  # noqa: E402
from tests.fixtures.goods import stock_product  # noqa: E402

OPEN, DARK = ("storm-a", "storm-b", "storm-c"), "storm-dark"
STAFF = 1
MOST_PRODUCTS = 150
SECRET_ZH, SECRET_EN = "绝密禁品", "qzxsecret"
WORDS = ("青釉", "马克杯", "茶壶", "台灯", "mug", "lamp", "usb", "350ml", "TN-2110", "手工", "blue", "键盘")
ODD = ('"', "a:b AND (", "\x00", "-*[", "😀", "'; --", "龘", "\\", "%", "{}", "ＡＢＣ", " ", "|", "~1", "*")
QUIET_SECONDS = 180


def prepare() -> dict:
    """Open shops with a few goods, a shop nobody approved, and goods that are never to be seen."""
    owner = register_person(now=_now(), email="storm@example.com")
    for slug in (*OPEN, DARK):
        shop = open_shop(owner_id=owner.user_id, name_zh=f"风暴{slug[-1]}", name_en=slug, slug=slug, now=_now())
        if slug != DARK:
            approve_shop(shop_id=shop.shop_id, actor_id=STAFF, now=_now())
        title = f"{SECRET_ZH} {SECRET_EN} {slug}"
        status = ProductStatus.ACTIVE if slug == DARK else ProductStatus.DRAFT
        stock_product(shop, sku="SECRET", title=title, status=status, now=_now())
        if slug != DARK:
            banned = stock_product(shop, sku="BANNED", title=f"{title} banned", now=_now())
            _ban(shop, banned.product_id)
    return {"shops": len(OPEN)}


def _now() -> datetime:
    return datetime.now(UTC)


def _ban(shop: ShopContext, product_id: int) -> None:
    ban_product(
        shop_id=shop.shop_id,
        product_id=product_id,
        title=Text("禁品", "banned"),
        reason=BanReason.OTHER,
        note="storm",
        actor_id=STAFF,
        now=_now(),
    )


# ---- Changes ----------------------------------------------------------------------------------------


@dataclass
class Storm:
    """One writer: it changes the products that it made itself."""

    seed: int
    chance: random.Random = field(init=False)
    goods: dict[str, list[int]] = field(init=False)
    done: Counter = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.goods = {slug: [] for slug in OPEN}

    def run(self, count: int) -> dict:
        deeds: list[Callable[[ShopContext, int], None]] = [
            *[self.reprice] * 30,
            *[self.recount] * 30,
            *[self.retitle] * 8,
            *[self.hide] * 6,
            *[self.show] * 8,
            *[self.ban] * 3,
            *[self.lift] * 4,
            *[self.delete] * 2,
        ]
        for number in range(count):
            slug = self.chance.choice(OPEN)
            shop = find_shop_by_slug(slug)
            mine = self.goods[slug]
            if len(mine) < 5 or (len(mine) < MOST_PRODUCTS and self.chance.random() < 0.1):
                self.create(shop, number)
            elif self.chance.random() < 0.002:
                self.close_and_open(shop)
            else:
                deed = self.chance.choice(deeds)
                deed(shop, self.chance.choice(mine))
                self.done[deed.__name__] += 1
        return dict(self.done)

    def title(self) -> str:
        return " ".join(self.chance.sample(WORDS, 3))

    def create(self, shop: ShopContext, number: int) -> None:
        sku = f"S{self.seed}-{number}"
        offer = stock_product(
            shop, sku=sku, title=self.title(), pieces=3, price_minor=self.chance.randint(1, 9) * 100, now=_now()
        )
        self.goods[shop.slug].append(offer.product_id)
        self.done["create"] += 1

    def reprice(self, shop: ShopContext, product_id: int) -> None:
        with transaction.atomic(), enter_shop(shop):
            draft = get_product_draft(product_id).draft
            price = self.chance.randint(1, 999) * 10
            variants = tuple(replace(variant, price_minor=price) for variant in draft.variants)
            update_product(product_id=product_id, draft=replace(draft, variants=variants), now=_now())

    def retitle(self, shop: ShopContext, product_id: int) -> None:
        with transaction.atomic(), enter_shop(shop):
            draft = get_product_draft(product_id).draft
            update_product(product_id=product_id, draft=replace(draft, title=Text(self.title())), now=_now())

    def recount(self, shop: ShopContext, product_id: int) -> None:
        with transaction.atomic(), enter_shop(shop):
            variants = get_product_draft(product_id).draft.variants
            pieces = self.chance.choice((0, 1, 5, 30))
            count_stock(counts=[StockCount(row.variant_id, pieces) for row in variants if row.variant_id], now=_now())

    def hide(self, shop: ShopContext, product_id: int) -> None:
        self._set(shop, product_id, self.chance.choice((ProductStatus.DRAFT, ProductStatus.ARCHIVED)))

    def show(self, shop: ShopContext, product_id: int) -> None:
        self._set(shop, product_id, ProductStatus.ACTIVE)

    def _set(self, shop: ShopContext, product_id: int, status: ProductStatus) -> None:
        with transaction.atomic(), enter_shop(shop):
            set_product_status(product_id=product_id, status=status, now=_now())

    def ban(self, shop: ShopContext, product_id: int) -> None:
        try:
            _ban(shop, product_id)
        except AlreadyBanned:
            self.done["banned already"] += 1

    def lift(self, shop: ShopContext, product_id: int) -> None:
        try:
            lift_ban(shop_id=shop.shop_id, product_id=product_id, actor_id=STAFF, now=_now())
        except NotBanned:
            self.done["not banned"] += 1

    def delete(self, shop: ShopContext, product_id: int) -> None:
        """No service deletes a product; a shop that is restored or emptied does, and says so."""
        with transaction.atomic(), enter_shop(shop):
            ids = list(Variant.objects.filter(product_id=product_id).values_list("pk", flat=True))
            for kept in (StockMovement, StockLevel):
                kept.objects.filter(variant_id__in=ids).delete()
            Product.objects.filter(pk=product_id).delete()
            record_product_changed(product_id=product_id, now=_now())
        self.goods[shop.slug].remove(product_id)

    def close_and_open(self, shop: ShopContext) -> None:
        """Suspended for a moment. Another writer may have done so at the same time."""
        try:
            suspend_shop(shop_id=shop.shop_id, actor_id=STAFF, reason="storm", now=_now())
            time.sleep(self.chance.uniform(0, 0.5))
            approve_shop(shop_id=shop.shop_id, actor_id=STAFF, now=_now())
        except WrongStatus:
            self.done["decided meanwhile"] += 1
        self.done["close_and_open"] += 1


# ---- Questions ---------------------------------------------------------------------------------------


def ask(seed: int, count: int) -> dict:
    """Fuzzed questions: which answers held what is private, and which question was not answered."""
    chance = random.Random(seed)
    dark = find_shop_by_slug(DARK).shop_id
    tally: Counter = Counter(asked=0, leaked=0, failed=0, fell_back=0, refused=0)
    for _ in range(count):
        tally["asked"] += 1
        try:
            page = search(_draw_query(chance))
        except BadQuery:
            tally["refused"] += 1
            continue
        tally["fell_back"] += page.did_fall_back
        tally["leaked"] += sum(
            card.shop.shop_id == dark or SECRET_ZH in card.title.zh or SECRET_EN in card.title.en for card in page.hits
        )
    return dict(tally)


def _draw_query(chance: random.Random) -> SearchQuery:
    parts = chance.choices(
        (*WORDS, *ODD, SECRET_ZH, SECRET_EN, "绝密", "SECRET", "BANNED", "风暴d"), k=chance.randint(0, 4)
    )
    words = chance.choice(("", " ")).join(parts)[: chance.randint(1, 100)]
    return SearchQuery(
        words=words,
        sort=chance.choice(list(Sort)),
        in_stock=chance.random() < 0.2,
        price_to_minor=chance.choice((None, None, 500, 10**6)),
        size=chance.choice((1, 24, 60)),
        page=chance.choice((1, 1, 1, 2)),
        with_facets=chance.random() < 0.3,
    )


# ---- Judging -----------------------------------------------------------------------------------------


def judge() -> dict:
    """When nothing waits any more: what is lost, stale or a ghost, in the listings and in the index."""
    waited = _wait_until_quiet()
    truth = _list_truth()
    shown = {(row.shop_id, row.product_id): row for row in Listing.objects.filter(state=ListingState.SHOWN.value)}
    position = find_highest_number()
    index = reconcile_index(engine=get_engine(), position=position)
    again = reconcile_shops(now=_now())
    return {
        "waited": waited,
        "shown": len(shown),
        "lost": len(truth - shown.keys()) + len(index.lost),
        "ghosts": len(shown.keys() - truth) + len(index.ghosts),
        "stale": len(again.stale) + len(index.stale),
        "others": len(again.lost) + len(again.ghosts),
        "bans": ProductBan.objects.filter(lifted_at=None).count(),
        "parked": get_health(now=_now()).parked,
    }


def _wait_until_quiet() -> bool:
    until = time.monotonic() + QUIET_SECONDS
    while time.monotonic() < until:
        waiting = get_health(now=_now()).waiting + ListingChange.objects.filter(change_no=None).count()
        if not waiting and _index_is_level():
            return True
        time.sleep(0.3)
    return False


def _index_is_level() -> bool:
    rows = Listing.objects.filter(state=ListingState.SHOWN.value).values_list("pk", "version")
    return dict(get_engine().list_versions()) == dict(rows)


def _list_truth() -> set[tuple[int, int]]:
    """What must be shown, read from the shops themselves."""
    banned = set(ProductBan.objects.filter(lifted_at=None).values_list("shop_id", "product_id"))
    found = set()
    for slug in (*OPEN, DARK):
        shop = get_shop(find_shop_by_slug(slug).shop_id)
        if shop.status is not ShopStatus.OPEN:
            continue
        with transaction.atomic(), enter_shop(shop):
            active = Product.objects.filter(status=ProductStatus.ACTIVE.value).values_list("pk", flat=True)
            found |= {(shop.shop_id, pk) for pk in active}
    return found - banned


def main(arguments: list[str]) -> dict:
    match arguments:
        case ["prepare"]:
            return prepare()
        case ["change", seed, count]:
            return Storm(int(seed)).run(int(count))
        case ["ask", seed, count]:
            return ask(int(seed), int(count))
        case ["judge"]:
            return judge()
    raise SystemExit(__doc__)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
