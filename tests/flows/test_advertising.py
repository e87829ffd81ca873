"""The advertising market's whole way as three people in a real browser, over the last midnight of a month.

A merchant buys words and tomorrow's carousel, staff look at the pictures, a shopper clicks and buys; hours are charged,
the month ends, a click comes late, the lot runs. All processes go by one clock, and nothing else is faked.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import connections
from playwright.sync_api import Browser, Page, expect

from billing.ledger.contracts import Code, Owner
from billing.ledger.selectors import get_balance, prove_ledger, trial_balance
from billing.wallets.selectors import get_wallet, list_invoices
from market.money import format_minor
from market.shops.selectors import find_shop_by_slug
from onebox.demo.banners import draw_banner
from onebox.demo.pictures import Palette, PictureSpec
from search.auction.contracts import TokenKind
from search.slots.contracts import LotState, LotView, PartState
from search.slots.selectors import find_slot, list_lots_of_slot, list_parts
from search.spending.contracts import AdEventView, HourView
from search.spending.models import Lease
from search.spending.selectors import list_events, list_hours
from tests.browser import PERSON, new_context, open_browser, overflow, screenshot, watch
from tests.fixtures.moved_clock import MovedClock
from tests.fixtures.stack import Stack, running_stack
from tests.fixtures.wechatpay import wait_for
from tests.flows.prepare import PASSWORD, SECRET
from tests.flows.prepare_ads import CLAY, INDIGO, MOSS, PEARL, RIVAL_BID_MINOR, SAND, WORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SHANGHAI = ZoneInfo("Asia/Shanghai")
GOODS, BUYER = "青釉拼色马克杯", "buyer@example.com"
TOP_UP_MINOR, BID_MINOR, OFFER_MINOR, RIVAL_OFFER_MINOR = 200_000, 230, 50_000, 30_000
RESERVE_MINOR, STEP_MINOR = 20_000, 1_000
SOLD_MINOR = 6_000
TITLE = "青禾窑新烧：一桌三件"
PLACE = "home-carousel-1"
HARMLESS = re.compile(r"^Transition was aborted| net::ERR_ABORTED$")
"""A screenshot changed the size of a page that moved; a page was left before all of its parts had come."""


@dataclass
class Market:
    """The running stack with its clock, and what people keep in mind on the way."""

    stack: Stack
    clock: MovedClock
    evening: date
    browser: Browser
    pages: list[Page] = field(default_factory=list)
    seen: dict[str, list[str]] = field(default_factory=dict)

    @property
    def shop_id(self) -> int:
        shop = find_shop_by_slug("qinghe")
        assert shop is not None
        return shop.shop_id

    def meet(self, name: str) -> Page:
        """Somebody with a browser and cookies of their own. What they must never see is looked at in the end."""
        page = new_context(self.browser, agent=PERSON).new_page()
        page.set_default_timeout(30_000)
        page.context.clock.set_fixed_time(self.clock.now())
        self.pages.append(page)
        self.seen[name] = watch(page)
        return page

    def go_on_to(self, days: int, hour: int, minute: int) -> None:
        """So many days after the evening, at this time in Shanghai; timers look at once for what is due."""
        self.clock.move_to(_at(self.evening + timedelta(days=days), hour, minute))
        for page in self.pages:
            page.context.clock.set_fixed_time(self.clock.now())
        self.stack.restart("relay")

    def list_events(self, kind: TokenKind) -> list[AdEventView]:
        """The merchant's views or clicks, the first one first."""
        days = {"since": self.evening, "until": self.evening + timedelta(days=3)}
        return list_events(shop_id=self.shop_id, kind=kind, **days)[::-1]

    def list_hours(self) -> list[HourView]:
        days = {"since": self.evening, "until": self.evening + timedelta(days=3)}
        return sorted(list_hours(shop_id=self.shop_id, **days), key=lambda hour: hour.charge_id)

    def find_lot(self) -> LotView:
        """The lot of the day after the evening."""
        slot = find_slot(PLACE)
        assert slot is not None
        starts = _at(self.evening + timedelta(days=1), 0, 0)
        return list_lots_of_slot(slot.slot_id, since=starts, until=starts + timedelta(hours=1))[0]


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def _find_evening() -> date:
    """The last day of a month whose evening is still to come."""
    now = datetime.now(SHANGHAI)
    day = now.date()
    while (day + timedelta(days=1)).day != 1 or _at(day, 20, 30) <= now:
        day += timedelta(days=1)
    return day


