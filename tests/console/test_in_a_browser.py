"""The console in a real browser: every page fits both widths and breaks no rule, and it works without scripts."""

from collections.abc import Iterator, Mapping, Sequence

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, expect

from market.shops.selectors import get_shop
from tests.browser import new_context, open_browser, overflow, screenshot, watch
from tests.console.conftest import Visitor, fail_jobs
from tests.fixtures.served import served

pytestmark = pytest.mark.browser


@pytest.fixture
def site(committed_db) -> Iterator[str]:
    """The console host, served from threads of this process."""
    try:
        with served() as port:
            yield f"http://{settings.CONSOLE_HOST}:{port}"
    finally:
        connections.close_all()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


def carry(context: BrowserContext, visitor: Visitor, site: str) -> None:
    """The session of a visitor who came in through the door, in this browser."""
    cookie = visitor.client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])


LIGHT_CHINESE, DARK_ENGLISH = ("zh-CN", False), ("en-GB", True)


def look_over(
    browser: Browser,
    visitor: Visitor,
    site: str,
    pages: Mapping[str, str],
    prefix: str,
    looks: Sequence[tuple[str, bool]] = (LIGHT_CHINESE, DARK_ENGLISH),
) -> None:
    """In each language, light or dark: every page is there, fits, breaks no rule, and is kept as pictures."""
    for language, dark in looks:
        with new_context(browser, language=language, dark=dark) as context:
            carry(context, visitor, site)
            page = context.new_page()
            seen = watch(page)
            for name, path in pages.items():
                answer = page.goto(f"{site}{path}")
                assert answer is not None and answer.status == 200, path
                for width in (1280, 640, 390):
                    page.set_viewport_size({"width": width, "height": 844})
                    assert overflow(page) == 0, (path, language, width)
                screenshot(page, f"{prefix}-{name}-{language}")
            assert seen == []


def test_every_page_fits_both_widths_and_breaks_no_rule(site, browser, world, applicant, enter) -> None:
    fail_jobs(3, timezone.now())
    share_no, purchase_no = world.cod.shares[0].share_no, world.paid.purchase_no
    pages = {
        "home": "/",
        "shops": "/shops/",
        "shop": f"/shops/{world.fair.shops[0].shop_id}/",
        "review": f"/shops/{applicant.shop_id}/",
        "purchases": "/purchases/",
        "purchase": f"/purchases/{purchase_no}/",
        "ledger": "/ledger/?check=seals",
        "accounts": "/ledger/accounts/2015/",
        "entries": "/ledger/accounts/1030/?owner=顺丰速运",
        "stated": "/ledger/accounts/1030/?owner=顺丰速运&since=2020-01-01T00:00",
        "books": "/ledger/books/",
        "transactions": "/ledger/transactions/",
        "transaction": "/ledger/transactions/1/",
        "requests": "/ledger/requests/",
        "releases": "/releases/",
        "cash": "/cash/",
        "remittance": f"/cash/{share_no}/",
        "settlement": "/settlement/",
        "webhooks": "/webhooks/",
        "events": "/events/",
        "jobs": "/jobs/",
        "trail": "/trail/",
    }
    look_over(browser, enter(), site, pages, "console", looks=[LIGHT_CHINESE])


def test_without_scripts_a_shop_is_suspended_and_let_back_from_a_phone(
    site, browser, wechat_settings, make_shop, enter
) -> None:
    shop_id = make_shop("alpha").shop_id
    with new_context(browser, width=390, language="en-GB", scripts=False) as context:
        carry(context, enter(), site)
        page = context.new_page()
        page.goto(f"{site}/shops/{shop_id}/")
        page.get_by_role("button", name="Suspend the shop").click()
        expect(page.get_by_text("Say why: the shop's team reads it.").first).to_be_visible()
        page.get_by_label("Reason").fill("The licence is missing: send it.")
        page.get_by_role("button", name="Suspend the shop").click()
        expect(page.get_by_text("Suspended", exact=True).first).to_be_visible()
        assert not get_shop(shop_id).is_open
        page.get_by_role("button", name="Let the shop back").click()
        expect(page.get_by_text("Open", exact=True).first).to_be_visible()
        assert get_shop(shop_id).is_open
