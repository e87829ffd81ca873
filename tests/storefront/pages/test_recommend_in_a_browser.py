"""Shelves in a real browser: put in by the script, explained, switched off; both widths, both languages, dark."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from playwright.sync_api import Page
from redis import Redis

from market.taxonomy.selectors import get_tree
from market.taxonomy.services import load_taxonomy
from search.results.contracts import Bond
from search.signals.contracts import EventKind
from search.signals.models import SearchEvent
from search.signals.services import buffering
from search.signals.tasks import take_in
from tests.browser import PERSON, new_context, open_browser, overflow, screenshot, until, watch
from tests.fixtures.api import MARKET, list_product
from tests.fixtures.served import served
from tests.search.results.test_related import tie
from tests.storefront.pages.conftest import Street

pytestmark = pytest.mark.browser


@pytest.fixture
def site(committed_db: Any, street: Street, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[int]]]:
    """A market of a dozen goods, served from threads of this process."""
    monkeypatch.setattr(buffering, "STREAM", f"signals:test:{committed_db.name}")
    load_taxonomy()
    tops = get_tree(fresh=True).list_tops()
    goods = [
        list_product(
            street.shops[number % 2],
            sku=f"B-{number}",
            title=f"手工拉坯青釉拼色马克杯第{number}款",
            category_id=tops[number % 4].category_id,
        )[1]
        for number in range(12)
    ]
    street.index()
    tie(Bond.LOOKED, goods[0], goods[1:8], times=6)
    tie(Bond.BOUGHT, goods[0], goods[8:10])
    try:
        with served() as port:
            yield f"http://{MARKET}:{port}", goods
    finally:
        with Redis.from_url(settings.REDIS_URL) as client:
            client.delete(buffering.STREAM)
        connections.close_all()


def hear() -> bool:
    """Write down what pages told; whether some of it is of somebody."""
    take_in(datetime.now(UTC))
    return SearchEvent.objects.filter(visitor__isnull=False).exists()


def apart(deed: Callable[[], bool]) -> bool:
    """Do it in a thread: beside Playwright's loop Django opens a connection that nothing closes."""

    def run() -> bool:
        try:
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def wait(page: Page, happened: Callable[[], object], *, seconds: float = 20) -> None:
    """Until what the page tells by itself has arrived."""
    ends = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < ends
        page.wait_for_timeout(100)


@pytest.mark.parametrize(("language", "dark"), [("zh-CN", False), ("en-GB", True)])
def test_shelves_come_by_themselves_say_why_and_are_switched_off(site: Any, language: Any, dark: bool) -> None:
    address, goods = site
    name = f"recommend-{language[:2]}{'-dark' if dark else ''}"
    with open_browser() as browser, new_context(browser, language=language, dark=dark, agent=PERSON) as context:
        page = context.new_page()
        seen = watch(page)
        page.goto(f"{address}/item/{goods[0]}/")
        wait(page, lambda: any(cookie["name"] == settings.GUEST_COOKIE_NAME for cookie in context.cookies()))
        page.goto(f"{address}/item/{goods[0]}/")
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        until(page, "document.querySelectorAll('#related .product').length > 6")
        wait(page, lambda: apart(hear))
        assert overflow(page) == 0
        screenshot(page, f"{name}-product")
        page.goto(f"{address}/")
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        until(page, "document.querySelectorAll('#for-you .product').length > 2")
        assert page.get_by_text("因为你看过" if language == "zh-CN" else "Because you looked at").count()
        screenshot(page, f"{name}-home")
        page.click("[popovertarget=why-for-you]")
        until(page, "document.querySelector('#why-for-you').matches(':popover-open')")
        screenshot(page, f"{name}-why", full=False)
        page.click("#why-for-you button[name=on]")
        page.wait_for_url("**/interests/")
        assert overflow(page) == 0
        screenshot(page, f"{name}-interests")
        page.goto(f"{address}/for-you/")
        assert page.locator(".product").count()
        assert not page.get_by_text("你看过" if language == "zh-CN" else "you looked at", exact=False).count()
        assert seen == []


def test_what_is_seen_and_opened_in_a_shelf_that_was_fetched_is_told(site: Any) -> None:
    address, goods = site

    def list_told(kind: EventKind) -> set[int]:
        take_in(datetime.now(UTC))
        told = SearchEvent.objects.filter(kind=kind.value, visitor__isnull=False, query=None)
        return set(told.values_list("listing_id", flat=True))

    with open_browser() as browser, new_context(browser, agent=PERSON) as context:
        page = context.new_page()
        page.goto(f"{address}/item/{goods[0]}/")
        wait(page, lambda: any(cookie["name"] == settings.GUEST_COOKIE_NAME for cookie in context.cookies()))
        page.goto(f"{address}/item/{goods[0]}/")
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        until(page, "document.querySelectorAll('#related .product').length > 6")
        page.evaluate("document.querySelector('#related .goods').scrollIntoView()")
        wait(page, lambda: apart(lambda: len(list_told(EventKind.SHOWN) & set(goods[1:])) > 2))
        assert apart(lambda: not list_told(EventKind.CLICKED))
        page.click(f"#related a[href*='/item/{goods[8]}/']")
        wait(page, lambda: apart(lambda: list_told(EventKind.CLICKED) == {goods[8]}))


def test_without_a_script_a_link_leads_to_every_shelf(site: Any) -> None:
    address, goods = site
    with open_browser() as browser, new_context(browser, scripts=False, width=390) as context:
        page = context.new_page()
        page.goto(f"{address}/item/{goods[0]}/")
        page.click("main > .part > a")
        assert page.url.endswith(f"/item/{goods[0]}/related/")
        assert page.locator(".product").count() >= 9
        assert overflow(page) == 0
        page.goto(f"{address}/")
        page.click("main > .part > a")
        assert page.url.endswith("/for-you/")
        assert page.locator(".product").count()
        assert overflow(page) == 0
        screenshot(page, "recommend-for-you-page")