@pytest.fixture
def market(committed_db, tmp_path):
    urls = {
        "database_url": committed_db.environment["DATABASE_URL"],
        "owner_url": committed_db.environment["DATABASE_OWNER_URL"],
    }
    evening = _find_evening()
    clock = MovedClock(tmp_path / "clock", _at(evening, 20, 30))
    with running_stack(tmp_path, clock=clock, **urls) as stack, open_browser() as browser:
        stack.environment["JISHI_ADS_BACKGROUND"] = "1"
        stack.manage("make_ad_partitions")
        stack.run_python("tests.flows.prepare_ads")
        stack.start()
        try:
            yield Market(stack, clock, evening, browser)
        finally:
            connections.close_all()  # those of the browser's loop, which nobody finds once it is gone


def test_from_topping_up_to_the_last_fen_of_a_bought_place(market):
    merchant, rival, staff = (market.meet(name) for name in ("merchant", "rival", "staff"))
    _enter_console(market, staff)
    _sign_in(market, merchant, "qinghe@example.com")
    _sign_in(market, rival, "shanjian@example.com")
    _top_up(market, merchant)
    _start_campaign(market, merchant)
    _upload(market, merchant, TITLE, (("mug", PEARL, INDIGO), ("teapot", INDIGO, PEARL), ("bowl", CLAY, PEARL)))
    _upload(market, rival, "春茶与杯", (("tea-tin", MOSS, SAND), ("mug", SAND, MOSS)))
    _bid(market, merchant, OFFER_MINOR, "merchant")
    _bid(market, rival, RIVAL_OFFER_MINOR)
    _review(market, staff)
    shopper = market.meet("shopper")
    _click_and_buy(market, shopper)
    _see_the_report(market, merchant)
    _win_the_lot(market, merchant)
    _click_over_midnight(market)
    _see_the_carousel(market, merchant)
    _see_the_invoice(market, merchant)
    _see_the_books(market, staff)
    _give_back_what_was_not_shown(market, merchant)
    assert [line for lines in market.seen.values() for line in lines if not HARMLESS.search(line)] == []


# One after the other: what each of them does.


def _sign_in(market: Market, page: Page, email: str) -> None:
    page.goto(market.stack.page("/accounts/go/portal/"))
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button.main").first.click()
    page.wait_for_url(re.compile(r"://portal\."))


