"""The whole way as three people in a real browser: from opening a shop to the last fen in the books."""

import json
import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.browser import new_context, open_browser, screenshot
from tests.fixtures.stack import Stack, running_stack
from tests.fixtures.wechatpay import wait_for
from tests.flows.prepare import PASSWORD, SECRET

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

# Ocean Blue Shirt 50.00, mug 60.00, tea 99.00: 5 % commission and 0.6 % fee of each, half up.
SUMS = {"island": 5_000, "qinghe": 6_000, "shanjian": 9_900}
COMMISSION, FEES = 250 + 300 + 495, 30 + 36 + 59


@pytest.fixture
def market(committed_db, tmp_path):
    urls = {
        "database_url": committed_db.environment["DATABASE_URL"],
        "owner_url": committed_db.environment["DATABASE_OWNER_URL"],
    }
    with running_stack(tmp_path, **urls) as stack:
        stack.run_python("tests.flows.prepare")
        stack.start()
        yield stack


@pytest.fixture
def people(market):
    """A browser with a page for each of the three, each with cookies of their own."""
    with open_browser() as browser:
        pages = {}
        for name in ("merchant", "staff", "shopper", "qinghe", "shanjian"):
            pages[name] = new_context(browser).new_page()
            pages[name].set_default_timeout(20_000)
        yield pages


def test_from_signing_up_to_the_last_fen(market, people, sample_data):
    _open_shop(market, people["merchant"])
    _import_goods(market, people["merchant"], sample_data / "shopify" / "apparel.csv")
    _approve(market, people["staff"])
    _buy_from_three(market, people["shopper"])
    _sign_in(market, people["qinghe"], "qinghe@example.com")
    _sign_in(market, people["shanjian"], "shanjian@example.com")
    for number, name in enumerate(("merchant", "qinghe", "shanjian")):
        _ship(market, people[name], number)
    _confirm_all(market, people["shopper"])
    _wait_for_release(market)
    _settle(market, people["staff"])
    _check_books(market)


def _open_shop(market: Stack, page: Page) -> None:
    page.goto(market.page("/accounts/signup/?by=email&next=/open-shop/"))
    screenshot(page, "sign-up")
    page.fill("input[name=email]", "island@example.com")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main form button.main").click()
    page.wait_for_load_state()
    screenshot(page, "sign-up-code")
    page.fill("input[name=code]", _read_code(market, page))
    page.locator("main form button.main").first.click()
    page.wait_for_url("**/open-shop/")
    page.fill("input[name=name_zh]", "海岛衣铺")
    page.fill("input[name=name_en]", "Island Apparel")
    page.fill("input[name=slug]", "island")
    screenshot(page, "open-shop")
    page.locator("main form button.main").click()
    page.wait_for_url(re.compile(r"://portal\."))
    screenshot(page, "portal-dashboard-new")


def _read_code(market: Stack, page: Page) -> str:
    outbox = page.context.new_page()
    outbox.goto(market.page("/_outbox/"))
    screenshot(outbox, "outbox")
    text = outbox.locator("main").inner_text()
    outbox.close()
    found = re.search(r"\b(?=[A-Z0-9-]*\d)[A-Z0-9]{3,6}-?[A-Z0-9]{3,6}\b", text)
    assert found, text
    return found[0]


def _import_goods(market: Stack, page: Page, file) -> None:
    page.goto(market.page("/imports/", "portal"))
    screenshot(page, "portal-imports")
    page.set_input_files("input[type=file]", str(file))
    page.locator("main form button.main").click()
    page.wait_for_load_state()
    screenshot(page, "portal-import-preview")
    page.check("input[name=on_sale]")
    page.locator("main form button.main").click()
    page.wait_for_url(re.compile(r"/imports/\d+/"))
    wait_for(lambda: _count_goods(market, page) > 10, seconds=90, what="the import to bring its goods")
    screenshot(page, "portal-products")
    page.goto(market.page("/imports/", "portal"))
    page.locator("tbody a").first.click()
    screenshot(page, "portal-import-done")
    page.goto(market.page("/products/", "portal"))
    page.locator("tbody a", has_text="Ocean Blue Shirt").first.click()
    page.wait_for_load_state()
    screenshot(page, "portal-product-edit")
    page.goto(market.page("/stock/", "portal"))
    screenshot(page, "portal-stock")


def _count_goods(market: Stack, page: Page) -> int:
    page.goto(market.page("/products/", "portal"))
    return page.locator("tbody tr").count()


