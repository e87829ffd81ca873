"""Lists on the console in a real browser: both widths, both languages, no rule broken, and without scripts."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings
from django.db import connections
from playwright.sync_api import expect

from search.collections.selectors import list_all
from search.collections.services import save_collection
from tenants.catalog.contracts import Text
from tests.browser import new_context, open_browser, overflow, screenshot, watch
from tests.console.test_in_a_browser import carry
from tests.fixtures.api import list_product
from tests.fixtures.served import served
from tests.search.collections.test_collections import make

pytestmark = pytest.mark.browser


@pytest.fixture
def site(committed_db) -> Iterator[str]:
    """The console host, served from threads of this process."""
    try:
        with served() as port:
            yield f"http://{settings.CONSOLE_HOST}:{port}"
    finally:
        connections.close_all()


def test_lists_fit_both_widths_and_are_defined_without_scripts(site, make_shop, enter, clock) -> None:
    list_product(make_shop("alpha", owner_id=900_001), sku="MUG", price_minor=1_000, title="青釉杯")
    long = make(title="非常非常长的专题标题一直写到最多四十个字为止看看会不会把页面撑破掉呢")
    one = save_collection(collection=replace(long, on_front=True), actor_id=1, now=clock.now)
    save_collection(collection=replace(make(), title=Text("", "New in"), is_shown=False), actor_id=1, now=clock.now)
    # Before the browser: what is read inside has a connection of its own, which nobody closes.
    visitors = {language: enter() for language in ("zh-CN", "en-GB", "without scripts")}
    with open_browser() as browser:
        for language in ("zh-CN", "en-GB"):
            with new_context(browser, language=language) as context:
                carry(context, visitors[language], site)
                page = context.new_page()
                seen = watch(page)
                for name, path in (("lists", "/lists/"), ("list", f"/lists/{one.collection_id}/")):
                    page.goto(f"{site}{path}")
                    screenshot(page, f"console-{name}-{language[:2]}")
                    for width in (1280, 640, 390):
                        page.set_viewport_size({"width": width, "height": 844})
                        assert overflow(page) == 0, (path, width)
                assert seen == []
        with new_context(browser, width=390, language="en-GB", scripts=False) as context:
            carry(context, visitors["without scripts"], site)
            page = context.new_page()
            page.goto(f"{site}/lists/add/")
            page.get_by_label("Title in English").fill("Under 100")
            page.get_by_label("Price to (¥)").fill("100")
            page.get_by_role("button", name="Try it").click()
            expect(page.get_by_role("heading", name="1 product now")).to_be_visible()
            page.get_by_role("button", name="Save the list").click()
            expect(page.get_by_text("Saved. Shoppers see it")).to_be_visible()
    assert [two.title.en for two in list_all(shop_id=None)][-1] == "Under 100"
