"""The table of goods: tabs, filters, paging, changes to many, export."""

import pytest

from tenants.catalog.contracts import ProductStatus
from tests.fixtures.goods import stock_product
from tests.merchant_portal.conftest import count_statements


@pytest.fixture
def goods(merchant):
    shop = merchant.shop
    return [
        stock_product(shop, sku="MUG-1", title="马克杯", price_minor=2_000),
        stock_product(shop, sku="TEA-1", title="明前龙井", price_minor=9_000, pieces=0),
        stock_product(shop, sku="POT-1", title="紫砂壶", price_minor=30_000, status=ProductStatus.DRAFT),
    ]


def rows_of(answer) -> list[str]:
    return [item["row"].title.zh for item in answer.context["rows"]]


def test_tabs_count_and_filter(merchant, goods) -> None:
    answer = merchant.browser.get("/products/?status=draft")
    assert rows_of(answer) == ["紫砂壶"]
    assert [tab.count for tab in answer.context["tabs"]] == [3, 2, 1, 0, 0]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=龙井", ["明前龙井"]),
        ("q=POT-1", ["紫砂壶"]),
        ("from=50&to=100", ["明前龙井"]),
        ("sort=price", ["马克杯", "明前龙井", "紫砂壶"]),
        ("sort=-price", ["紫砂壶", "明前龙井", "马克杯"]),
        ("from=abc&sort=nothing&category=x&status=y", ["紫砂壶", "明前龙井", "马克杯"]),
        ("q=nothing-like-it", []),
    ],
)
def test_search_filters_and_sort(query, found, merchant, goods) -> None:
    answer = merchant.browser.get(f"/products/?{query}")
    assert answer.status_code == 200
    assert rows_of(answer) == found


def test_a_cursor_that_is_not_ours_is_not_found(merchant, goods) -> None:
    assert merchant.browser.get("/products/?after=nonsense").status_code == 404


def test_pages_follow_by_cursor(merchant) -> None:
    for number in range(33):
        stock_product(merchant.shop, sku=f"S-{number}", title=f"商品{number}", pieces=0)
    first = merchant.browser.get("/products/")
    second = merchant.browser.get("/products/", {"after": first.context["next_cursor"]})
    assert (len(rows_of(first)), len(rows_of(second))) == (30, 3)
    assert not set(rows_of(first)) & set(rows_of(second))


def test_a_longer_list_asks_no_more_statements(merchant) -> None:
    stock_product(merchant.shop, sku="ONE")
    one = _count_when_known(merchant.browser)
    for number in range(12):
        stock_product(merchant.shop, sku=f"S-{number}")
    assert _count_when_known(merchant.browser) == one
    assert one <= 16


def _count_when_known(browser) -> int:
    """What the list asks once this process knows the shops anew: that depends on who asked before."""
    browser.get("/products/")
    return count_statements(browser, "/products/")


def test_ticked_goods_change_together_and_back_again(merchant, goods) -> None:
    ids = [str(offer.product_id) for offer in goods[:2]]
    answer = merchant.browser.post(
        "/products/change/", {"tick": ids, "set_status": "draft", "back": "/products/?status=active"}, follow=True
    )
    assert answer.redirect_chain == [("/products/?status=active", 302)]
    assert rows_of(answer) == []
    undo = next(part for part in answer.content.decode().split('"') if "/undo/" in part)
    assert rows_of(merchant.browser.post(undo, follow=True)) != []
    assert [tab.count for tab in merchant.browser.get("/products/").context["tabs"]] == [3, 2, 1, 0, 0]
    assert "nothing left to undo" in merchant.browser.post(undo, follow=True).content.decode()


@pytest.mark.parametrize(("typed", "price"), [("49.90", 4_990), ("-10%", 1_800), ("+12.5%", 2_250)])
def test_prices_change_to_a_sum_or_by_a_share(typed, price, merchant, goods) -> None:
    said = {"tick": [str(goods[0].product_id)], "set_price": "1", "price": typed}
    merchant.browser.post("/products/change/", said)
    (row,) = (item["row"] for item in merchant.browser.get("/products/?q=MUG-1").context["rows"])
    assert row.price_low_minor == price


@pytest.mark.parametrize(
    "said",
    [
        {"set_price": "1", "price": "free"},
        {"set_price": "1", "price": "-5"},
        {"set_price": "1", "price": "0"},
        {"set_price": "1", "price": "-100%"},
        {"set_price": "1", "price": ""},
        {"set_status": "gone"},
        {"add_tag": "1", "tag_name": " "},
        {},
    ],
)
def test_a_change_that_makes_no_sense_changes_nothing(said, merchant, goods) -> None:
    answer = merchant.browser.post("/products/change/", {"tick": [str(goods[0].product_id)], **said}, follow=True)
    assert "toast bad" in answer.content.decode()
    (row,) = (item["row"] for item in merchant.browser.get("/products/?q=MUG-1").context["rows"])
    assert (row.price_low_minor, row.status) == (2_000, ProductStatus.ACTIVE)


def test_another_shops_goods_cannot_be_changed(make_merchant) -> None:
    here, there = make_merchant("alpha"), make_merchant("beta")
    offer = stock_product(here.shop, sku="MUG-1", price_minor=2_000)
    there.browser.post("/products/change/", {"tick": [str(offer.product_id)], "set_price": "1", "price": "1"})
    (row,) = (item["row"] for item in here.browser.get("/products/").context["rows"])
    assert row.price_low_minor == 2_000


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_a_change_leads_back_to_this_host_only(back, merchant, goods) -> None:
    answer = merchant.browser.post("/products/change/", {"back": back})
    assert answer["Location"] == "/products/"


def test_the_export_is_a_file_with_all_goods(merchant, goods) -> None:
    answer = merchant.browser.get("/products/export.csv")
    text = b"".join(answer).decode()
    assert "attachment" in answer["Content-Disposition"]
    assert all(sku in text for sku in ("MUG-1", "TEA-1", "POT-1"))


def test_a_shop_without_goods_is_told_what_to_do(merchant) -> None:
    page = merchant.browser.get("/products/").content.decode()
    assert "/products/new/" in page
    assert "/imports/" in page


def test_the_bars_search_leads_to_orders_or_goods(merchant) -> None:
    assert merchant.browser.get("/find/?q=261122K7")["Location"] == "/orders/?q=261122K7"
    assert merchant.browser.get("/find/?q=mug")["Location"] == "/products/?q=mug"