def _approve(market: Stack, page: Page) -> None:
    page.goto(market.page("/accounts/go/console/"))
    page.fill("input[name=login]", "staff@example.com")
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button.main").first.click()
    page.wait_for_load_state()
    screenshot(page, "second-factor")
    page.fill("input[name=code]", format_hotp_value(hotp_value(SECRET, int(time.time()) // 30)))
    page.locator("main form button.main").first.click()
    page.wait_for_url(re.compile(r"://console\."))
    screenshot(page, "console-home")
    page.goto(market.page("/shops/?tab=applied", "console"))
    screenshot(page, "console-shops")
    page.locator("main a", has_text="海岛衣铺").first.click()
    page.wait_for_load_state()
    screenshot(page, "console-shop")
    page.locator("form[action$='/approve/'] button").click()
    page.wait_for_load_state()
    expect(page.locator("form[action$='/suspend/'], button[formaction$='/suspend/']").first).to_be_visible()


def _buy_from_three(market: Stack, page: Page) -> None:
    page.goto(market.page("/"))
    screenshot(page, "home")
    wait_for(lambda: _finds(market, page, "Ocean Blue Shirt"), seconds=20, what="the new shop's goods to be found")
    screenshot(page, "search")
    for title in ("Ocean Blue Shirt", "青釉拼色马克杯", "明前龙井"):
        assert _finds(market, page, title)
        page.locator(".goods a", has_text=title).first.click()
        page.wait_for_url("**/item/*/")
        screenshot(page, "product")
        page.locator("button[name=add]:visible").first.click()
        page.wait_for_url("**/cart/")
    _see_the_count_follow(page)
    screenshot(page, "cart")
    page.locator("button[name=settle]").click()
    page.wait_for_load_state()
    screenshot(page, "sign-in")
    page.fill("input[name=login]", "buyer@example.com")
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button.main").first.click()
    page.wait_for_url("**/checkout/")
    screenshot(page, "checkout")
    page.check("input[name=method][value=cod]")
    expect(page.locator("button.pay:visible .pays-later").first).to_be_visible()
    page.check("input[name=method][value=wechatpay]")
    expect(page.locator("button.pay:visible .pays-now").first).to_be_visible()
    page.locator("button.pay:visible").first.click()
    page.wait_for_url("**/cashier/*/")
    screenshot(page, "cashier")
    scanner = page.context.new_page()
    scanner.goto(page.locator("[data-qr]").get_attribute("data-qr"))
    screenshot(scanner, "provider-cashier")
    scanner.locator("button").first.click()
    page.wait_for_url("**/orders/?paid=1", timeout=20_000)
    screenshot(page, "orders")
    scanner.close()


def _see_the_count_follow(page: Page) -> None:
    """One more of the first, and back: the number beside the frame's cart changes with it."""
    count = page.locator(".doors .cart-count b")
    expect(count).to_have_text("3")
    for step, pieces in ((":1", "4"), (":-1", "3")):
        page.locator(f"#cart button[name=step][value$='{step}']:enabled").first.click()
        expect(count).to_have_text(pieces)


def _finds(market: Stack, page: Page, words: str) -> bool:
    page.goto(market.page(f"/search?q={words}"))
    return page.locator(".goods a", has_text=words).count() > 0


def _sign_in(market: Stack, page: Page, email: str) -> None:
    page.goto(market.page("/accounts/go/portal/"))
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button.main").first.click()
    page.wait_for_url(re.compile(r"://portal\."))


def _ship(market: Stack, page: Page, number: int) -> None:
    page.goto(market.page("/orders/?tab=to_ship", "portal"))
    if number == 0:
        screenshot(page, "portal-orders")
    page.locator("tbody a").first.click()
    page.wait_for_load_state()
    if number == 0:
        screenshot(page, "portal-order")
    page.fill("input[name=tracking_number]", f"SF100{number}")
    page.locator("#ship button.main").click()
    page.wait_for_load_state()
    expect(page.locator("code", has_text=f"SF100{number}").first).to_be_visible()


def _confirm_all(market: Stack, page: Page) -> None:
    for number in range(3):
        page.goto(market.page("/orders/?tab=to_receive"))
        page.locator("main section a.button", has_text="查看订单").first.click()
        page.wait_for_load_state()
        if number == 0:
            screenshot(page, "order")
        page.locator("form[action$='/confirm/'] button").first.click()
        page.wait_for_load_state()
    page.goto(market.page("/orders/?tab=done"))
    assert page.locator("form[action$='/confirm/']").count() == 0
    page.goto(market.page("/account/"))
    screenshot(page, "account")


def _books(market: Stack) -> dict:
    return json.loads(market.run_python("tests.flows.prepare", "books"))


def _wait_for_release(market: Stack) -> None:
    wait_for(lambda: _books(market)["balances"].get("4010", 0) > 0, seconds=60, what="the first commission")
    wait_for(lambda: not any(_books(market)["owed"].values()), seconds=60, what="every share to be released")


def _settle(market: Stack, page: Page) -> None:
    page.goto(market.page("/settlement/", "console"))
    page.fill("input[name=amount]", f"{COMMISSION / 100:.2f}")
    page.fill("input[name=reference]", "D-1")
    screenshot(page, "console-settlement")
    page.locator("main form button.main").click()
    page.wait_for_load_state()
    wait_for(lambda: "1010" not in _books(market)["balances"], seconds=20, what="the settlement to be posted")
    for path, name in (
        ("/ledger/", "console-ledger"),
        ("/purchases/", "console-purchases"),
        ("/events/", "console-events"),
    ):
        page.goto(market.page(path, "console"))
        screenshot(page, name)


def _check_books(market: Stack) -> None:
    books = _books(market)
    assert books["sound"] and books["unposted"] == 0 and not any(books["differences"])
    assert books["open_clearing"] == []
    assert not any(books["owed"].values()), "what the provider held for each shop is released"
    vat = sum(amount - round(amount * 10_000 / 10_600) for amount in (250, 300, 495))
    assert books["balances"] == {"1020": COMMISSION, "4010": COMMISSION - vat, "2095": vat}
    # What each shop's account at the provider holds, to the fen: its sale less fee and commission.
    available = sorted(row["available"] for row in market.simulator.read("balances").values())
    shares = ((5_000, 30, 250), (6_000, 36, 300), (9_900, 59, 495))
    released = [total - fee - commission for total, fee, commission in shares]
    assert available == sorted([*released, COMMISSION]), "the shops' own money, and our commission"
    assert sum(available) == sum(SUMS.values()) - FEES
