"""The page that explains hits fits both widths and breaks no rule."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections
from playwright.sync_api import Browser

from tenants.catalog.contracts import Text
from tests.browser import new_context, open_browser, overflow, screenshot, watch
from tests.console.test_in_a_browser import carry
from tests.fixtures.served import served
from tests.search.listings.conftest import Goods, fresh_memory, goods, index_now, index_root

__all__ = ["fresh_memory", "goods", "index_now", "index_root"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


def test_an_explained_search_fits_and_breaks_no_rule(
    committed_db, goods: Goods, shop_a, index_now, enter, browser: Browser
) -> None:
    for title in ("青釉茶壶", "紫砂茶壶 手工", "蓝色保温壶"):
        goods.create(shop_a, title=Text(title, "Celadon teapot with a long English title for narrow screens"))
    goods.deliver()
    index_now()
    try:
        with served() as port, new_context(browser) as context:
            site = f"http://{settings.CONSOLE_HOST}:{port}"
            carry(context, enter(), site)
            page = context.new_page()
            broken = watch(page)
            page.goto(f"{site}/search/why/?q=蓝色 茶壶 teapot")
            assert page.locator("tbody tr").count() >= 5
            screenshot(page, "console-why")
            for width in (1280, 640, 390):
                page.set_viewport_size({"width": width, "height": 844})
                assert overflow(page) == 0, width
            assert not broken
    finally:
        connections.close_all()
