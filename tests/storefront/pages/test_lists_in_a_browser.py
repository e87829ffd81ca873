"""Lists in a real browser: on the market, on a shop's own host and on front pages; both widths, both languages."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from market.taxonomy.selectors import get_tree
from market.taxonomy.services import load_taxonomy
from tests.browser import new_context, open_browser, overflow, screenshot, watch
from tests.fixtures.api import list_product
from tests.fixtures.served import served
from tests.storefront.pages.test_lists import fair  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser


def test_lists_fit_both_widths_and_lead_from_front_pages(committed_db, fair) -> None:  # noqa: F811
    load_taxonomy()
    top = get_tree(fresh=True).tops[0]
    for number in range(40):
        title = f"手工拉坯青釉杯{number}"
        list_product(fair.shops[0], sku=f"B-{number}", price_minor=1_500, title=title, category_id=top)
    fair.index()
    with served() as port, open_browser() as browser:
        market, own = (f"http://{host}:{port}" for host in (settings.MARKET_HOST, f"alpha.{settings.MARKET_HOST}"))
        for language in ("zh-CN", "en-GB"):
            with new_context(browser, language=language) as context:
                page = context.new_page()
                seen = watch(page)
                for name, address in (
                    ("list", f"{market}/lists/under-50/"),
                    ("own-list", f"{own}/lists/new/"),
                    ("shop", f"{market}/shop/alpha/"),
                    ("home", f"{market}/"),
                ):
                    page.goto(address)
                    screenshot(page, f"lists-{name}-{language[:2]}")
                    for width in (1280, 640, 390):
                        page.set_viewport_size({"width": width, "height": 844})
                        assert overflow(page) == 0, (address, width)
                assert seen == []
        with new_context(browser, width=390, language="en-GB", scripts=False) as context:
            page = context.new_page()
            page.goto(f"{market}/")
            page.get_by_role("link", name="See all · Under 50").click()
            expect(page.get_by_role("heading", name="Under 50")).to_be_visible()
            first = page.locator("ul.goods > li").count()
            page.get_by_role("link", name="Show more").click()
            assert (first, page.locator("ul.goods > li").count()) == (30, 11)
