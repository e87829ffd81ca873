"""A merchant gets a shop at once; staff let it be seen and take it away."""

import re

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from market.shops.contracts import HostKind, Role, ShopStatus
from market.shops.fleet import count_tenant_tables
from market.shops.models import PooledSchema
from market.shops.selectors import (
    find_membership,
    list_memberships,
    list_open_shops,
    read_epochs,
    resolve_host,
)
from market.shops.services import (
    BadShopName,
    NoSchemaReady,
    SlugTaken,
    WrongStatus,
    approve_shop,
    open_shop,
    suspend_shop,
    update_shop_profile,
)

DDL = re.compile(r"\b(CREATE|ALTER|DROP|GRANT|TRUNCATE)\b", re.I)


def _open(clock, slug="qinghe", owner_id=5, name_zh="青禾窑"):
    return open_shop(owner_id=owner_id, name_zh=name_zh, name_en="Qinghe Kiln", slug=slug, now=clock.now)


def test_opening_a_shop_runs_no_ddl_and_gives_every_table(db, clock):
    with CaptureQueriesContext(connection) as captured:
        shop = _open(clock)
    assert not [query["sql"] for query in captured if DDL.search(query["sql"])]
    assert count_tenant_tables(shop.schema) >= 10
    assert re.fullmatch(r"m_\d{6}", shop.schema), "no name of a shop in a schema's name"


def test_a_new_shop_waits_for_staff_and_its_owner_is_in_at_once(db, clock):
    shop = _open(clock)
    assert shop.status is ShopStatus.APPLIED and shop.mark == "窑"
    membership = find_membership(user_id=5, shop_id=shop.shop_id)
    assert membership is not None and membership.role is Role.OWNER
    assert [item.shop_id for item, _ in list_memberships(5)] == [shop.shop_id]
    assert shop.shop_id not in [item.shop_id for item in list_open_shops()]


def test_a_suspended_shop_is_gone_at_once_and_can_come_back(db, clock):
    shop = _open(clock)
    approve_shop(shop_id=shop.shop_id, actor_id=1, now=clock.now)
    assert [item.shop_id for item in list_open_shops()] == [shop.shop_id]
    suspend_shop(shop_id=shop.shop_id, actor_id=1, reason="papers", now=clock.now)
    assert list_open_shops() == []
    approve_shop(shop_id=shop.shop_id, actor_id=1, now=clock.now)
    assert len(list_open_shops()) == 1
    with pytest.raises(WrongStatus):
        approve_shop(shop_id=shop.shop_id, actor_id=1, now=clock.now)


def test_a_shop_answers_at_its_own_host_and_strangers_do_not(db, clock, settings):
    shop = _open(clock)
    found = resolve_host(f"QINGHE.{settings.MARKET_HOST}")
    assert found is not None and found.kind is HostKind.SHOP and found.shop is not None
    assert found.shop.shop_id == shop.shop_id
    for host, kind in ((settings.MARKET_HOST, HostKind.MARKET), (settings.PORTAL_HOST, HostKind.PORTAL)):
        assert resolve_host(host).kind is kind
    assert resolve_host("evil.example") is None


def test_hosts_are_read_once_while_nothing_changes(db, clock, settings):
    _open(clock)
    epochs = read_epochs()
    resolve_host(settings.MARKET_HOST, epochs=epochs)
    with CaptureQueriesContext(connection) as captured:
        resolve_host(settings.MARKET_HOST, epochs=epochs)
    assert len(captured) == 0


@pytest.mark.parametrize("slug", ["", "ab", "Ünï", "portal", "-abc", "a--b", "9lives", "x" * 41, "a b", "a.b"])
def test_a_bad_address_is_refused(db, clock, slug):
    with pytest.raises(BadShopName) as error:
        _open(clock, slug=slug)
    assert error.value.field == "slug"


def test_an_address_is_given_once_and_the_schema_goes_back(db, clock):
    _open(clock)
    spare = PooledSchema.objects.filter(claimed_at__isnull=True).count()
    with pytest.raises(SlugTaken):
        _open(clock, owner_id=6)
    assert PooledSchema.objects.filter(claimed_at__isnull=True).count() == spare


def test_an_empty_pool_says_so(db, clock):
    PooledSchema.objects.update(claimed_at=clock.now)
    with pytest.raises(NoSchemaReady):
        _open(clock)


def test_a_profile_needs_a_name_and_moves_the_epoch(db, clock):
    shop = _open(clock)
    before = read_epochs().shops
    changed = update_shop_profile(
        shop_id=shop.shop_id, actor_id=5, name_zh="新 名", name_en="", intro_zh="好碗", intro_en="", now=clock.now
    )
    assert changed.name.best("en") == "新 名" and read_epochs().shops > before
    with pytest.raises(BadShopName):
        update_shop_profile(
            shop_id=shop.shop_id, actor_id=5, name_zh="\n", name_en=" ", intro_zh="", intro_en="", now=clock.now
        )


def test_the_application_role_cannot_make_tables(db):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE public.not_allowed (id int)")
