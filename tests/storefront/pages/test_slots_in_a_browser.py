"""The carousel and banners in a real browser: both widths, languages and themes, no rule broken."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Page

from market.taxonomy.services import load_taxonomy
from search.campaigns.contracts import CreativeState
from search.slots.contracts import SlotKind
from search.slots.models import Lot, LotHour
from search.slots.services import close_due_lots, open_due_lots, place_lot_bid, save_slot
from tenants.catalog.contracts import Text
from tests.browser import PERSON, new_context, open_browser, overflow, screenshot, watch
from tests.fixtures.api import list_product
from tests.fixtures.served import served
from tests.search.slots.conftest import make_creative, top_up
from tests.search.slots.test_rules import make_terms

pytestmark = pytest.mark.browser

SIZES = {SlotKind.CAROUSEL: (1_200, 400), SlotKind.BANNER: (1_200, 200)}


@pytest.fixture
def site(committed_db) -> Iterator[str]:
    """The market host, served from threads of this process."""
    try:
        with served() as port:
            yield f"http://{settings.MARKET_HOST}:{port}"
    finally:
        connections.close_all()


def sell_some(shop_id: int) -> None:
    """Three places of the carousel and two banners for today; the first of each is sold."""
    begun = timezone.now() - timedelta(days=2)
    for kind, positions in ((SlotKind.CAROUSEL, 3), (SlotKind.BANNER, 2)):
        width, height = SIZES[kind]
        for position in range(1, positions + 1):
            name = Text(f"{kind}{position}", f"{kind} {position}")
            terms = replace(
                make_terms(closes=0), key=f"home-{kind}-{position}", kind=kind, position=position, name=name
            )
            save_slot(slot_id=0, terms=replace(terms, width=width, height=height), actor_id=1, now=begun)
    open_due_lots(now=begun)
    now = timezone.now()
    for lot in Lot.objects.filter(starts_at__lte=now, ends_at__gt=now, slot__position=1).select_related("slot"):
        early = lot.closes_at - timedelta(minutes=1)
        top_up(shop_id, 50_000, early)
        size = (lot.slot.width, lot.slot.height)
        creative = make_creative(shop_id, early, size=size, state=CreativeState.APPROVED)
        bid = {"lot_id": lot.pk, "shop_id": shop_id, "creative_id": creative, "actor_id": 1, "now": early}
        place_lot_bid(maximum_minor=20_000, **bid)
    close_due_lots(now=now)


def test_places_fit_the_home_page_and_open_their_reason(site, make_shop) -> None:
    load_taxonomy()
    shop = make_shop("alpha")
    list_product(shop, sku="MUG", price_minor=1_000, title="青釉杯")
    sell_some(shop.shop_id)
    with open_browser() as browser:
        for language, dark in (("zh-CN", False), ("en-GB", True)):
            with new_context(browser, language=language, dark=dark) as context:
                page = context.new_page()
                seen = watch(page)
                page.goto(f"{site}/")
                screenshot(page, f"home-places-{language[:2]}")
                for width in (1280, 640, 390):
                    page.set_viewport_size({"width": width, "height": 844})
                    assert overflow(page) == 0, width
                page.get_by_role("button", name="广告" if language == "zh-CN" else "Sponsored").first.click()
                assert page.locator("#why-home-carousel-1").is_visible()
                page.keyboard.press("Escape")
                page.get_by_role("link", name="2", exact=True).first.click()
                page.wait_for_timeout(300)
                assert page.locator(".slides").evaluate("box => box.scrollLeft > 0")
                assert seen == []


def test_a_sold_place_is_seen_once_when_it_stood_on_screen_for_a_second(site, make_shop) -> None:
    load_taxonomy()
    shop = make_shop("alpha")
    list_product(shop, sku="MUG", price_minor=1_000, title="青釉杯")
    sell_some(shop.shop_id)
    with open_browser() as browser, new_context(browser, width=390, agent=PERSON) as context:
        page = context.new_page()
        page.goto(f"{site}/")
        wait_until(page, lambda: count_views() == {"home-carousel-1": 1})
        page.locator(".halves [data-lot]").scroll_into_view_if_needed()
        wait_until(page, lambda: count_views() == {"home-carousel-1": 1, "home-banner-1": 1})
        page.evaluate("window.scrollTo(0, 0)")
        page.wait_for_timeout(1_800)
        assert count_views() == {"home-carousel-1": 1, "home-banner-1": 1}, "looked at again it is not counted again"


def wait_until(page: Page, happened: Callable[[], bool]) -> None:
    ends = time.monotonic() + 15
    while not happened():
        assert time.monotonic() < ends
        page.wait_for_timeout(100)


def count_views() -> dict[str, int]:
    """Views by place, read in a thread: beside Playwright's loop Django opens a connection that nothing closes."""

    def read() -> dict[str, int]:
        try:
            return dict(LotHour.objects.filter(views__gt=0).values_list("lot__slot__key", "views"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(read).result()
