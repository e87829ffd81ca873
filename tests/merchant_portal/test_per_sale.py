"""Plans that are paid per sale in the portal: made, changed, stopped; the orders they brought, why, and as a file."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from search.campaigns.contracts import CampaignState
from search.listings.keeping import forget_all
from search.listings.services import refresh_shop
from search.per_sale.models import AttributedLine, AttributedSale, PlanVersion
from search.per_sale.selectors import get_plan, list_plans
from tenants.catalog.contracts import ProductStatus
from tests.fixtures.goods import stock_product
from tests.merchant_portal.conftest import Merchant


@pytest.fixture
def seller(merchant: Merchant) -> tuple[Merchant, int]:
    """A merchant with a mug on sale."""
    forget_all()
    offer = stock_product(merchant.shop)
    refresh_shop(shop_id=merchant.shop.shop_id, now=timezone.now())
    return merchant, offer.product_id


def make(merchant: Merchant, product_id: int, **more: str) -> str:
    typed = {"name": "成交付费", "default": "5", "product": product_id, "key": "k", **more}
    return merchant.browser.post("/ads/sales/new/", typed, follow=True).content.decode()


def bring(
    shop_id: int, plan_id: int, product_id: int, *, share_no: str = "261128AB-1", invalid_reason: str = ""
) -> AttributedSale:
    """An order as its click brought it, waiting for its release, or free since that click was found invalid."""
    now, version = timezone.now(), PlanVersion.objects.get(campaign_id=plan_id, number=1)
    sale = AttributedSale.objects.create(
        share_no=share_no, shop_id=shop_id, campaign_id=plan_id, version=version, ad_id=1, click_number=1,
        clicked_at=now - timedelta(hours=2), ordered_at=now, goods_minor=3_000, freight_minor=0,
        commission_minor=0 if invalid_reason else 150, invalid_reason=invalid_reason,
    )  # fmt: skip
    AttributedLine.objects.create(
        sale=sale, number=1, product_id=product_id, title_zh="=青釉马克杯", title_en="Mug", quantity=3,
        goods_minor=3_000, net_minor=3_000, rate_bps=500, rate_source="plan",
        commission_minor=sale.commission_minor,
    )  # fmt: skip
    return sale


def test_a_plan_is_made_changed_and_stopped(seller) -> None:
    merchant, product_id = seller
    page = make(merchant, product_id)
    assert "It runs" in page
    assert "It runs" in make(merchant, product_id), "the same form again is the same plan"
    (plan,) = list_plans(shop_id=merchant.shop.shop_id)
    path = f"/ads/sales/{plan.plan_id}/"
    assert re.search(rf'value="{product_id}"[^>]* checked', merchant.browser.get(path).content.decode())
    typed = {"name": "更高", "default": "5", "product": product_id, f"rate-{product_id}": "7.5 %"}
    assert "Saved" in merchant.browser.post(path, typed, follow=True).content.decode()
    changed = get_plan(shop_id=merchant.shop.shop_id, plan_id=plan.plan_id)
    assert (changed.name, changed.rates[product_id].bps, changed.version) == ("更高", 750, 2)
    page = merchant.browser.post(f"{path}switch/", {"state": "paused"}, follow=True).content.decode()
    assert "Start it" in page and "no click counts" in page
    assert merchant.browser.post(f"{path}switch/", {"state": "ended"})["Location"] == f"{path}end/"
    page = merchant.browser.get(f"{path}end/").content.decode()
    assert "Clicks from now on bring no commission." in page and "Only pause it" not in page, "it is paused already"
    assert get_plan(shop_id=merchant.shop.shop_id, plan_id=plan.plan_id).state is CampaignState.PAUSED
    merchant.browser.post(f"{path}end/")
    assert get_plan(shop_id=merchant.shop.shop_id, plan_id=plan.plan_id).state is CampaignState.ENDED
    assert "has ended" in merchant.browser.post(f"{path}switch/", {"state": "running"}, follow=True).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"default": ""}, "in percent"),
        ({"default": "five"}, "in percent"),
        ({"default": "0.5"}, "between 1 % and 50 %"),
        ({"default": "51"}, "between 1 % and 50 %"),
        ({"product": ""}, "at least one product"),
        ({"product": "999999"}, "not on sale any more"),
        ({"name": " "}, "a name"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_made(seller, typed: dict[str, str], said: str) -> None:
    merchant, product_id = seller
    assert said in make(merchant, product_id, **typed)
    assert list_plans(shop_id=merchant.shop.shop_id) == []


def test_goods_are_found_by_title_or_article_number_and_what_was_typed_stays(seller) -> None:
    merchant, product_id = seller
    pot = stock_product(merchant.shop, title="白瓷茶壶", sku="QH-POT-01", price_minor=9_000)
    cup = stock_product(merchant.shop, title="白瓷茶杯", sku="QH-CUP-01")
    hidden = stock_product(merchant.shop, title="白瓷茶盘", sku="QH-TRAY-01", status=ProductStatus.DRAFT)
    refresh_shop(shop_id=merchant.shop.shop_id, now=timezone.now())
    typed = {
        "name": "茶具", "default": "6", "product": product_id, f"rate-{product_id}": "7.5", "key": "k", "go": "find"
    }  # fmt: skip
    for words, wanted in (("pot-01", pot), ("白瓷茶杯", cup), ("  QH-CUP  ", cup)):
        answer = merchant.browser.post("/ads/sales/new/", {**typed, "q": words})
        page = answer.content.decode()
        assert answer.status_code == 200 and answer.context["goods"].found[0].product_id == wanted.product_id
        assert re.search(rf'value="{product_id}"[^>]* checked', page) and 'value="7.5"' in page
        assert 'name="name" maxlength="60" value="茶具"' in page and 'name="key" value="k"' in page
        assert f'id="product-{hidden.product_id}"' not in page, "only goods on sale"
    nothing = merchant.browser.post("/ads/sales/new/", {**typed, "q": "XQZJ-99%_"}).content.decode()
    assert "None of your goods on sale is called" in nothing and f'id="product-{product_id}"' in nothing
    assert list_plans(shop_id=merchant.shop.shop_id) == [], "looking for goods makes nothing"
    both = {**typed, "go": "", "product": [product_id, pot.product_id]}
    merchant.browser.post("/ads/sales/new/", both)
    (plan,) = list_plans(shop_id=merchant.shop.shop_id)
    assert {pk: rate.bps for pk, rate in plan.rates.items()} == {product_id: 750, pot.product_id: 600}
    page = merchant.browser.post(f"/ads/sales/{plan.plan_id}/", {**both, "go": "find", "q": "cup"}).content.decode()
    assert f'id="product-{cup.product_id}"' in page
    assert get_plan(shop_id=merchant.shop.shop_id, plan_id=plan.plan_id).version == 1


def test_goods_of_another_shop_are_never_found(seller, make_merchant) -> None:
    merchant, _ = seller
    other = make_merchant("beta")
    stock_product(other.shop, title="白瓷茶壶", sku="POT-99")
    refresh_shop(shop_id=other.shop.shop_id, now=timezone.now())
    for words in ("POT-99", "白瓷茶壶"):
        answer = merchant.browser.post("/ads/sales/new/", {"name": "x", "default": "5", "go": "find", "q": words})
        assert other.shop.shop_id not in {row.card.shop.shop_id for row in answer.context["goods"].rows}


def test_an_order_says_why_it_costs_what_it_does_and_stands_in_the_file(seller) -> None:
    merchant, product_id = seller
    make(merchant, product_id)
    (plan,) = list_plans(shop_id=merchant.shop.shop_id)
    sale = bring(merchant.shop.shop_id, plan.plan_id, product_id)
    assert sale.share_no in merchant.browser.get("/ads/sales/orders/").content.decode()
    page = merchant.browser.get(f"/ads/sales/orders/{sale.share_no}/").content.decode()
    assert "Why ¥1.50" in page and "5 % · the plan" in page and "version 1" in page
    answer = merchant.browser.get("/ads/sales/orders/file/")
    file = answer.content.decode("utf-8-sig")
    assert f"{sale.share_no}," in file and "1.50" in file


def test_an_order_whose_click_was_found_invalid_is_free_and_says_why(seller) -> None:
    merchant, product_id = seller
    make(merchant, product_id)
    (plan,) = list_plans(shop_id=merchant.shop.shop_id)
    sale = bring(merchant.shop.shop_id, plan.plan_id, product_id, invalid_reason="regular_gaps")
    assert "Click not valid, free" in merchant.browser.get("/ads/sales/orders/").content.decode()
    page = merchant.browser.get(f"/ads/sales/orders/{sale.share_no}/").content.decode()
    assert "Why ¥0.00" in page and "found invalid later (Clicks like clockwork)" in page


def test_nobody_sees_another_shops_plan_or_order(seller, make_merchant) -> None:
    merchant, product_id = seller
    make(merchant, product_id)
    (plan,) = list_plans(shop_id=merchant.shop.shop_id)
    sale = bring(merchant.shop.shop_id, plan.plan_id, product_id)
    other = make_merchant("beta")
    for path in (f"/ads/sales/{plan.plan_id}/", f"/ads/sales/orders/{sale.share_no}/"):
        assert other.browser.get(path).status_code == 404
    assert other.browser.post(f"/ads/sales/{plan.plan_id}/switch/", {"state": "paused"}).status_code == 404
