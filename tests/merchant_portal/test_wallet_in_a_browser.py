"""The advertising balance in a real browser: a merchant tops up 100 yuan at the simulated cashier and sees it."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from playwright.sync_api import expect

from billing.checkout.tasks import ask_unsure
from billing.ledger.services import post_pending
from market.accounts.contracts import EntryKind
from market.accounts.services import mint_ticket
from market.shops.selectors import get_shop
from tests.billing.wallets.conftest import Till
from tests.billing.wallets.steps import charge, give_bonus, give_cash, hold_day
from tests.browser import new_context, open_browser, overflow, screenshot, watch
from tests.fixtures.served import served

pytestmark = pytest.mark.browser


@pytest.fixture
def port(committed_db) -> Iterator[int]:
    """Every host, served from threads of this process."""
    try:
        with served() as port:
            yield port
    finally:
        connections.close_all()


@pytest.fixture
def till(committed_db, make_merchant, wechat_settings, clock) -> Till:
    """A shop that advertised last month, is owed 300.00 and has bonus."""
    clock.now = datetime.now(UTC)
    till = Till(make_merchant("alpha").shop.shop_id, wechat_settings, clock)
    then = clock.now.replace(day=1, hour=12) - timedelta(days=3)
    give_cash(till.shop_id, 50_000, key="cash", now=then)
    give_bonus(till.shop_id, 30_000, key="bonus", now=then, days=60)
    hold_day(till.shop_id, 40_000, key="h", now=then)
    charge(till.shop_id, 1_000, key="ads:1", now=then)
    charge(till.shop_id, 33_127, key="ads:2", now=then)
    till.owe(30_000)
    return till


@pytest.fixture
def workers(till) -> Iterator[None]:
    """What relay and workers do: ask the provider, post what was asked for."""
    over = threading.Event()

    def work() -> None:
        now = datetime.now(UTC)
        while not over.wait(0.2):
            now += timedelta(minutes=2)  # a minute is between two askings
            ask_unsure(now)
            post_pending(now=now)
        connection.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join(timeout=10)


@pytest.fixture
def come_in(till, port) -> Callable[[], tuple[str, dict[str, str]]]:
    """A session for a browser, made before it is opened."""

    def come() -> tuple[str, dict[str, str]]:
        now, host = datetime.now(UTC), settings.PORTAL_HOST
        token = mint_ticket(
            user_id=_owner(till.shop_id),
            kind=EntryKind.PORTAL,
            next_path="/",
            two_factor=True,
            authenticated_at=now,
            now=now,
        )
        client = Client(headers={"host": host})
        assert client.get("/enter", {"ticket": token}).status_code == 302
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        site = f"http://{host}:{port}"
        return site, {"name": cookie.key, "value": cookie.value, "url": site}

    return come


def _owner(shop_id: int) -> int:
    return get_shop(shop_id).owner_id


def test_a_merchant_tops_up_a_hundred_yuan_at_the_cashier_and_sees_them(till, workers, come_in) -> None:
    site, cookie = come_in()
    with open_browser() as browser, new_context(browser) as context:
        context.add_cookies([cookie])
        page = context.new_page()
        seen = watch(page)
        page.goto(f"{site}/wallet/")
        page.locator("#id_amount").fill("100")
        page.locator("form[action$='/top-up/'] button.main").click()
        page.wait_for_url("**/wallet/top-up/*/")
        screenshot(page, "portal-wallet-cashier")
        scanner = context.new_page()
        scanner.goto(page.locator("[data-qr]").get_attribute("data-qr") or "")
        scanner.locator("button[data-act=pay]").first.click()
        page.wait_for_url("**/wallet/", timeout=20_000)
        page.wait_for_timeout(800)
        page.reload()
        expect(page.locator(".stat b").nth(1)).to_have_text("558.73")
        expect(page.get_by_text("推广余额充值").first).to_be_visible()
        assert seen == []


@pytest.mark.parametrize("dark", [False, True])
def test_every_page_fits_both_widths_and_breaks_no_rule(till, come_in, dark) -> None:
    till.begin()
    month = (till.now.replace(day=1) - timedelta(days=3)).strftime("%Y/%-m")
    pages = {"balance": "/wallet/", "invoice": f"/wallet/invoices/{month}/"}
    site, cookie = come_in()
    with open_browser() as browser, new_context(browser, dark=dark) as context:
        context.add_cookies([cookie])
        page = context.new_page()
        seen = watch(page)
        for name, path in pages.items():
            answer = page.goto(f"{site}{path}")
            assert answer is not None and answer.status == 200, path
            screenshot(page, f"portal-wallet-{name}{'-dark' if dark else ''}")
            for width in (1280, 640, 390):
                page.set_viewport_size({"width": width, "height": 844})
                assert overflow(page) == 0, (path, width)
        assert seen == []


def test_without_scripts_a_phone_takes_from_sales_and_is_told_what_is_wrong(till, come_in) -> None:
    site, cookie = come_in()
    with open_browser() as browser, new_context(browser, width=390, language="en-GB", scripts=False) as context:
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(f"{site}/wallet/")
        form = page.locator("form[action$='/top-up/']")
        form.locator("[name=amount]").fill("301")
        form.locator("[name=source]").select_option("sales")
        form.get_by_role("button").click()
        expect(page.get_by_text("We owe you ¥300.00").first).to_be_visible()
        screenshot(page, "portal-wallet-refused", widths=(390,))
        form.locator("[name=amount]").fill("300")
        form.get_by_role("button").click()
        expect(page.get_by_text("¥300.00 of your sales is now for advertising.").first).to_be_visible()
