"""The shops of the storm: some open, one that nobody approved, and in each something that is never to be seen."""

from datetime import UTC, datetime

from market.accounts.services import register_person
from market.shops.contracts import ShopContext
from market.shops.services import approve_shop, open_shop
from search.moderation.contracts import BanReason
from search.moderation.services import ban_product
from tenants.catalog.contracts import ProductStatus, Text
from tests.fixtures.goods import stock_product

OPEN, DARK = ("storm-a", "storm-b", "storm-c"), "storm-dark"
STAFF = 1
SECRET_ZH, SECRET_EN = "绝密禁品", "qzxsecret"
WORDS = ("青釉", "马克杯", "茶壶", "台灯", "mug", "lamp", "usb", "350ml", "TN-2110", "手工", "blue", "键盘")


def prepare() -> dict[str, int]:
    """Open the shops, with a draft and a banned product in each that is open, and goods on sale in the dark one."""
    owner = register_person(now=read_clock(), email="storm@example.com")
    for slug in (*OPEN, DARK):
        shop = open_shop(owner_id=owner.user_id, name_zh=f"风暴{slug[-1]}", name_en=slug, slug=slug, now=read_clock())
        if slug != DARK:
            approve_shop(shop_id=shop.shop_id, actor_id=STAFF, now=read_clock())
        title = f"{SECRET_ZH} {SECRET_EN} {slug}"
        status = ProductStatus.ACTIVE if slug == DARK else ProductStatus.DRAFT
        stock_product(shop, sku="SECRET", title=title, status=status, now=read_clock())
        if slug != DARK:
            banned = stock_product(shop, sku="BANNED", title=f"{title} banned", now=read_clock())
            ban(shop, banned.product_id)
    return {"shops": len(OPEN)}


def read_clock() -> datetime:
    return datetime.now(UTC)


def ban(shop: ShopContext, product_id: int) -> None:
    ban_product(
        shop_id=shop.shop_id,
        product_id=product_id,
        title=Text("禁品", "banned"),
        reason=BanReason.OTHER,
        note="storm",
        actor_id=STAFF,
        now=read_clock(),
    )
