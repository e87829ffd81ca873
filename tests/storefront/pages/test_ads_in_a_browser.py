"""Ads in a real browser, served by the process's own background thread: seen once, explained, clicked, billed."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from django.db import connections
from playwright.sync_api import Page

from market.taxonomy.selectors import get_tree
from market.taxonomy.services import load_taxonomy
from search.campaigns.contracts import Charge
from search.serving.services import forget_server
from search.spending.models import AdEvent, Decision
from tests.browser import PERSON, new_context, open_browser, overflow, screenshot, until, watch
from tests.fixtures.api import MARKET, list_product
from tests.fixtures.served import served
from tests.fixtures.serving import advertise
from tests.storefront.pages.conftest import Street

pytestmark = pytest.mark.browser
SEARCH = "/search?q=%E9%A9%AC%E5%85%8B%E6%9D%AF"  # 马克杯
T = TypeVar("T")


@pytest.fixture
def site(committed_db: Any, street: Street, settings: Any) -> Iterator[str]:
    """A market of 24 mugs. The first shop buys words for one, the second places for another."""
    settings.ADS_BACKGROUND = True
    now = datetime.now(UTC)
    load_taxonomy()
    category = get_tree(fresh=True).list_tops()[0].category_id
    made = [
        list_product(
            street.shops[number % 2], sku=f"A-{number}", title=f"手工拉坯青釉马克杯第{number}款", category_id=category
        )[0]
        for number in range(24)
    ]
    advertise(made[0], "马克杯", now=now)
    advertise(made[1], "马克杯", bid_minor=50, now=now)
    advertise(made[3], charge=Charge.MILLE, bid_minor=5_000, money_minor=0, now=now)
    street.index()
    try:
        with served() as port:
            yield f"http://{MARKET}:{port}"
    finally:
        forget_server()
        connections.close_all()


def apart(deed: Callable[[], T]) -> T:
    """Do it in a thread: beside Playwright's loop Django opens a connection that nothing closes."""

    def run() -> T:
        try:
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def count(kind: str) -> int:
    return apart(lambda: AdEvent.objects.filter(kind=kind, reason="").count())


def wait(page: Page, happened: Callable[[], object], *, seconds: float = 15) -> None:
    ends = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < ends
        page.wait_for_timeout(100)


def open_with_ads(page: Page, address: str, path: str, most: int = 1) -> None:
    """Open a page until the background thread has loaded what it needs: some moments after the first request."""
    ends = time.monotonic() + 20
    while True:
        page.goto(f"{address}{path}")
        if page.locator("[data-ad]").count() >= most:
            return
        assert time.monotonic() < ends, "no ads"
        page.wait_for_timeout(200)


@pytest.mark.parametrize(("language", "dark"), [("zh-CN", False), ("en-GB", True)])
def test_an_ad_is_seen_once_after_a_second_explained_clicked_and_billed(site: str, language: Any, dark: bool) -> None:
    name = f"ads-{language[:2]}{'-dark' if dark else ''}"
    with open_browser() as browser, new_context(browser, language=language, dark=dark, agent=PERSON) as context:
        page = context.new_page()
        seen = watch(page)
        open_with_ads(page, site, SEARCH, most=2)
        page.wait_for_timeout(500)
        before = count("view")
        wait(page, lambda: count("view") >= before + 2)
        after = count("view")
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(400)
        page.evaluate("window.scrollTo(0, 0)")
        page.wait_for_timeout(1_800)
        assert count("view") == after, "looked at again it is not counted again"
        assert overflow(page) == 0
        screenshot(page, f"{name}-search")
        label = "广告" if language == "zh-CN" else "Sponsored"
        ad = page.locator("[data-ad]").first
        assert ad.locator("button.ad").inner_text() == label
        ad.locator("button.ad").click()
        until(page, "document.querySelector('[id^=why-ad]').matches(':popover-open')")
        screenshot(page, f"{name}-why", full=False, widths=(1280,))
        page.locator("[id^=why-ad] button.main").click()
        wait(page, lambda: apart(Decision.objects.exists))
        ad.locator("h3 a").click()
        page.wait_for_url("**/item/*/")
        wait(page, lambda: count("click") == 1)
        click = apart(AdEvent.objects.filter(kind="click").get)
        assert click.billed_micro > 0 and click.reason == ""
        assert seen == []


def test_an_ad_that_nobody_scrolls_to_is_not_seen(site: str) -> None:
    with open_browser() as browser, new_context(browser, width=390, agent=PERSON) as context:
        page = context.new_page()
        open_with_ads(page, site, "/")
        page.goto(f"{site}/")
        page.wait_for_timeout(2_500)
        assert count("view") == 0
        page.locator("[data-ad]").first.scroll_into_view_if_needed()
        wait(page, lambda: count("view") == 1)
        screenshot(page, "ads-home")


def test_without_a_script_ads_are_labelled_explained_and_lead_to_the_goods_unbilled(site: str) -> None:
    with open_browser() as browser, new_context(browser, scripts=False, width=390, agent=PERSON) as context:
        page = context.new_page()
        open_with_ads(page, site, SEARCH)
        assert overflow(page) == 0
        page.locator("[data-ad] button.ad").first.click()
        assert page.locator("#why-ad-1").is_visible()
        page.locator("#why-ad-1 button.main").click()
        page.locator("[data-ad] h3 a").first.click()
        assert "/item/" in page.url
    assert apart(lambda: list(AdEvent.objects.values_list("kind", "reason", "billed_micro"))) == [
        ("click", "not_rendered", 0)
    ]
