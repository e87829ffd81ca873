"""A shop's lists in the portal in a real browser: both widths, both languages, and no rule broken."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings
from django.db import connections

from search.collections.services import save_collection
from tests.browser import new_context, open_browser, overflow, screenshot, watch
from tests.fixtures.api import list_product
from tests.fixtures.served import served
from tests.search.collections.test_collections import make

pytestmark = pytest.mark.browser


@pytest.fixture
def site(committed_db) -> Iterator[str]:
    """The portal host, served from threads of this process."""
    try:
        with served() as port:
            yield f"http://{settings.PORTAL_HOST}:{port}"
    finally:
        connections.close_all()


def test_lists_fit_both_widths(site, make_merchant, clock) -> None:
    merchant = make_merchant("alpha")
    list_product(merchant.shop, sku="MUG", price_minor=1_000, title="青釉杯")
    long = make(shop=merchant.shop, title="非常非常长的专题标题一直写到最多四十个字为止看看会不会把页面撑破掉呢")
    one = save_collection(collection=replace(long, on_front=True), actor_id=1, now=clock.now)
    save_collection(collection=make(shop=merchant.shop, is_shown=False), actor_id=1, now=clock.now)
    cookie = merchant.browser.cookies[settings.SESSION_COOKIE_NAME]
    with open_browser() as browser:
        for language in ("zh-CN", "en-GB"):
            with new_context(browser, language=language) as context:
                context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
                page = context.new_page()
                seen = watch(page)
                for name, path in (("lists", "/lists/"), ("list", f"/lists/{one.collection_id}/")):
                    page.goto(f"{site}{path}")
                    screenshot(page, f"portal-{name}-{language[:2]}")
                    for width in (1280, 640, 390):
                        page.set_viewport_size({"width": width, "height": 844})
                        assert overflow(page) == 0, (path, width)
                assert seen == []