def _enter_console(market: Market, page: Page) -> None:
    """Staff come in and put the usual places up for sale."""
    page.goto(market.stack.page("/accounts/go/console/"))
    page.fill("input[name=login]", "staff@example.com")
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button.main").first.click()
    page.fill("input[name=code]", format_hotp_value(hotp_value(SECRET, int(market.clock.now().timestamp()) // 30)))
    page.locator("main form button.main").first.click()
    page.wait_for_url(re.compile(r"://console\."))
    page.goto(market.stack.page("/ads/places/", "console"))
    page.locator("form[action$='/set-up/'] button").click()
    expect(page.locator("code", has_text=PLACE)).to_be_visible()
    _look(page, "console-places")


def _top_up(market: Market, page: Page) -> None:
    page.goto(market.stack.page("/wallet/", "portal"))
    _look(page, "wallet-empty")
    page.fill("#id_amount", f"{TOP_UP_MINOR // 100}")
    page.locator("form[action$='/top-up/'] button.main").click()
    page.wait_for_url("**/wallet/top-up/*/")
    _look(page, "cashier")
    scanner = page.context.new_page()
    scanner.goto(page.locator("[data-qr]").get_attribute("data-qr") or "")
    scanner.locator("button[data-act=pay]").first.click()
    page.wait_for_url("**/wallet/")
    scanner.close()
    _reload_until(page, lambda: page.locator(".stat b").first.inner_text() == "2,000.00")
    _look(page, "wallet")


def _start_campaign(market: Market, page: Page) -> None:
    page.goto(market.stack.page("/ads/campaigns/new/", "portal"))
    page.locator("tbody tr", has_text=GOODS).locator(".tick").check()
    _look(page, "campaign-what")
    page.get_by_role("button", name="下一步：给谁看").click()
    page.locator(f"tbody .tick[value='{WORD}']").check()
    _look(page, "campaign-who")
    page.get_by_role("button", name="下一步：多少钱").click()
    page.fill("#id_bid", format_minor(BID_MINOR))
    page.fill("#id_daily_budget", "100")
    page.check("input[name=pace][value=fast]")
    page.locator("button.s[name=go][value=how]").click()
    expect(page.locator("tr[aria-current=true]", has_text=format_minor(BID_MINOR))).to_be_visible()
    _look(page, "campaign-how")
    page.get_by_role("button", name="开始投放").click()
    page.wait_for_url("**/ads/campaigns/*/")
    _look(page, "campaign")


def _upload(market: Market, page: Page, title: str, objects: tuple[tuple[str, str, str], ...]) -> None:
    """A picture of the carousel's shape, drawn by this browser as a merchant's program would."""
    specs = [PictureSpec(name, Palette(main, accent, "#dfe8ec")) for name, main, accent in objects]
    with page.context.new_page() as easel:
        easel.set_viewport_size({"width": 1_200, "height": 400})
        easel.set_content(f"<body style='margin:0'>{draw_banner(specs, height=400).decode()}")
        drawn = easel.screenshot()
    page.goto(market.stack.page("/ads/pictures/", "portal"))
    page.set_input_files("input[type=file]", {"name": "banner.png", "mimeType": "image/png", "buffer": drawn})
    page.fill("#id_title", title)
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("tbody tr", has_text=title)).to_be_visible()


def _bid(market: Market, page: Page, offer_minor: int, name: str = "") -> None:
    """For the lot of tomorrow; nobody sees what others bid."""
    page.goto(market.stack.page("/ads/slots/", "portal"))
    if name:
        _look(page, "places")
    page.locator("tbody tr", has_text="首页轮播1").locator("a").first.click()
    if name:
        _look(page, "place")
    page.goto(market.stack.page(f"/ads/slots/lots/{market.find_lot().lot_id}/", "portal"))
    page.fill("#id_maximum", format_minor(offer_minor))
    page.get_by_role("button", name="提交出价").click()
    expect(page.get_by_role("heading", name="提高你的出价")).to_be_visible()
    if name:
        _look(page, "lot-open")
    for other in {OFFER_MINOR, RIVAL_OFFER_MINOR} - {offer_minor}:
        expect(page.get_by_text(format_minor(other))).to_have_count(0)


def _review(market: Market, page: Page) -> None:
    page.goto(market.stack.page("/ads/creatives/", "console"))
    expect(page.locator("tbody tr")).to_have_count(2)
    _look(page, "console-pictures")
    for left in (1, 0):
        page.locator("button[name=word][value=approve]").first.click()
        expect(page.locator("tbody tr")).to_have_count(left)


def _find_ad(market: Market, page: Page) -> None:
    """The page of hits with the merchant's ad on it, seen for so long that its view is written down."""
    before = len(market.list_events(TokenKind.VIEW))
    ad = page.locator(".goods [data-ad]", has_text=GOODS)

    def search() -> bool:
        page.goto(market.stack.page(f"/search?q={WORD}"))
        return ad.count() > 0

    wait_for(search, seconds=60, what="the ad to be shown")
    ad.scroll_into_view_if_needed()
    _wait(page, lambda: len(market.list_events(TokenKind.VIEW)) > before, "the view to be written down")


def _click_and_buy(market: Market, page: Page) -> None:
    _find_ad(market, page)
    ad = page.locator(".goods [data-ad]", has_text=GOODS)
    expect(page.locator(".goods a", has_text=GOODS)).to_have_count(ad.locator("a", has_text=GOODS).count())
    expect(ad.get_by_role("button", name="广告")).to_be_visible()
    _look(page, "search")
    ad.get_by_role("button", name="广告").click()
    sheet = page.locator(".sheet:popover-open")
    expect(sheet.get_by_role("heading", name="为什么看到这条广告？")).to_be_visible()
    expect(sheet).to_contain_text(f"「{WORD}」")
    _look(page, "search-why", full=False)
    sheet.get_by_role("button", name="知道了").click()
    ad.locator("a[href^='/ad/']", has_text=GOODS).first.click()
    page.wait_for_url("**/item/*/")
    page.locator("button[name=add]:visible").first.click()
    page.wait_for_url("**/cart/")
    page.locator("button[name=settle]").click()
    page.fill("input[name=login]", BUYER)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button.main").first.click()
    page.wait_for_url("**/checkout/")
    page.check("input[name=method][value=wechatpay]")
    page.locator("button.pay:visible").first.click()
    page.wait_for_url("**/cashier/*/")
    scanner = page.context.new_page()
    scanner.goto(page.locator("[data-qr]").get_attribute("data-qr") or "")
    scanner.locator("button").first.click()
    page.wait_for_url("**/orders/**")
    scanner.close()


def _see_the_report(market: Market, page: Page) -> None:
    """The hour ends and is charged to the fen; the report says what came of it, and the price explains itself."""
    market.go_on_to(0, 21, 3)
    wait_for(market.list_hours, seconds=60, what="the hour to be charged")
    (click,), (hour,) = market.list_events(TokenKind.CLICK), market.list_hours()
    price, inputs = _check_price(click)
    assert (hour.amount_minor, hour.cash_minor, hour.carry_out_micro, hour.events) == (price, price, 0, 1)
    address = market.stack.page("/ads/reports/?days=1", "portal")
    figures = page.locator(".stats.five .stat b")
    page.goto(address)

    def expected() -> list[str]:
        """Spend, orders, click rate, revenue and ROAS; each is counted by a clock of its own."""
        views = len([view for view in market.list_events(TokenKind.VIEW) if not view.reason])
        rate, sold = 100 / max(1, views), format_minor(SOLD_MINOR)
        return [format_minor(price), "1", f"{rate:.2f}%", sold, f"{SOLD_MINOR / price:,.2f}"]

    _reload_until(page, lambda: figures.all_inner_texts() == expected())
    _look(page, "report")
    page.goto(market.stack.page("/ads/reports/charges/?days=1", "portal"))
    _look(page, "charges")
    page.get_by_role("link", name=f"为什么是{format_minor(price)}").click()
    said = page.locator(".why .sum").inner_text()
    for number in (f"{inputs['lower_scores'][0]:,}", f"÷ {inputs['quality']}", f"¥{format_minor(price)}"):
        assert number in said, (number, said)
    for bound in (inputs["bid_minor"], inputs["reserve_minor"]):
        expect(page.locator(".why .checks")).to_contain_text(f"¥{format_minor(bound)}")
    _look(page, "why")


def _check_price(click: AdEventView) -> tuple[int, dict]:
    """The price in fen and its stored inputs, worked out once more (GSP: the next one's score by the own quality)."""
    stored = json.loads(click.inputs)
    inputs, price = stored["inputs"], stored["amount_minor"]
    lowest = inputs["lower_scores"][0] // inputs["quality"] + inputs["step_minor"]
    assert price == min(max(lowest, inputs["reserve_minor"]), inputs["bid_minor"])
    assert (click.reason, click.billed_micro, click.price_micro) == ("", price * 10**6, price * 10**6)
    assert inputs["lower_scores"][0] % RIVAL_BID_MINOR == 0, "the rival's whole bid, since just its word was asked"
    return price, inputs


def _win_the_lot(market: Market, page: Page) -> None:
    """Bids end an hour before midnight: the second one and a step is the price, and the loser has all its money."""
    market.go_on_to(0, 23, 1)
    wait_for(lambda: market.find_lot().state is LotState.CLOSED, seconds=60, what="the lot to be closed")
    lot, second_minor = market.find_lot(), max(RESERVE_MINOR, RIVAL_OFFER_MINOR + STEP_MINOR)
    assert (lot.shop_id, lot.price_minor, lot.bidders) == (market.shop_id, second_minor, 2)
    page.goto(market.stack.page(f"/ads/slots/lots/{lot.lot_id}/", "portal"))
    said = page.locator("#why ~ .sum").inner_text()
    for amount in (RIVAL_OFFER_MINOR, STEP_MINOR, second_minor):
        assert format_minor(amount) in said, said
    _look(page, "lot-won")
    deferred = get_balance(code=Code.SLOT_DEFERRED, owner=Owner.of_shop(market.shop_id))
    assert deferred.posted_minor == second_minor
    rival = find_shop_by_slug("shanjian")
    assert rival is not None
    wait_for(lambda: get_wallet(rival.shop_id).held_minor < RIVAL_OFFER_MINOR, seconds=30, what="the loser's money")


def _click_over_midnight(market: Market) -> None:
    """An ad that was shown before midnight is clicked after it, again and again: billed once, on its own day."""
    market.go_on_to(0, 23, 58)
    page = market.meet("night owl")
    _find_ad(market, page)
    link = page.locator(".goods [data-ad] a[href^='/ad/']", has_text=GOODS).first
    address = f"{market.stack.page()}{(link.get_attribute('href') or '').lstrip('/')}"
    market.go_on_to(1, 0, 5)
    link.click()
    page.wait_for_url("**/item/*/")
    for again in (page, page, market.meet("somebody else")):
        again.goto(address)
        assert "/item/" in again.url
    first, late = market.list_events(TokenKind.CLICK)
    assert (late.day, late.at.astimezone(SHANGHAI).date()) == (market.evening, market.evening + timedelta(days=1))
    price, _ = _check_price(late)
    market.go_on_to(1, 1, 3)
    wait_for(lambda: len(market.list_hours()) == 2, seconds=60, what="the hour after midnight to be charged")
    hour = market.list_hours()[1]
    assert (hour.day, hour.amount_minor, hour.events) == (market.evening, price, 1)
    assert hour.hour.astimezone(SHANGHAI) == _at(market.evening + timedelta(days=1), 0, 0)
    assert len(market.list_events(TokenKind.CLICK)) == 2 and first.token != late.token


def _see_the_carousel(market: Market, merchant: Page) -> None:
    page = market.meet("guest")
    page.goto(market.stack.page("/"))
    slide = page.locator("#place-1")
    expect(slide.get_by_role("heading", name=TITLE)).to_be_visible()
    _look(page, "home")
    slide.get_by_role("button", name="广告").click()
    expect(page.locator(".sheet:popover-open")).to_contain_text("青禾窑")
    page.keyboard.press("Escape")
    slide.locator("a[href^='/ad/slot/']").first.click()
    page.wait_for_url("**/shop/qinghe/")
    merchant.goto(market.stack.page(f"/ads/slots/lots/{market.find_lot().lot_id}/", "portal"))
    expect(merchant.get_by_text("点击1次")).to_be_visible()
    _look(merchant, "lot-running")
    merchant.goto(market.stack.page("/ads/slots/bids/", "portal"))
    _look(merchant, "bids")


def _see_the_invoice(market: Market, page: Page) -> None:
    """The month is over. Its invoice is what was posted in it: the first click, not the one after midnight."""
    (invoice,) = list_invoices(shop_id=market.shop_id, now=market.clock.now())
    charged = market.list_hours()[0].amount_minor
    assert (invoice.month, invoice.amount_minor) == (market.evening.replace(day=1), charged)
    address = f"/wallet/invoices/{invoice.month.year}/{invoice.month.month}/"
    page.goto(market.stack.page(address, "portal"))
    expect(page.locator(".sum .total")).to_contain_text(format_minor(charged))
    _look(page, "invoice")
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    page.goto(market.stack.page("/wallet/", "portal"))
    spent = sum(hour.amount_minor for hour in market.list_hours()) + (market.find_lot().price_minor or 0)
    assert get_wallet(market.shop_id).cash_minor == TOP_UP_MINOR - spent
    expect(page.locator(".stat b").nth(1)).to_have_text(f"{(TOP_UP_MINOR - spent) / 100:,.2f}")
    _look(page, "wallet-after")


def _see_the_books(market: Market, page: Page) -> None:
    for name in ("places", "revenue", "auctions"):
        page.goto(market.stack.page(f"/ads/{name}/", "console"))
        _look(page, f"console-{name}-after")
    page.goto(market.stack.page(f"/ads/auctions/?day={market.evening}", "console"))
    page.get_by_role("link", name="重新竞价").last.click()
    expect(page.locator(".banner.good")).to_be_visible()
    _look(page, "console-auction")
    _check_books(market)


def _check_books(market: Market) -> None:
    said = market.stack.manage("verify_ledger", "--seal")
    assert "The books are sound." in said, said
    proof = prove_ledger()
    assert proof.sound and proof.unposted == 0
    assert not any(trial_balance().differences.values())


def _give_back_what_was_not_shown(market: Market, page: Page) -> None:
    """Nobody looked at most minutes of that day, so the lot was not delivered: all of its price is given back."""
    lot = market.find_lot()
    market.go_on_to(2, 2, 30)
    wait_for(lambda: list_parts(lot.lot_id)[0].state is PartState.RETURNED, seconds=60, what="the lot's day")
    wait_for(lambda: not Lease.objects.filter(closed_at=None).exists(), seconds=60, what="leases to be closed")
    market.stack.restart("relay")
    wait_for(lambda: not get_wallet(market.shop_id).held_minor, seconds=60, what="the days to be closed")
    wallet, clicks = get_wallet(market.shop_id), sum(hour.amount_minor for hour in market.list_hours())
    assert wallet.cash_minor == wallet.free_cash_minor == TOP_UP_MINOR - clicks
    page.goto(market.stack.page("/wallet/", "portal"))
    _look(page, "wallet-end")
    _check_books(market)


def _reload_until(page: Page, is_so: Callable[[], bool], seconds: float = 60) -> None:
    def look() -> bool:
        page.reload()
        return is_so()

    wait_for(lambda: is_so() or look(), seconds=seconds, what="the page to say so")


def _wait(page: Page, is_so: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """The browser goes on meanwhile: its beacons leave from here."""

    def look() -> bool:
        page.wait_for_timeout(50)
        return is_so()

    wait_for(look, seconds=seconds, what=what)


def _look(page: Page, name: str, *, full: bool = True) -> None:
    """A picture of the page at both widths; no part of it is beyond the edge."""
    before = page.viewport_size
    screenshot(page, f"advertising-{name}", full=full)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert overflow(page) == 0, (name, width)
    if before:
        page.set_viewport_size(before)
