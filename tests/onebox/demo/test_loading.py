"""Loading goes through the services, can be broken off anywhere, and a second time changes nothing."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from market.accounts.contracts import StaffRole
from market.accounts.selectors import find_user_by_phone, list_addresses
from market.shops.contracts import ShopContext, ShopStatus
from market.shops.selectors import list_memberships
from market.shops.tenancy import enter_shop
from onebox.demo import loading
from onebox.demo.catalogue import DemoShop, build_catalogue
from onebox.demo.loading import UnknownCategory, load_all
from onebox.demo.people import MERCHANTS, SHOPPERS, STAFF
from search.listings.models import Listing
from tenants.catalog.selectors import list_product_ids, list_product_sheets
from tenants.inventory.models import StockLevel, StockMovement
from tests.conftest import Clock


def _some(count: int = 3) -> list[DemoShop]:
    """Two shops of the owner of two, with a few products each."""
    shops = {shop.slug: shop for shop in build_catalogue()}
    return [replace(shops[slug], products=shops[slug].products[:count]) for slug in ("qinghe", "taishang")]


def _rows(contexts: Sequence[ShopContext]) -> list[Any]:
    found: list[Any] = [
        list(Listing.objects.order_by("pk").values_list("pk", "shop_id", "product_id", "state", "digest"))
    ]
    for context in contexts:
        with transaction.atomic(), enter_shop(context):
            found.append(list_product_sheets(list_product_ids()))
            found.append(list(StockLevel.objects.order_by("pk").values_list("pk", "variant_id", "on_hand", "held")))
            found.append(StockMovement.objects.count())
    return found


def _quiet(label: str, done: int, total: int) -> None:
    assert 0 <= done <= total


@pytest.fixture(autouse=True)
def media_folder(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_a_second_load_changes_no_row(db: None, clock: Clock) -> None:
    first = load_all(_some(), now=clock.now, progress=_quiet)
    before = _rows(first)
    again = load_all(_some(), now=clock.move(hours=5), progress=_quiet)
    assert [context.shop_id for context in again] == [context.shop_id for context in first]
    assert _rows(again) == before
    assert len(before[0]) == 6


def test_a_load_that_was_broken_off_is_finished(db: None, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "CHUNK", 1)

    def stop(label: str, done: int, total: int) -> None:
        if label == "goods" and done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_all(_some(), now=clock.now, progress=stop)
    contexts = load_all(_some(), now=clock.move(minutes=1), progress=_quiet)
    assert [len(rows) for rows in _rows(contexts)[1::3]] == [3, 3]
    assert Listing.objects.count() == 6


def test_the_goods_arrive_as_they_were_written(db: None, clock: Clock, media_folder: Path) -> None:
    shops = _some()
    contexts = load_all(shops, now=clock.now, progress=_quiet)
    assert all(context.status is ShopStatus.OPEN for context in contexts)
    for shop, context in zip(shops, contexts, strict=True):
        assert context.intro.zh == shop.intro.zh
        with transaction.atomic(), enter_shop(context):
            sheets = {sheet.handle: sheet for sheet in list_product_sheets(list_product_ids())}
            stock = dict(StockLevel.objects.values_list("variant_id", "on_hand"))
        for product in shop.products:
            sheet = sheets[product.handle]
            assert (sheet.title, sheet.options) == (product.title, product.options)
            assert len(sheet.pictures) == len(product.pictures)
            assert {v.sku: stock[v.variant_id] for v in sheet.variants} == {v.sku: v.on_hand for v in product.variants}
    assert len(list(media_folder.rglob("*.svg"))) == sum(len(p.pictures) for shop in shops for p in shop.products)


def test_everybody_can_sign_in_and_owns_what_is_theirs(db: None, clock: Clock) -> None:
    load_all(_some(1), now=clock.now, progress=_quiet)
    owner = find_user_by_phone(MERCHANTS[0].phone)
    shopper = find_user_by_phone(SHOPPERS[0].phone)
    staff = find_user_by_phone(STAFF[0].phone)
    assert owner and shopper and staff
    assert {shop.slug for shop, _ in list_memberships(owner.pk)} == {"qinghe", "taishang"}
    assert len(list_addresses(shopper.pk)) == len(SHOPPERS[0].addresses)
    assert staff.staff_role == StaffRole.ADMIN.value


def test_a_category_that_is_not_in_the_taxonomy_stops_the_load(db: None, clock: Clock) -> None:
    (shop, _) = _some(1)
    lost = replace(shop, products=(replace(shop.products[0], category="zeppelins"),))
    with pytest.raises(UnknownCategory, match="zeppelins"):
        load_all([lost], now=clock.now, progress=_quiet)
