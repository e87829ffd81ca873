"""The demo's lists by rule: three of the market, two of each shop. What is there already is left alone."""

from collections.abc import Sequence
from datetime import datetime

from market.shops.contracts import ShopContext
from search.collections.contracts import Collection, ListRule
from search.collections.selectors import list_all
from search.collections.services import save_collection
from search.listings.contracts import Sort
from tenants.catalog.contracts import Text

NEW = ListRule(sort=Sort.NEWEST, most=60)
HOT = ListRule(sort=Sort.SALES, most=60)
OF_MARKET = (
    (Text("新品", "New in"), NEW, False),
    (Text("热卖", "Best sellers"), HOT, True),
    (Text("100元以下", "Under ¥100"), ListRule(price_to_minor=9_999, sort=Sort.PRICE_UP), True),
)
OF_SHOP = ((Text("本店新品", "New in this shop"), NEW, False), (Text("本店热卖", "What sells best here"), HOT, False))


def load_lists(shops: Sequence[ShopContext], *, staff_id: int, now: datetime) -> None:
    """Define the lists of who has none yet."""
    _load(None, OF_MARKET, staff_id, now)
    for shop in shops:
        _load(shop.shop_id, OF_SHOP, shop.owner_id, now)


def _load(shop_id: int | None, lists: Sequence[tuple[Text, ListRule, bool]], actor_id: int, now: datetime) -> None:
    if list_all(shop_id=shop_id):
        return
    for place, (title, rule, on_front) in enumerate(lists, start=1):
        collection = Collection(0, shop_id, "", title, rule, on_front=on_front, place=place)
        save_collection(collection=collection, actor_id=actor_id, now=now)
