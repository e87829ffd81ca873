"""The stock table: counts, deliveries, marks, log, warehouses."""

import pytest
from django.db import transaction

from market.shops.tenancy import enter_shop
from tenants.inventory.contracts import Wanted
from tenants.inventory.selectors import list_movements, list_stock
from tenants.inventory.services import hold_stock
from tests.fixtures.goods import stock_product
from tests.merchant_portal.conftest import count_statements


def level_of(merchant):
    with transaction.atomic(), enter_shop(merchant.shop):
        return list_stock().rows[0]


@pytest.fixture
def offer(merchant):
    return stock_product(merchant.shop, pieces=10)


@pytest.mark.parametrize(("typed", "left"), [("7", 7), ("+5", 15), ("0", 0), ("+0", 10)])
def test_a_number_counts_and_a_plus_receives(typed, left, merchant, offer) -> None:
    level = level_of(merchant)
    said = {"variant": offer.variant_id, f"count-{level.level_id}": typed, "reference": "送货单8"}
    assert merchant.browser.post("/stock/change/", said).status_code == 302
    assert level_of(merchant).on_hand == left
    page = merchant.browser.get("/stock/log/").content.decode()
    assert ("送货单8" in page) is (left != 10)


@pytest.mark.parametrize("typed", ["-1", "many", "1.5", "999999999", "٣"])
def test_what_is_no_count_is_said_beside_its_field(typed, merchant, offer) -> None:
    level = level_of(merchant)
    answer = merchant.browser.post("/stock/change/", {"variant": offer.variant_id, f"count-{level.level_id}": typed})
    if typed == "٣":  # digits of another script are read as people mean them, or refused; never an error page
        assert answer.status_code in (302, 422)
        return
    assert answer.status_code == 422
    assert answer.context["lines"][0].typed == typed
    assert answer.context["lines"][0].wrong
    assert level_of(merchant).on_hand == 10


def test_fewer_than_are_held_cannot_be_counted(merchant, offer, clock) -> None:
    with transaction.atomic(), enter_shop(merchant.shop):
        hold_stock(hold_key="k", wanted=[Wanted(offer.variant_id, 4)], expires_at=None, now=clock.now)
    level = level_of(merchant)
    answer = merchant.browser.post("/stock/change/", {"variant": offer.variant_id, f"count-{level.level_id}": "3"})
    assert answer.status_code == 422
    assert "4 of it" in answer.context["lines"][0].wrong


def test_the_log_says_who_counted(merchant, offer) -> None:
    level = level_of(merchant)
    merchant.browser.post("/stock/change/", {"variant": offer.variant_id, f"count-{level.level_id}": "7"})
    with transaction.atomic(), enter_shop(merchant.shop):
        assert list_movements(limit=1)[0].actor_id == merchant.person.user_id
    rows = merchant.browser.get(f"/stock/log/?variant={offer.variant_id}").context["rows"]
    assert [row.change for row in rows] == ["−3", "+10"]


def test_low_marks_filter_and_count(merchant, offer) -> None:
    merchant.browser.post("/stock/change/", {"set_low": "1", "low_at": "12", "tick": [offer.variant_id]})
    answer = merchant.browser.get("/stock/?low=1")
    assert [line.row.variant_id for line in answer.context["lines"]] == [offer.variant_id]
    assert answer.context["low_stock"] == 1
    merchant.browser.post("/stock/change/", {"set_low": "1", "low_at": "", "tick": [offer.variant_id]})
    assert level_of(merchant).low_at == 12


def test_a_warehouse_is_added_once(merchant, offer) -> None:
    assert merchant.browser.post("/stock/warehouses/", {"name": "北仓", "code": "north"}).status_code == 302
    assert "北仓" in merchant.browser.get("/stock/warehouses/").content.decode()
    for said, field in (
        ({"name": "又一个", "code": "north"}, "code"),
        ({"name": "", "code": "south"}, "name"),
        ({"name": "南仓", "code": "South!"}, "code"),
    ):
        answer = merchant.browser.post("/stock/warehouses/", said)
        assert answer.status_code == 422
        assert answer.context["form"].errors[field]


def test_another_shops_stock_cannot_be_counted(make_merchant) -> None:
    here, there = make_merchant("alpha"), make_merchant("beta")
    offer = stock_product(here.shop, pieces=10)
    level = level_of(here)
    there.browser.post("/stock/change/", {"variant": offer.variant_id, f"count-{level.level_id}": "0"})
    there.browser.post("/stock/change/", {"set_low": "1", "low_at": "99", "tick": [offer.variant_id]})
    assert (level_of(here).on_hand, level_of(here).low_at) == (10, level.low_at)


def test_more_stock_asks_no_more_statements(merchant, offer) -> None:
    one = count_statements(merchant.browser, "/stock/")
    for number in range(8):
        stock_product(merchant.shop, sku=f"S-{number}")
    assert count_statements(merchant.browser, "/stock/") == one
    assert one <= 14
