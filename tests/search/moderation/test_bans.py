"""A banned product is off the market, of its shop only, until the ban is lifted."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from market.audit.contracts import ActorKind
from market.audit.selectors import list_entries
from market.shops.contracts import ShopContext
from search.listings.contracts import ListingState
from search.listings.services import reconcile_shops
from search.moderation.contracts import LONGEST_NOTE, BanReason
from search.moderation.models import ProductBan
from search.moderation.selectors import find_ban, list_banned_products, list_bans, list_shop_bans
from search.moderation.services import AlreadyBanned, BadNote, NotBanned, ban_product, lift_ban
from tenants.catalog.contracts import Text
from tests.conftest import Clock
from tests.search.listings.conftest import Goods

STAFF = 41


def ban(
    shop: ShopContext, product_id: int, clock: Clock, *, note: str = "No licence for it.", actor: int = STAFF
) -> int:
    return ban_product(
        shop_id=shop.shop_id,
        product_id=product_id,
        title=Text("马克杯", "Mug"),
        reason=BanReason.PROHIBITED,
        note=note,
        actor_id=actor,
        now=clock.now,
    )


def test_a_banned_product_is_hidden_and_comes_back(goods: Goods, shop_a: ShopContext, clock: Clock) -> None:
    product_id, other = goods.create(shop_a), goods.create(shop_a)
    goods.deliver()
    ban(shop_a, product_id, clock)
    goods.deliver()
    row = goods.listing_of(shop_a, product_id)
    assert (row.state, row.document, row.words) == (ListingState.HIDDEN.value, {}, [])
    assert goods.listing_of(shop_a, other).state == ListingState.SHOWN.value
    goods.count(shop_a, product_id, 50)
    goods.deliver()
    reconcile_shops(now=clock.now)
    assert goods.listing_of(shop_a, product_id).state == ListingState.HIDDEN.value, "news of it does not bring it back"
    lift_ban(shop_id=shop_a.shop_id, product_id=product_id, actor_id=STAFF, now=clock.now)
    goods.deliver()
    assert goods.listing_of(shop_a, product_id).state == ListingState.SHOWN.value


def test_a_ban_is_of_one_shop(goods: Goods, shop_a: ShopContext, shop_b: ShopContext, clock: Clock) -> None:
    ban(shop_a, 7, clock)
    assert list_banned_products(shop_id=shop_a.shop_id, product_ids=[6, 7]) == {7}
    assert list_banned_products(shop_id=shop_b.shop_id, product_ids=[6, 7]) == frozenset()
    assert set(list_shop_bans(shop_a.shop_id)) == {7} and not list_shop_bans(shop_b.shop_id)
    assert find_ban(shop_id=shop_b.shop_id, product_id=7) is None
    with pytest.raises(NotBanned):
        lift_ban(shop_id=shop_b.shop_id, product_id=7, actor_id=STAFF, now=clock.now)


def test_it_says_who_and_why_and_is_in_the_trail(shop_a: ShopContext, clock: Clock) -> None:
    ban_id = ban(shop_a, 7, clock, note="  No licence. ")
    found = find_ban(shop_id=shop_a.shop_id, product_id=7)
    assert found is not None and list_bans(limit=5) == [found] and not list_bans(limit=5, before_id=ban_id)
    assert (found.ban_id, found.note, found.banned_by, found.title) == (
        ban_id,
        "No licence.",
        STAFF,
        Text("马克杯", "Mug"),
    )
    lift_ban(shop_id=shop_a.shop_id, product_id=7, actor_id=STAFF + 1, now=clock.now)
    lifted, banned = list_entries(shop_id=shop_a.shop_id)[:2]
    assert (banned.action, banned.actor_id, banned.actor_kind) == ("product.banned", STAFF, ActorKind.STAFF)
    assert (lifted.action, lifted.actor_id, lifted.target_id) == ("product.ban_lifted", STAFF + 1, "7")


def test_twice_is_once(shop_a: ShopContext, clock: Clock) -> None:
    ban(shop_a, 7, clock)
    with pytest.raises(AlreadyBanned):
        ban(shop_a, 7, clock, note="Another reason.")
    lift_ban(shop_id=shop_a.shop_id, product_id=7, actor_id=STAFF, now=clock.now)
    with pytest.raises(NotBanned):
        lift_ban(shop_id=shop_a.shop_id, product_id=7, actor_id=STAFF, now=clock.now)
    ban(shop_a, 7, clock)
    assert ProductBan.objects.count() == 2, "the lifted one stays as history"


@pytest.mark.parametrize("note", ["", "   ", "x" * (LONGEST_NOTE + 1)])
def test_a_ban_must_say_why(shop_a: ShopContext, clock: Clock, note: str) -> None:
    with pytest.raises(BadNote):
        ban(shop_a, 7, clock, note=note)
    assert not ProductBan.objects.exists()


def test_of_many_at_once_one_bans(committed_db: None, make_shop, clock: Clock) -> None:
    shop = make_shop("banned")

    def attempt(actor: int) -> bool:
        try:
            ban(shop, 7, clock, actor=actor)
        except AlreadyBanned:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(attempt, range(1, 17)))
    assert done.count(True) == 1
    assert [line.action for line in list_entries(shop_id=shop.shop_id)].count("product.banned") == 1
