"""Plans that are paid per sale in a real browser: they fit both widths, in both languages and themes."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from search.listings.keeping import forget_all
from search.listings.services import refresh_shop
from search.per_sale.selectors import list_plans
from tests.browser import new_context, open_browser, overflow, screenshot, watch
from tests.fixtures.goods import stock_product
from tests.fixtures.served import served
from tests.merchant_portal.test_per_sale import bring, make
from tests.merchant_portal.test_slots_in_a_browser import _carry

pytestmark = pytest.mark.browser


@pytest.fixture
def site(committed_db) -> Iterator[str]:
    """The portal host, served from threads of this process."""
    forget_all()
    try:
        with served() as port:
            yield f"http://{settings.PORTAL_HOST}:{port}"
    finally:
        connections.close_all()


def test_pages_of_plans_fit_both_widths(site, make_merchant) -> None:
    here = make_merchant("alpha")
    offer = stock_product(here.shop)
    refresh_shop(shop_id=here.shop.shop_id, now=timezone.now())
    make(here, offer.product_id)
    (plan,) = list_plans(shop_id=here.shop.shop_id)
    sale = bring(here.shop.shop_id, plan.plan_id, offer.product_id)
    free = bring(
        here.shop.shop_id, plan.plan_id, offer.product_id, share_no="261128AB-2", invalid_reason="regular_gaps"
    )
    pages = {
        "plans": "/ads/sales/",
        "plan": f"/ads/sales/{plan.plan_id}/",
        "orders": "/ads/sales/orders/",
        "order": f"/ads/sales/orders/{sale.share_no}/",
        "free": f"/ads/sales/orders/{free.share_no}/",
    }
    with open_browser() as browser:
        for language, dark in (("zh-CN", False), ("en-GB", True)):
            with new_context(browser, language=language, dark=dark) as context:
                _carry(context, here.browser.cookies, site)
                page = context.new_page()
                seen = watch(page)
                for name, path in pages.items():
                    page.goto(f"{site}{path}")
                    screenshot(page, f"portal-per-sale-{name}-{language[:2]}")
                    for width in (1280, 390):
                        page.set_viewport_size({"width": width, "height": 844})
                        assert overflow(page) == 0, (path, width)
                page.goto(f"{site}{pages['plan']}")  # at 390
                title = page.locator("tbody td.whole").first.bounding_box()
                rate = page.locator("tbody input[name^=rate-]").first.bounding_box()
                assert title and rate and rate["y"] >= title["y"] + title["height"], "beside each other, not over"
                assert seen == []


def test_goods_of_a_plan_are_found_without_a_script(site, make_merchant) -> None:
    here = make_merchant("alpha")
    for number, title in enumerate(("青釉马克杯", "白瓷茶壶", "竹编茶盘大号带沥水功夫茶具托盘家用办公室")):
        stock_product(here.shop, title=title, sku=f"QH-{number}", price_minor=123_400)
    refresh_shop(shop_id=here.shop.shop_id, now=timezone.now())
    with open_browser() as browser:
        for language, dark in (("zh-CN", True), ("en-GB", False)):
            with new_context(browser, language=language, dark=dark, scripts=False) as context:
                _carry(context, here.browser.cookies, site)
                page = context.new_page()
                page.goto(f"{site}/ads/sales/new/")
                page.locator("tbody tr", has_text="青釉").locator(".tick").check()
                page.locator("#q").fill("qh-2")
                with page.expect_navigation():
                    page.locator("#q").press("Enter")
                ticked, found = page.locator("tbody tr").all()
                assert "青釉" in ticked.inner_text() and ticked.locator(".tick").is_checked()
                assert "竹编" in found.inner_text() and not found.locator(".tick").is_checked()
                for width in (1280, 390):
                    page.set_viewport_size({"width": width, "height": 844})
                    assert overflow(page) == 0, width
                screenshot(page, f"portal-per-sale-search-{language[:2]}{'-dark' if dark else ''}")
    assert list_plans(shop_id=here.shop.shop_id) == []
